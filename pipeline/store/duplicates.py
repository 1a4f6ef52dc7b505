"""Calls that were handed in with the same recording, drawn or not: what the manifest commits to tells of those that nobody has pulled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from pipeline.store.newest import is_newest
from pipeline.store.tables import CallRow, FindingRow, InspectionRow, RecordingRow


@dataclass(frozen=True, slots=True)
class SameRecording:
    """A call whose newest judged inspection is of the recording; `has_finding`: it has one of the rule asked about."""

    call_pk: int
    vendor: str
    call_id: str
    started_at: datetime
    inspection_id: int
    has_finding: bool


def lock_recording(session: Session, sha256: str) -> None:
    """Let no other transaction judge calls with the recording until this one ends.

    Always taken after the number's lock, so that no two can wait for each other.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:sha256, 1))"), {"sha256": sha256})


def calls_with(session: Session, sha256: str, rule: str) -> tuple[SameRecording, ...]:
    """The calls with a recording, the one that began first at the head."""
    has_finding = exists().where(FindingRow.inspection_id == InspectionRow.id, FindingRow.rule == rule)
    query = (
        select(CallRow.id, CallRow.vendor, CallRow.call_id, CallRow.started_at, InspectionRow.id, has_finding)
        .join(RecordingRow, RecordingRow.call_pk == CallRow.id)
        .join(InspectionRow, InspectionRow.recording_id == RecordingRow.id)
        .where(RecordingRow.sha256 == sha256, is_newest())
        .order_by(CallRow.started_at, CallRow.vendor, CallRow.call_id)
    )
    return tuple(SameRecording(*row) for row in session.execute(query).tuples())


def first_with(session: Session, sha256: str, heard: Sequence[SameRecording]) -> tuple[str, str]:
    """Vendor and call_id of the call with a recording that began first: of those `heard` with it and of those whose manifest commits to it."""
    committed = (
        select(CallRow.started_at, CallRow.vendor, CallRow.call_id)
        .where(CallRow.sha256 == sha256)
        .order_by(CallRow.started_at, CallRow.vendor, CallRow.call_id)
    )
    known = [(call.started_at, call.vendor, call.call_id) for call in heard]
    _, vendor, call_id = min([*known, *session.execute(committed.limit(1)).tuples()])
    return vendor, call_id
