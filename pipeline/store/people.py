"""People who can log in. A disabled one stays: what he decided names him.

with reading(engine) as session:
    person = authenticate(session, "王敏", password)
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError, UsageError
from pipeline.records.person import Person, Role
from pipeline.review.passwords import hash_password, matches
from pipeline.store.engine import lock_against_writers
from pipeline.store.tables import UserRow

_LONGEST_NAME = 64
# One message for every cause: who tries names must not learn which of them exist.
_REFUSED = "name or password is wrong, or the user is disabled"


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who can log in, or could until `disabled_at`. `created_by` None is the first of all."""

    person: Person
    created_by: str | None
    created_at: datetime
    disabled_by: str | None
    disabled_at: datetime | None


def add_user(
    session: Session,
    name: str,
    role: Role,
    password: str,
    now: datetime,
    *,
    vendor: str | None = None,
    created_by: str | None = None,
) -> Person:
    """Add somebody; a vendor's person, and nobody else, is of a `vendor`. Raises UsageError for a wrong name, StoreError for a taken one."""
    if name != name.strip() or not name.isprintable() or not 1 <= len(name) <= _LONGEST_NAME:
        raise UsageError(f"{name!r} is no user name; write 1 to {_LONGEST_NAME} printable characters")
    if (role is Role.VENDOR) != bool(vendor):
        raise UsageError(f"user {name!r}: a vendor's person, and nobody else, is given the vendor whose he is")
    lock_against_writers(session, UserRow.__tablename__)
    if _row(session, name) is not None:
        raise StoreError(f"user {name!r} is there already; names are given once and for all")
    session.add(
        UserRow(
            name=name,
            role=role,
            vendor=vendor,
            password=hash_password(password),
            created_by=created_by,
            created_at=now,
        )
    )
    session.flush()
    return Person(name, role, vendor)


def authenticate(session: Session, name: str, password: str) -> Person:
    """Who has proven to be himself. Raises StoreError, in the same words and time for a wrong password, an unknown name and a disabled user."""
    row = _row(session, name)
    known = row if row is not None and row.disabled_at is None else None
    if not matches(known.password if known else None, password) or known is None:
        raise refusal(name)
    return Person(known.name, known.role, known.vendor)


def refusal(name: str) -> StoreError:
    """What is said to whoever has not proven to be somebody."""
    return StoreError(f"user {name!r}: {_REFUSED}")


def find_person(session: Session, name: str) -> Person:
    """Somebody by his name, disabled or not. Raises StoreError where there is no such user."""
    row = _known(session, name)
    return Person(row.name, row.role, row.vendor)


def change_password(session: Session, name: str, password: str) -> None:
    """Give a user another password. Raises StoreError where there is no such user."""
    _known(session, name).password = hash_password(password)


def disable_user(session: Session, name: str, now: datetime, *, disabled_by: str | None = None) -> None:
    """Let somebody log in no more. Raises StoreError where there is no such user or nobody else could add users then."""
    lock_against_writers(session, UserRow.__tablename__)
    row = _known(session, name)
    if row.disabled_at is not None:
        raise StoreError(f"user {name!r} is disabled already, since {row.disabled_at:%Y-%m-%d}")
    others = select(UserRow.id).where(
        UserRow.role == Role.ADMINISTRATOR, UserRow.disabled_at.is_(None), UserRow.name != name
    )
    if row.role is Role.ADMINISTRATOR and session.scalars(others).first() is None:
        raise StoreError(f"user {name!r} is the last administrator; add another one first")
    row.disabled_at, row.disabled_by = now, disabled_by


def users(session: Session) -> tuple[User, ...]:
    """Everybody, in the order in which they came."""
    return tuple(
        User(Person(row.name, row.role, row.vendor), row.created_by, row.created_at, row.disabled_by, row.disabled_at)
        for row in session.scalars(select(UserRow).order_by(UserRow.id))
    )


def has_users(session: Session) -> bool:
    """Whether anybody was ever added."""
    return bool(session.scalar(select(func.count()).select_from(UserRow)))


def _row(session: Session, name: str) -> UserRow | None:
    return session.scalars(select(UserRow).where(UserRow.name == name)).one_or_none()


def _known(session: Session, name: str) -> UserRow:
    if (row := _row(session, name)) is None:
        raise StoreError(f"there is no user {name!r}; `callqa user list` shows all")
    return row
