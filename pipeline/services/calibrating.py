"""Calibration sessions (校准): opened by a supervisor, judged by several, compared when they are closed.

Until then nobody sees what others think, not even who opened the session: he may judge in it himself.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import DataError, StoreError, UsageError
from pipeline.records.calibration_session import Comparison
from pipeline.records.call import JUDGED
from pipeline.records.month import Month
from pipeline.records.person import Person, Role
from pipeline.records.verdict import Decision
from pipeline.review.wording import written
from pipeline.scoring.calibration_session import compare
from pipeline.store.calibrations import (
    calibration,
    close_calibration,
    flagged_calls,
    open_calibration,
    session_faults,
    session_opinions,
)
from pipeline.store.tables import CallRow
from pipeline.store.verdicts import verdicts_of_call
from pipeline.store.visible import visible

MOST_CALLS = 50


class NoSuchCall(DataError):
    """A call of the list is not registered, or nobody can hear it; `name` as it was written."""

    def __init__(self, name: str) -> None:
        super().__init__(f"call {name!r} is not registered as VENDOR/CALL, or has no recording that was judged")
        self.name = name


def open_session(session: Session, title: str, call_pks: Sequence[int], person: Person, now: datetime) -> int:
    """Open a session; its number. Raises StoreError for another role, UsageError for no title or no calls, or too many."""
    _refuse_others(person)
    if not 1 <= len(set(call_pks)) <= MOST_CALLS:
        raise UsageError(f"a calibration session has 1 to {MOST_CALLS} calls, got {len(set(call_pks))}")
    return open_calibration(session, written(title, "the title"), call_pks, person, now)


def close_session(session: Session, session_id: int, person: Person, now: datetime) -> None:
    """End a session. Raises StoreError for another role and where it has ended; NotThere."""
    _refuse_others(person)
    close_calibration(session, session_id, now)


def named_calls(session: Session, person: Person, names: Sequence[str]) -> list[int]:
    """Calls named VENDOR/CALL. Raises NoSuchCall."""
    found = []
    for name in names:
        vendor, _, call_id = name.rpartition("/")
        query = select(CallRow.id).where(
            CallRow.vendor == vendor, CallRow.call_id == call_id, CallRow.state.in_(JUDGED), visible(person, CallRow.vendor)
        )  # fmt: skip
        if (call_pk := session.scalar(query)) is None:
            raise NoSuchCall(name)
        found.append(call_pk)
    return found


def drawn_calls(session: Session, person: Person, month: Month, count: int, seed: str) -> list[int]:
    """So many of a month's flagged calls, or all there are, drawn by a seed: the same calls for the same seed."""
    calls = sorted(flagged_calls(session, person, month), key=lambda one: _lot(seed, *one[1:]))
    return [call_pk for call_pk, _, _ in calls[:count]]


def compared(session: Session, session_id: int) -> Comparison:
    """What people think, side by side. Raises NotThere, and StoreError while the session is open."""
    if calibration(session, session_id).closed_at is None:
        raise StoreError(f"calibration session {session_id} is open: what people think is shown when it is closed")
    return compare(session_faults(session, session_id), session_opinions(session, session_id))


def standing(session: Session, comparison: Comparison) -> Mapping[int, Decision]:
    """What counts about the compared findings at present, by finding."""
    calls = {one.call_pk for one in comparison.faults}
    verdicts = (verdict for call_pk in sorted(calls) for verdict in verdicts_of_call(session, call_pk))
    return {verdict.finding_id: verdict.decision for verdict in verdicts if verdict.finding_id is not None}


def _refuse_others(person: Person) -> None:
    if person.role is not Role.SUPERVISOR:
        raise StoreError(
            f"user {person.name!r} is {person.role.value}; a supervisor opens and closes calibration sessions"
        )


def _lot(seed: str, vendor: str, call_id: str) -> str:
    return hashlib.sha256("\0".join((seed, vendor, call_id)).encode()).hexdigest()
