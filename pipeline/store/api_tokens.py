"""Tokens for programs that read. A token acts as its person, is shown once when it is made, and only its hash is stored.

token = make_token(session, person, "月报导入", now)      callqa_ and 32 random bytes
person = find_token(session, token)                       None once it is revoked or its person is disabled
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipeline.errors import UsageError
from pipeline.records.person import Person
from pipeline.store.tables import ApiTokenRow, UserRow
from pipeline.store.visible import NotThere

LONGEST_TITLE = 64
_PREFIX = "callqa_"


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token that was made, without itself. `revoked_at` None: it holds."""

    token_id: int
    title: str
    created_at: datetime
    revoked_at: datetime | None


def make_token(session: Session, person: Person, title: str, now: datetime) -> str:
    """A new token of the person; its only copy is what is returned. Raises UsageError for a title that is none."""
    if not 1 <= len(title.strip()) <= LONGEST_TITLE or not title.isprintable():
        raise UsageError(f"a token's title is 1 to {LONGEST_TITLE} printable characters")
    token = _PREFIX + secrets.token_urlsafe(32)
    session.add(ApiTokenRow(token_sha256=_sha256(token), person=person.name, title=title.strip(), created_at=now))
    session.flush()
    return token


def tokens_of(session: Session, person: Person) -> list[ApiToken]:
    """The person's tokens, the latest first."""
    query = select(ApiTokenRow).where(ApiTokenRow.person == person.name).order_by(ApiTokenRow.id.desc())
    return [ApiToken(row.id, row.title, row.created_at, row.revoked_at) for row in session.scalars(query)]


def revoke_token(session: Session, person: Person, token_id: int, now: datetime) -> str:
    """Let a token of the person's own hold no more; returns its title. Raises NotThere for another's."""
    query = select(ApiTokenRow).where(ApiTokenRow.id == token_id, ApiTokenRow.person == person.name)
    if (row := session.scalars(query).one_or_none()) is None:
        raise NotThere(f"there is no token {token_id}")
    row.revoked_at = row.revoked_at or now
    return row.title


def revoke_tokens(session: Session, name: str, now: datetime) -> None:
    """Let none of somebody's tokens hold any more: somebody else gave him another password."""
    held = ApiTokenRow.person == name, ApiTokenRow.revoked_at.is_(None)
    session.execute(update(ApiTokenRow).where(*held).values(revoked_at=now))


def find_token(session: Session, token: str) -> Person | None:
    """Whose token it is, if it holds."""
    query = (
        select(UserRow)
        .join(ApiTokenRow, ApiTokenRow.person == UserRow.name)
        .where(
            ApiTokenRow.token_sha256 == _sha256(token),
            ApiTokenRow.revoked_at.is_(None),
            UserRow.disabled_at.is_(None),
        )
    )
    row = session.scalars(query).one_or_none()
    return None if row is None else Person(row.name, row.role, row.vendor)


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
