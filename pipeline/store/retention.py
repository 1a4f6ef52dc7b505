"""Which recordings are due for destruction, which stay because something hangs on them, and holds by hand (P-72).

    due, held = due_recordings(session, policy, today, limit=500)

A recording stays while a deduction rests on its call: a verdict or an entry of the ledger that stands, and with it every warning, veto and exit that
rests on those. It then stays until the vendor's qualification term of the call's day has ended, and the limitation period with it; where no term is
known, without an end. A hold by hand lasts until somebody lets it go.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache, partial

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from pipeline.errors import StoreError, UsageError
from pipeline.ledger.vendors import vendor_on
from pipeline.policy.sampling import RetentionPolicy
from pipeline.recordings.archive import archive_number
from pipeline.recordings.retention import destroyed_from, held_until
from pipeline.records.entry import EntryKind
from pipeline.records.person import Person
from pipeline.store.call_file import subject_of
from pipeline.store.destroyed import is_destroyed
from pipeline.store.events import record_event
from pipeline.store.facts import facts_of
from pipeline.store.tables import (
    CallRow,
    DestroyedRow,
    DestructionRow,
    Did,
    EntryRow,
    Gone,
    HoldRow,
    RecordingRow,
    VerdictRow,
)
from pipeline.store.verdicts import is_charged, stands

_LONGEST_REASON = 400


@dataclass(frozen=True, slots=True)
class Due:
    """A recording old enough to go, with its call. `held_until` None: nothing hangs on it; `date.max`: it stays without an end."""

    recording_id: int
    call_pk: int
    vendor: str
    call_id: str
    day: date
    archive_number: str
    sha256: str
    held_until: date | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold by hand on a call's recordings. `released_at` None: it holds."""

    hold_id: int
    call_pk: int
    vendor: str
    call_id: str
    reason: str
    person: str
    placed_at: datetime
    released_by: str | None
    released_at: datetime | None


def due_recordings(
    session: Session, policy: RetentionPolicy, today: date, *, limit: int
) -> tuple[list[Due], list[Due]]:
    """The recordings old enough, the oldest first, at most so many each: those to be destroyed, and those on which something hangs."""
    old = (
        RecordingRow.archive_day < today - timedelta(days=policy.keep_max_days),
        RecordingRow.keep_until < today,
        ~_listed(),
    )
    free = _loaded(session, (*old, ~hangs_on(), ~held_by_hand()), policy, today, limit)
    ends = _ends(session, policy)
    held: list[Due] = []
    for one, by_hand in _held(session, old, policy, today):
        if min(len(free), len(held)) >= limit:
            break
        until = date.max if by_hand else ends(one.vendor, one.day)
        if until < today:
            free.append(replace(one, held_until=until))
        elif len(held) < limit:
            held.append(replace(one, held_until=until))
    return sorted(free, key=lambda one: one.recording_id)[:limit], held


def stays(session: Session, policy: RetentionPolicy, recording_id: int, today: date) -> bool:
    """Whether something hangs on a recording now, by itself or by hand."""
    query = select(CallRow).join(RecordingRow, RecordingRow.call_pk == CallRow.id)
    query = query.where(RecordingRow.id == recording_id)
    if session.scalars(query.where(held_by_hand())).one_or_none() is not None:
        return True
    call = session.scalars(query.where(hangs_on())).one_or_none()
    return call is not None and _ends(session, policy)(call.vendor, call.day) >= today


def place_hold(session: Session, call: CallRow, reason: str, person: Person, now: datetime) -> int:
    """Let a call's recordings stay, by hand. Raises UsageError without a reason, StoreError where they are destroyed already."""
    if not 1 <= len(reason.strip()) <= _LONGEST_REASON:
        raise UsageError(f"say why the recording must stay, in 1 to {_LONGEST_REASON} characters")
    if session.scalars(select(RecordingRow.id).where(RecordingRow.call_pk == call.id, is_destroyed())).first():
        raise StoreError(f"the recording of call {call.call_id} of {call.vendor} is destroyed already")
    row = HoldRow(call_pk=call.id, reason=reason.strip(), person=person.name, placed_at=now)
    session.add(row)
    session.flush()
    record_event(session, person, Did.CHANGED, subject_of(call), now, "retention hold")
    return row.id


