"""Nights: which were missed, which are complete. Planned from our own tables, never from today's date.

A night is one vendor's project on one day. It is missed when it has connected calls and no completed draw. Late rows of a drawn day go along with the
next day's draw; where no next day comes (a project has ended, say), they get a night of their own after `late_wait_days`, or a vendor could hide
his worst calls by handing them in last.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from pipeline.records.call import CallState
from pipeline.records.draw import DrawKind
from pipeline.store.tables import CallRow, DrawnCallRow, DrawRow, DrawState, NightRow, WorkRow


@dataclass(frozen=True, slots=True, order=True)
class Night:
    """A night to be drawn. Days come first, so that sorted nights are drawn in the order of their days."""

    day: date
    vendor: str
    project: str


@dataclass(frozen=True, slots=True)
class NightResult:
    """How a night stands: `open_calls` are drawn and not finished."""

    night: Night
    draw_id: str
    frame_calls: int
    drawn_calls: int
    open_calls: int
    completed_at: datetime | None


def missed_nights(session: Session, until: date, late_wait_days: int = 3) -> tuple[Night, ...]:
    """All nights up to and with a day that still have to be drawn, in the order of their days."""
    waiting = _waiting(session, until)
    drawn = _drawn(session, {(vendor, project) for vendor, project, _ in waiting})
    undrawn: dict[tuple[str, str], list[date]] = defaultdict(list)
    late: dict[tuple[str, str], list[date]] = defaultdict(list)
    for vendor, project, day in waiting:
        which = late if (vendor, project, day) in drawn else undrawn
        which[vendor, project].append(day)
    missed = {Night(day, *place) for place, days in undrawn.items() for day in days}
    last_waited_for = until - timedelta(days=late_wait_days)
    for place, days in late.items():
        goes_along = max(undrawn[place], default=date.min) > min(days)
        if not goes_along and min(days) < last_waited_for and (*place, until) not in drawn:
            missed.add(Night(until, *place))
    return tuple(sorted(missed))


def complete_nights(session: Session, now: datetime) -> int:
    """Mark the nights whose drawn calls are all finished; returns how many became complete now."""
    open_work = (
        select(WorkRow.drawn_call_id)
        .join(DrawnCallRow, DrawnCallRow.id == WorkRow.drawn_call_id)
        .where(DrawnCallRow.draw_id == NightRow.draw_id, WorkRow.finished_at.is_(None))
    )
    drawn = select(DrawRow.id).where(DrawRow.id == NightRow.draw_id, DrawRow.state == DrawState.DRAWN)
    finished = (
        update(NightRow)
        .where(NightRow.completed_at.is_(None), exists(drawn), ~exists(open_work))
        .values(completed_at=now)
        .returning(NightRow.day)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(finished).all())


def night_results(session: Session, day: date) -> tuple[NightResult, ...]:
    """The drawn nights of a day."""
    open_work = (
        select(func.count())
        .select_from(WorkRow)
        .join(DrawnCallRow, DrawnCallRow.id == WorkRow.drawn_call_id)
        .where(DrawnCallRow.draw_id == NightRow.draw_id, WorkRow.finished_at.is_(None))
        .scalar_subquery()
    )
    query = select(NightRow, open_work).where(NightRow.day == day, NightRow.drawn_calls.is_not(None))
    return tuple(
        NightResult(
            Night(night.day, night.vendor, night.project),
            night.draw_id,
            night.frame_calls,
            night.drawn_calls or 0,
            open_calls,
            night.completed_at,
        )
        for night, open_calls in session.execute(query.order_by(NightRow.vendor, NightRow.project))
    )


def _waiting(session: Session, until: date) -> set[tuple[str, str, date]]:
    """Nights with connected calls that are in no completed draw's frame."""
    calls = select(CallRow.vendor, CallRow.project, CallRow.day).distinct()
    free = calls.where(
        CallRow.connected.is_(True),
        CallRow.frame_draw_id.is_(None),
        CallRow.day <= until,
        CallRow.state != CallState.WITHDRAWN,
    )
    # A run died between the two steps of these draws.
    unfinished = select(DrawRow.vendor, DrawRow.project, DrawRow.day).where(
        DrawRow.state == DrawState.COMMITTED, DrawRow.day <= until
    )
    return {(vendor, project, day) for query in (free, unfinished) for vendor, project, day in session.execute(query)}


def _drawn(session: Session, places: Iterable[tuple[str, str]]) -> set[tuple[str, str, date]]:
    drawn = set()
    for vendor, project in places:
        query = select(DrawRow.day).where(
            DrawRow.vendor == vendor,
            DrawRow.project == project,
            DrawRow.kind == DrawKind.RANDOM,
            DrawRow.state == DrawState.DRAWN,
        )
        drawn |= {(vendor, project, day) for day in session.scalars(query)}
    return drawn
