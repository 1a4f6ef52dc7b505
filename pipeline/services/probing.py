"""Old recordings that vendors must still be able to produce, asked for at random and recorded (P-72).

probes = ask(session, policy, "华声外呼", seed, 3, person, now, today)     chosen by the seed: anybody can choose them again
answer(session, probes[0].probe_id, True, "当场播放", person, now)
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError, UsageError
from pipeline.export.retention_letters import probe_letter
from pipeline.policy.sampling import RetentionPolicy
from pipeline.recordings.retention import keep_until
from pipeline.records.call import CallState
from pipeline.records.person import Person
from pipeline.store.events import record_event
from pipeline.store.outbox import put
from pipeline.store.tables import CallRow, Did, ProbeRow

MOST_CALLS = 20
_OLD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Probe:
    """A call that was asked for; `produced` None: no answer yet."""

    probe_id: int
    vendor: str
    call_pk: int
    call_id: str
    day: date
    seed: str
    asked_by: str
    asked_at: datetime
    produced: bool | None
    note: str
    recorded_by: str | None


def ask(
    session: Session,
    policy: RetentionPolicy,
    vendor: str,
    seed: str,
    count: int,
    person: Person,
    now: datetime,
    today: date,
) -> list[Probe]:
    """Choose `count` connected calls that are a month old and must still be producible, and write to the vendor.

    Raises UsageError for a count out of 1-20, StoreError where there are no such calls or the seed was used before.
    """
    if not 1 <= count <= MOST_CALLS:
        raise UsageError(f"ask for 1 to {MOST_CALLS} calls, not {count}")
    first = _first_day(policy, today)
    which = (
        CallRow.vendor == vendor,
        CallRow.connected.is_(True),
        CallRow.state != CallState.WITHDRAWN,
        CallRow.day.between(first, today - _OLD),
    )
    total = session.scalar(select(func.count()).select_from(CallRow).where(*which)) or 0
    if not total:
        raise StoreError(f"vendor {vendor!r} has no connected calls from {first} to {today - _OLD}: nothing to ask for")
    if session.scalars(select(ProbeRow.id).where(ProbeRow.vendor == vendor, ProbeRow.seed == seed)).first():
        raise StoreError(f"vendor {vendor!r} was asked with the seed {seed!r} before; take another")
    chosen = Random(f"{seed}/{vendor}").sample(range(total), min(count, total))
    ordered = select(CallRow).where(*which).order_by(CallRow.day, CallRow.id)
    calls = [session.scalars(ordered.offset(place).limit(1)).one() for place in sorted(chosen)]
    put(session, probe_letter(vendor, seed, [(call.call_id, str(call.day)) for call in calls], today), now)
    session.add_all(
        ProbeRow(vendor=vendor, call_pk=call.id, seed=seed, asked_by=person.name, asked_at=now, note="")
        for call in calls
    )
    session.flush()
    record_event(session, person, Did.CHANGED, f"probe {vendor}", now, f"{count} calls, seed {seed}")
    return [one for one in probes(session) if one.vendor == vendor and one.seed == seed]


def answer(session: Session, probe_id: int, produced: bool, note: str, person: Person, now: datetime) -> None:
    """Write whether the vendor could produce a recording, once. Raises StoreError."""
    row = session.get(ProbeRow, probe_id)
    if row is None or row.recorded_at is not None:
        raise StoreError(f"there is no probe {probe_id} without an answer; `callqa retention probes` shows all")
    row.produced, row.note, row.recorded_by, row.recorded_at = produced, note.strip(), person.name, now
    record_event(session, person, Did.CHANGED, f"probe {probe_id}", now, f"produced: {'yes' if produced else 'no'}")


def probes(session: Session, *, limit: int = 200) -> list[Probe]:
    """What was asked for, what has no answer first, the latest on top."""
    query = select(ProbeRow, CallRow.call_id, CallRow.day).join(CallRow, CallRow.id == ProbeRow.call_pk)
    query = query.order_by(ProbeRow.recorded_at.is_not(None), ProbeRow.id.desc()).limit(limit)
    return [
        Probe(
            row.id, row.vendor, row.call_pk, call_id, day, row.seed, row.asked_by, row.asked_at, row.produced,
            row.note, row.recorded_by,
        )
        for row, call_id, day in session.execute(query)
    ]  # fmt: skip


def _first_day(policy: RetentionPolicy, today: date) -> date:
    """The first day whose recordings must be producible today."""
    day = today - timedelta(days=31 * policy.keep_months + policy.keep_min_days)
    while keep_until(day, policy.keep_months, policy.keep_min_days) < today:
        day += timedelta(days=1)
    return day