def release_hold(session: Session, hold_id: int, person: Person, now: datetime) -> None:
    """Let a hold go. Raises StoreError where there is none that holds."""
    row = session.get(HoldRow, hold_id)
    if row is None or row.released_at is not None:
        raise StoreError(f"there is no hold {hold_id} that could be released; `callqa hold list` shows all")
    row.released_by, row.released_at = person.name, now
    record_event(session, person, Did.CHANGED, f"hold {hold_id}", now, "released")


def holds(session: Session, *, limit: int = 200) -> list[Hold]:
    """The holds by hand, those that hold first, the latest on top."""
    query = select(HoldRow, CallRow.vendor, CallRow.call_id).join(CallRow, CallRow.id == HoldRow.call_pk)
    query = query.order_by(HoldRow.released_at.is_not(None), HoldRow.id.desc()).limit(limit)
    return [
        Hold(row.id, row.call_pk, vendor, call_id, row.reason, row.person, row.placed_at, row.released_by, row.released_at)
        for row, vendor, call_id in session.execute(query)
    ]  # fmt: skip


def hangs_on() -> ColumnElement[bool]:
    """Whether a deduction rests on a call (joined as CallRow): a charged verdict or an entry of it that stands."""
    charged = exists().where(VerdictRow.call_pk == CallRow.id, is_charged(), stands())
    reversal = aliased(EntryRow)
    standing = exists().where(
        EntryRow.vendor == CallRow.vendor,
        EntryRow.call_id == CallRow.call_id,
        EntryRow.kind != EntryKind.REVERSAL,
        ~exists().where(reversal.reverses == EntryRow.number),
    )
    return or_(charged, standing)


def held_by_hand() -> ColumnElement[bool]:
    """Whether somebody has said that a call's recording must stay."""
    return exists().where(HoldRow.call_pk == CallRow.id, HoldRow.released_at.is_(None))


def _listed() -> ColumnElement[bool]:
    """Whether a recording is destroyed, or is on a list that nobody has declined and that is not carried out."""
    return (
        exists()
        .where(
            DestroyedRow.recording_id == RecordingRow.id,
            DestroyedRow.destruction_id == DestructionRow.id,
            DestructionRow.declined_at.is_(None),
            or_(DestroyedRow.gone.is_(None), DestroyedRow.gone != Gone.HELD),
        )
        .correlate(RecordingRow)
    )


def _loaded(
    session: Session, which: tuple[ColumnElement[bool], ...], policy: RetentionPolicy, today: date, limit: int
) -> list[Due]:
    query = select(RecordingRow, CallRow).join(CallRow, CallRow.id == RecordingRow.call_pk).where(*which)
    rows = session.execute(query.order_by(RecordingRow.id).limit(limit))
    return [_due(recording, call) for recording, call in rows if _is_old(recording, policy, today)]


def _held(
    session: Session, old: tuple[ColumnElement[bool], ...], policy: RetentionPolicy, today: date
) -> Iterator[tuple[Due, bool]]:
    """All that is held, with whether that is by hand: which of it is held no longer only `_ends` knows."""
    query = select(RecordingRow, CallRow, held_by_hand()).join(CallRow, CallRow.id == RecordingRow.call_pk)
    query = query.where(*old, or_(hangs_on(), held_by_hand())).order_by(RecordingRow.id)
    for recording, call, by_hand in session.execute(query.execution_options(yield_per=1000)):
        if _is_old(recording, policy, today):
            yield _due(recording, call), by_hand


def _is_old(recording: RecordingRow, policy: RetentionPolicy, today: date) -> bool:
    return today >= destroyed_from(
        recording.archive_day, policy.keep_months, policy.keep_min_days, policy.keep_max_days
    )


def _ends(session: Session, policy: RetentionPolicy) -> Callable[[str, date], date]:
    """Until when what hangs on a vendor's call of a day keeps its recording."""
    facts = cache(partial(facts_of, session))

    @cache
    def end(vendor: str, day: date) -> date:
        term = vendor_on(vendor, facts(vendor), day).term
        return date.max if term is None else held_until(term.last, policy.limitation_years)

    return end


def _due(recording: RecordingRow, call: CallRow) -> Due:
    number = archive_number(recording.archive_day, recording.archive_number)
    return Due(recording.id, call.id, call.vendor, call.call_id, call.day, number, recording.sha256)
