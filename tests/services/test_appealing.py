"""A vendor's appeal: whose, when, once; decided by somebody else, and what it gives back."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from pipeline.errors import DataError, StoreError, UsageError
from pipeline.records.entry import Entry, EntryKind
from pipeline.records.feedback import Letter, LetterKind
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.records.span import Span
from pipeline.records.verdict import Decision
from pipeline.review.decision import Charge
from pipeline.services.appealing import appeal, decide_appeal, verdict_behind
from pipeline.services.reviewing import add, change, review
from pipeline.store.appeals import appeals, find_appeal, told_on
from pipeline.store.engine import reading, writing
from pipeline.store.findings import to_review
from pipeline.store.ledger import entries, post
from pipeline.store.outbox import claim, mark_sent, put
from pipeline.store.verdicts import verdict, verdict_of
from tests.heard import ANOTHER, HUASHENG, REVIEWER, SECOND, SHIPPED, SUPERVISOR, YUANDA, at, hear, in_force
from tests.store.test_races import at_once

CALLS = """
    华声 c1 telemarketing A1 2026-03-05
        phrase.taunt major 12.0-14.5 "活该，用不起就别用"
"""
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def charged(engine):
    """A fault confirmed on 7 March."""
    in_force(engine)
    return engine, confirmed(engine)


def confirmed(engine, day="2026-03-07", time="12:00", person=REVIEWER):
    hear(engine, CALLS)
    with writing(engine) as session:
        (found,) = to_review(session)
        return review(session, found.finding_id, Decision.CONFIRMED, person, at(day, time))


def filed(engine, verdict_id, day="2026-03-08", person=HUASHENG, reason="是客户自己说的", time="12:00"):
    with writing(engine) as session:
        return appeal(session, verdict_id, reason, person, at(day, time), ZONE)


def decided(engine, appeal_id, person=SUPERVISOR, upheld=True, day="2026-03-09", decision="核听属实"):
    with writing(engine) as session:
        return decide_appeal(session, appeal_id, upheld=upheld, decision=decision, person=person, now=at(day))


@pytest.mark.parametrize(
    ("day", "time", "in_time"),
    [("2026-03-07", "13:00", True), ("2026-03-17", "23:59", True), ("2026-03-18", "00:00", False)],
)
def test_ten_calendar_days_in_shanghai(charged, day, time, in_time):
    engine, done = charged
    if in_time:
        assert filed(engine, done.verdict.verdict_id, day, time=time).upheld is None
        return
    with pytest.raises(StoreError, match="was told on 2026-03-07: an appeal was in time until 2026-03-17"):
        filed(engine, done.verdict.verdict_id, day, time=time)


def test_the_window_is_that_of_the_policy_of_the_calls_month(engine):
    in_force(engine, SHIPPED.replace("window_days = 10", "window_days = 2"))
    done = confirmed(engine)
    with pytest.raises(StoreError, match="in time until 2026-03-09"):
        filed(engine, done.verdict.verdict_id, "2026-03-10")
    assert filed(engine, done.verdict.verdict_id, "2026-03-09")


def test_a_fault_confirmed_after_midnight_is_told_on_the_day_in_shanghai(engine):
    in_force(engine)
    done = confirmed(engine, "2026-03-08", "00:30")
    with reading(engine) as session:
        assert told_on(session, done.verdict, ZONE) == date(2026, 3, 8)


def test_a_letter_that_went_out_later_is_when_the_vendor_was_told(charged):
    engine, done = charged
    verdict_id = done.verdict.verdict_id
    told = Letter("k", "华声", LetterKind.FEEDBACK, date(2026, 3, 7), "t", "b", (f"verdict {verdict_id}",), None)
    with writing(engine) as session:
        put(session, replace(told, key="another", subjects=("verdict 99",)), at("2026-03-07"))
    with reading(engine) as session:
        assert told_on(session, done.verdict, ZONE) == date(2026, 3, 7)
    with writing(engine) as session:
        put(session, told, at("2026-03-07"))
        another, kept = (claim(session, at("2026-03-12"), ()) for _ in range(2))
        assert (another.letter.key, kept.letter.key) == ("another", "k")
        assert told_on(session, done.verdict, ZONE) is None
        mark_sent(session, kept, at("2026-03-12"), date(2026, 3, 12))
    with pytest.raises(StoreError, match="was told on 2026-03-12: an appeal was in time until 2026-03-22"):
        filed(engine, verdict_id, "2026-03-23")
    assert filed(engine, verdict_id, "2026-03-22")


@pytest.mark.parametrize(
    ("person", "said"), [(YUANDA, "is of '远达' and cannot appeal"), (SUPERVISOR, "is supervisor and cannot appeal")]
)
def test_only_the_vendors_own_person_appeals(charged, person, said):
    engine, done = charged
    with pytest.raises(StoreError, match=said):
        filed(engine, done.verdict.verdict_id, person=person)


def test_once_a_verdict_with_a_reason_and_only_where_something_is_lost(charged):
    engine, done = charged
    with pytest.raises(UsageError, match="the reason for the appeal is empty"):
        filed(engine, done.verdict.verdict_id, reason=" ")
    first = filed(engine, done.verdict.verdict_id)
    with pytest.raises(
        StoreError, match=f"appeal {first.appeal_id} against verdict .* was filed by 华声的人; there is one"
    ):
        filed(engine, done.verdict.verdict_id)
    charge = Charge("script.order", Severity.NOTICE, None, "")
    with writing(engine) as session:
        notice = add(session, "华声", "c1", charge, REVIEWER, at("2026-03-07"))
    with pytest.raises(StoreError, match="costs nothing"):
        filed(engine, notice.verdict.verdict_id)
    with pytest.raises(StoreError, match="there is no verdict 99"):
        filed(engine, 99)


def test_a_verdict_that_was_replaced_is_not_appealed_against(charged):
    engine, done = charged
    with writing(engine) as session:
        change(session, done.verdict.verdict_id, Decision.OVERTURNED, SUPERVISOR, at("2026-03-07"), note="x")
    with pytest.raises(StoreError, match="was replaced by verdict"):
        filed(engine, done.verdict.verdict_id)


@pytest.mark.parametrize(("closed", "month"), [(False, "2026-03"), (True, "2026-04")])
def test_upheld_overturns_and_gives_back_in_the_month_or_the_next_open_one(charged, closed, month):
    engine, done = charged
    first = filed(engine, done.verdict.verdict_id)
    if closed:
        with writing(engine) as session:
            post(session, [Entry("close", EntryKind.CLOSE, Month(2026, 3), "", None, at("2026-04-02"))])
    made = decided(engine, first.appeal_id, day="2026-04-03")
    assert (made.appeal.upheld, made.appeal.decided_by, made.appeal.decision) == (True, "李主任", "核听属实")
    (posted,) = made.posted
    assert (posted.entry.kind, posted.entry.points, str(posted.entry.month)) == (EntryKind.REVERSAL, 10, month)
    assert posted.entry.reverses == done.posted[0].number
    with reading(engine) as session:
        standing = verdict_of(session, done.verdict.finding_id)
    assert (standing.decision, standing.person, standing.note) == (Decision.OVERTURNED, "李主任", "核听属实")


def test_an_upheld_appeal_voids_the_warning_that_hung_on_the_fault(engine):
    in_force(engine)
    hear(engine, "华声 c1 telemarketing A1 2026-03-05")
    charge = Charge("phrase.abuse", Severity.FATAL, Span(1000, 2000), "你有病啊")
    with writing(engine) as session:
        done = add(session, "华声", "c1", charge, REVIEWER, at("2026-03-07"))
    assert [one.entry.kind for one in done.posted] == [EntryKind.VIOLATION, EntryKind.WARNING]
    made = decided(engine, filed(engine, done.verdict.verdict_id).appeal_id)
    assert [one.entry.kind for one in made.posted] == [EntryKind.REVERSAL, EntryKind.WARNING_VOIDED]
    assert made.posted[1].entry.reverses == done.posted[1].number


def test_rejected_changes_nothing(charged):
    engine, done = charged
    made = decided(engine, filed(engine, done.verdict.verdict_id).appeal_id, upheld=False)
    assert (made.appeal.upheld, made.posted) == (False, ())
    with reading(engine) as session:
        assert [one.entry.kind for one in entries(session)] == [EntryKind.VIOLATION]
        assert verdict_of(session, done.verdict.finding_id).verdict_id == done.verdict.verdict_id


@pytest.mark.parametrize("upheld", [True, False])
def test_a_decision_is_final(charged, upheld):
    engine, done = charged
    first = filed(engine, done.verdict.verdict_id)
    decided(engine, first.appeal_id, upheld=upheld)
    said = "upheld" if upheld else "rejected"
    with pytest.raises(StoreError, match=f"was {said} by 李主任: that is final"):
        decided(engine, first.appeal_id, SECOND, not upheld)
    with reading(engine) as session:
        standing = verdict_of(session, done.verdict.finding_id)
    decision = Decision.CONFIRMED if upheld else Decision.OVERTURNED
    with pytest.raises(StoreError, match="decided by 李主任: that is final"), writing(engine) as session:
        change(session, standing.verdict_id, decision, SECOND, at("2026-03-10"), note="x")


def test_while_an_appeal_waits_the_verdict_is_not_revised_beside_it(charged):
    engine, done = charged
    first = filed(engine, done.verdict.verdict_id)
    said = f"decided by `callqa appeal decide {first.appeal_id}`"
    with pytest.raises(StoreError, match=said), writing(engine) as session:
        change(session, done.verdict.verdict_id, Decision.OVERTURNED, SUPERVISOR, at("2026-03-09"), note="x")


def test_nobody_decides_about_his_own_verdict_and_no_reviewer_at_all(engine):
    in_force(engine)
    done = confirmed(engine, person=SUPERVISOR)
    first = filed(engine, done.verdict.verdict_id)
    with pytest.raises(StoreError, match="is his own"):
        decided(engine, first.appeal_id, SUPERVISOR)
    with pytest.raises(StoreError, match="is reviewer and cannot decide an appeal"):
        decided(engine, first.appeal_id, ANOTHER)
    with pytest.raises(UsageError, match="the reason for the decision is empty"):
        decided(engine, first.appeal_id, SECOND, decision="")
    with pytest.raises(StoreError, match="there is no appeal 99"):
        decided(engine, 99)
    assert decided(engine, first.appeal_id, SECOND).appeal.upheld


def test_of_two_who_decide_at_once_one_does(charged, url):
    engine, done = charged
    first = filed(engine, done.verdict.verdict_id)

    def by(person, upheld):
        return lambda own: decided(own, first.appeal_id, person, upheld).appeal.decided_by

    results = at_once(url, by(SUPERVISOR, True), by(SECOND, False))
    (winner,) = (one for one in results if isinstance(one, str))
    (refused,) = (one for one in results if isinstance(one, Exception))
    assert f"by {winner}: that is final" in str(refused)


def test_appeals_are_listed_and_found_by_the_entry(charged):
    engine, done = charged
    first = filed(engine, done.verdict.verdict_id)
    with reading(engine) as session:
        assert appeals(session) == appeals(session, "华声", only_open=True) == (first,)
        assert appeals(session, "远达") == ()
        assert find_appeal(session, first.appeal_id) == first
        assert verdict_behind(session, done.posted[0].number) == done.verdict.verdict_id
        assert verdict(session, done.verdict.verdict_id).decision is Decision.CONFIRMED
    decided(engine, first.appeal_id)
    with writing(engine) as session:
        assert appeals(session, only_open=True) == ()
        (machine,) = post(
            session,
            [
                Entry(
                    *("k", EntryKind.VIOLATION, Month(2026, 4), "华声", "telemarketing", at("2026-04-02")),
                    subject="finding 9",
                )
            ],
        )
        with pytest.raises(DataError, match="hangs on finding 9, not on a verdict: ask for a review"):
            verdict_behind(session, machine.number)
