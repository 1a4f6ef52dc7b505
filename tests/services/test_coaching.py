"""Coaching: what recurs, whether it grows, what to hear, and who does better beyond chance (P-80)."""

import pytest
from sqlalchemy import Engine

from pipeline.errors import DataError
from pipeline.records.coaching import Coaching, HeardCall, HeardFault, Trend
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.records.span import Span
from pipeline.records.verdict import Decision
from pipeline.scoring.recurring import compare_agents, recurring, share_of
from pipeline.services.coaching import coach
from pipeline.services.reviewing import review
from pipeline.store.engine import reading, writing
from pipeline.store.findings import Wanted, to_review
from tests.heard import REVIEWER, at, hear, hear_again, in_force

MARCH = Month(2026, 3)
THANKS = "script.missing.thanks minor"


def calls(day: str, agent: str, count: int, *findings: str, faulty: int | None = None) -> str:
    """So many calls of an agent on a day; the findings are in the first `faulty` of them."""
    lines = []
    for number in range(count):
        lines.append(f"华声 {day[5:7]}{agent}{number:03} telemarketing {agent} {day}")
        lines += findings if number < (count if faulty is None else faulty) else ()
    return "\n".join(lines) + "\n"


def sheet(engine: Engine, agent: str | None = None) -> Coaching:
    with reading(engine) as session:
        return coach(session, "华声", MARCH, agent)


def test_what_fails_in_two_calls_recurs_and_what_fails_in_one_does_not(engine: Engine) -> None:
    hear(
        engine,
        calls("2026-03-05", "A1", 10, THANKS, faulty=2)
        + calls("2026-03-05", "A2", 5, "phrase.coldness minor", faulty=1),
    )
    found = sheet(engine)
    assert [(one.rule, one.calls, one.confirmed, one.trend) for one in found.recurring] == [
        ("script.missing.thanks", 2, 0, Trend.NO_MONTH_BEFORE)
    ]
    assert found.calls == 15 and found.recurring[0].share.value == pytest.approx(2 / 15)
    assert sheet(engine, "A2").recurring == ()


@pytest.mark.parametrize(
    ("then", "now", "trend"),
    [(38, 4, Trend.BETTER), (4, 38, Trend.WORSE), (10, 11, Trend.UNCLEAR), (10, 10, Trend.UNCLEAR)],
)
def test_what_chance_may_explain_is_no_trend_though_every_call_was_heard(
    engine: Engine, then: int, now: int, trend: Trend
) -> None:
    hear(engine, calls("2026-02-05", "A1", 40, THANKS, faulty=then))
    hear(engine, calls("2026-03-05", "A1", 40, THANKS, faulty=now))
    (one,) = sheet(engine).recurring
    assert one.trend is trend
    assert one.before is not None and one.before.value == pytest.approx(then / 40)


def drawn(agent: str, count: int, faulty: int) -> list[HeardCall]:
    """Calls drawn at one in ten, some of which have a fault."""
    fault = HeardFault("finding 1", "phrase.rudeness", Severity.MAJOR, None, "", confirmed=False, is_machines=True)
    return [
        HeardCall(
            n, f"{agent}{n}", "survey", agent, "f", "D1", agent, count, 10 * count, (fault,) if n < faulty else ()
        )
        for n in range(count)
    ]


def test_agents_share_a_place_where_chance_may_explain_the_difference() -> None:
    close = compare_agents([*drawn("A1", 40, 4), *drawn("A2", 40, 7)])["survey"]
    assert [(one.name, one.rank) for one in close] == [("A1", 1), ("A2", 1)]
    apart = compare_agents([*drawn("A1", 40, 4), *drawn("A2", 40, 7), *drawn("A3", 40, 30)])["survey"]
    assert [(one.name, one.rank, one.worse_than) for one in apart] == [
        ("A1", 1, ()),
        ("A2", 1, ()),
        ("A3", 3, ("A1", "A2")),
    ]
    assert [one.trend for one in recurring(drawn("A1", 40, 10), drawn("A1", 40, 11))] == [Trend.UNCLEAR]
    assert [one.trend for one in recurring(drawn("A1", 40, 4), drawn("A1", 40, 30))] == [Trend.BETTER]


