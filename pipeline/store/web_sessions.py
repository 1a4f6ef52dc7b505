"""Log-ins in a browser. The cookie is a random token of which only the hash is stored; nothing about the person is in it.

token = open_session(session, person, now)         32 random bytes, for the cookie
found = find_session(session, token, now)          None after 60 quiet minutes, 12 hours, a log-out, or once the user is disabled
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipeline.records.person import Person
from pipeline.store.tables import UserRow, WebSessionRow

QUIET = timedelta(minutes=60)
LONGEST = timedelta(hours=12)
# Not at every request: reading pages should not write.
_SEEN_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class WebSession:
    """A log-in that holds. `csrf` is what the forms of its pages carry."""

    person: Person
    csrf: str
    is_due: bool


def open_session(session: Session, person: Person, now: datetime) -> str:
    """Log somebody in who has proven himself; returns the token for the cookie."""
    token = secrets.token_urlsafe(32)
    session.add(
        WebSessionRow(
            token_sha256=_sha256(token),
            person=person.name,
            csrf=secrets.token_urlsafe(24),
            created_at=now,
            seen_at=now,
        )
    )
    session.flush()
    return token


def find_session(session: Session, token: str, now: datetime) -> WebSession | None:
    """Whose token it is, if it still holds. `is_due`: its clock should be set on by `touch_session`."""
    query = (
        select(WebSessionRow, UserRow)
        .join(UserRow, UserRow.name == WebSessionRow.person)
        .where(WebSessionRow.token_sha256 == _sha256(token), WebSessionRow.ended_at.is_(None))
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    row, user = found
    if user.disabled_at is not None or now - row.seen_at > QUIET or now - row.created_at > LONGEST:
        return None
    return WebSession(Person(user.name, user.role, user.vendor), row.csrf, now - row.seen_at > _SEEN_AGAIN)


def touch_session(session: Session, token: str, now: datetime) -> None:
    """Note that a session was used."""
    if (row := session.get(WebSessionRow, _sha256(token))) is not None and row.ended_at is None:
        row.seen_at = now


def end_session(session: Session, token: str, now: datetime) -> None:
    """Log somebody out."""
    if (row := session.get(WebSessionRow, _sha256(token))) is not None and row.ended_at is None:
        row.ended_at = now


def end_other_sessions(session: Session, person: str, token: str, now: datetime) -> None:
    """Log somebody out everywhere but here: his password is another one now. An empty token: everywhere."""
    others = update(WebSessionRow).where(
        WebSessionRow.person == person, WebSessionRow.ended_at.is_(None), WebSessionRow.token_sha256 != _sha256(token)
    )
    session.execute(others.values(ended_at=now))


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
