"""A vendor's judged calls of a month with what stands against them, for those who coach."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from pipeline.records.coaching import HeardCall, HeardFault
from pipeline.records.draw import DrawKind
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.records.span import span_between
from pipeline.store.findings import SAME_PLACE_MS
from pipeline.store.newest import is_newest
from pipeline.store.tables import CallRow, DrawnCallRow, DrawRow, DrawState, FindingRow, InspectionRow, RecordingRow
from pipeline.store.verdicts import Verdict, all_verdicts
from pipeline.text.masking import mask


def coached_calls(session: Session, vendor: str, month: Month) -> list[HeardCall]:
    """The calls, as they were registered. A fault is what a reviewer says is one, and what counts by itself and nobody has overturned."""
    days = [month.first_day + timedelta(days=n) for n in range(month.last_day.day)]
    which = and_(CallRow.vendor == vendor, CallRow.day.in_(days))
    decided: dict[int, list[Verdict]] = defaultdict(list)
    for verdict in all_verdicts(session, month=month, vendor=vendor):
        decided[verdict.call_pk].append(verdict)
    found, places = _found(session, which), _places(session, which)
    query = (
        select(CallRow, RecordingRow.archive_path)
        .join(RecordingRow, RecordingRow.call_pk == CallRow.id)
        .join(InspectionRow, InspectionRow.recording_id == RecordingRow.id)
        .where(which, is_newest())
        .order_by(CallRow.id, InspectionRow.id)
    )
    files = dict(session.execute(query).tuples().all())
    heard = []
    for call, file in files.items():
        draw_id, stratum, num, den = places.get(call.id, (None, "", 0, 1))
        faults = _faults(found.get(call.id, []), decided.get(call.id, []))
        heard.append(
            HeardCall(call.id, call.call_id, call.project, call.agent, file, draw_id, stratum, num, den, faults)
        )
    return heard


def _places(session: Session, which: ColumnElement[bool]) -> Mapping[int, tuple[str, str, int, int]]:
    """The random draws of calls: draw, stratum and probability."""
    query = (
        select(CallRow.id, DrawRow.id, DrawnCallRow.stratum, DrawnCallRow.probability_num, DrawnCallRow.probability_den)
        .join(DrawnCallRow, DrawnCallRow.call_pk == CallRow.id)
        .join(DrawRow, DrawRow.id == DrawnCallRow.draw_id)
        .where(which, DrawRow.kind == DrawKind.RANDOM, DrawRow.state == DrawState.DRAWN)
    )
    return {call_pk: (draw_id, stratum, num, den) for call_pk, draw_id, stratum, num, den in session.execute(query)}


def _found(session: Session, which: ColumnElement[bool]) -> Mapping[int, list[FindingRow]]:
    query = (
        select(CallRow.id, FindingRow)
        .join(RecordingRow, RecordingRow.call_pk == CallRow.id)
        .join(InspectionRow, InspectionRow.recording_id == RecordingRow.id)
        .join(FindingRow, FindingRow.inspection_id == InspectionRow.id)
        .where(which, is_newest(), FindingRow.severity != Severity.NOTICE)
        .order_by(FindingRow.id)
    )
    rows: dict[int, list[FindingRow]] = defaultdict(list)
    for call_pk, row in session.execute(query):
        rows[call_pk].append(row)
    return rows


def _faults(found: list[FindingRow], decided: list[Verdict]) -> tuple[HeardFault, ...]:
    verdicts = {one.finding_id: one for one in decided if one.finding_id is not None}
    counting = {row.id for row in found if row.counts}
    faults = [
        HeardFault(
            f"verdict {one.verdict_id}",
            one.charge.rule,
            one.charge.severity,
            one.charge.span,
            mask(one.charge.words),
            confirmed=True,
            is_machines=one.finding_id in counting,
        )
        for one in decided
        if one.is_charged
    ]
    for row in found:
        if row.id in counting and row.id not in verdicts and not any(_decided_elsewhere(row, one) for one in decided):
            span = span_between(row.start_ms, row.end_ms)
            said = mask(row.text)
            faults.append(
                HeardFault(f"finding {row.id}", row.rule, row.severity, span, said, confirmed=False, is_machines=True)
            )
    return tuple(faults)


def _decided_elsewhere(row: FindingRow, verdict: Verdict) -> bool:
    """Whether an earlier judgement's finding of the same fault was decided: a better model does not bring it back."""
    charge = verdict.charge
    if charge.rule != row.rule or verdict.inspection_id == row.inspection_id:
        return False
    if charge.span is None or row.start_ms is None or row.end_ms is None:
        return True
    return charge.span.start_ms <= row.end_ms + SAME_PLACE_MS and row.start_ms <= charge.span.end_ms + SAME_PLACE_MS
