"""Numbers that were called on the operator's behalf, at irregular times, to check what had been done there (号码抽查, P-40).

number check 5    2026-03-11  13800138000   in order
number check 6    2026-03-11  13900139000   客户称未办理            a fault
"""

import re
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError, UsageError
from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.review.rights import Act, refuse_role
from pipeline.review.wording import written
from pipeline.store.engine import lock_against_writers
from pipeline.store.known import known_call, refuse_future, refuse_unknown
from pipeline.store.tables import NumberCheckRow

_NUMBER = re.compile(r"\+?\d{5,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NumberCheck:
    """A number that was called on the operator's behalf; `fault` is None where all was in order."""

    check_id: int
    vendor: str
    project: str
    checked_on: date
    number: str
    call_id: str | None
    fault: str | None
    person: str
    recorded_at: datetime


def record_number_check(
    session: Session,
    vendor: str,
    project: str,
    checked_on: date,
    number: str,
    fault: str | None,
    person: Person,
    now: datetime,
    *,
    today: date,
    call_id: str | None = None,
) -> NumberCheck:
    """Record a checked number. Raises DataError for what is unknown or to come, UsageError for no number, StoreError for the same check again."""
    refuse_role(person, Act.CHECK_NUMBER)
    refuse_unknown(session, vendor, project)
    refuse_future(checked_on, today)
    number = re.sub(r"[\s-]", "", number)
    if not _NUMBER.fullmatch(number):
        raise UsageError(f"{number!r} is no telephone number: 5 to 20 digits, with or without +")
    if call_id is not None:
        known_call(session, vendor, project, call_id)
    fault = None if fault is None else written(fault, "the fault")
    lock_against_writers(session, NumberCheckRow.__tablename__)
    same = select(NumberCheckRow.id).where(
        NumberCheckRow.vendor == vendor,
        NumberCheckRow.project == project,
        NumberCheckRow.checked_on == checked_on,
        NumberCheckRow.number == number,
        NumberCheckRow.fault == fault,
    )
    if (known := session.scalars(same).first()) is not None:
        raise StoreError(f"the same number check is there as {known}; nothing was recorded")
    row = NumberCheckRow(
        vendor=vendor,
        project=project,
        checked_on=checked_on,
        number=number,
        call_id=call_id,
        fault=fault,
        person=person.name,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    return number_check_of(row)


def number_checks(
    session: Session, vendor: str | None = None, *, month: Month | None = None
) -> tuple[NumberCheck, ...]:
    """The number checks of a vendor and a month, or all, as they were recorded."""
    query = select(NumberCheckRow).order_by(NumberCheckRow.id)
    query = query if vendor is None else query.where(NumberCheckRow.vendor == vendor)
    if month is not None:
        query = query.where(NumberCheckRow.checked_on.between(month.first_day, month.last_day))
    return tuple(map(number_check_of, session.scalars(query)))


def number_check_of(row: NumberCheckRow) -> NumberCheck:
    """The number check of a row."""
    named = {field.name: getattr(row, field.name) for field in fields(NumberCheck) if field.name != "check_id"}
    return NumberCheck(check_id=row.id, **named)
