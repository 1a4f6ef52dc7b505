"""Draws, in two steps: the frame is frozen and the seed's hash committed, then seed and result are written.

    seed = new_seed()
    with writing(engine) as session:
        opened = open_draw(session, vendor, project, day, plan, commit_to(seed), now)
    draw = make_draw(vendor, project, day, opened.calls, plan, seed, now)
    with writing(engine) as session:
        complete_draw(session, draw)

A run killed between the steps takes its seed with it: the next one abandons that commitment, which stays on record, and opens the draw anew.
Of two runs at once the one that opened last completes; the other gets StaleLease, and finds the same draw when it looks again.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from pipeline.errors import StaleLease, StoreError
from pipeline.records.call import CallState
from pipeline.records.draw import Draw, DrawKind, FrameCall, Plan
from pipeline.sampling.draw import freeze, name_draw
from pipeline.store.engine import chunks, lock_against_writers
from pipeline.store.tables import CallRow, DrawnCallRow, DrawRow, DrawState, NightRow, WorkRow


@dataclass(frozen=True, slots=True)
class OpenedDraw:
    """A frozen frame under a committed seed."""

    draw_id: str
    calls: tuple[FrameCall, ...]


def frame(session: Session, vendor: str, project: str, day: date) -> tuple[FrameCall, ...]:
    """The connected calls that a draw of the day would be made from, were it made now.

    Those of the day itself, and late ones: of earlier days that have been drawn from already. Calls in a completed draw's frame are in no other.
    """
    unfinished = select(DrawRow.id).where(*_of_night(vendor, project, day), DrawRow.state == DrawState.COMMITTED)
    eligible = _eligible(vendor, project, day)
    free = framed_calls(session, day, *eligible, CallRow.frame_draw_id.is_(None))
    left_over = framed_calls(session, day, *eligible, CallRow.frame_draw_id.in_(unfinished))
    return tuple(sorted(free | left_over))


def open_draw(
    session: Session, vendor: str, project: str, day: date, plan: Plan, seed_sha256: str, now: datetime
) -> OpenedDraw | None:
    """First step: freeze the frame, write its hash and the seed's. None where the night has been drawn already."""
    lock_against_writers(session, DrawRow.__tablename__)
    existing = session.scalars(
        select(DrawRow).where(*_of_night(vendor, project, day), DrawRow.state != DrawState.ABANDONED)
    ).one_or_none()
    if existing is not None and existing.state is DrawState.DRAWN:
        return None
    if existing is not None:
        _abandon(session, existing)
    keys = framed_calls(session, day, *_eligible(vendor, project, day), CallRow.frame_draw_id.is_(None))
    calls = tuple(keys)
    draw_id = name_draw(vendor, project, day, seed_sha256)
    session.add(
        DrawRow(
            id=draw_id, vendor=vendor, project=project, day=day, kind=DrawKind.RANDOM, state=DrawState.COMMITTED,
            frame_sha256=freeze(calls), frame_calls=len(calls), seed_sha256=seed_sha256, committed_at=now,
            **_plan_columns(plan),
        )
    )  # fmt: skip
    session.flush()
    for late in (False, True):
        for chunk in chunks([key for call, key in keys.items() if call.late is late]):
            session.execute(update(CallRow).where(CallRow.id.in_(chunk)).values(frame_draw_id=draw_id, late=late))
    _plan_night(session, draw_id, vendor, project, day, len(calls), now)
    return OpenedDraw(draw_id, calls)


def complete_draw(session: Session, draw: Draw) -> None:
    """Second step: write the seed and the result, and lay out the work.

    Raises StaleLease where another run has opened the draw anew meanwhile; nothing is written then.
    """
    ours = (
        update(DrawRow)
        .where(
            DrawRow.id == draw.draw_id,
            DrawRow.state == DrawState.COMMITTED,
            DrawRow.seed_sha256 == draw.seed_sha256,
            DrawRow.frame_sha256 == draw.frame_sha256,
        )
        .values(state=DrawState.DRAWN, seed=draw.seed, made_at=draw.made_at)
        .returning(DrawRow.id)
    )
    if session.scalar(ours) is None:
        raise StaleLease(f"draw {draw.draw_id} is not open under this seed and frame: another run has opened it anew")
    _lay_out(session, draw)
    night = session.get_one(NightRow, (draw.vendor, draw.project, draw.day))
    night.drawn_calls = len(draw.drawn)


