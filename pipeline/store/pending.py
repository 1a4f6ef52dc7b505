"""Decisions that their person can still undo. For ten seconds nobody else can decide the finding, and then it becomes a verdict.

    put(session, 7, judgement, person, now)      pending 3, due in ten seconds
    undo(session, 3, person, now)                as if it had never been
    due(session, now)                            what is to become of pending 3 otherwise: `services/judging.py` sees to it

They are rows like all others: a server that is killed in between finds them when it starts again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.records.finding import Severity
from pipeline.records.person import Person
from pipeline.records.span import Span, span_between
from pipeline.records.verdict import Decision
from pipeline.store.tables import PendingRow

UNDO = timedelta(seconds=10)
# What did not become a verdict is told to its person for so long.
_TOLD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody decides about a finding of a call, or about a fault that none named (`finding_id` None).

    `rule` and `severity` are what a reclassified or an added fault is, `span` and `words` where an added one is.
    """

    finding_id: int | None
    decision: Decision
    rule: str | None = None
    severity: Severity | None = None
    span: Span | None = None
    words: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """A judgement on its way. `opinion`: it becomes no verdict but an opinion, of the calibration session `session_id` if there is one."""

    pending_id: int
    call_pk: int
    judgement: Judgement
    person: str
    made_at: datetime
    due_at: datetime
    opinion: bool
    session_id: int | None
    failure: str | None


class NotYours(StoreError):
    """Somebody else's decision, or one that can be undone no more."""


def put(
    session: Session,
    call_pk: int,
    judgement: Judgement,
    person: Person,
    now: datetime,
    *,
    opinion: bool,
    session_id: int | None,
) -> Pending:
    """Write a judgement down, due in ten seconds."""
    span = judgement.span
    row = PendingRow(
        call_pk=call_pk,
        finding_id=judgement.finding_id,
        decision=judgement.decision,
        rule=judgement.rule,
        severity=judgement.severity,
        start_ms=span.start_ms if span else None,
        end_ms=span.end_ms if span else None,
        words=judgement.words,
        note=judgement.note,
        person=person.name,
        made_at=now,
        due_at=now + UNDO,
        opinion=opinion,
        session_id=session_id,
    )
    session.add(row)
    session.flush()
    return _pending(row)


def undo(session: Session, pending_id: int, person: Person, now: datetime) -> Pending:
    """Take a judgement back. Raises NotYours where it is somebody else's, was undone or is a verdict already."""
    row = session.get(PendingRow, pending_id, with_for_update=True)
    if row is None or row.person != person.name or row.settled_at is not None:
        raise NotYours(f"decision {pending_id} cannot be undone any more")
    row.undone_at = row.settled_at = now
    session.flush()
    return _pending(row)


def open_of_call(session: Session, call_pk: int) -> Sequence[Pending]:
    """What people have decided about a call that can still be undone, the first one first."""
    query = select(PendingRow).where(PendingRow.call_pk == call_pk, PendingRow.settled_at.is_(None))
    return [_pending(row) for row in session.scalars(query.order_by(PendingRow.id))]


def open_of_person(session: Session, person: Person) -> Sequence[Pending]:
    """What somebody has decided anywhere that can still be undone."""
    query = select(PendingRow).where(PendingRow.settled_at.is_(None), PendingRow.person == person.name)
    return [_pending(row) for row in session.scalars(query.order_by(PendingRow.id))]


def failed_of_person(session: Session, call_pk: int, person: Person, now: datetime) -> Sequence[Pending]:
    """What somebody has decided about a call of late that could not become a verdict."""
    query = select(PendingRow).where(
        PendingRow.call_pk == call_pk,
        PendingRow.person == person.name,
        PendingRow.failure.is_not(None),
        PendingRow.settled_at > now - _TOLD,
    )
    return [_pending(row) for row in session.scalars(query.order_by(PendingRow.id))]


def due(session: Session, now: datetime) -> Sequence[int]:
    """The numbers of what can be undone no longer and is no verdict yet, in the order in which it was decided."""
    query = select(PendingRow.id).where(PendingRow.settled_at.is_(None), PendingRow.due_at <= now)
    return session.scalars(query.order_by(PendingRow.id)).all()


def take(session: Session, pending_id: int) -> Pending | None:
    """A judgement that is to be settled now, kept from everybody else until the transaction ends; None where somebody else has settled it."""
    query = select(PendingRow).where(PendingRow.id == pending_id).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    return None if row is None or row.settled_at is not None else _pending(row)


def settled(session: Session, pending_id: int, now: datetime, failure: str | None = None) -> None:
    """Write down that nothing more becomes of it; `failure`: why it did not become a verdict."""
    row = session.get_one(PendingRow, pending_id)
    row.settled_at, row.failure = now, failure
    session.flush()


def _pending(row: PendingRow) -> Pending:
    span = span_between(row.start_ms, row.end_ms)
    judgement = Judgement(row.finding_id, row.decision, row.rule, row.severity, span, row.words, row.note)
    return Pending(
        row.id, row.call_pk, judgement, row.person, row.made_at, row.due_at, row.opinion, row.session_id, row.failure
    )
