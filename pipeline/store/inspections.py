"""Saving and loading inspections: everything of a call in the caller's one transaction, or nothing.

    with writing(engine) as session:
        save_inspection(session, work, inspection, archived, now)

The key is (recording, ruleset, model). What is there already under that key stays as it is: the same recording judged again by the same rules and
model must have been judged the same, and an old finding is never changed in place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.recordings.archive import archive_number
from pipeline.records.call import CallState, ManifestRow
from pipeline.records.inspection import Inspection
from pipeline.records.turn import Speaker
from pipeline.store.contents import row_of
from pipeline.store.details import insert_details, inspection_of
from pipeline.store.engine import lock_against_writers
from pipeline.store.optouts import save_optouts
from pipeline.store.search import index_inspection
from pipeline.store.tables import (
    ArchiveDayRow,
    CallRow,
    DrawnCallRow,
    DrawRow,
    InspectionRow,
    RecordingRow,
    TurnRow,
)
from pipeline.store.work import Work, finish


@dataclass(frozen=True, slots=True)
class Archived:
    """A recording in the archive: where below its root it lies, on which local day it came, how long it must be kept.

    `committed`: the vendor had given its sha256 at drop.
    """

    path: str
    day: date
    keep_until: date
    committed: bool


@dataclass(frozen=True, slots=True)
class StoredInspection:
    """An inspection with the call it is of, and where in the archive its recording lies and under which number (P-71)."""

    inspection_id: int
    draw_id: str
    formal: bool
    row: ManifestRow
    archive_path: str
    archive_number: str
    keep_until: date
    inspected_at: datetime
    inspection: Inspection


def save_inspection(session: Session, work: Work, inspection: Inspection, archived: Archived, now: datetime) -> int:
    """Write a call's recording, inspection, turns, findings, elements, tone and opt-outs, and finish its work; returns the inspection's id.

    Raises StaleLease where the lease was lost; nothing is written then.
    """
    # First, so that on PostgreSQL the work's row is locked before anything is written.
    finish(session, work, CallState(inspection.status.value), now)
    recording_id = _recording(session, work.call_pk, inspection.recording.sha256, archived, now)
    known = session.scalars(
        select(InspectionRow).where(
            InspectionRow.recording_id == recording_id,
            InspectionRow.ruleset == inspection.versions.ruleset,
            InspectionRow.model == inspection.versions.model,
        )
    ).one_or_none()
    if known is not None:
        stored = CallState(known.status.value)
        session.execute(update(CallRow).where(CallRow.id == work.call_pk).values(state=stored))
        return known.id
    row = _row(work, recording_id, inspection, now)
    session.add(row)
    session.flush()
    insert_details(session, row.id, work.call_pk, inspection, now)
    save_optouts(session, row.id, work.call_pk, inspection.optouts)
    index_inspection(session, row.id)
    return row.id


def load_inspection(session: Session, inspection_id: int) -> Inspection:
    """An inspection as it was saved. Raises StoreError where there is none."""
    row = session.get(InspectionRow, inspection_id)
    if row is None:
        raise StoreError(f"there is no inspection {inspection_id}")
    return inspection_of(session, row)


def find_inspection(session: Session, vendor: str, call_id: str) -> StoredInspection | None:
    """The latest inspection of a call."""
    query = _stored().where(CallRow.vendor == vendor, CallRow.call_id == call_id).order_by(InspectionRow.id.desc())
    first = session.execute(query.limit(1)).one_or_none()
    return None if first is None else _stored_of(session, *first)


def inspections_drawn_on(session: Session, day: date) -> Iterator[StoredInspection]:
    """All inspections made for the draws of a day, by vendor, project and call; loaded one by one."""
    query = _stored().where(DrawRow.day == day)
    order = (CallRow.vendor, CallRow.project, CallRow.call_id, InspectionRow.id)
    for found in session.execute(query.order_by(*order)).all():
        yield _stored_of(session, *found)


def latest_since(session: Session, first: date) -> Iterator[StoredInspection]:
    """The latest inspection of each recording drawn for a day from `first` on, by vendor, project and call; loaded one by one."""
    newest = select(func.max(InspectionRow.id)).group_by(InspectionRow.recording_id)
    query = _stored().where(DrawRow.day >= first, InspectionRow.id.in_(newest))
    for found in session.execute(query.order_by(CallRow.vendor, CallRow.project, CallRow.call_id)).all():
        yield _stored_of(session, *found)


def newest_ids_since(session: Session, first: date) -> list[int]:
    """The latest inspection of each recording drawn for a day from `first` on, the last one first."""
    newest = select(func.max(InspectionRow.id)).group_by(InspectionRow.recording_id)
    query = (
        select(InspectionRow.id)
        .join(DrawnCallRow, DrawnCallRow.id == InspectionRow.drawn_call_id)
        .join(DrawRow, DrawRow.id == DrawnCallRow.draw_id)
        .where(DrawRow.day >= first, InspectionRow.id.in_(newest))
    )
    return list(session.scalars(query.order_by(InspectionRow.id.desc())))


def words_of(session: Session, inspection_ids: Sequence[int]) -> dict[int, dict[Speaker, str]]:
    """What each side says in each of these inspections, in a row and without times: to see quickly what cannot be there."""
    said: dict[int, dict[Speaker, str]] = {inspection_id: {} for inspection_id in inspection_ids}
    query = select(TurnRow.inspection_id, TurnRow.speaker, TurnRow.text).where(
        TurnRow.inspection_id.in_(inspection_ids)
    )
    for inspection_id, speaker, text in session.execute(query.order_by(TurnRow.inspection_id, TurnRow.position)):
        said[inspection_id][speaker] = said[inspection_id].get(speaker, "") + text
    return said


def stored_inspection(session: Session, inspection_id: int) -> tuple[int, StoredInspection]:
    """An inspection with its call, and the call's key."""
    row, recording, drawn, call = session.execute(_stored().where(InspectionRow.id == inspection_id)).one()
    return call.id, _stored_of(session, row, recording, drawn, call)


