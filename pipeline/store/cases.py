"""What warnings and exit cases are read from: the entries about them, and confirmed violations that nothing has reversed."""

import heapq
from collections.abc import Collection, Mapping
from datetime import tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from pipeline.errors import StoreError
from pipeline.ledger.cases import KINDS, histories, history_of
from pipeline.ledger.chain import posted_of
from pipeline.ledger.history import History
from pipeline.records.entry import EntryKind, Posted
from pipeline.records.month import Month
from pipeline.store.engine import lock_against_writers
from pipeline.store.facts import agents_on, subcontractors
from pipeline.store.ledger import entries
from pipeline.store.ledger_rows import stored_links
from pipeline.store.tables import EntryRow


def lock_ledger(session: Session) -> None:
    """Keep others from posting until the transaction ends, so that what is decided on the ledger's state still holds when it is posted."""
    lock_against_writers(session, EntryRow.__tablename__)


def vendor_histories(session: Session, zone: tzinfo) -> Mapping[str, History]:
    """The history of every vendor that has any. Raises StoreError where an entry makes no sense."""
    try:
        return histories(entries(session, kinds=KINDS), zone, agents_on(session))
    except ValueError as error:
        raise StoreError(f"{error}: `callqa verify` says whether it was altered") from error


def vendor_history(session: Session, vendor: str, zone: tzinfo) -> History:
    """One vendor's history; an empty one of a vendor without any. Raises StoreError where an entry makes no sense."""
    own = entries(session, vendor=vendor, kinds=KINDS)
    below = [entries(session, vendor=name, kinds=KINDS) for name in subcontractors(session, vendor)]
    try:
        if not below:
            return history_of(vendor, own, zone)
        posted = heapq.merge(own, *below, key=lambda one: one.number)
        return histories(posted, zone, agents_on(session)).get(vendor, History(vendor))
    except ValueError as error:
        raise StoreError(f"{error}: `callqa verify` says whether it was altered") from error


def confirmed_violations(
    session: Session, months: Collection[Month], rules: Collection[str], vendor: str | None = None
) -> list[Posted]:
    """The violations of some rules, counted in some months, that a person has confirmed and nothing has reversed."""
    reversal = aliased(EntryRow)
    which = [
        EntryRow.month.in_([str(month) for month in months]),
        EntryRow.rule.in_(rules),
        EntryRow.person.is_not(None),
        ~select(reversal.number).where(reversal.reverses == EntryRow.number).exists(),
    ]
    if vendor is not None:
        which.append(EntryRow.vendor == vendor)
    # Asked for the kind, SQLite would read all violations there are instead of the months' by their index.
    found = (posted_of(link) for link in stored_links(session, *which))
    return [one for one in found if one.entry.kind is EntryKind.VIOLATION]
