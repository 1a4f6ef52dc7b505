"""All that is known of one call, for whoever opens it: its manifest row, its recording, and what the newest judgement found in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from pipeline.recordings.archive import archive_number
from pipeline.records.call import CallState, ManifestRow
from pipeline.records.finding import Finding, Severity
from pipeline.records.inspection import Inspection
from pipeline.records.span import Span
from pipeline.store.contents import row_of
from pipeline.store.deciding import length_ms
from pipeline.store.destroyed import has_gone
from pipeline.store.details import finding_of, inspection_of
from pipeline.store.newest import is_newest
from pipeline.store.tables import (
    AppealRow,
    CallRow,
    DestroyedRow,
    FindingRow,
    InspectionRow,
    ReasonRow,
    RecordingRow,
    VerdictRow,
)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A finding with its number."""

    finding_id: int
    finding: Finding

    @property
    def is_fault(self) -> bool:
        """Whether somebody has to decide it: a notice is none."""
        return self.finding.severity is not Severity.NOTICE


@dataclass(frozen=True, slots=True)
class KeptRecording:
    """A call's recording in the archive, under its number there (P-71). `destroyed`: on which list and when; None: it is kept."""

    sha256: str
    number: str
    keep_until: date
    archived_at: datetime
    destroyed: tuple[int, datetime] | None = None


@dataclass(frozen=True, slots=True)
class CallFile:
    """A call. `inspection` is None where nothing could be judged, and `reasons` (word, detail) say why."""

    call_pk: int
    row: ManifestRow
    day: date
    state: CallState
    length_ms: int
    recording: KeptRecording | None
    inspection_id: int | None
    inspection: Inspection | None
    inspected_at: datetime | None
    findings: tuple[Numbered, ...]
    reasons: tuple[tuple[str, str], ...]

    @property
    def subject(self) -> str:
        """The call in the audit trail."""
        return subject_of(self.row)


@dataclass(frozen=True, slots=True)
class FiledAppeal:
    """An appeal against a verdict of the call, and what became of it; `upheld` None: nothing yet."""

    appeal_id: int
    verdict_id: int
    reason: str
    filed_by: str
    filed_at: datetime
    upheld: bool | None
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None


def subject_of(call: CallRow | ManifestRow) -> str:
    """A call in the audit trail."""
    return f"call {call.vendor}/{call.call_id}"


def call_file(session: Session, call: CallRow) -> CallFile:
    """The file of a call that may be seen (`store/visible.py`)."""
    inspection, recording = _newest(session, call.id)
    return CallFile(
        call.id,
        row_of(call),
        call.day,
        call.state,
        length_ms(session, call),
        recording,
        inspection.id if inspection else None,
        inspection_of(session, inspection) if inspection else None,
        inspection.inspected_at if inspection else None,
        numbered_findings(session, call.id),
        _reasons(session, call.id),
    )


def kept_recording(session: Session, call_pk: int) -> KeptRecording | None:
    """The recording that is played of a call."""
    return _newest(session, call_pk)[1]


def numbered_findings(session: Session, call_pk: int) -> tuple[Numbered, ...]:
    """What the newest judgement found in a call, as it goes: by time, what is about the whole call last."""
    return tuple(found for _, found in findings_of_calls(session, RecordingRow.call_pk == call_pk))


def findings_of_calls(session: Session, which: ColumnElement[bool]) -> list[tuple[int, Numbered]]:
    """As `numbered_findings`, of several calls (joined as RecordingRow) one after the other, each with its call's number."""
    query = (
        select(RecordingRow.call_pk, FindingRow)
        .join(InspectionRow, InspectionRow.id == FindingRow.inspection_id)
        .join(RecordingRow, RecordingRow.id == InspectionRow.recording_id)
        .where(which, is_newest())
    )
    found = [(call_pk, Numbered(row.id, finding_of(row))) for call_pk, row in session.execute(query)]
    return sorted(found, key=lambda one: (one[0], _place(one[1].finding.span, one[1].finding_id)))


def appeals_of_call(session: Session, call_pk: int) -> Sequence[FiledAppeal]:
    """The appeals against the call's verdicts, as they were filed."""
    query = select(AppealRow).join(VerdictRow, VerdictRow.id == AppealRow.verdict_id)
    return [
        FiledAppeal(
            row.id, row.verdict_id, row.reason, row.filed_by, row.filed_at, row.upheld, row.decision, row.decided_by, row.decided_at
        )
        for row in session.scalars(query.where(VerdictRow.call_pk == call_pk).order_by(AppealRow.id))
    ]  # fmt: skip


def _place(span: Span | None, finding_id: int) -> tuple[bool, int, int]:
    return span is None, span.start_ms if span else 0, finding_id


def _newest(session: Session, call_pk: int) -> tuple[InspectionRow | None, KeptRecording | None]:
    """The newest judgement and its recording; without one the latest recording."""
    judged = (
        select(InspectionRow, RecordingRow)
        .join(RecordingRow, RecordingRow.id == InspectionRow.recording_id)
        .where(RecordingRow.call_pk == call_pk, is_newest())
        .order_by(InspectionRow.id.desc())
    )
    if (found := session.execute(judged.limit(1)).one_or_none()) is not None:
        return found[0], _kept(session, found[1])
    latest = select(RecordingRow).where(RecordingRow.call_pk == call_pk).order_by(RecordingRow.id.desc())
    row = session.scalars(latest.limit(1)).one_or_none()
    return None, None if row is None else _kept(session, row)


def _kept(session: Session, row: RecordingRow) -> KeptRecording:
    number = archive_number(row.archive_day, row.archive_number)
    query = select(DestroyedRow.destruction_id, DestroyedRow.gone_at)
    query = query.where(DestroyedRow.recording_id == row.id, has_gone())
    found = session.execute(query.where(DestroyedRow.gone_at.is_not(None))).tuples().first()
    destroyed = None if found is None or found[1] is None else (found[0], found[1])
    return KeptRecording(row.sha256, number, row.keep_until, row.archived_at, destroyed)


def _reasons(session: Session, call_pk: int) -> tuple[tuple[str, str], ...]:
    query = select(ReasonRow.reason, ReasonRow.detail).where(ReasonRow.call_pk == call_pk)
    return tuple(dict.fromkeys(session.execute(query.order_by(ReasonRow.id)).tuples()))
