"""Versions of the policy: proposed by one, approved by the vice-president, in force from a month on (P-11).

    a1b2…   from 2026-01   proposed 王敏   approved 陈副总      2026-01, 2026-02 and 2026-03 are closed under it
    c3d4…   from 2026-04   proposed 王敏   approved 陈副总      every month from April on
    e5f6…   from 2026-06   proposed 王敏                        nothing yet

Nothing is changed or taken back: a proposal is replaced by a later one for the same month while nobody has approved it, and a month that is
closed keeps its version, because no version may begin in it or before it any more.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.errors import DataError, StoreError
from pipeline.policy.policy import Policy, parse_policy
from pipeline.records.month import Month
from pipeline.records.person import Person, Role
from pipeline.store.engine import lock_against_writers
from pipeline.store.tables import CloseRow, EntryRow, PolicyRow

PROPOSE = (Role.SUPERVISOR, Role.MARKETING, Role.VICE_PRESIDENT, Role.ADMINISTRATOR)
APPROVE = (Role.VICE_PRESIDENT,)


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A version and what became of it; `replaced` by a later proposal for the same month before anybody had approved it."""

    version: str
    from_month: Month
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    replaced: bool


def propose_policy(
    session: Session, content: bytes, name: str, from_month: Month, person: Person, now: datetime
) -> Policy:
    """Record a version that is to count from a month on; `name` says in errors whose text it is. The same proposal again is none.

    Raises LexiconError where the text is no policy, StoreError where the month is closed, has an approved version, or the version is known.
    """
    policy = parse_policy(content, name)
    _refuse_role(person, PROPOSE, "propose a policy")
    _lock(session)
    if (known := session.get(PolicyRow, policy.version)) is not None:
        if known.from_month == str(from_month) and not _is_replaced(known, session):
            return policy
        raise StoreError(
            f"{name}: version {policy.version} was proposed already, from {known.from_month}; a version is proposed once: "
            "write the reason for its return into a comment"
        )
    _refuse_taken(session, from_month)
    session.add(
        PolicyRow(
            version=policy.version,
            content=content.decode("utf-8"),
            from_month=str(from_month),
            proposed_by=person.name,
            proposed_at=now,
        )
    )
    session.flush()
    return policy


def approve_policy(session: Session, version: str, person: Person, now: datetime) -> Policy:
    """Put a proposed version in force. Raises StoreError: only the vice-president does it, and not for his own proposal."""
    _refuse_role(person, APPROVE, "approve a policy")
    _lock(session)
    row = _known(session, version)
    if row.approved_by is not None:
        raise StoreError(f"policy {version} was approved already, by {row.approved_by} on {row.approved_at:%Y-%m-%d}")
    if row.proposed_by == person.name:
        raise StoreError(f"policy {version} was proposed by {person.name}, who cannot approve it too")
    _refuse_taken(session, from_month := Month.parse(row.from_month))
    if _is_replaced(row, session):
        raise StoreError(
            f"policy {version} was replaced by a later proposal from {from_month}; `callqa policy history`"
        )
    row.approved_by, row.approved_at = person.name, now
    session.flush()
    return _parsed(row)


def find_policy(session: Session, month: Month) -> Policy | None:
    """The approved version in force in a month, if there is one."""
    query = (
        select(PolicyRow)
        .where(PolicyRow.approved_at.is_not(None), PolicyRow.from_month <= str(month))
        .order_by(PolicyRow.from_month.desc())
        .limit(1)
    )
    row = session.scalars(query).one_or_none()
    return None if row is None else _parsed(row)


def policy_for(session: Session, month: Month) -> Policy:
    """The approved version in force in a month. Raises DataError saying what to run where there is none."""
    if (found := find_policy(session, month)) is None:
        raise DataError(
            f"no approved policy is in force in {month}: `callqa policy propose FILE --from {month} --as NAME`, "
            "then the vice-president: `callqa policy approve VERSION --as NAME`"
        )
    return found


def policy_of_version(session: Session, version: str) -> Policy:
    """A version by its name, in force or not. Raises StoreError where there is no such version."""
    return _parsed(_known(session, version))


def policy_text(session: Session, version: str) -> str:
    """A version's text as it was proposed. Raises StoreError where there is no such version."""
    return _known(session, version).content


def policy_versions(session: Session) -> tuple[PolicyVersion, ...]:
    """All versions, by the month they are to count from and then as they were proposed."""
    rows = session.scalars(select(PolicyRow).order_by(PolicyRow.from_month, PolicyRow.proposed_at, PolicyRow.version))
    return tuple(
        PolicyVersion(
            row.version,
            Month.parse(row.from_month),
            row.proposed_by,
            row.proposed_at,
            row.approved_by,
            row.approved_at,
            _is_replaced(row, session),
        )
        for row in rows
    )


def _lock(session: Session) -> None:
    """Neither another version nor a closed month may come in between: a close posts into the ledger."""
    lock_against_writers(session, EntryRow.__tablename__)
    lock_against_writers(session, PolicyRow.__tablename__)


def _refuse_role(person: Person, allowed: tuple[Role, ...], what: str) -> None:
    if person.role not in allowed:
        roles = " or ".join(role.value for role in allowed)
        raise StoreError(f"user {person.name!r} is {person.role.value} and cannot {what}; {roles} can")


def _refuse_taken(session: Session, from_month: Month) -> None:
    closed = session.scalar(select(func.max(CloseRow.month)).where(CloseRow.month >= str(from_month)))
    if closed is not None:
        raise StoreError(f"{closed} is closed: a new policy can begin in {Month.parse(closed).plus(1)} at the earliest")
    approved = select(PolicyRow).where(PolicyRow.from_month == str(from_month), PolicyRow.approved_at.is_not(None))
    if (row := session.scalars(approved).first()) is not None:
        raise StoreError(
            f"policy {row.version} from {from_month} is approved: two versions from one month are refused; "
            f"propose the change from {from_month.plus(1)}"
        )


def _is_replaced(row: PolicyRow, session: Session) -> bool:
    if row.approved_at is not None:
        return False
    rivals = session.scalars(select(PolicyRow).where(PolicyRow.from_month == row.from_month))
    return any((rival.proposed_at, rival.version) > (row.proposed_at, row.version) for rival in rivals)


def _known(session: Session, version: str) -> PolicyRow:
    if (row := session.get(PolicyRow, version)) is None:
        raise StoreError(f"there is no policy version {version!r}; `callqa policy history` shows all")
    return row


def _parsed(row: PolicyRow) -> Policy:
    return _policy(row.version, row.content)


@lru_cache(maxsize=64)
def _policy(version: str, content: str) -> Policy:
    """Read once: what is stored never changes, and every verdict asks for it."""
    return parse_policy(content.encode(), f"policy {version}")
