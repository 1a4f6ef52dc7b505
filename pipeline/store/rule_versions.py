"""Versions of the files that judge: one proposes, somebody else approves, and every version stays.

    7   phrases/privacy.toml   found                                  as it lay in the folder
    8   phrases/privacy.toml   approved   李主任 → 陈副总   from 7     "验证码的新说法"
    9   phrases/privacy.toml   proposed   李主任            from 8     nothing yet

A proposal is made from what counts. While it is open its author may put another in its place, and nobody else may propose for that file: what
somebody approves is always the whole difference to what counts.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.records.person import Person, Role
from pipeline.records.rule_version import RuleState, RuleVersion
from pipeline.review.rights import refuse_others
from pipeline.store.engine import lock_against_writers
from pipeline.store.tables import RuleVersionRow

PROPOSE_RULES = (Role.SUPERVISOR,)
APPROVE_RULES = (Role.SUPERVISOR, Role.VICE_PRESIDENT)
_COUNTED = (RuleState.FOUND, RuleState.APPROVED)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A file as somebody would have it. `found`: how it lies in the folder now, which is what he changes."""

    file: str
    found: str
    content: str
    note: str


class RuleConflict(StoreError):
    """Things stand otherwise than who acts has seen. `person`: who was before him, where somebody was."""

    def __init__(self, message: str, person: str = "") -> None:
        super().__init__(message)
        self.person = person


def propose_rules(session: Session, proposal: Proposal, person: Person, now: datetime) -> RuleVersion:
    """Record a proposal; one of one's own that is still open is replaced by it.

    Raises StoreError where the role does not propose or nothing is changed, RuleConflict where somebody else's proposal is open.
    """
    refuse_others(person, PROPOSE_RULES, "propose rules")
    lock_against_writers(session, RuleVersionRow.__tablename__)
    if proposal.content == proposal.found:
        raise StoreError(f"{proposal.file}: nothing is changed by it")
    if (earlier := _open(session, proposal.file)) is not None:
        if earlier.proposed_by != person.name:
            raise RuleConflict(
                f"{proposal.file}: a proposal by {earlier.proposed_by} is open; decide it first",
                earlier.proposed_by or "",
            )
        _close(earlier, RuleState.REPLACED, person, now, "")
        session.flush()
    row = RuleVersionRow(
        file=proposal.file,
        content=proposal.content,
        sha256=digest(proposal.content),
        base_id=_base(session, proposal, now).id,
        state=RuleState.PROPOSED,
        note=proposal.note,
        proposed_by=person.name,
        proposed_at=now,
        decision="",
    )
    session.add(row)
    session.flush()
    return _version(row)


def approve_rules(session: Session, version_id: int, found: str, person: Person, now: datetime) -> RuleVersion:
    """Let a proposal count. `found`: the file as it lies in the folder.

    Raises StoreError where the role does not approve or the proposal is one's own, RuleConflict where it is decided or the file was changed.
    """
    row = _to_decide(session, version_id, person)
    base = session.get_one(RuleVersionRow, row.base_id)
    if digest(found) not in (base.sha256, row.sha256):
        raise RuleConflict(f"{row.file} was changed after the proposal; it has to be proposed anew")
    _close(row, RuleState.APPROVED, person, now, "")
    session.flush()
    return _version(row)


def reject_rules(session: Session, version_id: int, why: str, person: Person, now: datetime) -> RuleVersion:
    """Turn a proposal down. Raises as `approve_rules`."""
    row = _to_decide(session, version_id, person)
    _close(row, RuleState.REJECTED, person, now, why)
    session.flush()
    return _version(row)


def withdraw_rules(session: Session, version_id: int, person: Person, now: datetime) -> RuleVersion:
    """Take one's own proposal back. Raises StoreError where it is somebody else's, RuleConflict where it is decided."""
    row = _open_one(session, version_id)
    if row.proposed_by != person.name:
        raise StoreError(f"rule version {version_id} was proposed by {row.proposed_by}, who alone can take it back")
    _close(row, RuleState.WITHDRAWN, person, now, "")
    session.flush()
    return _version(row)


