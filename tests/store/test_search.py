from dataclasses import replace
from datetime import date, timedelta

import pytest
from alembic import command
from sqlalchemy import Engine, text

from pipeline.records.inspection import Status
from pipeline.records.person import Person, Role
from pipeline.records.span import Span
from pipeline.records.turn import Speaker, Turn, Word
from pipeline.store.engine import reading, writing
from pipeline.store.inspections import save_inspection
from pipeline.store.schema import configure
from pipeline.store.search import Page, count_turns, find_turns
from pipeline.store.search_index import TABLE, Filters, find_keys
from pipeline.store.work import claim
from pipeline.text.terms import Likeness, sought

from .samples import ARCHIVED, DAY, NOW, Heard, draw_all, inspection, register, row

REVIEWER = Person("王敏", Role.REVIEWER)


def turn(said: str, start_ms: int = 1000) -> Turn:
    """A turn from "agent 您好": half a second a hanzi."""
    who, _, words = said.partition(" ")
    timed = tuple(Word(one, Span(start_ms + n * 500, start_ms + n * 500 + 400), 0.9) for n, one in enumerate(words))
    return Turn(Speaker(who), Span(start_ms, start_ms + len(words) * 500), words, 0.9, timed)


def hear(engine: Engine, call_id: str, *said: str, ruleset: str = "r1", **facts: object) -> None:
    """A call in which this is said, registered, drawn and inspected."""
    given = row(call_id, **facts)  # type: ignore[arg-type]
    register(engine, given, name=f"{call_id}-{ruleset}.csv")
    day = given.started_at.date()
    draw_all(engine, given.vendor, given.project, day)
    turns = tuple(turn(one, 1000 + 60_000 * n) for n, one in enumerate(said))
    heard = inspection(Heard(ruleset=ruleset, sha256=call_id.encode().hex().ljust(64, "0")))
    with writing(engine) as session:
        (work,) = claim(session, "w", 9, 60, NOW)
        save_inspection(session, work, replace(heard, turns=turns, status=Status.INSPECTED, reasons=()), ARCHIVED, NOW)


def search(engine: Engine, query: str, *, by_sound: bool = False, person: Person = REVIEWER, **filters: object) -> Page:
    with reading(engine) as session:
        return find_turns(session, person, sought(query, by_sound=by_sound), Filters(**filters))  # type: ignore[arg-type]


def calls(page: Page) -> list[str]:
    return [hit.call_id for hit in page.hits]


@pytest.fixture
def stored(engine: Engine) -> Engine:
    hear(engine, "c1", "agent 您好", "agent 把验正码给我", "customer 不给")
    hear(engine, "c2", "agent 验证码发给您了", vendor="明信", agent="工号07", day=DAY + timedelta(days=3))
    hear(engine, "c3", "customer 什么验证码", "agent 您稍等", project="survey", day=date(2025, 8, 9))
    return engine


def test_words_are_found_as_they_are_written_the_newest_first(stored: Engine) -> None:
    assert calls(search(stored, "验证码")) == ["c3", "c2"]
    assert calls(search(stored, "验正码")) == ["c1"]
    assert calls(search(stored, "码")) == ["c3", "c2", "c1"]
    assert calls(search(stored, "没有人说的")) == []


def test_sounds_are_found_however_they_are_written(stored: Engine) -> None:
    page = search(stored, "验证码", by_sound=True)
    assert calls(page) == ["c3", "c2", "c1"]
    assert [[piece.likeness for piece in hit.pieces if piece.likeness] for hit in page.hits] == [
        [Likeness.WORDS], [Likeness.WORDS], [Likeness.SAME_SOUND],
    ]  # fmt: skip
    assert calls(search(stored, "yanzhengma", by_sound=True)) == ["c3", "c2", "c1"]