def test_calls_drawn_on_purpose_are_counted_and_say_nothing_about_the_others() -> None:
    on_purpose = [
        HeardCall(1, "x", "survey", "A1", "f", None, "", 0, 1, drawn("A1", 1, 1)[0].faults),
        HeardCall(2, "y", "survey", "A1", "f", None, "", 0, 1, drawn("A1", 1, 1)[0].faults),
    ]
    assert share_of([*drawn("A1", 40, 0), *on_purpose], lambda call: bool(call.faults)).value == 0


def test_three_clips_with_the_file_and_the_seconds_the_confirmed_one_first(engine: Engine) -> None:
    in_force(engine)
    hear(
        engine,
        calls(
            "2026-03-05", "A1", 2,
            'phrase.abuse fatal 1.0-2.5 "你有病啊"', 'phrase.rudeness major 30.0-31.0 "懒得理你"', 'phrase.coldness minor 50.0-51.0 "随便你"',
            THANKS,
        ),
    )  # fmt: skip
    with writing(engine) as session:
        (found, _) = to_review(session, Wanted(rule="phrase.coldness"))
        review(session, found.finding_id, Decision.CONFIRMED, REVIEWER, at("2026-03-06"))
        (found, _) = to_review(session, Wanted(rule="phrase.abuse"))
        review(session, found.finding_id, Decision.OVERTURNED, REVIEWER, at("2026-03-06"))
        overturned = found.row.call_id
    first, second, third = sheet(engine).clips
    assert (first.fault.rule, first.span, first.fault.confirmed) == ("phrase.coldness", Span(48_000, 53_000), True)
    # Two seconds before the first second there is nothing.
    assert (second.fault.rule, second.span) == ("phrase.abuse", Span(0, 4500)) and second.call_id != overturned
    assert third.fault.rule == "phrase.rudeness" and third.file.endswith(".wav")


def test_what_was_overturned_or_only_nearly_heard_is_no_fault(engine: Engine) -> None:
    in_force(engine)
    hear(
        engine,
        calls(
            "2026-03-05", "A1", 3, 'phrase.rudeness major 3.0-4.0 "懒得理你"', 'phrase.taunt major 9.0-9.5 "活该" near'
        ),
    )
    with writing(engine) as session:
        for found in to_review(session, Wanted(rule="phrase.rudeness"))[:2]:
            review(session, found.finding_id, Decision.OVERTURNED, REVIEWER, at("2026-03-06"))
    assert sheet(engine).recurring == ()
    assert len(sheet(engine).clips) == 1


def test_what_was_decided_under_an_earlier_judgement_is_not_counted_again(engine: Engine) -> None:
    in_force(engine)
    hear(engine, calls("2026-03-05", "A1", 2, 'phrase.rudeness major 3.0-4.0 "懒得理你"'))
    with writing(engine) as session:
        for found, decision in zip(to_review(session), (Decision.CONFIRMED, Decision.OVERTURNED), strict=True):
            review(session, found.finding_id, decision, REVIEWER, at("2026-03-06"))
    for call_id in ("03A1000", "03A1001"):
        hear_again(engine, "华声", call_id, ['phrase.rudeness major 3.2-4.1 "懒得理你"'])
    assert [clip.fault.confirmed for clip in sheet(engine).clips] == [True]


def test_nobody_heard_is_said_with_who_was(engine: Engine) -> None:
    hear(engine, calls("2026-03-05", "A1", 1))
    with pytest.raises(DataError, match="no call of agent 'A9' of vendor '华声' was judged in 2026-03; agents: A1"):
        sheet(engine, "A9")
    with reading(engine) as session, pytest.raises(DataError, match="no call of vendor '远达'"):
        coach(session, "远达", MARCH)
