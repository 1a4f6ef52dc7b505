"""How well inspection works, counted from a store in which people have judged."""

import pytest
from sqlalchemy import Engine, select, update

from pipeline.records.draw import DrawKind
from pipeline.records.finding import Match, Severity
from pipeline.records.month import Month
from pipeline.records.person import Person, Role
from pipeline.records.quality import ControlCounts
from pipeline.records.span import Span
from pipeline.records.verdict import Decision
from pipeline.review.decision import Charge
from pipeline.services.quality import quality
from pipeline.services.queueing import refresh_queue
from pipeline.services.reviewing import add, change, review
from pipeline.store.engine import reading, writing
from pipeline.store.findings import to_review
from pipeline.store.hearings import mark_reviewed
from pipeline.store.offered import months_with_verdicts
from pipeline.store.quality import Scope, control_counts, rule_counts, sittings
from pipeline.store.tables import (
    AssignmentRow,
    CallRow,
    DrawRow,
    FindingRow,
    InspectionRow,
    Occasion,
    OpinionRow,
    RecordingRow,
)
from tests.heard import ANOTHER, HUASHENG, REVIEWER, SUPERVISOR, at, hear, hear_again, in_force

MARCH = Month(2026, 3)
NOW = at("2026-03-06")
CALLS = """
    华声 c1 telemarketing A1 2026-03-05
        phrase.taunt major 12.0-14.5 "活该"
        script.missing.thanks minor
    华声 c2 telemarketing A2 2026-03-05
        phrase.taunt major 3.0-4.5 "活该" near
    华声 c3 telemarketing A2 2026-03-05
        voice.noise notice
    华声 c4 telemarketing A2 2026-03-05
    远达 c5 telemarketing B1 2026-04-02
        phrase.taunt major 3.0-4.5 "活该"
"""


@pytest.fixture
def judged(engine: Engine) -> Engine:
    in_force(engine)
    hear(engine, CALLS)
    with writing(engine) as session:
        decisions = {("c1", "phrase.taunt"): Decision.CONFIRMED, ("c1", "script.missing.thanks"): Decision.OVERTURNED,
                     ("c2", "phrase.taunt"): Decision.OVERTURNED, ("c5", "phrase.taunt"): Decision.CONFIRMED}  # fmt: skip
        for found in to_review(session):
            review(session, found.finding_id, decisions[found.row.call_id, found.finding.rule], REVIEWER, NOW)
        abuse = Charge("phrase.abuse", Severity.FATAL, Span(20_000, 21_000), "滚")
        add(session, "华声", "c4", abuse, REVIEWER, NOW)
        for call_id in ("c1", "c2", "c3", "c4"):
            mark_reviewed(session, pk(session, call_id), REVIEWER, NOW)
    refresh_queue(engine, NOW)
    return engine


def pk(session, call_id):
    return session.scalars(select(CallRow.id).where(CallRow.call_id == call_id)).one()


def scope(**changes):
    return Scope(SUPERVISOR, **changes)


def finding(session, call_id, rule):
    """A finding's number, whether it is decided or not."""
    query = (
        select(FindingRow.id)
        .join(InspectionRow, InspectionRow.id == FindingRow.inspection_id)
        .join(RecordingRow, RecordingRow.id == InspectionRow.recording_id)
        .join(CallRow, CallRow.id == RecordingRow.call_pk)
    )
    return session.scalars(query.where(CallRow.call_id == call_id, FindingRow.rule == rule)).one()


def opinion(session, call_id, rule, decision, person=ANOTHER, span=None):
    row = OpinionRow(
        call_pk=pk(session, call_id), finding_id=None if decision is Decision.ADDED else finding(session, call_id, rule),
        person=person.name, decision=decision, rule=rule, severity=Severity.MAJOR, words="", note="", decided_at=NOW,
        start_ms=span and span.start_ms, end_ms=span and span.end_ms,
    )  # fmt: skip
    session.add(row)


def assign(session, call_id, person, occasion, minutes):
    session.add(
        AssignmentRow(
            call_pk=pk(session, call_id), person=person.name, occasion=occasion, assigned_at=NOW,
            opened_at=at("2026-03-06", "13:00"), done_at=at("2026-03-06", f"13:{minutes:02}"),
        )
    )  # fmt: skip


def test_verdicts_are_counted_by_rule_and_match_of_the_calls_that_are_asked_about(judged: Engine) -> None:
    with reading(judged) as session:
        counts = {(one.rule, one.match): (one.confirmed, one.overturned) for one in rule_counts(session, scope())}
        assert counts == {
            ("phrase.taunt", Match.EXACT): (2, 0),
            ("phrase.taunt", Match.NEAR): (0, 1),
            ("script.missing.thanks", Match.STRUCTURE): (0, 1),
        }
        april = rule_counts(session, scope(month=Month(2026, 4)))
        assert [(one.rule, one.confirmed) for one in april] == [("phrase.taunt", 1)]
        assert rule_counts(session, scope(vendor="远达", rule="phrase.taunt")) == april
        assert rule_counts(session, scope(rule="phrase.abuse")) == []
        assert months_with_verdicts(session, SUPERVISOR) == [Month(2026, 4), MARCH]


