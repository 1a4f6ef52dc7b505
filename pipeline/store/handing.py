"""Calls that can be handed to somebody: flagged ones, ones in which nothing was found, ones that another has judged.

    free_flagged(session, person, now, lease)      the one with the highest priority that nobody has on his desk
    free_control(session, person, dice)            of a night drawn at random, the first in its draw's own order of hearing
    free_second(session, person, now, dice)        one that somebody else judged in the last two weeks, and nobody has heard again

A control call is a random part of the random sample: a night is met as often as it has drawn calls, and within it the draw's seed says which is
next (`review/assignment.py`), whatever is in them. So what is missed there says how much is missed.
"""

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from pipeline.records.call import JUDGED, CallState
from pipeline.records.draw import DrawKind
from pipeline.records.person import Person
from pipeline.review.assignment import hearing_rank
from pipeline.store.tables import (
    AssignmentRow,
    CallReviewRow,
    CallRow,
    DrawnCallRow,
    DrawRow,
    DrawState,
    Occasion,
    PendingRow,
    QueueRow,
    VerdictRow,
)

# Not handed again to who has put it back.
_REST = timedelta(hours=12)
_CONTROL_NIGHTS = timedelta(days=31)
_SECOND_WITHIN = timedelta(days=14)
_TRIES = 20


def free_flagged(session: Session, person: Person, now: datetime, lease: timedelta) -> int | None:
    """The flagged call that the person judges next."""
    query = (
        select(QueueRow.call_pk)
        .join(CallRow, CallRow.id == QueueRow.call_pk)
        .where(
            QueueRow.is_open,
            CallRow.state != CallState.WITHDRAWN,
            ~_is_with_another(person, now - lease),
            ~_is_kept_from(person, now),
            ~_is_being_decided(QueueRow.call_pk),
        )
        .order_by(QueueRow.priority.desc(), QueueRow.call_pk.desc())
        .limit(1)
    )
    return session.scalar(query)


def _is_with_another(person: Person, since: datetime) -> ColumnElement[bool]:
    """Whether a call in the queue has lain on somebody else's desk since then; a second hearing is nobody else's matter."""
    return exists().where(
        AssignmentRow.call_pk == QueueRow.call_pk,
        AssignmentRow.person != person.name,
        AssignmentRow.occasion != Occasion.SECOND,
        AssignmentRow.done_at.is_(None),
        AssignmentRow.put_back_at.is_(None),
        AssignmentRow.assigned_at > since,
    )


def free_control(session: Session, dice: Random) -> int | None:
    """A call of the last month's nights in which nothing was found and that nobody has heard whole or has on his desk."""
    if (numbers := _numbers_of_late(session)) is None:
        return None
    for _ in range(_TRIES):
        at = dice.randint(*numbers)
        drawn = select(DrawnCallRow.draw_id).where(DrawnCallRow.id >= at).order_by(DrawnCallRow.id).limit(1)
        if (found := _first_unheard(session, session.scalar(drawn) or "")) is not None:
            return found
    return None


def free_second(session: Session, person: Person, now: datetime, dice: Random) -> int | None:
    """A call that another has judged and in which the person had no part."""
    recent = VerdictRow.decided_at > now - _SECOND_WITHIN
    first, last = session.execute(select(func.min(VerdictRow.id), func.max(VerdictRow.id)).where(recent)).one()
    if first is None or last is None:
        return None
    query = (
        select(VerdictRow.call_pk)
        .join(CallRow, CallRow.id == VerdictRow.call_pk)
        .where(
            recent,
            VerdictRow.follows.is_(None),
            CallRow.state.in_(JUDGED),
            ~exists().where(QueueRow.call_pk == CallRow.id, QueueRow.is_open),
            ~exists().where(AssignmentRow.call_pk == CallRow.id, AssignmentRow.occasion == Occasion.SECOND),
            ~_had_part(person),
            ~_is_being_decided(CallRow.id),
        )
        .order_by(VerdictRow.id)
        .limit(1)
    )
    at = dice.randint(first, last)
    onward = session.scalar(query.where(VerdictRow.id >= at))
    return session.scalar(query.where(VerdictRow.id < at)) if onward is None else onward


def _is_kept_from(person: Person, now: datetime) -> ColumnElement[bool]:
    """Whether the person put the call back of late, or had it for another reason, which must not be seen from it."""
    return exists().where(
        AssignmentRow.call_pk == QueueRow.call_pk,
        AssignmentRow.person == person.name,
        (AssignmentRow.put_back_at > now - _REST) | (AssignmentRow.occasion != Occasion.FLAGGED),
    )


def _is_being_decided(call_pk: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether somebody has decided something in the call that he can still undo."""
    return exists().where(PendingRow.call_pk == call_pk, PendingRow.settled_at.is_(None), ~PendingRow.opinion)


def _had_part(person: Person) -> ColumnElement[bool]:
    own = aliased(VerdictRow)
    return (
        exists().where(own.call_pk == CallRow.id, own.person == person.name)
        | exists().where(CallReviewRow.call_pk == CallRow.id, CallReviewRow.person == person.name)
        | exists().where(AssignmentRow.call_pk == CallRow.id, AssignmentRow.person == person.name)
    )


def _numbers_of_late(session: Session) -> tuple[int, int] | None:
    """The first and the last number of the calls drawn for the last month's nights; they grow as nights are drawn."""
    is_drawn = DrawRow.kind == DrawKind.RANDOM, DrawRow.state == DrawState.DRAWN
    if (latest := session.scalar(select(func.max(DrawRow.day)).where(*is_drawn))) is None:
        return None
    late = select(DrawRow.id).where(DrawRow.day > latest - _CONTROL_NIGHTS, *is_drawn)
    earliest = session.scalar(late.order_by(DrawRow.made_at, DrawRow.committed_at).limit(1))
    first = session.scalar(select(func.min(DrawnCallRow.id)).where(DrawnCallRow.draw_id == earliest))
    last = session.scalar(select(func.max(DrawnCallRow.id)))
    return None if first is None or last is None else (first, last)


def _first_unheard(session: Session, draw_id: str) -> int | None:
    query = (
        select(DrawRow.seed, CallRow.vendor, CallRow.call_id, CallRow.id)
        .join(DrawnCallRow, DrawnCallRow.draw_id == DrawRow.id)
        .join(CallRow, CallRow.id == DrawnCallRow.call_pk)
        .where(
            DrawRow.id == draw_id,
            DrawRow.kind == DrawKind.RANDOM,
            CallRow.state.in_(JUDGED),
            ~exists().where(QueueRow.call_pk == CallRow.id),
            ~exists().where(CallReviewRow.call_pk == CallRow.id),
            ~exists().where(AssignmentRow.call_pk == CallRow.id),
            ~_is_being_decided(CallRow.id),
        )
    )
    ranked = {hearing_rank(seed or "", vendor, call_id): pk for seed, vendor, call_id, pk in session.execute(query)}
    return ranked[min(ranked)] if ranked else None
