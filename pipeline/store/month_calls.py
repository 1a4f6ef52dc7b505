"""A month's calls, one vendor's project at a time: how they were drawn, what became of them, what was found and decided.

    for vendor, project in projects_of(session, month):
        calls = month_calls(session, month, vendor, project)

One project's calls are in memory at once, never a month's.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from pipeline.records.call import CallState
from pipeline.records.draw import DrawKind
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.scoring.judged_call import Decided, DrawnPlace, Found
from pipeline.store.findings import SAME_PLACE_MS
from pipeline.store.newest import is_newest
from pipeline.store.tables import (
    CallReviewRow,
    CallRow,
    DrawnCallRow,
    DrawRow,
    DrawState,
    FindingRow,
    InspectionRow,
    RecordingRow,
    VerdictRow,
)

_PLACE = (
    DrawRow.id,
    DrawnCallRow.stratum,
    DrawnCallRow.probability_num,
    DrawnCallRow.probability_den,
    DrawnCallRow.formal,
)


@dataclass(frozen=True, slots=True)
class MonthCall:
    """A drawn call. `place` None: drawn on purpose, which says nothing about the others."""

    call_pk: int
    state: CallState
    place: DrawnPlace | None
    reviewed: bool
    found: Sequence[Found]
    decided: Sequence[Decided]


@dataclass(frozen=True, slots=True)
class _At:
    """Where in which inspection a finding is, or a verdict's own one."""

    rule: str
    inspection_id: int | None
    start_ms: int | None
    end_ms: int | None


def projects_of(session: Session, month: Month) -> Mapping[tuple[str, str], int]:
    """Every vendor and project with calls in the month, in the order of their names, and how many connected calls it has."""
    query = (
        select(CallRow.vendor, CallRow.project, func.count())
        .where(CallRow.day.between(month.first_day, month.last_day), CallRow.connected)
        .group_by(CallRow.vendor, CallRow.project)
    )
    return {(vendor, project): count for vendor, project, count in sorted(session.execute(query).tuples())}


def has_draws(session: Session, month: Month, vendor: str, project: str) -> bool:
    """Whether any call of a vendor's project was drawn in the month."""
    drawn = select(CallRow.id).join(DrawnCallRow, DrawnCallRow.call_pk == CallRow.id)
    return session.scalars(drawn.where(_of(month, vendor, project)).limit(1)).first() is not None


def waits_to_be_drawn(session: Session, month: Month, vendor: str, project: str) -> date | None:
    """The last day of the month with calls of a vendor's project that a night has still to draw from; None where there are none."""
    unfinished = select(DrawRow.id).where(DrawRow.state == DrawState.COMMITTED)
    waiting = and_(
        CallRow.connected,
        CallRow.state != CallState.WITHDRAWN,
        or_(CallRow.frame_draw_id.is_(None), CallRow.frame_draw_id.in_(unfinished)),
    )
    return session.scalar(select(func.max(CallRow.day)).where(_of(month, vendor, project), waiting))


def unaccounted(session: Session, month: Month) -> Counter[str]:
    """Drawn calls of the month that nothing has become of yet, by vendor."""
    query = select(CallRow.vendor, func.count()).where(CallRow.state == CallState.DRAWN).group_by(CallRow.vendor)
    rows = session.execute(query.where(CallRow.day.between(month.first_day, month.last_day))).tuples()
    return Counter(dict(rows.all()))


def month_calls(
    session: Session, month: Month, vendor: str, project: str, until: datetime | None = None
) -> list[MonthCall]:
    """The drawn calls of a vendor's project in a month, in the order of their registration; `until`: as they were decided at an instant."""
    which = _of(month, vendor, project)
    found, decided = _found(session, which), _decided(session, which, until)
    reviews = select(CallReviewRow.call_pk).distinct().join(CallRow).where(which)
    reviewed = set(session.scalars(reviews if until is None else reviews.where(CallReviewRow.reviewed_at <= until)))
    query = (
        select(CallRow.id, CallRow.state, DrawRow.state, DrawRow.kind, *_PLACE)
        .join(DrawnCallRow, DrawnCallRow.call_pk == CallRow.id)
        .join(DrawRow, DrawRow.id == DrawnCallRow.draw_id)
        .where(which)
    )
    states: dict[int, CallState] = {}
    places: dict[int, DrawnPlace] = {}
    for call_pk, state, draw_state, kind, *place in session.execute(query):
        # Asked of the rows, not of the store: by its index of states SQLite would go through every draw there is.
        if draw_state is not DrawState.DRAWN:
            continue
        states[call_pk] = state
        if kind is DrawKind.RANDOM:
            places[call_pk] = DrawnPlace(*place)
    return [
        MonthCall(
            pk,
            states[pk],
            places.get(pk),
            pk in reviewed,
            [one for one, _ in found.get(pk, ())],
            _of_newest(decided.get(pk, ()), found.get(pk, ())),
        )
        for pk in sorted(states)
    ]


