"""What counts as a vendor's faults of a calendar year (P-42), by the day on which it happened.

    call of 28 December, confirmed on 9 January, after December's close      entry of January    a fault of the year that is over
    complaint received on 30 December, found justified on 12 January         entry of January    the same
    the call of 28 December, overturned on appeal in February                reversed            a fault of no year

The month of an entry says where its money and points count, and a closed month takes none; the year of a fault is that of the call, of the day on
which the complaint came in, or of the day on which the number was checked. What was reversed is no fault, whenever that was.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from pipeline.ledger.grades import FaultsByDay, YearFaults
from pipeline.records.call import JUDGED, CallState
from pipeline.records.draw import DrawKind
from pipeline.records.entry import EntryKind
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.store.tables import (
    CallReviewRow,
    CallRow,
    ComplaintRow,
    DrawnCallRow,
    DrawRow,
    EntryRow,
    NumberCheckRow,
)

_OUTSIDE_CALLS = (EntryKind.COMPLAINT, EntryKind.NUMBER_CHECK)


def year_faults(session: Session, month: Month, severities: Collection[Severity]) -> FaultsByDay:
    """Faults from January to the month's end by vendor and day: calls of the formal sample, once each, complaints, number checks."""
    first, last = date(month.year, 1, 1), month.last_day
    calls = (
        select(EntryRow.vendor, CallRow.day, func.count(func.distinct(CallRow.id)))
        .join(CallRow, _is_its_call())
        .where(_since(first), _stands(), EntryRow.kind == EntryKind.VIOLATION, EntryRow.severity.in_(severities))
        .where(CallRow.day.between(first, last), CallRow.state != CallState.WITHDRAWN, _is_formal())
    )
    formal = select(CallRow.vendor, CallRow.day, func.count()).where(
        CallRow.day.between(first, last), CallRow.state.in_(JUDGED), _is_formal(), _is_heard_whole()
    )
    at_fault = _counted(session, calls.group_by(EntryRow.vendor, CallRow.day))
    heard = _counted(session, formal.group_by(CallRow.vendor, CallRow.day))
    told = Counter((kind, vendor, day) for _, kind, vendor, day in _outside_calls(session, first, last, _stands()))
    places = {*at_fault, *heard, *((vendor, day) for _, vendor, day in told)}
    return {
        (vendor, day): YearFaults(
            at_fault[vendor, day],
            told[EntryKind.COMPLAINT, vendor, day],
            told[EntryKind.NUMBER_CHECK, vendor, day],
            heard[vendor, day],
        )
        for vendor, day in sorted(places)
    }


def happened_in_year(
    session: Session, month: Month, before: int, vendors: Collection[str]
) -> Iterator[tuple[int, str, date, int | None]]:
    """Number, vendor, day and call (`CallRow.id`) of every violation, complaint and failed number check of some vendors from January to the
    month's end, in the order of their numbers: as they stood before an entry.
    """
    first, last = date(month.year, 1, 1), month.last_day
    theirs = EntryRow.vendor.in_(vendors)
    calls = (
        select(EntryRow.number, EntryRow.vendor, CallRow.day, CallRow.id)
        .join(CallRow, _is_its_call())
        .where(_since(first), _stands(before), EntryRow.kind == EntryKind.VIOLATION, CallRow.day.between(first, last))
    )
    found: list[tuple[int, str, date, int | None]] = [tuple(row) for row in session.execute(calls.where(theirs))]
    outside = _outside_calls(session, first, last, _stands(before), theirs)
    found += [(number, vendor, day, None) for number, _, vendor, day in outside]
    yield from sorted(found, key=lambda one: one[0])


def _outside_calls(
    session: Session, first: date, last: date, *which: ColumnElement[bool]
) -> Iterator[tuple[int, EntryKind, str, date]]:
    """Number, kind, vendor and day of complaints and failed number checks; the day is the record's, which the entry names."""
    received = select(ComplaintRow.id, ComplaintRow.received_on).where(ComplaintRow.received_on.between(first, last))
    checked = select(NumberCheckRow.id, NumberCheckRow.checked_on).where(NumberCheckRow.checked_on.between(first, last))
    days = {f"{EntryKind.COMPLAINT.value} {number}": day for number, day in session.execute(received)}
    days |= {f"{EntryKind.NUMBER_CHECK.value} {number}": day for number, day in session.execute(checked)}
    query = select(EntryRow.number, EntryRow.kind, EntryRow.vendor, EntryRow.subject)
    for number, kind, vendor, subject in session.execute(
        query.where(_since(first), EntryRow.kind.in_(_OUTSIDE_CALLS), *which)
    ):
        if (day := days.get(subject)) is not None:
            yield number, kind, vendor, day


def _counted(session: Session, query: Select[tuple[str, date, int]]) -> Counter[tuple[str, date]]:
    return Counter({(vendor, day): count for vendor, day, count in session.execute(query)})


def _since(first: date) -> ColumnElement[bool]:
    """What happened in a year is posted into one of its months, or later."""
    return EntryRow.month >= str(Month.of(first))


def _is_its_call() -> ColumnElement[bool]:
    return (CallRow.vendor == EntryRow.vendor) & (CallRow.call_id == EntryRow.call_id)


def _stands(before: int | None = None) -> ColumnElement[bool]:
    """Whether nothing has taken the entry back: ever, or before an entry, where it stood itself."""
    later = aliased(EntryRow)
    if before is None:
        return ~exists().where(later.reverses == EntryRow.number)
    return (EntryRow.number < before) & ~exists().where(later.reverses == EntryRow.number, later.number < before)


def _is_heard_whole() -> ColumnElement[bool]:
    """Without ears there are no faults: a call that nobody has heard proves nothing (2.2)."""
    return exists().where(CallReviewRow.call_pk == CallRow.id)


def _is_formal() -> ColumnElement[bool]:
    drawn = select(DrawnCallRow.id).join(DrawRow, DrawRow.id == DrawnCallRow.draw_id)
    return drawn.where(
        DrawnCallRow.call_pk == CallRow.id, DrawnCallRow.formal, DrawRow.kind == DrawKind.RANDOM
    ).exists()
