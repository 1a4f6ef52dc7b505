"""Vendors' confirmations of their statements: that one was seen and nothing is said against it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.records.closed import Closing
from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.store.month_lines import find_closing, settlement_lines
from pipeline.store.tables import SettlementRow, StatementConfirmationRow


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Who has confirmed which revision for a vendor, and when."""

    vendor: str
    revision: int
    person: str
    at: datetime


def confirm_statement(session: Session, month: Month, person: Person, now: datetime) -> Closing:
    """Record that a vendor's person confirms the latest statement; again, it stays as it was. Raises StoreError where the vendor has none."""
    closing = find_closing(session, month)
    vendor = person.vendor or ""
    if next(settlement_lines(session, closing, vendor), None) is None:
        raise StoreError(f"{vendor or person.name!r} has no statement of {month}")
    key = (str(month), closing.revision, vendor)
    if session.get(StatementConfirmationRow, key) is None:
        row = StatementConfirmationRow(
            month=str(month), revision=closing.revision, vendor=vendor, person=person.name, confirmed_at=now
        )
        session.add(row)
        session.flush()
    return closing


def confirmations(session: Session, month: Month) -> list[Confirmation]:
    """All of a month, by vendor and revision."""
    query = select(StatementConfirmationRow).where(StatementConfirmationRow.month == str(month))
    rows = session.scalars(query.order_by(StatementConfirmationRow.vendor, StatementConfirmationRow.revision))
    return [Confirmation(row.vendor, row.revision, row.person, row.confirmed_at) for row in rows]


def statement_months(session: Session, vendor: str, limit: int) -> list[Month]:
    """The latest closed months of which a vendor has a statement, the last one first."""
    query = select(SettlementRow.month).where(SettlementRow.vendor == vendor).distinct()
    return [Month.parse(month) for month in session.scalars(query.order_by(SettlementRow.month.desc()).limit(limit))]
