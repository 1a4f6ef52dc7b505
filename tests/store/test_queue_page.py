"""Any filter, any page: what is shown is what a plain look through all rows finds."""

import itertools
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from pipeline.records.finding import Severity
from pipeline.records.span import Span
from pipeline.records.turn import Speaker, Turn
from pipeline.records.verdict import Decision
from pipeline.services.queueing import refresh_queue
from pipeline.services.reviewing import review
from pipeline.store import queue_page as pages
from pipeline.store.engine import reading, writing
from pipeline.store.findings import Wanted, to_review
from pipeline.store.queue_findings import worst_findings
from pipeline.store.queue_page import QueueFilter, QueuePage, counted, projects_in_queue, queue_page, vendors_in_queue
from pipeline.store.tables import CallRow, QueueRow, QueueRuleRow
from tests.heard import HUASHENG, REVIEWER, at, hear, in_force
from tests.store.samples import register, row

DAY = date(2026, 3, 5)
RULES = ("phrase.abuse", "voice.noise", "script.missing.thanks")
VALUES = {
    "vendor": ("华声", "远达", "无"), "project": ("survey", "win-back"), "rule": (*RULES[:2], "audio.silent"), "agent": ("A1", "A2"),
    "day": (DAY, DAY + timedelta(days=1)), "state": ("inspected", "partial"), "grade": (1, 3),
}  # fmt: skip


@pytest.fixture
def queue(engine):
    """300 calls of two vendors with a row each, drawn by lot."""
    calls = [row(f"q{n}", vendor=("华声", "远达")[n % 2]) for n in range(300)]
    register(engine, *calls)
    dice = Random(3)
    with writing(engine) as session:
        for pk, vendor in session.execute(select(CallRow.id, CallRow.vendor).order_by(CallRow.id)).all():
            about = {name: dice.choice(VALUES[name][:2]) for name in ("project", "agent", "day", "state", "grade")}
            chosen, priority = dice.sample(RULES, dice.randint(1, 2)), dice.randrange(40)
            waiting = [dice.random() < 0.6 for _ in chosen]
            values = {
                **about, "call_pk": pk, "vendor": vendor, "is_open": any(waiting), "severity": Severity.MAJOR, "confidence_bp": 9000,
                "value_fen": 0, "open_findings": sum(waiting), "findings": len(chosen), "turn": 0, "priority": priority,
            }  # fmt: skip
            session.execute(insert(QueueRow).values(values))
            for rule, is_open in zip(chosen, waiting, strict=True):
                session.execute(insert(QueueRuleRow).values(call_pk=pk, rule=rule, is_open=is_open, priority=priority))
    return engine


def looked_through(session: Session, wanted: QueueFilter) -> list[int]:
    """The same, row by row."""
    rules: dict[int, set[str]] = {}
    for one in session.scalars(select(QueueRuleRow).where(QueueRuleRow.is_open == wanted.is_open)):
        rules.setdefault(one.call_pk, set()).add(one.rule)
    found = []
    for one in session.scalars(select(QueueRow)):
        given = {name: getattr(wanted, name) for name in VALUES if name != "rule"}
        if one.is_open is not wanted.is_open or one.call_pk in wanted.without:
            continue
        if wanted.rule is not None and wanted.rule not in rules.get(one.call_pk, ()):
            continue
        if all(value is None or getattr(one, name) == value for name, value in given.items()):
            found.append((one.priority, one.call_pk))
    return [pk for _, pk in sorted(found, reverse=True)]


def paged(session, wanted, size):
    """All pages, one after the other."""
    found, after, is_more = [], None, True
    while is_more:
        page = queue_page(session, REVIEWER, wanted, after=after, size=size)
        assert (page.total is None) is (after is not None)
        assert len(page.lines) == size or page.further is None
        found += [line.call_pk for line in page.lines]
        after, is_more = page.further, page.further is not None
    return found


