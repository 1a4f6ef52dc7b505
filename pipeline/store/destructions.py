"""Lists of recordings to be destroyed, who signed them, and what became of each recording.

They stay for ever: the database refuses to delete them.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.recordings.archive import archive_number
from pipeline.records.person import Person
from pipeline.store.destroyed import has_gone, is_destroyed
from pipeline.store.engine import lock_against_writers
from pipeline.store.events import record_event
from pipeline.store.retention import Due
from pipeline.store.tables import CallRow, DestroyedRow, DestructionRow, Did, Gone, RecordingRow, VendorCopiesRow


@dataclass(frozen=True, slots=True)
class Destruction:
    """A list. `items_sha256` is over its lines; `deleted`, `shared`, `held` count what became of its `recordings` so far."""

    number: int
    until: date
    items_sha256: str
    proposed_by: str
    proposed_at: datetime
    signed_by: str | None
    signed_at: datetime | None
    declined_by: str | None
    declined_at: datetime | None
    completed_at: datetime | None
    recordings: int
    deleted: int
    shared: int
    held: int

    @property
    def is_open(self) -> bool:
        """Whether it waits for a signature."""
        return self.signed_at is None and self.declined_at is None


@dataclass(frozen=True, slots=True)
class Listed:
    """A recording on a list, and what became of it."""

    due: Due
    gone: Gone | None
    gone_at: datetime | None


@dataclass(frozen=True, slots=True)
class VendorCopies:
    """What a vendor was told about its copies, and what it has answered."""

    vendor: str
    letter_key: str
    document: str | None
    confirmed_by: str | None
    confirmed_at: datetime | None


def list_sha256(items: Sequence[Due]) -> str:
    """The hash over a list's lines: vendor, call, archive number and the recording's own hash, by archive number."""
    lines = sorted(f"{one.archive_number}\t{one.vendor}\t{one.call_id}\t{one.sha256}\n" for one in items)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def write_list(session: Session, items: Sequence[Due], until: date, person: str, now: datetime) -> int:
    """Write a list that waits for a signature; its number. Raises StoreError where there is nothing on it."""
    if not items:
        raise StoreError(f"no recording is due for destruction on {until}: there is nothing to list")
    row = DestructionRow(until=until, items_sha256=list_sha256(items), proposed_by=person, proposed_at=now)
    session.add(row)
    session.flush()
    session.add_all(
        DestroyedRow(destruction_id=row.id, recording_id=one.recording_id, vendor=one.vendor) for one in items
    )
    session.flush()
    return row.id


def lock_lists(session: Session) -> None:
    """Let nobody else list, sign or decline at the same time."""
    lock_against_writers(session, DestructionRow.__tablename__)


def open_list(session: Session, number: int) -> DestructionRow:
    """A list that waits for a signature. Raises StoreError where there is none."""
    row = session.get(DestructionRow, number)
    if row is None:
        raise StoreError(f"there is no list {number}; `callqa destroy list` shows all")
    if row.signed_at is not None or row.declined_at is not None:
        what = f"signed by {row.signed_by}" if row.signed_at else f"declined by {row.declined_by}"
        raise StoreError(f"list {number} was {what} already")
    return row


def destructions(session: Session, number: int | None = None) -> list[Destruction]:
    """All lists, the latest first, or one."""
    counted = func.count(DestroyedRow.id)
    query = (
        select(DestructionRow, counted, *(counted.filter(DestroyedRow.gone == gone) for gone in Gone))
        .join(DestroyedRow, DestroyedRow.destruction_id == DestructionRow.id)
        .group_by(DestructionRow.id)
        .order_by(DestructionRow.id.desc())
    )
    if number is not None:
        query = query.where(DestructionRow.id == number)
    return [
        Destruction(
            row.id, row.until, row.items_sha256, row.proposed_by, row.proposed_at, row.signed_by, row.signed_at,
            row.declined_by, row.declined_at, row.completed_at, *counts,
        )
        for row, *counts in session.execute(query)
    ]  # fmt: skip


def listed(session: Session, number: int, *, only_open: bool = False, limit: int | None = None) -> list[Listed]:
    """What is on a list, by archive number; `only_open`: what nothing was done about yet."""
    query = (
        select(DestroyedRow, RecordingRow, CallRow)
        .join(RecordingRow, RecordingRow.id == DestroyedRow.recording_id)
        .join(CallRow, CallRow.id == RecordingRow.call_pk)
        .where(DestroyedRow.destruction_id == number)
        .order_by(RecordingRow.archive_day, RecordingRow.archive_number)
        .limit(limit)
    )
    if only_open:
        query = query.where(DestroyedRow.gone.is_(None))
    return [
        Listed(
            Due(
                recording.id, call.id, call.vendor, call.call_id, call.day,
                archive_number(recording.archive_day, recording.archive_number), recording.sha256,
            ),
            row.gone,
            row.gone_at,
        )
        for row, recording, call in session.execute(query)
    ]  # fmt: skip


def mark(session: Session, number: int, recording_id: int, gone: Gone, now: datetime) -> None:
    """Write what became of a recording."""
    query = select(DestroyedRow).where(DestroyedRow.destruction_id == number, DestroyedRow.recording_id == recording_id)
    row = session.scalars(query).one()
    row.gone, row.gone_at = gone, now


def archive_days(session: Session, sha256: str) -> list[date]:
    """The days under which the archive lists a file."""
    return list(session.scalars(select(RecordingRow.archive_day).where(RecordingRow.sha256 == sha256).distinct()))


def is_needed(session: Session, sha256: str) -> bool:
    """Whether another call's recording is this file, too, and is not destroyed."""
    query = select(RecordingRow.id).where(RecordingRow.sha256 == sha256, ~is_destroyed())
    return session.scalars(query.limit(1)).one_or_none() is not None


def destroyed_on(session: Session, recording_id: int) -> Destruction | None:
    """The list on which a recording was destroyed, if it was."""
    query = select(DestroyedRow.destruction_id).where(DestroyedRow.recording_id == recording_id, has_gone())
    number = session.scalars(query).first()
    return None if number is None else destructions(session, number)[0]


def vendor_copies(session: Session, number: int) -> list[VendorCopies]:
    """What the vendors of a list were told, and have answered."""
    query = select(VendorCopiesRow).where(VendorCopiesRow.destruction_id == number).order_by(VendorCopiesRow.vendor)
    return [
        VendorCopies(row.vendor, row.letter_key, row.document, row.confirmed_by, row.confirmed_at)
        for row in session.scalars(query)
    ]


def confirm_copies(session: Session, number: int, vendor: str, document: str, person: Person, now: datetime) -> None:
    """Write that a vendor has confirmed in a document to have destroyed its copies. Raises StoreError: not told, or confirmed before."""
    row = session.get(VendorCopiesRow, (number, vendor))
    if row is None or row.confirmed_at is not None:
        raise StoreError(f"vendor {vendor!r} has nothing to confirm about list {number}")
    row.document, row.confirmed_by, row.confirmed_at = document, person.name, now
    record_event(session, person, Did.CHANGED, f"destruction {number}", now, f"copies of {vendor}: {document}")
