"""What there is to tell vendors of a stretch of time: verdicts given in it, complaints and checks decided in it, findings made in it.

told_between(session, first, until, known)        by vendor; `known`: subjects that were told before, which nobody is told twice
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from pipeline.records.feedback import DayFeedback, Matter, MatterKind, Told
from pipeline.records.finding import Severity
from pipeline.store.findings import StoredFinding, find_finding, same_fault
from pipeline.store.newest import is_newest
from pipeline.store.tables import (
    CallRow,
    ComplaintRow,
    FindingRow,
    InspectionRow,
    NumberCheckRow,
    ProjectCheckRow,
    RecordingRow,
    VerdictRow,
)
from pipeline.store.tables.review import ComplaintState
from pipeline.store.verdicts import Verdict, verdict
from pipeline.store.violations import said_around
from pipeline.text.masking import mask, mask_within
from pipeline.text.quoting import quoted

# The gravest of them; a letter is to be read.
UNREVIEWED_SHOWN = 30
_GRAVE = (Severity.FATAL, Severity.MAJOR)


@dataclass(slots=True)
class _Heap:
    """What is told one vendor, as it is gathered."""

    confirmed: list[Told] = field(default_factory=list)
    withdrawn: list[Told] = field(default_factory=list)
    matters: list[Matter] = field(default_factory=list)
    unreviewed: list[Told] = field(default_factory=list)
    unreviewed_count: int = 0


def told_between(
    session: Session, day: date, first: datetime, until: datetime, known: Collection[str]
) -> tuple[DayFeedback, ...]:
    """What was decided and found in [first, until), which are the bounds of `day`, by vendor; nothing that is `known` is told again."""
    heaps: dict[str, _Heap] = defaultdict(_Heap)
    for one in _verdicts(session, first, until):
        heap = heaps[one.row.vendor]
        if f"verdict {one.verdict_id}" not in known:
            (heap.confirmed if one.decision.is_fault else heap.withdrawn).append(_told_verdict(session, one))
    for vendor, matter in _matters(session, first, until):
        if matter.subject not in known:
            heaps[vendor].matters.append(matter)
    for vendor, count in _unreviewed_counts(session, first, until):
        heap = heaps[vendor]
        fresh = [told for told in _unreviewed(session, vendor, first, until) if told.subject not in known]
        heap.unreviewed, heap.unreviewed_count = fresh, count if fresh else 0
    return tuple(
        DayFeedback(
            vendor,
            day,
            tuple(heap.confirmed),
            tuple(heap.withdrawn),
            tuple(heap.matters),
            tuple(heap.unreviewed),
            heap.unreviewed_count,
        )
        for vendor, heap in sorted(heaps.items())
    )


def _verdicts(session: Session, first: datetime, until: datetime) -> Iterator[Verdict]:
    """The standing verdicts of the time that charge the vendor, or take back what an earlier one had charged."""
    later = aliased(VerdictRow)
    which = (
        VerdictRow.decided_at >= first,
        VerdictRow.decided_at < until,
        ~exists().where(later.follows == VerdictRow.id),
    )
    for verdict_id in session.scalars(select(VerdictRow.id).where(*which).order_by(VerdictRow.id)).all():
        one = verdict(session, verdict_id)
        if one.is_charged or (one.follows is not None and verdict(session, one.follows).is_charged):
            yield one


def _matters(session: Session, first: datetime, until: datetime) -> Iterator[tuple[str, Matter]]:
    complaints = select(ComplaintRow).where(
        ComplaintRow.decided_at >= first,
        ComplaintRow.decided_at < until,
        ComplaintRow.state == ComplaintState.JUSTIFIED,
    )
    for row in session.scalars(complaints.order_by(ComplaintRow.id)):
        yield row.vendor, Matter(f"complaint {row.id}", MatterKind.COMPLAINT, row.project, row.call_id, mask(row.text))
    checks = select(NumberCheckRow).where(
        NumberCheckRow.recorded_at >= first, NumberCheckRow.recorded_at < until, NumberCheckRow.fault.is_not(None)
    )
    for check in session.scalars(checks.order_by(NumberCheckRow.id)):
        said = mask(f"{check.checked_on} {check.fault}")
        yield (
            check.vendor,
            Matter(f"number check {check.id}", MatterKind.NUMBER_CHECK, check.project, check.call_id, said),
        )
    projects = select(ProjectCheckRow).where(ProjectCheckRow.recorded_at >= first, ProjectCheckRow.recorded_at < until)
    for found in session.scalars(projects.order_by(ProjectCheckRow.id)):
        said = mask(f"{found.month} {found.item}，扣 {found.points} 分：{found.text}")
        yield found.vendor, Matter(f"project check {found.id}", MatterKind.PROJECT_CHECK, found.project, None, said)


def _unreviewed_counts(session: Session, first: datetime, until: datetime) -> list[tuple[str, int]]:
    query = _grave_findings(first, until).with_only_columns(CallRow.vendor, func.count()).group_by(CallRow.vendor)
    return [(vendor, count) for vendor, count in session.execute(query)]


def _unreviewed(session: Session, vendor: str, first: datetime, until: datetime) -> list[Told]:
    """The gravest of a vendor's, as many as a letter shows."""
    told: list[Told] = []
    for severity in _GRAVE:
        query = _grave_findings(first, until).where(CallRow.vendor == vendor, FindingRow.severity == severity)
        for finding_id in session.scalars(query.order_by(FindingRow.id).limit(UNREVIEWED_SHOWN - len(told))).all():
            if same_fault(session, finding_id) is None:
                told.append(_told_finding(session, find_finding(session, finding_id)))
    return told


def _grave_findings(first: datetime, until: datetime) -> Select[tuple[int]]:
    """Major and fatal findings of the time's newest inspections that no verdict is about."""
    return (
        select(FindingRow.id)
        .join(InspectionRow, InspectionRow.id == FindingRow.inspection_id)
        .join(RecordingRow, RecordingRow.id == InspectionRow.recording_id)
        .join(CallRow, CallRow.id == RecordingRow.call_pk)
        .where(
            InspectionRow.inspected_at >= first,
            InspectionRow.inspected_at < until,
            is_newest(),
            FindingRow.severity.in_(_GRAVE),
            ~exists().where(VerdictRow.finding_id == FindingRow.id),
        )
    )


def _told_verdict(session: Session, one: Verdict) -> Told:
    charge = one.charge
    told = Told(
        f"verdict {one.verdict_id}",
        one.row.project,
        one.row.call_id,
        one.row.agent,
        one.row.started_at,
        charge.rule,
        charge.severity,
        charge.span,
        mask(charge.words),
    )
    if one.inspection_id is None:
        return told
    return replace(told, words=mask_within(charge.words, said_around(session, one.inspection_id)))


def _told_finding(session: Session, stored: StoredFinding) -> Told:
    finding, row = stored.finding, stored.row
    said = mask_within(quoted(finding.text, finding.matched), said_around(session, stored.inspection_id))
    return Told(
        f"finding {stored.finding_id}",
        row.project,
        row.call_id,
        row.agent,
        row.started_at,
        finding.rule,
        finding.severity,
        finding.span,
        said,
    )
