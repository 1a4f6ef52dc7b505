"""What is known of vendors, as it came; which of it holds on a day `pipeline/ledger/vendors.py` says.

with reading(engine) as session:
    vendor = known_vendor(session, "华声外呼", day)
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cache

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from pipeline.errors import DataError
from pipeline.ledger.vendors import Agents, general_agent, is_news, vendor_on
from pipeline.records.registry import Fact, FactKind, Vendor
from pipeline.store.engine import lock_against_writers
from pipeline.store.tables import FactRow


def record_fact(session: Session, fact: Fact) -> bool:
    """Write a fact behind those that are there. False, and nothing is written, where it is the last word on its matter already."""
    lock_facts(session)
    if not is_news(fact, facts_of(session, fact.vendor)):
        return False
    session.add(
        FactRow(
            vendor=fact.vendor,
            project=fact.project,
            fact=fact.kind.value,
            value=fact.value,
            valid_from=fact.valid_from,
            valid_until=fact.valid_until,
            document=fact.document,
            document_date=fact.document_date,
            person=fact.person,
            recorded_at=fact.recorded_at,
        )
    )
    session.flush()
    return True


def lock_facts(session: Session) -> None:
    """Let nobody else record facts until the transaction ends: what they are held against must not change meanwhile."""
    lock_against_writers(session, FactRow.__tablename__)


def facts_of(session: Session, vendor: str) -> tuple[Fact, ...]:
    """All that was ever recorded of a vendor, in the order in which it came; nothing of an unknown one."""
    return tuple(map(_fact, session.scalars(_facts(vendor))))


def all_facts(session: Session) -> Mapping[str, tuple[Fact, ...]]:
    """The facts of every vendor, by their names in order."""
    found: dict[str, list[Fact]] = defaultdict(list)
    for row in session.scalars(select(FactRow).order_by(FactRow.id)):
        found[row.vendor].append(_fact(row))
    return {vendor: tuple(found[vendor]) for vendor in sorted(found)}


def agents_on(session: Session) -> Agents:
    """Whose faults a vendor's are on a day: those of its general agent where it is a subcontractor then, else its own (P-01)."""
    parents: dict[str, list[Fact]] = defaultdict(list)
    for row in session.scalars(select(FactRow).where(FactRow.fact == FactKind.PARENT.value).order_by(FactRow.id)):
        parents[row.vendor].append(_fact(row))

    @cache
    def above_on(day: date) -> Mapping[str, str]:
        on_day = {name: vendor_on(name, theirs, day).parent for name, theirs in parents.items()}
        return {name: parent for name, parent in on_day.items() if parent is not None}

    return lambda vendor, day: general_agent(vendor, above_on(day)) if vendor in parents else vendor


def subcontractors(session: Session, vendor: str) -> tuple[str, ...]:
    """Every vendor that is or was a subcontractor of this one, sorted by name."""
    query = select(FactRow.vendor).where(FactRow.fact == FactKind.PARENT.value, FactRow.value == vendor)
    return tuple(sorted(session.scalars(query.distinct())))


def vendor_names(session: Session) -> tuple[str, ...]:
    """The registered vendors, sorted by name."""
    # Sorted here: databases sort Chinese names each in its own way.
    return tuple(sorted(session.scalars(select(FactRow.vendor).distinct())))


def registered_projects(session: Session) -> tuple[str, ...]:
    """The names of all projects that were ever registered, sorted."""
    query = select(FactRow.project).where(FactRow.fact == FactKind.PROJECT.value).distinct()
    return tuple(sorted(session.scalars(query)))


def known_vendor(session: Session, vendor: str, day: date) -> Vendor:
    """A registered vendor as it is known on a day. Raises DataError for an unknown one."""
    if not (facts := facts_of(session, vendor)):
        raise DataError(
            f"vendor {vendor!r} is not registered; `callqa vendor list` shows all, `callqa vendor add` adds one"
        )
    return vendor_on(vendor, facts, day)


def _facts(vendor: str) -> Select[tuple[FactRow]]:
    return select(FactRow).where(FactRow.vendor == vendor).order_by(FactRow.id)


def _fact(row: FactRow) -> Fact:
    return Fact(
        vendor=row.vendor,
        kind=FactKind(row.fact),
        value=row.value,
        valid_from=row.valid_from,
        person=row.person,
        recorded_at=row.recorded_at,
        project=row.project,
        valid_until=row.valid_until,
        document=row.document,
        document_date=row.document_date,
    )
