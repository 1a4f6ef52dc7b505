"""The audit trail: who read, heard, unmasked, decided, changed and exported what. It only grows.

record_event(session, person, Did.READ, "call 华声外呼/0007", now)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.records.person import Person, Role
from pipeline.store.tables import Did, EventRow


@dataclass(frozen=True, slots=True)
class Event:
    """Something that somebody did. `role` None: nobody who was logged in."""

    event_id: int
    at: datetime
    person: str
    role: Role | None
    did: Did
    subject: str
    detail: str


def record_event(
    session: Session, person: Person | str, did: Did, subject: str, now: datetime, detail: str = ""
) -> None:
    """Write that somebody did something. A bare name is of somebody who has not proven himself."""
    name, role = (person, None) if isinstance(person, str) else (person.name, person.role)
    session.add(EventRow(at=now, person=name, role=role, did=did, subject=subject, detail=detail))


def latest(session: Session, person: Person, did: Did, subject: str) -> datetime | None:
    """When the person last did so to the subject."""
    query = select(func.max(EventRow.at)).where(
        EventRow.subject == subject, EventRow.person == person.name, EventRow.did == did
    )
    return session.scalar(query)


def events(
    session: Session,
    *,
    person: str | None = None,
    did: Did | None = None,
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> Sequence[Event]:
    """The latest events first, from `since` on and before `until`; `before` an event's number pages on. `subject` is held against the beginning."""
    query = select(EventRow).order_by(EventRow.id.desc()).limit(limit)
    if person:
        query = query.where(EventRow.person == person)
    if did is not None:
        query = query.where(EventRow.did == did)
    if subject:
        query = query.where(EventRow.subject.startswith(subject, autoescape=True))
    if since is not None:
        query = query.where(EventRow.at >= since)
    if until is not None:
        query = query.where(EventRow.at < until)
    if before is not None:
        query = query.where(EventRow.id < before)
    return [
        Event(row.id, row.at, row.person, row.role, row.did, row.subject, row.detail) for row in session.scalars(query)
    ]