def save_targeted(session: Session, draw: Draw) -> None:
    """Write a targeted draw (定向抽检) and lay out its work; frames and the random draws know nothing of it.

    Raises StoreError where a named call is not the vendor's.
    """
    session.add(
        DrawRow(
            id=draw.draw_id, vendor=draw.vendor, project=draw.project, day=draw.day, kind=draw.kind,
            state=DrawState.DRAWN, frame_sha256=draw.frame_sha256, frame_calls=len(draw.drawn),
            seed_sha256=draw.seed_sha256, seed=draw.seed, committed_at=draw.made_at, made_at=draw.made_at,
            **_plan_columns(draw.plan),
        )
    )  # fmt: skip
    session.flush()
    _lay_out(session, draw)


def framed_calls(session: Session, day: date, *which: ColumnElement[bool]) -> dict[FrameCall, int]:
    """Stored calls as members of a day's frame, in their order, with their keys: late where they are of an earlier day."""
    columns = (CallRow.id, CallRow.call_id, CallRow.agent, CallRow.outcome, CallRow.duration_ms, CallRow.day)
    keys = {
        FrameCall(call_id, agent, outcome, duration_ms, of_day < day): key
        for key, call_id, agent, outcome, duration_ms, of_day in session.execute(select(*columns).where(*which))
    }
    return dict(sorted(keys.items()))


def _of_night(vendor: str, project: str, day: date) -> tuple[ColumnElement[bool], ...]:
    return (
        DrawRow.vendor == vendor,
        DrawRow.project == project,
        DrawRow.day == day,
        DrawRow.kind == DrawKind.RANDOM,
    )


def _eligible(vendor: str, project: str, day: date) -> tuple[ColumnElement[bool], ...]:
    drawn_days = select(DrawRow.day).where(
        DrawRow.vendor == vendor,
        DrawRow.project == project,
        DrawRow.kind == DrawKind.RANDOM,
        DrawRow.state == DrawState.DRAWN,
    )
    return (
        CallRow.connected.is_(True),
        CallRow.vendor == vendor,
        CallRow.project == project,
        CallRow.state != CallState.WITHDRAWN,
        or_(CallRow.day == day, and_(CallRow.day < day, CallRow.day.in_(drawn_days))),
    )


def _abandon(session: Session, draw: DrawRow) -> None:
    draw.state = DrawState.ABANDONED
    session.execute(update(CallRow).where(CallRow.frame_draw_id == draw.id).values(frame_draw_id=None))


def _plan_night(
    session: Session, draw_id: str, vendor: str, project: str, day: date, frame_calls: int, now: datetime
) -> None:
    night = session.get(NightRow, (vendor, project, day)) or NightRow(vendor=vendor, project=project, day=day)
    night.draw_id = draw_id
    night.frame_calls = frame_calls
    night.planned_at = now
    session.add(night)


def _lay_out(session: Session, draw: Draw) -> None:
    """Drawn calls and their work. A call withdrawn meanwhile stays drawn, for the draw must replay, but makes no work."""
    calls: dict[str, int] = {}
    for call_ids in chunks([drawn.call_id for drawn in draw.drawn]):
        query = select(CallRow.call_id, CallRow.id).where(CallRow.vendor == draw.vendor, CallRow.call_id.in_(call_ids))
        calls.update(session.execute(query).tuples().all())
    if missing := [drawn.call_id for drawn in draw.drawn if drawn.call_id not in calls]:
        raise StoreError(f"draw {draw.draw_id}: vendor {draw.vendor!r} has no call {missing[0]!r}")
    rows = [
        {
            "draw_id": draw.draw_id,
            "call_pk": calls[drawn.call_id],
            "stratum": drawn.stratum,
            "probability_num": drawn.probability_num,
            "probability_den": drawn.probability_den,
            "formal": drawn.formal,
        }
        for drawn in draw.drawn
    ]
    if not rows:
        return
    session.execute(insert(DrawnCallRow), rows)
    to_do = (
        select(DrawnCallRow.id, CallRow.id)
        .join(CallRow, CallRow.id == DrawnCallRow.call_pk)
        .where(DrawnCallRow.draw_id == draw.draw_id, CallRow.state != CallState.WITHDRAWN)
        .order_by(DrawnCallRow.id)
    )
    due = session.execute(to_do).tuples().all()
    if due:
        session.execute(insert(WorkRow), [{"drawn_call_id": drawn_call_id} for drawn_call_id, _ in due])
    for chunk in chunks([call_pk for _, call_pk in due]):
        session.execute(update(CallRow).where(CallRow.id.in_(chunk)).values(state=CallState.DRAWN))


def _plan_columns(plan: Plan) -> dict[str, int | str]:
    return {
        "minimum_calls": plan.minimum_calls,
        "share_bp": plan.share_bp,
        "formal_calls": plan.formal_calls,
        "policy_version": plan.policy_version,
        "duration_bands_ms": json.dumps(plan.duration_bands_ms),
    }