def test_the_verdict_that_stands_counts(judged: Engine) -> None:
    with writing(judged) as session:
        change(session, 1, Decision.OVERTURNED, SUPERVISOR, NOW, note="复听不是")
    with reading(judged) as session:
        (taunt, *_) = [one for one in quality(session, scope()).rules if one.rule == "phrase.taunt"]
    assert (taunt.confirmed, taunt.overturned) == (1, 2)


def test_what_nobody_found_and_a_reviewer_added_is_missed(judged: Engine) -> None:
    with reading(judged) as session:
        # c3 has a notice only, which is no fault: it counts as unflagged; c2's fault was overturned.
        assert control_counts(session, scope(month=MARCH)) == ControlCounts(4, 2, 2, 1, 2, 1)
        assert control_counts(session, scope(vendor="远达")) == ControlCounts(1, 1, 0, 0, 0, 0)
        found = quality(session, scope(month=MARCH)).missed
        assert (found.miss_rate.value, found.missed.value, found.faulty.value) == (0.5, 1, 0.5)
        assert {one.rule: one.added for one in quality(session, scope()).rules}["phrase.abuse"] == 1


def test_a_call_drawn_on_purpose_says_nothing_of_the_others(judged: Engine) -> None:
    # c4 was drawn at random too, and stays what it is.
    hear_again(judged, "华声", "c4", ['phrase.abuse fatal 20.0-21.0 "滚"'])
    refresh_queue(judged, NOW)
    with reading(judged) as session:
        assert control_counts(session, scope(month=MARCH)) == ControlCounts(4, 3, 3, 2, 1, 0)
    with writing(judged) as session:
        session.execute(update(DrawRow).where(DrawRow.vendor == "华声").values(kind=DrawKind.TARGETED))
    with reading(judged) as session:
        assert control_counts(session, scope(month=MARCH)) == ControlCounts(0, 0, 0, 0, 0, 0)


def test_two_who_heard_the_same_without_knowing_are_compared(judged: Engine) -> None:
    with writing(judged) as session:
        opinion(session, "c1", "phrase.taunt", Decision.OVERTURNED)
        opinion(session, "c1", "phrase.taunt", Decision.CONFIRMED)
        opinion(session, "c1", "script.missing.thanks", Decision.CONFIRMED)
        opinion(session, "c4", "phrase.abuse", Decision.ADDED, span=Span(20_500, 21_500))
        opinion(session, "c4", "phrase.rudeness", Decision.ADDED, span=Span(30_000, 31_000))
        # Of c1 nothing that was added can be compared before the second is done with it.
        opinion(session, "c1", "phrase.abuse", Decision.ADDED)
        assign(session, "c4", ANOTHER, Occasion.SECOND, 4)
    with reading(judged) as session:
        (pair,) = quality(session, scope()).pairs
        (taunts,) = quality(session, scope(rule="phrase.taunt")).pairs
    assert (pair.first, pair.second) == ("王敏", "赵静")
    # The last opinion about the taunt counts: alike; about the thanks not.
    assert (pair.findings, pair.alike.value) == (2, 0.5)
    # Faults: the taunt and the abuse of both, the thanks and the rudeness of one.
    assert (pair.faults, pair.positive.value) == (4, pytest.approx(2 / 3))
    assert (taunts.findings, taunts.alike.value) == (1, 1)


def test_a_verdict_that_a_supervisor_put_in_its_place_is_not_what_the_first_said(judged: Engine) -> None:
    with writing(judged) as session:
        change(session, 1, Decision.OVERTURNED, SUPERVISOR, NOW, note="复听不是")
        opinion(session, "c1", "phrase.taunt", Decision.CONFIRMED)
    with reading(judged) as session:
        (pair,) = quality(session, scope()).pairs
    assert (pair.first, pair.second, pair.alike.value) == ("王敏", "赵静", 1)


def test_minutes_a_fault_leave_second_hearings_and_long_pauses_out(judged: Engine) -> None:
    with writing(judged) as session:
        assign(session, "c1", REVIEWER, Occasion.FLAGGED, 6)
        assign(session, "c4", REVIEWER, Occasion.CONTROL, 59)
        assign(session, "c1", ANOTHER, Occasion.SECOND, 10)
    with reading(judged) as session:
        assert [(one.length_ms // 60_000, one.faults) for one in sittings(session, scope())] == [(6, 1), (30, 1)]
        together, own = quality(session, scope()).efforts
        assert (together.minutes_per_fault.value, own.person) == (18, "王敏")


def test_a_reviewer_sees_himself_beside_others_and_not_others_beside_each_other(judged: Engine) -> None:
    with writing(judged) as session:
        opinion(session, "c1", "phrase.taunt", Decision.CONFIRMED)
        assign(session, "c1", REVIEWER, Occasion.FLAGGED, 6)
    third = Person("刘洋", Role.REVIEWER)
    with reading(judged) as session:
        assert quality(session, Scope(third)).pairs == () and len(quality(session, Scope(third)).efforts) == 1
        assert len(quality(session, Scope(ANOTHER)).pairs) == 1 and len(quality(session, Scope(REVIEWER)).efforts) == 2


def test_a_vendors_person_counts_his_own_calls_alone(judged: Engine) -> None:
    with reading(judged) as session:
        assert {one.rule for one in rule_counts(session, Scope(HUASHENG))} == {"phrase.taunt", "script.missing.thanks"}
        assert rule_counts(session, Scope(HUASHENG, vendor="远达")) == []
