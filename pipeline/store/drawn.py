"""Reading draws back: as records, with the frames they were made from, so that anybody can replay them."""

import calendar
import json
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.records.draw import Draw, DrawKind, DrawnCall, FrameCall, Plan
from pipeline.store.draws import framed_calls
from pipeline.store.tables import CalendarSeedRow, CallRow, DrawnCallRow, DrawRow, DrawState


def find_draw(session: Session, vendor: str, project: str, day: date) -> Draw | None:
    """The completed random draw of a night."""
    draw_id = session.scalar(
        select(DrawRow.id).where(
            DrawRow.vendor == vendor,
            DrawRow.project == project,
            DrawRow.day == day,
            DrawRow.kind == DrawKind.RANDOM,
            DrawRow.state == DrawState.DRAWN,
        )
    )
    return None if draw_id is None else load_draw(session, draw_id)


def load_draw(session: Session, draw_id: str) -> Draw:
    """A completed draw. Raises StoreError where there is none, or where its seed was never written."""
    row = session.get(DrawRow, draw_id)
    if row is None:
        raise StoreError(f"there is no draw {draw_id!r}")
    if row.state is not DrawState.DRAWN or row.seed is None or row.made_at is None:
        raise StoreError(f"draw {draw_id} was never completed (it is {row.state.value}): there is nothing to replay")
    query = (
        select(CallRow.call_id, DrawnCallRow)
        .join(CallRow, CallRow.id == DrawnCallRow.call_pk)
        .where(DrawnCallRow.draw_id == draw_id)
    )
    drawn = (
        DrawnCall(call_id, call.stratum, call.probability_num, call.probability_den, call.formal)
        for call_id, call in session.execute(query)
    )
    return Draw(
        draw_id=row.id,
        vendor=row.vendor,
        project=row.project,
        day=row.day,
        kind=row.kind,
        frame_sha256=row.frame_sha256,
        seed=row.seed,
        seed_sha256=row.seed_sha256,
        plan=_plan_of(row),
        drawn=tuple(sorted(drawn, key=lambda call: call.call_id)),
        made_at=row.made_at,
    )


def frame_of(session: Session, draw_id: str) -> tuple[FrameCall, ...]:
    """The frozen frame a draw was made from; of a targeted draw, the calls it names."""
    row = session.get(DrawRow, draw_id)
    if row is None:
        raise StoreError(f"there is no draw {draw_id!r}")
    which = CallRow.frame_draw_id == draw_id
    if row.kind is DrawKind.TARGETED:
        which = CallRow.id.in_(select(DrawnCallRow.call_pk).where(DrawnCallRow.draw_id == draw_id))
    return tuple(framed_calls(session, row.day, which))


def draw_ids(session: Session, day: date) -> tuple[str, ...]:
    """The completed draws of a day, random and targeted."""
    query = select(DrawRow.id).where(DrawRow.day == day, DrawRow.state == DrawState.DRAWN)
    return tuple(session.scalars(query.order_by(DrawRow.vendor, DrawRow.project, DrawRow.made_at, DrawRow.id)))


def formal_count(session: Session, vendor: str, year: int, month: int) -> int:
    """How many formal calls (P-42) the month's draws of a vendor hold so far. A late call counts in the month of its draw."""
    last = date(year, month, calendar.monthrange(year, month)[1])
    query = (
        select(func.count())
        .select_from(DrawnCallRow)
        .join(DrawRow, DrawRow.id == DrawnCallRow.draw_id)
        .where(DrawRow.vendor == vendor, DrawRow.day.between(last.replace(day=1), last), DrawnCallRow.formal.is_(True))
    )
    return session.scalar(query) or 0


def calendar_seed(session: Session, vendor: str, year: int, fresh_seed: str, now: datetime) -> str:
    """The secret seed of a vendor's inspected months (P-42): the one written first, `fresh_seed` where there is none yet."""
    row = session.get(CalendarSeedRow, (vendor, year))
    if row is None:
        row = CalendarSeedRow(vendor=vendor, year=year, seed=fresh_seed, made_at=now)
        session.add(row)
    return row.seed


def _plan_of(row: DrawRow) -> Plan:
    return Plan(
        minimum_calls=row.minimum_calls,
        share_bp=row.share_bp,
        formal_calls=row.formal_calls,
        policy_version=row.policy_version,
        duration_bands_ms=tuple(json.loads(row.duration_bands_ms)),
    )