def _of_newest(decided: Sequence[tuple[Decided, _At]], found: Sequence[tuple[Found, _At]]) -> list[Decided]:
    """Verdicts under the newest judgement's findings: one given before a recording was heard again decides the same fault there."""
    newest = {one.finding_id for one, _ in found}
    taken = {one.finding_id for one, _ in decided if one.finding_id in newest}
    resolved = []
    for verdict, at in decided:
        if verdict.finding_id not in newest:
            again = (
                one.finding_id
                for one, other in found
                if one.finding_id not in taken and _is_same_fault(verdict, at, other)
            )
            if (finding_id := next(again, None)) is not None:
                taken.add(finding_id)
                verdict = replace(verdict, finding_id=finding_id)
        resolved.append(verdict)
    return resolved


def _is_same_fault(verdict: Decided, at: _At, found: _At) -> bool:
    """As `findings.py` asks it of the store: one rule, another inspection, one place."""
    if found.rule not in (verdict.rule, at.rule) or at.inspection_id == found.inspection_id:
        return False
    if at.start_ms is None or at.end_ms is None or found.start_ms is None or found.end_ms is None:
        return True
    return at.start_ms <= found.end_ms + SAME_PLACE_MS and found.start_ms <= at.end_ms + SAME_PLACE_MS


def _of(month: Month, vendor: str, project: str) -> ColumnElement[bool]:
    """Days one by one: an index that begins with the day is then of use."""
    days: list[date] = [month.first_day + timedelta(days=n) for n in range(month.last_day.day)]
    return and_(CallRow.day.in_(days), CallRow.vendor == vendor, CallRow.project == project)


def _found(session: Session, which: ColumnElement[bool]) -> Mapping[int, Sequence[tuple[Found, _At]]]:
    place = (FindingRow.inspection_id, FindingRow.start_ms, FindingRow.end_ms)
    query = (
        select(CallRow.id, FindingRow.id, FindingRow.rule, FindingRow.severity, FindingRow.counts, *place)
        .join(RecordingRow, RecordingRow.call_pk == CallRow.id)
        .join(InspectionRow, InspectionRow.recording_id == RecordingRow.id)
        .join(FindingRow, FindingRow.inspection_id == InspectionRow.id)
        .where(which, is_newest(), FindingRow.severity != Severity.NOTICE)
        .order_by(FindingRow.id)
    )
    rows: dict[int, list[tuple[Found, _At]]] = defaultdict(list)
    for call_pk, finding_id, rule, severity, counts, *at in session.execute(query):
        rows[call_pk].append((Found(finding_id, rule, severity, counts), _At(rule, *at)))
    return rows


def _decided(
    session: Session, which: ColumnElement[bool], until: datetime | None
) -> Mapping[int, Sequence[tuple[Decided, _At]]]:
    later = aliased(VerdictRow)
    followed = later.follows == VerdictRow.id
    stands = ~exists().where(followed if until is None else followed & (later.decided_at <= until))
    query = (
        select(VerdictRow, FindingRow.rule, FindingRow.inspection_id)
        .join(CallRow, CallRow.id == VerdictRow.call_pk)
        .outerjoin(FindingRow, FindingRow.id == VerdictRow.finding_id)
        .where(which, stands)
        .order_by(VerdictRow.id)
    )
    if until is not None:
        query = query.where(VerdictRow.decided_at <= until)
    rows: dict[int, list[tuple[Decided, _At]]] = defaultdict(list)
    for row, rule, inspection_id in session.execute(query):
        one = Decided(row.id, row.finding_id, row.rule, row.severity, row.decision.is_fault)
        rows[row.call_pk].append((one, _At(rule or row.rule, inspection_id, row.start_ms, row.end_ms)))
    return rows
