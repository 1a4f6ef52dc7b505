"""The day's feedback: what is in a letter, what is told once only, what is to be acknowledged and when that is too late (P-40)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from pipeline.errors import StoreError
from pipeline.records.feedback import Letter, LetterKind
from pipeline.records.verdict import Decision
from pipeline.services.delivery import deliver
from pipeline.services.feedback import write_feedback, write_reminders
from pipeline.services.reviewing import change, review
from pipeline.settings import Settings
from pipeline.store.engine import reading, writing
from pipeline.store.feedback import UNREVIEWED_SHOWN
from pipeline.store.findings import Wanted, to_review
from pipeline.store.number_checks import record_number_check
from pipeline.store.outbox import acknowledge, find_letter, letters
from tests.heard import HUASHENG, REVIEWER, SHIPPED, SUPERVISOR, YUANDA, at, hear, in_force

CALLS = """
    华声 c1 telemarketing A1 2026-03-05
        phrase.taunt major 12.0-14.5 "活该，用不起就别用"
        phrase.privacy fatal 20.0-24.0 "我念一下您的号码幺三八零零幺三八零零零"
    华声 c2 telemarketing A2 2026-03-05
        phrase.rudeness major 3.0-4.0 "懒得理你"
        phrase.coldness minor 8.0-9.0 "随便你"
    远达 y1 survey B1 2026-03-05
        phrase.coldness minor 8.0-9.0 "随便你"
