"""Both sides' counts of a month's successes, and how a difference between them was audited (P-51).

    华声外呼 telemarketing 2026-03   operator 1,000   vendor 1,040    beyond the tolerance: an audit has to say
                                     audit 1,012, by 周审计           holds until a side hands in another count

A newer count of a side stands before the older one; nothing is overwritten.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.policy.settlement import SettlementPolicy
from pipeline.records.month import Month
from pipeline.records.person import Person, Role
from pipeline.scoring.settlement import Audit, Counts, agree
from pipeline.store.engine import lock_against_writers
from pipeline.store.tables import AuditRow, SuccessCountRow
from pipeline.store.tables.months import Side

IMPORT = (Role.SUPERVISOR, Role.MARKETING, Role.ADMINISTRATOR)
AUDIT = (Role.SUPERVISOR, Role.AUDITOR)


@dataclass(frozen=True, slots=True, order=True)
class ProjectMonth:
    """What a month's counts are of."""

    vendor: str
    project: str
    month: Month


@dataclass(frozen=True, slots=True)
class SuccessCount:
    """One side's count, and the usage fees in fen that it says the successes brought."""

    successes: int
    usage_fen: int


def save_success_counts(
    session: Session,
    side: Side,
    counts: Mapping[ProjectMonth, SuccessCount],
    source_sha256: str,
    person: Person,
    now: datetime,
) -> int:
    """Keep a side's counts; returns how many say something new.

    Raises StoreError where a vendor's person counts for the operator or another vendor.
    """
    _refuse_other_side(side, counts, person)
    lock_against_writers(session, SuccessCountRow.__tablename__)
    known: dict[ProjectMonth, SuccessCount] = {}
    for month in sorted({of.month for of in counts}):
        known |= {of: _count(row) for (of, other), row in _newest(session, month).items() if other is side}
    rows = [
        {
            "side": side,
            "vendor": of.vendor,
            "project": of.project,
            "month": str(of.month),
            "successes": count.successes,
            "usage_fen": count.usage_fen,
            "source_sha256": source_sha256,
            "person": person.name,
            "imported_at": now,
        }
        for of, count in sorted(counts.items())
        if known.get(of) != count
    ]
    if rows:
        session.execute(insert(SuccessCountRow), rows)
    return len(rows)


def success_counts(session: Session, month: Month) -> dict[tuple[str, str], Counts]:
    """Both sides' latest counts by vendor and project, with the audit that was made of them. The usage fees are the operator's word."""
    sides: dict[tuple[str, str], dict[Side, SuccessCountRow]] = defaultdict(dict)
    for (of, side), row in _newest(session, month).items():
        sides[of.vendor, of.project][side] = row
    audits = _audits(session, month)
    return {key: _counts(sides[key], audits.get(key)) for key in sorted(sides)}


def record_audit(
    session: Session,
    of: ProjectMonth,
    count_accepted: int,
    text: str,
    person: Person,
    policy: SettlementPolicy,
    now: datetime,
) -> None:
    """Record an audit (稽核) of a difference beyond the tolerance.

    Raises StoreError where there is none, where more is accepted than either side counts, or where the person handed in one of the counts.
    """
    lock_against_writers(session, SuccessCountRow.__tablename__)
    where = f"{of.vendor}/{of.project} {of.month}"
    counts = success_counts(session, of.month).get((of.vendor, of.project))
    if counts is None:
        raise StoreError(f"{where}: no side has handed in a count; `callqa counts import FILE --side operator|vendor`")
    agreement = agree(Counts(counts.operator, counts.vendor), policy)
    if not agreement.needs_audit:
        within = f"{abs(agreement.difference)}, within the tolerance of {agreement.tolerance}"
        raise StoreError(f"{where}: the counts differ by {within}: there is nothing to audit")
    most = max(counts.operator or 0, counts.vendor or 0)
    if not 0 <= count_accepted <= most:
        raise StoreError(f"{where}: {count_accepted} cannot be accepted: the sides count {most} at most")
    hands = {row.person for (work, _), row in _newest(session, of.month).items() if work == of}
    if person.name in hands:
        raise StoreError(f"{where}: user {person.name!r} handed in a count of it; somebody else must audit it")
    session.add(
        AuditRow(
            vendor=of.vendor,
            project=of.project,
            month=str(of.month),
            count_accepted=count_accepted,
            text=text,
            person=person.name,
            recorded_at=now,
        )
    )
    session.flush()


def _refuse_other_side(side: Side, counts: Mapping[ProjectMonth, SuccessCount], person: Person) -> None:
    if person.role in IMPORT:
        return
    if person.role is not Role.VENDOR or side is not Side.VENDOR:
        raise StoreError(f"user {person.name!r} is {person.role.value} and cannot hand in the {side.value}'s counts")
    if others := sorted(of.vendor for of in counts if of.vendor != person.vendor):
        raise StoreError(f"user {person.name!r} is of {person.vendor!r} and cannot hand in the counts of {others[0]!r}")


def _newest(session: Session, month: Month) -> dict[tuple[ProjectMonth, Side], SuccessCountRow]:
    newest = (
        select(func.max(SuccessCountRow.id))
        .where(SuccessCountRow.month == str(month))
        .group_by(SuccessCountRow.side, SuccessCountRow.vendor, SuccessCountRow.project)
    )
    rows = session.scalars(select(SuccessCountRow).where(SuccessCountRow.id.in_(newest)))
    return {(ProjectMonth(row.vendor, row.project, month), row.side): row for row in rows}


def _audits(session: Session, month: Month) -> dict[tuple[str, str], AuditRow]:
    """The latest audit of each vendor and project."""
    query = select(AuditRow).where(AuditRow.month == str(month)).order_by(AuditRow.id)
    return {(row.vendor, row.project): row for row in session.scalars(query)}


def _counts(sides: Mapping[Side, SuccessCountRow], audit: AuditRow | None) -> Counts:
    operator, vendor = sides.get(Side.OPERATOR), sides.get(Side.VENDOR)
    holds = audit is not None and audit.recorded_at >= max(row.imported_at for row in sides.values())
    return Counts(
        operator=operator.successes if operator else None,
        vendor=vendor.successes if vendor else None,
        usage_fen=operator.usage_fen if operator else 0,
        audit=Audit(audit.count_accepted, audit.text, audit.person) if audit and holds else None,
    )


def _count(row: SuccessCountRow) -> SuccessCount:
    return SuccessCount(row.successes, row.usage_fen)
