"""Drawn calls that could not be heard, why, and trying again; and what is being heard at this moment.

    unheard = unheard_calls(session, person, vendor=None, skip=0, size=30)
    retry(session, person, unheard[0].call_pk, now)          the next night pulls and hears it again

Trying again opens the call's old work anew: it stays in the draw it was drawn in, with its probability, and the draw replays as before.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.records.call import CallState
from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.store.destroyed import is_destroyed
from pipeline.store.ledger import is_closed
from pipeline.store.tables import CallRow, DrawnCallRow, DrawRow, NightRow, ReasonRow, RecordingRow, WorkRow
from pipeline.store.visible import visible, visible_call

UNHEARD = (CallState.QUARANTINED, CallState.NOT_PRODUCED)


@dataclass(frozen=True, slots=True)
class Unheard:
    """A call without a result, with the latest reason for that; `reason` is "" where none was written down."""

    call_pk: int
    vendor: str
    project: str
    call_id: str
    day: date
    state: CallState
    reason: str
    detail: str
    recorded_at: datetime | None


@dataclass(frozen=True, slots=True)
class AtWork:
    """A worker with the calls it holds, and until when it holds them unless it renews."""

    owner: str
    calls: int
    expires_at: datetime


def unheard_calls(
    session: Session, person: Person, *, vendor: str | None, skip: int, size: int
) -> tuple[list[Unheard], bool]:
    """A page of the calls without a result, the latest days first, and whether there are more."""
    query = select(CallRow).where(CallRow.state.in_(UNHEARD), visible(person, CallRow.vendor))
    if vendor is not None:
        query = query.where(CallRow.vendor == vendor)
    query = query.order_by(CallRow.day.desc(), CallRow.id.desc()).offset(skip).limit(size + 1)
    calls = session.scalars(query).all()
    latest = select(func.max(ReasonRow.id)).where(ReasonRow.call_pk.in_([call.id for call in calls]))
    reasons = session.scalars(select(ReasonRow).where(ReasonRow.id.in_(latest.group_by(ReasonRow.call_pk))))
    by_call = {reason.call_pk: reason for reason in reasons}
    return [_unheard(call, by_call.get(call.id)) for call in calls[:size]], len(calls) > size


def retry(session: Session, person: Person, call_pk: int, now: datetime) -> CallRow:
    """Let a call without a result be pulled and heard again, with all its attempts. Raises NotThere, StoreError where there is nothing to try.

    In a closed month nothing is tried again: what the close says of its calls stays as it was signed. Nor is what was destroyed under supervision.
    """
    call = visible_call(session, person, call_pk)
    latest = (
        select(DrawnCallRow, DrawRow.day)
        .join(DrawRow, DrawRow.id == DrawnCallRow.draw_id)
        .where(DrawnCallRow.call_pk == call_pk)
        .order_by(DrawnCallRow.id.desc())
        .limit(1)
    )
    found = session.execute(latest).one_or_none()
    if found is None:
        raise StoreError(f"call {call.call_id} of {call.vendor} was never drawn: there is nothing to try again")
    drawn, day = found
    if is_closed(session, Month.of(day)) or is_closed(session, Month.of(call.day)):
        raise StoreError(f"call {call.call_id} of {call.vendor}: its month is closed, nothing in it is heard again")
    if session.scalars(select(RecordingRow.id).where(RecordingRow.call_pk == call_pk, is_destroyed())).first():
        raise StoreError(f"call {call.call_id} of {call.vendor}: its recording is destroyed, and is heard no more")
    is_unheard = (
        update(CallRow)
        .where(CallRow.id == call_pk, CallRow.state.in_(UNHEARD))
        .values(state=CallState.DRAWN)
        .returning(CallRow.id)
        .execution_options(synchronize_session=False)
    )
    if session.scalar(is_unheard) is None:
        raise StoreError(f"call {call.call_id} of {call.vendor} is {call.state.value}: there is nothing to try again")
    anew = update(WorkRow).where(WorkRow.drawn_call_id == drawn.id, WorkRow.finished_at.is_not(None))
    session.execute(anew.values(finished_at=None, expires_at=None, owner=None, attempts=0))
    session.execute(update(NightRow).where(NightRow.draw_id == drawn.draw_id).values(completed_at=None))
    session.add(
        ReasonRow(call_pk=call_pk, position=0, reason="tried_again", detail=f"by {person.name}", recorded_at=now)
    )
    return call


def at_work(session: Session, now: datetime) -> list[AtWork]:
    """Who holds calls now."""
    query = (
        select(WorkRow.owner, func.count(), func.max(WorkRow.expires_at))
        .where(WorkRow.finished_at.is_(None), WorkRow.owner.is_not(None), WorkRow.expires_at > now)
        .group_by(WorkRow.owner)
    )
    return [AtWork(owner or "", calls, expires_at) for owner, calls, expires_at in session.execute(query)]


def _unheard(call: CallRow, reason: ReasonRow | None) -> Unheard:
    return Unheard(
        call.id,
        call.vendor,
        call.project,
        call.call_id,
        call.day,
        call.state,
        reason.reason if reason else "",
        reason.detail if reason else "",
        reason.recorded_at if reason else None,
    )
