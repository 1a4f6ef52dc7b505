"""Calibration sessions over a real store: who opens and closes them, which calls they have, when what people think is shown."""

import pytest
from sqlalchemy import Engine, select

from pipeline.errors import StoreError, UsageError
from pipeline.records.month import Month
from pipeline.records.verdict import Decision
from pipeline.review.decision import Charge
from pipeline.services.calibrating import (
    NoSuchCall,
    close_session,
    compared,
    drawn_calls,
    named_calls,
    open_session,
    standing,
)
from pipeline.services.reviewing import review
from pipeline.store.calibrations import calibration, calibrations, progress, session_calls, session_faults
from pipeline.store.engine import reading, writing
from pipeline.store.findings import Wanted, to_review
from pipeline.store.opinions import put_opinion
from pipeline.store.seats import take_seat
from pipeline.store.tables import CallRow, VerdictRow
from pipeline.store.visible import NotThere
from tests.heard import ANOTHER, REVIEWER, SUPERVISOR, at, hear, in_force

MARCH = Month(2026, 3)
NOW = at("2026-03-10")


@pytest.fixture
def heard(engine: Engine) -> Engine:
    in_force(engine)
    lines = [f'华声 c{n} telemarketing A1 2026-03-05\n phrase.taunt major 12.0-14.5 "活该"' for n in range(12)]
    quiet = ["华声 q1 telemarketing A1 2026-03-05", "华声 q2 telemarketing A1 2026-03-05\n voice.noise notice"]
    hear(
        engine, "\n".join([*lines, *quiet, '华声 old telemarketing A1 2026-02-05\n phrase.taunt major 1.0-2.0 "活该"'])
    )
    return engine


def opened(engine: Engine, *names: str) -> int:
    with writing(engine) as session:
        return open_session(session, "三月", named_calls(session, SUPERVISOR, names), SUPERVISOR, NOW)


def think(engine: Engine, number: int, person, decision: Decision) -> None:
    """Somebody judges every finding of a session."""
    with writing(engine) as session:
        for fault in session_faults(session, number):
            seat = take_seat(session, fault.call_pk, person, number)
            charge = Charge(fault.rule, fault.severity, fault.span, fault.words)
            put_opinion(session, seat, fault.finding_id, decision, charge, "", NOW)


def test_calls_are_drawn_by_lot_from_those_with_faults_in_the_month(heard: Engine) -> None:
    with reading(heard) as session:
        names = dict(session.execute(select(CallRow.id, CallRow.call_id)).tuples().all())
        first = drawn_calls(session, SUPERVISOR, MARCH, 5, "seed 1")
        assert len(first) == 5 and {names[pk][0] for pk in first} == {"c"}
        assert drawn_calls(session, SUPERVISOR, MARCH, 5, "seed 1") == first
        assert drawn_calls(session, SUPERVISOR, MARCH, 5, "seed 2") != first
        # All there are, where more are asked for.
        assert len(drawn_calls(session, SUPERVISOR, MARCH, 50, "seed 1")) == 12


def test_only_a_supervisor_opens_and_closes(heard: Engine) -> None:
    number = opened(heard, "华声/c1")
    with writing(heard) as session:
        for act in (
            lambda: open_session(session, "x", [1], REVIEWER, NOW),
            lambda: close_session(session, number, REVIEWER, NOW),
        ):
            with pytest.raises(StoreError, match="a supervisor opens and closes"):
                act()
        assert len(calibrations(session)) == 1 and calibration(session, number).closed_at is None


def test_what_is_no_call_or_no_session_is_refused(heard: Engine) -> None:
    with writing(heard) as session:
        for name in ("华声/nothing", "c1", "远达/c1", "/"):
            with pytest.raises(NoSuchCall):
                named_calls(session, SUPERVISOR, ["华声/c1", name])
        with pytest.raises(UsageError, match="1 to 50 calls, got 0"):
            open_session(session, "x", [], SUPERVISOR, NOW)
        with pytest.raises(UsageError, match="title is empty"):
            open_session(session, " ", [1], SUPERVISOR, NOW)
        for act in (calibration, lambda one, number: close_session(one, number, SUPERVISOR, NOW), compared):
            with pytest.raises(NotThere):
                act(session, 99)


def test_nobody_sees_what_others_think_before_it_is_closed(heard: Engine) -> None:
    number = opened(heard, "华声/c1", "华声/c2", "华声/c1")
    think(heard, number, REVIEWER, Decision.CONFIRMED)
    with reading(heard) as session:
        with pytest.raises(StoreError, match="is open"):
            compared(session, number)
        assert progress(session, number) == {"王敏": 2}
        assert [(one.call_id, one.faults) for one in session_calls(session, number)] == [("c1", 1), ("c2", 1)]


def test_closed_it_compares_and_changes_nothing_that_counts(heard: Engine) -> None:
    number = opened(heard, "华声/c1", "华声/c2")
    think(heard, number, REVIEWER, Decision.CONFIRMED)
    think(heard, number, ANOTHER, Decision.OVERTURNED)
    with writing(heard) as session:
        (found,) = to_review(session, Wanted(call_id="c1"))
        review(session, found.finding_id, Decision.CONFIRMED, REVIEWER, NOW)
        close_session(session, number, SUPERVISOR, NOW)
    with writing(heard) as session:
        found = compared(session, number)
        assert [one.differing for one in found.faults] == [1, 1]
        assert (found.pairs[0].findings, found.pairs[0].alike.value) == (2, 0)
        assert list(standing(session, found).values()) == [Decision.CONFIRMED]
        assert len(list(session.scalars(select(VerdictRow)))) == 1
        with pytest.raises(StoreError, match="is closed since"):
            close_session(session, number, SUPERVISOR, NOW)
        with pytest.raises(NotThere):
            take_seat(session, found.faults[0].call_pk, REVIEWER, number)
