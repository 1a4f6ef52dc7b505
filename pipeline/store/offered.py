"""What filters offer: months and vendors of which there is something to see, for who looks."""

from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.store.tables import CallRow, VerdictRow
from pipeline.store.visible import visible


def months_with_calls(session: Session, person: Person, vendor: str | None = None) -> list[Month]:
    """From the first month with a call, or a call of a vendor, to the last, the last first."""
    query = select(func.min(CallRow.day), func.max(CallRow.day)).where(visible(person, CallRow.vendor))
    query = query if vendor is None else query.where(CallRow.vendor == vendor)
    return _months(*session.execute(query).one())


def last_day_with_calls(session: Session, person: Person) -> date | None:
    """The latest day with a call."""
    return session.scalar(select(func.max(CallRow.day)).where(visible(person, CallRow.vendor)))


def months_with_verdicts(session: Session, person: Person) -> list[Month]:
    """From the first month with a decided call to the last, the last first."""
    query = (
        select(func.min(CallRow.day), func.max(CallRow.day))
        .join(VerdictRow, VerdictRow.call_pk == CallRow.id)
        .where(visible(person, CallRow.vendor))
    )
    return _months(*session.execute(query).one())


def vendors_with_calls(session: Session, person: Person) -> list[str]:
    """Every vendor that the person may see and that has a call."""
    return names_in(session, CallRow.vendor, visible(person, CallRow.vendor))


def names_in(session: Session, column: InstrumentedAttribute[str], *conditions: ColumnElement[bool]) -> list[str]:
    """Every name in an indexed column, sorted; from name to name in the index, for there are a million calls of a hundred vendors."""
    first = select(func.min(column)).where(*conditions)
    name = first.cte("names", recursive=True)
    (found,) = name.c
    following = first.where(column > found).scalar_subquery()
    name = name.union_all(select(following).where(found.is_not(None)))
    # Sorted here: databases sort Chinese names each in its own way.
    return sorted(one for one in session.scalars(select(name)) if one is not None)


def has_agent(session: Session, person: Person, vendor: str, agent: str) -> bool:
    """Whether the vendor has a call of the agent."""
    query = select(CallRow.id).where(CallRow.vendor == vendor, CallRow.agent == agent, visible(person, CallRow.vendor))
    return session.scalar(query.limit(1)) is not None


def _months(first: date | None, last: date | None) -> list[Month]:
    if first is None or last is None:
        return []
    months = [Month.of(last)]
    while months[-1] > Month.of(first):
        months.append(months[-1].plus(-1))
    return months
