"""Where the calls stand: counts that always add up, and withdrawal by the operator."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pipeline.errors import DataError, StoreError
from pipeline.records.call import CallState
from pipeline.store.tables import CallRow, DrawnCallRow, ManifestFileRow, ReasonRow, WorkRow


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Manifest rows by what became of them when their manifest was first registered."""

    accepted: int
    same: int
    conflicts: int
    rejected: int


def counts_by_state(
    session: Session, day: date | None = None, vendor: str | None = None, project: str | None = None
) -> dict[CallState, int]:
    """Registered calls by state, every state named, of a day, a vendor and a project, or of all."""
    query = select(CallRow.state, func.count()).group_by(CallRow.state)
    for column, value in ((CallRow.day, day), (CallRow.vendor, vendor), (CallRow.project, project)):
        query = query if value is None else query.where(column == value)
    counted = dict(session.execute(query).tuples().all())
    return {state: counted.get(state, 0) for state in CallState}


def row_counts(session: Session) -> RowCounts:
    """Rows of all registered manifests."""
    totals = session.execute(
        select(
            func.sum(ManifestFileRow.accepted),
            func.sum(ManifestFileRow.same),
            func.sum(ManifestFileRow.conflicts),
            func.sum(ManifestFileRow.rejected),
        )
    ).one()
    return RowCounts(*(total or 0 for total in totals))


def find_call(session: Session, vendor: str, call_id: str) -> CallRow | None:
    """A call of a vendor."""
    return session.scalar(select(CallRow).where(CallRow.vendor == vendor, CallRow.call_id == call_id))


def named_call(session: Session, name: str) -> CallRow:
    """A call written VENDOR/CALL; a vendor's name may have a stroke, an id has none. Raises DataError where there is none."""
    vendor, _, call_id = name.rpartition("/")
    if (row := find_call(session, vendor, call_id)) is None:
        raise DataError(f"no call {call_id!r} of vendor {vendor!r} is registered; write VENDOR/CALL")
    return row


def withdraw(session: Session, vendor: str, call_id: str, reason: str, now: datetime) -> None:
    """Take a call out, by the operator and with a reason; whoever is at work on it finds his lease gone.

    Raises StoreError where there is no such call.
    """
    call = find_call(session, vendor, call_id)
    if call is None:
        raise StoreError(f"vendor {vendor!r} has no call {call_id!r}: nothing was withdrawn")
    call.state = CallState.WITHDRAWN
    drawn = select(DrawnCallRow.id).where(DrawnCallRow.call_pk == call.id)
    open_work = update(WorkRow).where(WorkRow.drawn_call_id.in_(drawn), WorkRow.finished_at.is_(None))
    session.execute(open_work.values(finished_at=now, expires_at=None))
    session.add(ReasonRow(call_pk=call.id, position=0, reason="withdrawn", detail=reason, recorded_at=now))
