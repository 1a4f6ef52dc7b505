"""Recordings destroyed under supervision, vendors' copies too, and old recordings asked for (P-71, P-72).

    number = propose(session, policy, person, now, today)     a list of what is due
    sign(session, number, supervisor, now, today)             somebody else, a supervisor; the vendors are told about their copies
    carry_out(settings, engine, policy, number, now, today)   files are deleted; interrupted, the next call goes on

A recording on which something has come to hang since is `held` and stays. A file that another call still needs stays, too; the recording of the
listed call is destroyed all the same and is played no more.
"""

from collections import defaultdict
from datetime import date, datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.export.retention_letters import destruction_letter
from pipeline.policy.sampling import RetentionPolicy
from pipeline.recordings.archive import Archive
from pipeline.recordings.listening import forget_copy
from pipeline.records.person import Person, Role
from pipeline.review.rights import refuse_others
from pipeline.services.listening import FOLDER
from pipeline.settings import Settings
from pipeline.store.destructions import (
    Listed,
    archive_days,
    is_needed,
    list_sha256,
    listed,
    lock_lists,
    mark,
    open_list,
    write_list,
)
from pipeline.store.engine import writing
from pipeline.store.events import record_event
from pipeline.store.outbox import put
from pipeline.store.retention import due_recordings, stays
from pipeline.store.tables import DestructionRow, Did, Gone, VendorCopiesRow

MOST_ON_A_LIST = 500
_PROPOSES = (Role.REVIEWER, Role.SUPERVISOR)


def propose(session: Session, policy: RetentionPolicy, person: Person, now: datetime, today: date) -> int:
    """List what is due, the oldest first; the list's number. Raises StoreError where nothing is due, or the person may not."""
    refuse_others(person, _PROPOSES, "propose what is destroyed")
    lock_lists(session)
    due, _ = due_recordings(session, policy, today, limit=MOST_ON_A_LIST)
    number = write_list(session, due, today, person.name, now)
    record_event(session, person, Did.CHANGED, f"destruction {number}", now, f"proposed, {len(due)} recordings")
    return number


def sign(session: Session, number: int, person: Person, now: datetime, today: date) -> None:
    """Sign a list, and tell the vendors about their copies. Raises StoreError: only a supervisor does, and not the one who proposed it."""
    refuse_others(person, (Role.SUPERVISOR,), "sign what is destroyed")
    lock_lists(session)
    row = open_list(session, number)
    if row.proposed_by == person.name:
        raise StoreError(f"list {number} was proposed by {person.name!r} himself; another supervisor signs it")
    items = [one.due for one in listed(session, number)]
    if list_sha256(items) != row.items_sha256:
        raise StoreError(f"list {number} is no longer what was proposed: its hash differs; decline it and propose anew")
    row.signed_by, row.signed_at = person.name, now
    by_vendor: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in items:
        by_vendor[one.vendor].append((one.call_id, one.archive_number))
    for vendor, calls in sorted(by_vendor.items()):
        letter = destruction_letter(number, vendor, calls, today)
        put(session, letter, now)
        session.add(VendorCopiesRow(destruction_id=number, vendor=vendor, letter_key=letter.key))
    record_event(session, person, Did.CHANGED, f"destruction {number}", now, f"signed, sha256 {row.items_sha256}")


def decline(session: Session, number: int, person: Person, now: datetime) -> None:
    """Let a list be; what is on it may be listed again. Raises StoreError where it is no longer open, or the person may not."""
    refuse_others(person, (Role.SUPERVISOR,), "decline what is proposed for destruction")
    lock_lists(session)
    row = open_list(session, number)
    row.declined_by, row.declined_at = person.name, now
    record_event(session, person, Did.CHANGED, f"destruction {number}", now, "declined")


def carry_out(
    settings: Settings, engine: Engine, policy: RetentionPolicy, number: int, now: datetime, today: date
) -> dict[Gone, int]:
    """Delete what a signed list names, one recording a transaction; how many became what. Raises StoreError where it is not signed.

    The file goes before its record says so: whoever is killed in between deletes nothing twice and forgets nothing.
    """
    archive = Archive(settings.archive_path, settings.keep_free_mb)
    with writing(engine) as session:
        row = session.get(DestructionRow, number)
        if row is None or row.signed_at is None:
            raise StoreError(f"list {number} is not signed: nothing was destroyed")
        items = listed(session, number, only_open=True)
    done: dict[Gone, int] = dict.fromkeys(Gone, 0)
    for one in items:
        with writing(engine) as session:
            gone = _destroy(settings, archive, session, policy, number, one, now, today)
        done[gone] += 1
    with writing(engine) as session:
        row = session.get_one(DestructionRow, number)
        row.completed_at = row.completed_at or now
    return done


def _destroy(
    settings: Settings,
    archive: Archive,
    session: Session,
    policy: RetentionPolicy,
    number: int,
    one: Listed,
    now: datetime,
    today: date,
) -> Gone:
    lock_lists(session)
    if stays(session, policy, one.due.recording_id, today):
        mark(session, number, one.due.recording_id, Gone.HELD, now)
        return Gone.HELD
    # Marked first: whether the file is needed is asked of the other calls' recordings.
    mark(session, number, one.due.recording_id, Gone.SHARED, now)
    session.flush()
    if is_needed(session, one.due.sha256):
        return Gone.SHARED
    archive.destroy(one.due.sha256, archive_days(session, one.due.sha256))
    forget_copy(settings.root / FOLDER, one.due.sha256)
    mark(session, number, one.due.recording_id, Gone.DELETED, now)
    return Gone.DELETED
