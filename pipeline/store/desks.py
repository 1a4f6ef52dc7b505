"""What is on people's desks: calls they were handed and are not done with, for whatever reason (`Occasion`); nothing here tells which.

hand(session, 7, person, Occasion.FLAGGED, now)
on_desk(session, person)                            call 7, until he is done with it (`store/seats.py`), or somebody else took it over
put_back(session, 7, person, now)                   for the others; he himself is not handed it again for half a day
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from pipeline.records.call import CallState
from pipeline.records.person import Person
from pipeline.store.tables import AssignmentRow, CallRow, Occasion, QueueRow
from pipeline.store.visible import NotThere


@dataclass(frozen=True, slots=True)
class OnDesk:
    """A call on somebody's desk. What was found in it is not said: in some nothing was."""

    call_pk: int
    vendor: str
    project: str
    agent: str
    day: date
    duration_ms: int
    since: datetime


def on_desk(session: Session, person: Person) -> Sequence[OnDesk]:
    """The person's calls, the one he was handed first before the others."""
    query = (
        select(
            CallRow.id,
            CallRow.vendor,
            CallRow.project,
            CallRow.agent,
            CallRow.day,
            CallRow.duration_ms,
            AssignmentRow.assigned_at,
        )
        .join(AssignmentRow, AssignmentRow.call_pk == CallRow.id)
        .where(_is_on_desk_of(person), CallRow.state != CallState.WITHDRAWN, ~_is_taken_over(), _is_left_to_judge())
        .order_by(AssignmentRow.assigned_at, CallRow.id)
    )
    return [OnDesk(*row) for row in session.execute(query).tuples()]


def is_handed(session: Session, call_pk: int, person: Person) -> bool:
    """Whether the person was handed the call and is not done with it, though somebody else may have taken it over."""
    query = select(AssignmentRow.id).where(AssignmentRow.call_pk == call_pk, _is_on_desk_of(person))
    return session.scalar(query) is not None


def hidden_from(session: Session, person: Person) -> Sequence[int]:
    """Calls that no list shows the person: whether another has judged them must not be seen from it."""
    query = select(AssignmentRow.call_pk).where(
        AssignmentRow.person == person.name, AssignmentRow.done_at.is_(None), AssignmentRow.occasion == Occasion.SECOND
    )
    return session.scalars(query).all()


def heard_by(session: Session, call_pks: Sequence[int], since: datetime) -> Mapping[int, str]:
    """On whose desk flagged calls of these have come since then; of other calls nobody is told."""
    query = select(AssignmentRow.call_pk, AssignmentRow.person).where(
        AssignmentRow.call_pk.in_(call_pks),
        AssignmentRow.occasion == Occasion.FLAGGED,
        AssignmentRow.done_at.is_(None),
        AssignmentRow.put_back_at.is_(None),
        AssignmentRow.assigned_at > since,
    )
    return dict(session.execute(query.order_by(AssignmentRow.assigned_at)).tuples().all())


def hand(session: Session, call_pk: int, person: Person, occasion: Occasion, now: datetime) -> None:
    """Put a call onto the person's desk; one that he had there before comes back anew."""
    known = select(AssignmentRow).where(AssignmentRow.call_pk == call_pk, AssignmentRow.person == person.name)
    row = session.scalars(known).one_or_none() or AssignmentRow(call_pk=call_pk, person=person.name)
    row.occasion, row.assigned_at = occasion, now
    row.opened_at = row.done_at = row.put_back_at = None
    session.add(row)
    session.flush()


def put_back(session: Session, call_pk: int, person: Person, now: datetime) -> None:
    """Take a call off the person's desk unjudged. Raises NotThere where it is not on it."""
    query = select(AssignmentRow).where(AssignmentRow.call_pk == call_pk, _is_on_desk_of(person))
    if (row := session.scalars(query).one_or_none()) is None:
        raise NotThere(f"call {call_pk} is not on {person.name}'s desk")
    row.put_back_at = now
    session.flush()


def _is_on_desk_of(person: Person) -> ColumnElement[bool]:
    return and_(
        AssignmentRow.person == person.name, AssignmentRow.done_at.is_(None), AssignmentRow.put_back_at.is_(None)
    )


def _is_taken_over() -> ColumnElement[bool]:
    """Whether somebody else was handed the call later, because it had lain here too long."""
    other = aliased(AssignmentRow)
    return and_(
        AssignmentRow.occasion != Occasion.SECOND,
        exists().where(
            other.call_pk == AssignmentRow.call_pk,
            other.person != AssignmentRow.person,
            other.occasion != Occasion.SECOND,
            other.assigned_at > AssignmentRow.assigned_at,
        ),
    )


def _is_left_to_judge() -> ColumnElement[bool]:
    """Whether a flagged call has still something undecided: another may have opened it from the list and judged it."""
    is_open = exists().where(QueueRow.call_pk == AssignmentRow.call_pk, QueueRow.is_open)
    return or_(AssignmentRow.occasion != Occasion.FLAGGED, is_open)