def test_a_hit_says_when_it_is_said_by_whom_and_what_is_around_it(stored: Engine) -> None:
    (hit,) = search(stored, "码给").hits
    assert (hit.speaker, hit.at_ms) == (Speaker.AGENT, 61_000 + 3 * 500)
    assert [(piece.text, piece.likeness is not None) for piece in hit.pieces] == [
        ("把验正", False), ("码给", True), ("我", False),
    ]  # fmt: skip
    assert (hit.before, hit.after) == ("您好", "不给")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"vendor": "明信"}, ["c2"]),
        ({"vendor": "没有"}, []),
        ({"project": "survey"}, ["c3"]),
        ({"agent": "工号07"}, ["c2"]),
        ({"speaker": Speaker.CUSTOMER}, ["c3"]),
        ({"first": DAY, "last": DAY}, ["c1"]),
        ({"first": DAY + timedelta(days=1)}, ["c3", "c2"]),
        ({"last": DAY + timedelta(days=3)}, ["c2", "c1"]),
        ({"first": date(2025, 5, 17), "last": date(2025, 8, 9)}, ["c3", "c2", "c1"]),
        ({"first": date(2025, 5, 17), "last": date(2025, 8, 8)}, ["c2", "c1"]),
        ({"first": DAY, "last": DAY - timedelta(days=1)}, []),
        ({"vendor": "明信", "first": DAY, "last": DAY}, []),
    ],
)
def test_filters(stored: Engine, filters: dict[str, object], found: list[str]) -> None:
    assert calls(search(stored, "码", **filters)) == found


def test_a_vendors_person_would_find_its_own_alone(stored: Engine) -> None:
    assert calls(search(stored, "码", person=Person("张", Role.VENDOR, "明信"))) == ["c2"]
    assert calls(search(stored, "码", person=Person("张", Role.VENDOR))) == []


def test_pages_follow_each_other_without_gap_or_double(engine: Engine) -> None:
    for number in range(7):
        hear(engine, f"c{number}", "agent 您好", "agent 您好呀", day=DAY + timedelta(days=number))
    seen, below = [], None
    with reading(engine) as session:
        while True:
            page = find_turns(session, REVIEWER, sought("您好", by_sound=False), Filters(), below=below, size=4)
            seen += [(hit.call_id, hit.at_ms) for hit in page.hits]
            below = page.next_below
            if below is None:
                break
        assert count_turns(session, REVIEWER, sought("您好", by_sound=False), Filters(), 1000) == 14
        assert count_turns(session, REVIEWER, sought("您好", by_sound=False), Filters(), 5) == 6
    assert seen == [(f"c{number}", at) for number in range(6, -1, -1) for at in (1000, 61_000)]


def test_numbers_that_name_a_person_are_neither_found_nor_shown(engine: Engine) -> None:
    hear(engine, "c1", "agent 您的号码是一三八零零一", "agent 三八零零零对吧", "agent 月租三十八元")
    assert calls(search(engine, "138001")) == []
    assert calls(search(engine, "一三八")) == []
    (hit,) = search(engine, "对吧").hits
    assert "".join(piece.text for piece in hit.pieces) == "*****对吧"
    assert hit.before == "您的号码是******"
    assert calls(search(engine, "三十八")) == ["c1"]


def test_what_a_newer_inspection_hears_takes_the_older_ones_place(engine: Engine) -> None:
    hear(engine, "c1", "agent 验正码")
    with writing(engine) as session:
        session.execute(text("UPDATE work SET finished_at = NULL, expires_at = NULL"))
        (work,) = claim(session, "w", 9, 60, NOW)
        heard = inspection(Heard(ruleset="r2", sha256=b"c1".hex().ljust(64, "0")))
        save_inspection(session, work, replace(heard, turns=(turn("agent 验证码"),)), ARCHIVED, NOW)
    assert calls(search(engine, "验正码")) == []
    assert calls(search(engine, "验证码")) == ["c1"]


def test_an_inspection_that_is_rolled_back_leaves_nothing_to_find(engine: Engine) -> None:
    register(engine, row())
    draw_all(engine)
    with pytest.raises(RuntimeError), writing(engine) as session:
        (work,) = claim(session, "w", 9, 60, NOW)
        save_inspection(session, work, replace(inspection(), turns=(turn("agent 验证码"),)), ARCHIVED, NOW)
        raise RuntimeError
    with reading(engine) as session:
        assert find_keys(session, sought("验证码", by_sound=False), Filters(), None, 9) == []


def test_what_was_stored_before_there_was_an_index_is_found_after_the_upgrade(stored: Engine) -> None:
    with stored.begin() as connection:
        connection.execute(text(f"DROP TABLE {TABLE}"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0013'"))
    with stored.begin() as connection:
        command.upgrade(configure(connection), "0014")
    assert calls(search(stored, "验证码", by_sound=True)) == ["c3", "c2", "c1"]


@pytest.mark.parametrize(
    "query", ['"验证" OR "x', "验证码*", "a' | 'b", "验证 AND 码", "\\", "NEAR(验 证)", "9d20250602"]
)
def test_no_query_is_more_than_words(stored: Engine, query: str) -> None:
    for by_sound in (False, True):
        search(stored, query, by_sound=by_sound)
    assert calls(search(stored, "9d20250602")) == []