def _row(work: Work, recording_id: int, inspection: Inspection, now: datetime) -> InspectionRow:
    return InspectionRow(
        recording_id=recording_id,
        drawn_call_id=work.drawn_call_id,
        status=inspection.status,
        file=inspection.recording.file,
        duration_ms=inspection.recording.duration_ms,
        decoded_ms=inspection.recording.decoded_ms,
        channels=inspection.recording.channels,
        codec=inspection.recording.codec,
        rate_hz=inspection.recording.rate_hz,
        ruleset=inspection.versions.ruleset,
        model=inspection.versions.model,
        code=inspection.versions.code,
        decode_s=inspection.times.decode_s,
        vad_s=inspection.times.vad_s,
        transcribe_s=inspection.times.transcribe_s,
        check_s=inspection.times.check_s,
        inspected_at=now,
    )


def _recording(session: Session, call_pk: int, sha256: str, archived: Archived, now: datetime) -> int:
    """The call's recording with this content, archived under a number of its own when it is first seen."""
    known = select(RecordingRow.id).where(RecordingRow.call_pk == call_pk, RecordingRow.sha256 == sha256)
    if (recording_id := session.scalar(known)) is not None:
        return recording_id
    recording = RecordingRow(
        call_pk=call_pk,
        sha256=sha256,
        archive_path=archived.path,
        archive_day=archived.day,
        archive_number=_next_number(session, archived.day),
        archived_at=now,
        keep_until=archived.keep_until,
        committed=archived.committed,
    )
    session.add(recording)
    session.flush()
    return recording.id


def _next_number(session: Session, day: date) -> int:
    first_of_day = select(ArchiveDayRow.day).where(ArchiveDayRow.day == day)
    if session.scalar(first_of_day) is None:
        # Let nobody else be the first of the day at the same time; locked before any write to the table, or two could block each other.
        lock_against_writers(session, ArchiveDayRow.__tablename__)
        if session.scalar(first_of_day) is None:
            session.execute(insert(ArchiveDayRow).values(day=day, last_number=0))
    return session.execute(
        update(ArchiveDayRow)
        .where(ArchiveDayRow.day == day)
        .values(last_number=ArchiveDayRow.last_number + 1)
        .returning(ArchiveDayRow.last_number)
        .execution_options(synchronize_session=False)
    ).scalar_one()


def _stored() -> Select[tuple[InspectionRow, RecordingRow, DrawnCallRow, CallRow]]:
    return (
        select(InspectionRow, RecordingRow, DrawnCallRow, CallRow)
        .join(RecordingRow, RecordingRow.id == InspectionRow.recording_id)
        .join(DrawnCallRow, DrawnCallRow.id == InspectionRow.drawn_call_id)
        .join(DrawRow, DrawRow.id == DrawnCallRow.draw_id)
        .join(CallRow, CallRow.id == RecordingRow.call_pk)
    )


def _stored_of(
    session: Session, row: InspectionRow, recording: RecordingRow, drawn: DrawnCallRow, call: CallRow
) -> StoredInspection:
    return StoredInspection(
        inspection_id=row.id,
        draw_id=drawn.draw_id,
        formal=drawn.formal,
        row=row_of(call),
        archive_path=recording.archive_path,
        archive_number=archive_number(recording.archive_day, recording.archive_number),
        keep_until=recording.keep_until,
        inspected_at=row.inspected_at,
        inspection=inspection_of(session, row),
    )