def find_version(session: Session, version_id: int) -> RuleVersion | None:
    """A version by its number."""
    row = session.get(RuleVersionRow, version_id)
    return None if row is None else _version(row)


def open_proposal(session: Session, file: str) -> RuleVersion | None:
    """What waits for approval of a file."""
    row = _open(session, file)
    return None if row is None else _version(row)


def open_proposals(session: Session) -> tuple[RuleVersion, ...]:
    """All that waits for approval, the oldest first."""
    query = select(RuleVersionRow).where(RuleVersionRow.state == RuleState.PROPOSED).order_by(RuleVersionRow.id)
    return tuple(map(_version, session.scalars(query)))


def rule_history(session: Session, file: str) -> tuple[RuleVersion, ...]:
    """All versions of a file, the latest first."""
    query = select(RuleVersionRow).where(RuleVersionRow.file == file).order_by(RuleVersionRow.id.desc())
    return tuple(map(_version, session.scalars(query)))


def approved_chains(session: Session) -> tuple[tuple[RuleVersion, ...], ...]:
    """For each file of which a version was approved, the last one of these and what it was made from, one by one."""
    query = select(func.max(RuleVersionRow.id)).where(RuleVersionRow.state == RuleState.APPROVED)
    return tuple(_chain(session, newest) for newest in session.scalars(query.group_by(RuleVersionRow.file)))


def _chain(session: Session, version_id: int) -> tuple[RuleVersion, ...]:
    found = [session.get_one(RuleVersionRow, version_id)]
    while (base_id := found[-1].base_id) is not None:
        found.append(session.get_one(RuleVersionRow, base_id))
    return tuple(map(_version, found))


def digest(content: str) -> str:
    """By what contents are told apart."""
    return hashlib.sha256(content.encode()).hexdigest()


def _base(session: Session, proposal: Proposal, now: datetime) -> RuleVersionRow:
    """The version that lies in the folder: the last that counted, or one that nobody has proposed here, which is kept now."""
    wanted = digest(proposal.found)
    query = select(RuleVersionRow).where(RuleVersionRow.file == proposal.file, RuleVersionRow.state.in_(_COUNTED))
    last = session.scalars(query.order_by(RuleVersionRow.id.desc()).limit(1)).first()
    if last is not None and last.sha256 == wanted:
        return last
    row = RuleVersionRow(
        file=proposal.file,
        content=proposal.found,
        sha256=wanted,
        base_id=None if last is None else last.id,
        state=RuleState.FOUND,
        note="",
        proposed_by=None,
        proposed_at=now,
        decision="",
    )
    session.add(row)
    session.flush()
    return row


def _to_decide(session: Session, version_id: int, person: Person) -> RuleVersionRow:
    refuse_others(person, APPROVE_RULES, "approve rules")
    row = _open_one(session, version_id)
    if row.proposed_by == person.name:
        raise StoreError(f"rule version {version_id} was proposed by {person.name}, who cannot decide it too")
    return row


def _open_one(session: Session, version_id: int) -> RuleVersionRow:
    lock_against_writers(session, RuleVersionRow.__tablename__)
    row = session.get(RuleVersionRow, version_id)
    if row is None:
        raise StoreError(f"there is no rule version {version_id}")
    if row.state is not RuleState.PROPOSED:
        by = row.decided_by or ""
        raise RuleConflict(f"rule version {version_id} is {row.state.value} already, by {by or 'nobody'}", by)
    return row


def _open(session: Session, file: str) -> RuleVersionRow | None:
    query = select(RuleVersionRow).where(RuleVersionRow.file == file, RuleVersionRow.state == RuleState.PROPOSED)
    return session.scalars(query).one_or_none()


def _close(row: RuleVersionRow, state: RuleState, person: Person, now: datetime, why: str) -> None:
    row.state, row.decided_by, row.decided_at, row.decision = state, person.name, now, why


def _version(row: RuleVersionRow) -> RuleVersion:
    return RuleVersion(
        row.id,
        row.file,
        row.content,
        row.sha256,
        row.base_id,
        row.state,
        row.note,
        row.proposed_by,
        row.proposed_at,
        row.decided_by,
        row.decided_at,
        row.decision,
    )
