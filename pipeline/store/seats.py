"""How somebody sits before a call: as its reviewer, or to say what he thinks of it, unseen by others and without consequence.

An open assignment of the occasion `second`, or a calibration session that has the call, makes him blind: he is shown nobody else's decisions,
and his own become opinions. Nothing that he sees may tell him which it is.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from pipeline.records.person import Person, Role
from pipeline.store.tables import AssignmentRow, CalibrationCallRow, CalibrationSessionRow, CallRow, Occasion
from pipeline.store.visible import NotThere


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody before a call. `blind`: his decisions become opinions, of the calibration session `session_id` if there is one."""

    call_pk: int
    person: Person
    blind: bool
    session_id: int | None


def take_seat(session: Session, call_pk: int, person: Person, session_id: int | None = None) -> Seat:
    """How the person sits before the call. Raises NotThere where there is no such session, it is over, or it has not this call."""
    if session_id is None:
        return Seat(call_pk, person, session.scalar(select(is_second(person, call_pk))) is True, None)
    query = (
        select(CalibrationSessionRow.id)
        .join(CalibrationCallRow, CalibrationCallRow.session_id == CalibrationSessionRow.id)
        .where(
            CalibrationSessionRow.id == session_id,
            CalibrationSessionRow.closed_at.is_(None),
            CalibrationCallRow.call_pk == call_pk,
        )
    )
    if person.role not in (Role.REVIEWER, Role.SUPERVISOR) or session.scalar(query) is None:
        raise NotThere(f"there is no open calibration session {session_id} with call {call_pk}")
    return Seat(call_pk, person, True, session_id)


def is_second(person: Person, call_pk: InstrumentedAttribute[int] | int) -> ColumnElement[bool]:
    """Whether a call lies on the person's desk to be judged a second time, unseen by others: a condition on a column of calls' numbers."""
    return exists().where(
        AssignmentRow.call_pk == call_pk,
        AssignmentRow.person == person.name,
        AssignmentRow.occasion == Occasion.SECOND,
        AssignmentRow.done_at.is_(None),
    )


def second_calls(session: Session, person: Person) -> frozenset[tuple[str, str | None]]:
    """Vendor and number of the calls that the person is to judge a second time: what was decided about them is not there for him."""
    query = select(CallRow.vendor, CallRow.call_id).where(is_second(person, CallRow.id))
    return frozenset((vendor, call_id) for vendor, call_id in session.execute(query))


def open_assignment(session: Session, call_pk: int, person: Person, now: datetime) -> None:
    """Write down that the person has opened a call that is on his desk."""
    session.execute(
        update(AssignmentRow)
        .where(AssignmentRow.call_pk == call_pk, AssignmentRow.person == person.name, AssignmentRow.opened_at.is_(None))
        .values(opened_at=now)
    )


def finish_assignment(session: Session, call_pk: int, person: Person, now: datetime) -> None:
    """Take the call off the person's desk."""
    session.execute(
        update(AssignmentRow)
        .where(AssignmentRow.call_pk == call_pk, AssignmentRow.person == person.name, AssignmentRow.done_at.is_(None))
        .values(done_at=now)
    )


def reopen_assignment(session: Session, call_pk: int, person: str, since: datetime) -> None:
    """Put the call back onto somebody's desk who finished it after deciding what is undecided again."""
    session.execute(
        update(AssignmentRow)
        .where(AssignmentRow.call_pk == call_pk, AssignmentRow.person == person, AssignmentRow.done_at >= since)
        .values(done_at=None)
    )
