"""Work on drawn calls, claimed with a lease and a fencing token.

    claim -> inspect (no transaction open) -> save_inspection -> … until claim returns nothing

A worker that dies leaves a lease that runs out; the next claim takes the call over with a higher token. Whoever then comes back with the older
token gets StaleLease and has written nothing. A lease that has run out but was not taken over may still finish.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.orm import Session

from pipeline.errors import StaleLease
from pipeline.records.call import CallState, ManifestRow
from pipeline.records.draw import DrawKind
from pipeline.store.contents import row_of
from pipeline.store.tables import CallRow, DrawnCallRow, DrawRow, DropRow, ManifestFileRow, ReasonRow, WorkRow

MAX_ATTEMPTS = 5
GAVE_UP = "gave_up"


@dataclass(frozen=True, slots=True)
class Work:
    """A claimed call: the manifest's row, the drop it lies in, its draw, and the lease (`owner`, `token`, `expires_at`)."""

    drawn_call_id: int
    call_pk: int
    draw_id: str
    kind: DrawKind
    formal: bool
    day: date
    drop: str
    row: ManifestRow
    owner: str
    token: int
    attempts: int
    expires_at: datetime


def claim(
    session: Session, owner: str, count: int, lease_s: int, now: datetime, day: date | None = None
) -> tuple[Work, ...]:
    """Claim up to `count` calls that nobody holds, the oldest first; of one day's draws, or of all.

    One statement, so that two workers never get the same call: PostgreSQL skips what another is claiming, SQLite lets one write at a time.
    """
    free = (
        select(WorkRow.drawn_call_id)
        .where(
            WorkRow.finished_at.is_(None),
            or_(WorkRow.expires_at.is_(None), WorkRow.expires_at <= now),
            WorkRow.attempts < MAX_ATTEMPTS,
        )
        .order_by(WorkRow.drawn_call_id)
        .limit(count)
        .with_for_update(skip_locked=True)
    )
    if day is not None:
        free = free.where(_drawn_on(day))
    # Materialized: PostgreSQL might otherwise run the limited query again for every row.
    picked = free.cte("picked").prefix_with("MATERIALIZED", dialect="postgresql")
    taken = (
        update(WorkRow)
        .where(WorkRow.drawn_call_id.in_(select(picked.c.drawn_call_id)))
        .values(
            owner=owner,
            token=WorkRow.token + 1,
            attempts=WorkRow.attempts + 1,
            expires_at=now + timedelta(seconds=lease_s),
        )
        .returning(WorkRow.drawn_call_id)
        .execution_options(synchronize_session=False)
    )
    return _load(session, session.scalars(taken).all())


def renew(session: Session, work: Work, lease_s: int, now: datetime) -> Work:
    """Lengthen a lease from now. Raises StaleLease where it was lost."""
    expires_at = now + timedelta(seconds=lease_s)
    _change(session, work, expires_at=expires_at)
    return replace(work, expires_at=expires_at)


def release(session: Session, work: Work) -> None:
    """Give a call back unfinished, for anybody to claim at once; the attempt counts. Raises StaleLease where the lease was lost."""
    _change(session, work, owner=None, expires_at=None)


def finish(session: Session, work: Work, state: CallState, now: datetime) -> None:
    """End the work and say where the call stands now. Raises StaleLease where the lease was lost."""
    _change(session, work, finished_at=now, expires_at=None)
    session.execute(update(CallRow).where(CallRow.id == work.call_pk).values(state=state))


def finish_unheard(session: Session, work: Work, state: CallState, reason: str, detail: str, now: datetime) -> None:
    """End the work of a call that has no recording to inspect: `not_produced`, or `quarantined` before it could be archived.

    Raises StaleLease where the lease was lost.
    """
    finish(session, work, state, now)
    session.add(ReasonRow(call_pk=work.call_pk, position=0, reason=reason, detail=detail, recorded_at=now))


def give_up(session: Session, now: datetime, attempts: int = MAX_ATTEMPTS) -> int:
    """Quarantine the calls that were claimed `attempts` times and never finished: they may be what kills the workers."""
    hopeless = (
        update(WorkRow)
        .where(
            WorkRow.finished_at.is_(None),
            WorkRow.attempts >= attempts,
            or_(WorkRow.expires_at.is_(None), WorkRow.expires_at <= now),
        )
        .values(finished_at=now, expires_at=None)
        .returning(WorkRow.drawn_call_id)
        .execution_options(synchronize_session=False)
    )
    given_up = session.scalars(hopeless).all()
    calls = session.scalars(
        select(CallRow).join(DrawnCallRow, DrawnCallRow.call_pk == CallRow.id).where(DrawnCallRow.id.in_(given_up))
    )
    for call in calls:
        call.state = CallState.QUARANTINED
        detail = f"claimed {attempts} times and never finished"
        session.add(ReasonRow(call_pk=call.id, position=0, reason=GAVE_UP, detail=detail, recorded_at=now))
    return len(given_up)


def open_work(session: Session, day: date | None = None) -> int:
    """How many drawn calls are not finished, claimed or not; of one day's draws, or of all."""
    query = select(func.count()).select_from(WorkRow).where(WorkRow.finished_at.is_(None))
    if day is not None:
        query = query.where(_drawn_on(day))
    return session.scalar(query) or 0


def _drawn_on(day: date) -> ColumnElement[bool]:
    return exists(
        select(DrawnCallRow.id)
        .join(DrawRow, DrawRow.id == DrawnCallRow.draw_id)
        .where(DrawnCallRow.id == WorkRow.drawn_call_id, DrawRow.day == day)
    )


def _load(session: Session, drawn_call_ids: Sequence[int]) -> tuple[Work, ...]:
    query = (
        select(WorkRow, DrawnCallRow, DrawRow, CallRow, DropRow.location)
        .join(DrawnCallRow, DrawnCallRow.id == WorkRow.drawn_call_id)
        .join(DrawRow, DrawRow.id == DrawnCallRow.draw_id)
        .join(CallRow, CallRow.id == DrawnCallRow.call_pk)
        .join(ManifestFileRow, ManifestFileRow.id == CallRow.manifest_id)
        .join(DropRow, DropRow.id == ManifestFileRow.drop_id)
        .where(WorkRow.drawn_call_id.in_(drawn_call_ids))
        .order_by(WorkRow.drawn_call_id)
        .execution_options(populate_existing=True)
    )
    return tuple(
        Work(
            drawn_call_id=work.drawn_call_id,
            call_pk=call.id,
            draw_id=draw.id,
            kind=draw.kind,
            formal=drawn.formal,
            day=call.day,
            drop=drop,
            row=row_of(call),
            owner=work.owner or "",
            token=work.token,
            attempts=work.attempts,
            expires_at=work.expires_at,
        )
        for work, drawn, draw, call, drop in session.execute(query)
    )


def _change(session: Session, work: Work, **values: datetime | str | None) -> None:
    """Change the work's row if the lease is still ours: same owner, same token, not finished."""
    ours: tuple[ColumnElement[bool], ...] = (
        WorkRow.drawn_call_id == work.drawn_call_id,
        WorkRow.token == work.token,
        WorkRow.owner == work.owner,
        WorkRow.finished_at.is_(None),
    )
    changed = update(WorkRow).where(*ours).values(**values).returning(WorkRow.drawn_call_id)
    if session.scalar(changed.execution_options(synchronize_session=False)) is None:
        raise StaleLease(
            f"call {work.row.call_id} of {work.row.vendor}: the lease of {work.owner} (token {work.token}) is lost, nothing was written"
        )