"""
HEARD_ON = date(2026, 3, 5)
DAY = date(2026, 3, 9)


@dataclass
class House:
    """An installation where calls were heard on 5 March and decisions are made on 9 March."""

    settings: Settings
    engine: Engine

    def decide(
        self, rule: str, decision: Decision = Decision.CONFIRMED, time: str = "12:00", day: str = "2026-03-09"
    ) -> int:
        with writing(self.engine) as session:
            (found, *_) = to_review(session, Wanted(rule=rule))
            return review(session, found.finding_id, decision, REVIEWER, at(day, time)).verdict.verdict_id

    def write(self, day: date = DAY) -> list[Letter]:
        return write_feedback(self.settings, self.engine, day, at(str(day), "18:00"))


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> House:
    in_force(engine)
    hear(engine, CALLS)
    return House(Settings(tmp_path), engine)


def test_a_confirmed_fault_is_told_with_its_words_seconds_and_remedy(house: House) -> None:
    number = house.decide("phrase.taunt")
    (letter,) = house.write()
    assert (letter.vendor, letter.kind, letter.day, letter.subjects) == (
        "华声",
        LetterKind.FEEDBACK,
        DAY,
        (f"verdict {number}",),
    )
    for words in (
        "已确认的问题（1 处），要求立即改进",
        "[重大] 挖苦",
        "活该，用不起就别用",
        "0:12.0–0:14.5",
        "A1",
        "整改：不拿客户的钱财",
    ):
        assert words in letter.body
    assert "待核实" not in letter.body


def test_what_a_machine_alone_found_is_to_be_checked_and_demands_nothing(house: House) -> None:
    (letter,) = house.write(HEARD_ON)
    assert "待核实（3 处）：由系统发现，尚未经人核听，不作结论" in letter.body
    assert "已确认" not in letter.body and "整改" not in letter.body
    assert letter.acknowledge_days is None
    # Minor ones are for reviewers only: 远达 has nothing else and gets no letter.
    assert "随便你" not in letter.body


def test_numbers_are_masked(house: House) -> None:
    house.decide("phrase.privacy")
    (letter,) = house.write()
    assert "我念一下您的号码***********" in letter.body and "幺三八" not in letter.body


def test_nothing_is_told_twice_and_what_is_new_goes_into_a_second_letter(house: House) -> None:
    first = house.decide("phrase.taunt")
    assert [letter.subjects for letter in house.write()] == [(f"verdict {first}",)]
    assert house.write() == []
    second = house.decide("phrase.rudeness", time="22:00")
    (letter,) = house.write()
    assert letter.subjects == (f"verdict {second}",) and "（第2封）" in letter.title


@pytest.mark.parametrize(
    ("time", "day"), [("00:00", DAY), ("23:59", DAY), ("00:00", date(2026, 3, 10)), ("07:30", date(2026, 3, 10))]
)
def test_a_day_is_one_in_shanghai(house: House, time: str, day: date) -> None:
    house.decide("phrase.taunt", time=time, day=str(day))
    assert len(house.write(day)) == 1
    assert house.write(date(2026, 3, 19) if day == DAY else DAY) == []


def test_what_was_taken_back_is_told_too(house: House) -> None:
    number = house.decide("phrase.taunt", day="2026-03-08")
    with writing(house.engine) as session:
        change(session, number, Decision.OVERTURNED, SUPERVISOR, at("2026-03-09"), note="是客户的话")
    (letter,) = house.write()
    assert "撤销的认定（1 处）" in letter.body and letter.acknowledge_days is None


def test_a_number_check_that_failed_is_told_and_one_in_order_is_not(house: House) -> None:
    with writing(house.engine) as session:
        for number, fault in (("13800138000", "客户称未办理，回拨13912345678"), ("13900139000", None)):
            record_number_check(session, "远达", "survey", DAY, number, fault, REVIEWER, at("2026-03-09"), today=DAY)
    (letter,) = house.write()
    assert (letter.vendor, letter.subjects) == ("远达", ("number check 1",))
    assert "客户称未办理，回拨***********" in letter.body and "要求立即改进" in letter.body


def test_overturned_at_once_is_nothing_to_tell(house: House) -> None:
    house.decide("phrase.taunt", Decision.OVERTURNED)
    assert house.write() == []


def test_a_letter_shows_the_gravest_and_counts_the_rest(house: House) -> None:
    calls = [
        f'明信 m{n} survey C1 2026-03-06\n phrase.rudeness major {n}.0-{n}.5 "懒得理你"\n phrase.abuse fatal 1.0-2.0 "你有病啊"'
        for n in range(1, UNREVIEWED_SHOWN)
    ]
    hear(house.engine, "\n".join(calls))
    (letter,) = house.write(date(2026, 3, 6))
    assert len(letter.subjects) == UNREVIEWED_SHOWN
    assert letter.body.count("[致命] 谩骂") == UNREVIEWED_SHOWN - 1
    assert (
        f"待核实（{2 * (UNREVIEWED_SHOWN - 1)} 处）" in letter.body
        and f"另有 {UNREVIEWED_SHOWN - 2} 处未列出" in letter.body
    )


@pytest.mark.parametrize(
    ("days", "due", "said"),
    [
        (2, date(2026, 3, 16), "自本函送达之日起 2 个日历日内确认收到"),
        (5, date(2026, 3, 19), "自本函送达之日起 5 个日历日内确认收到"),
        (0, date(2026, 3, 14), "在本函送达当日确认收到"),
    ],
)
def test_the_policy_says_within_how_many_days_of_its_delivery_a_demand_is_acknowledged(
    engine: Engine, tmp_path: Path, days: int, due: date, said: str
) -> None:
    in_force(engine, SHIPPED.replace("acknowledge_days = 2", f"acknowledge_days = {days}"))
    hear(engine, CALLS)
    house = House(Settings(tmp_path), engine)
    house.decide("phrase.taunt")
    (letter,) = house.write()
    assert letter.acknowledge_days == days and said in letter.body
    # Delivered five days later, and in Shanghai on the next day already.
    deliver(house.settings, house.engine, lambda: datetime(2026, 3, 13, 16, 0, tzinfo=UTC), lambda _: None)
    with reading(engine) as session:
        assert find_letter(session, 1).acknowledge_by == due


def test_the_policys_appeal_window_is_told(engine: Engine, tmp_path: Path) -> None:
    in_force(engine, SHIPPED.replace("window_days = 10", "window_days = 7"))
    hear(engine, CALLS)
    house = House(Settings(tmp_path), engine)
    house.decide("phrase.taunt")
    assert "7 个日历日内申诉" in house.write()[0].body


def test_the_last_day_is_in_time_and_the_next_is_overdue_and_reminded_of_once(house: House) -> None:
    house.decide("phrase.taunt")
    house.write()
    assert write_reminders(house.engine, date(2026, 3, 12), at("2026-03-12")) == []  # it never went out
    deliver(house.settings, house.engine, lambda: at("2026-03-12"), lambda _: None)
    assert write_reminders(house.engine, date(2026, 3, 14), at("2026-03-14")) == []
    (reminder,) = write_reminders(house.engine, date(2026, 3, 15), at("2026-03-15"))
    assert (reminder.vendor, reminder.kind) == ("华声", LetterKind.REMINDER) and "已逾期 1 天" in reminder.body
    assert write_reminders(house.engine, date(2026, 3, 16), at("2026-03-16")) == []


def test_only_the_vendors_own_person_acknowledges_and_once(house: House) -> None:
    house.decide("phrase.taunt")
    house.write()
    for person, said in ((SUPERVISOR, "supervisor and cannot acknowledge"), (YUANDA, "to another vendor")):
        with pytest.raises(StoreError, match=said), writing(house.engine) as session:
            acknowledge(session, 1, person, at("2026-03-10"))
    with writing(house.engine) as session:
        assert acknowledge(session, 1, HUASHENG, at("2026-03-10")).acknowledged_by == HUASHENG.name
    with pytest.raises(StoreError, match="was acknowledged by"), writing(house.engine) as session:
        acknowledge(session, 1, HUASHENG, at("2026-03-10"))
    assert write_reminders(house.engine, date(2026, 3, 20), at("2026-03-20")) == []


def test_what_demands_nothing_is_not_acknowledged(house: House) -> None:
    house.write(HEARD_ON)
    with pytest.raises(StoreError, match="demands nothing"), writing(house.engine) as session:
        acknowledge(session, 1, HUASHENG, at("2026-03-10"))
    with reading(house.engine) as session:
        assert len(letters(session)) == 1
        with pytest.raises(StoreError, match="there is no letter 9"):
            find_letter(session, 9)
