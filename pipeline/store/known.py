"""Whether what people name is there: a vendor, its project, its call."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import DataError
from pipeline.records.call import ManifestRow
from pipeline.records.project import BusinessType
from pipeline.store.contents import row_of
from pipeline.store.states import find_call
from pipeline.store.tables import CallRow, FactRow


def refuse_unknown(session: Session, vendor: str, project: str) -> None:
    """Raise DataError where nothing is known of the vendor, or nothing of its project. One that is in no registry may still have calls."""
    calls = select(CallRow.id).where(CallRow.vendor == vendor)
    facts = select(FactRow.id).where(FactRow.vendor == vendor)
    if session.scalars(calls.limit(1)).first() is None and session.scalars(facts.limit(1)).first() is None:
        raise DataError(f"vendor {vendor!r} is not registered and has no calls; `callqa vendor list` shows all")
    named = [calls.where(CallRow.project == project), facts.where(FactRow.project == project)]
    if project not in tuple(BusinessType) and all(session.scalars(one.limit(1)).first() is None for one in named):
        raise DataError(f"vendor {vendor!r} has no project {project!r}; `callqa vendor show {vendor}` shows all")


def known_call(session: Session, vendor: str, project: str, call_id: str) -> ManifestRow:
    """A call of a vendor's project. Raises DataError where there is none."""
    call = find_call(session, vendor, call_id)
    if call is None or call.project != project:
        place = f"is of project {call.project!r}, not of {project!r}" if call else "is not registered"
        raise DataError(f"call {call_id!r} of vendor {vendor!r} {place}; nothing was recorded")
    return row_of(call)


def refuse_future(day: date, today: date) -> None:
    """Raise DataError for a day that is not there yet."""
    if day > today:
        raise DataError(f"{day} is in the future, it is {today}; nothing was recorded")