@pytest.mark.parametrize("many", [1, 50_000])
@pytest.mark.parametrize("is_open", [True, False])
def test_every_filter_finds_what_a_plain_look_finds(queue, monkeypatch, many, is_open):
    """Whichever index is read: that of the narrowest filter, or with `many` 1 that of the first."""
    monkeypatch.setattr(pages, "_MANY", many)
    combined = [names for size in range(4) for names in itertools.combinations(VALUES, size)]
    dice = Random(9)
    with reading(queue) as session:
        for names in combined:
            wanted = QueueFilter(is_open=is_open, **{name: dice.choice(VALUES[name]) for name in names})
            expected = looked_through(session, wanted)
            page = queue_page(session, REVIEWER, wanted, after=None, size=20)
            assert [line.call_pk for line in page.lines] == expected[:20], wanted
            assert (page.further is not None) is (len(expected) > 20)
            assert page.total == counted(session, REVIEWER, wanted) == len(expected)


def test_pages_follow_each_other_without_gap_or_repetition(queue):
    with reading(queue) as session:
        for wanted in (QueueFilter(), QueueFilter(rule=RULES[0]), QueueFilter(vendor="远达", grade=3)):
            for size in (1, 7, 500):
                assert paged(session, wanted, size) == looked_through(session, wanted)


def test_counting_stops(queue, monkeypatch):
    monkeypatch.setattr(pages, "COUNTED", 10)
    with reading(queue) as session:
        assert counted(session, REVIEWER, QueueFilter()) == 11
        assert queue_page(session, REVIEWER, QueueFilter(), after=None, size=5).total == 11
        assert counted(session, REVIEWER, QueueFilter(vendor="无")) == 0


def test_calls_that_are_not_shown_are_neither_listed_nor_counted(queue):
    with reading(queue) as session:
        first = looked_through(session, QueueFilter())[0]
        wanted = QueueFilter(without=frozenset({first}))
        assert first not in paged(session, wanted, 50)
        assert counted(session, REVIEWER, wanted) == counted(session, REVIEWER, QueueFilter()) - 1


def test_a_vendor_s_person_would_find_his_own_alone(queue):
    with reading(queue) as session:
        page = queue_page(session, HUASHENG, QueueFilter(), after=None, size=500)
        assert {line.vendor for line in page.lines} == {"华声"}
        assert counted(session, HUASHENG, QueueFilter(vendor="远达")) == 0
        assert vendors_in_queue(session, HUASHENG) == ["华声"]


def test_filters_offer_what_there_is(queue):
    with reading(queue) as session:
        assert vendors_in_queue(session, REVIEWER) == ["华声", "远达"]
        assert projects_in_queue(session) == ["survey", "win-back"]


def test_an_empty_queue_offers_nothing(engine):
    with reading(engine) as session:
        assert vendors_in_queue(session, REVIEWER) == []
        assert queue_page(session, REVIEWER, QueueFilter(), after=None, size=5) == QueuePage([], None, 0)


def test_a_line_shows_the_worst_that_waits_with_its_numbers_masked(engine):
    calls = """
    华声 c1 survey A1 2026-03-05
        phrase.taunt major 12.0-14.5 "活该，您的号码幺三八零零"
        script.missing.thanks minor
    华声 c2 survey A1 2026-03-05
        script.missing.thanks minor
    """
    turns = (
        Turn(Speaker.AGENT, Span(12_000, 14_500), "活该，您的号码幺三八零零", 0.9),
        Turn(Speaker.CUSTOMER, Span(14_600, 15_000), "对", 0.9),
        Turn(Speaker.AGENT, Span(15_100, 16_000), "幺三八零零", 0.9),
    )
    hear(engine, calls, turns=turns)
    in_force(engine)
    refresh_queue(engine, at("2026-03-06"))

    def shown():
        with reading(engine) as session:
            lines = queue_page(session, REVIEWER, QueueFilter(), after=None, size=5).lines
            worst = worst_findings(session, lines)
            return {line.call_id: (worst[line.call_pk].rule, worst[line.call_pk].start_ms, worst[line.call_pk].words) for line in lines}  # fmt: skip

    # Ten digits over two turns, of which the quote has five.
    assert shown()["c1"] == ("phrase.taunt", 12_000, "活该，您的号码*****")
    assert shown()["c2"] == ("script.missing.thanks", None, "")
    with writing(engine) as session:
        (found,) = to_review(session, Wanted(vendor="华声", call_id="c1", rule="phrase.taunt"))
        review(session, found.finding_id, Decision.CONFIRMED, REVIEWER, at("2026-03-06"))
    assert shown()["c1"] == ("script.missing.thanks", None, "")
