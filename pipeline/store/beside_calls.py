"""What counts against vendors beside their calls, as pages list it: complaints, number checks, project checks, within what a person may see.

latest_complaints(session, Wanted(person, vendor=None, month=None, limit=50))      undecided ones first, then the latest
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.store.complaints import Complaint, complaint_of
from pipeline.store.number_checks import NumberCheck, number_check_of
from pipeline.store.project_checks import ProjectCheck, project_check_of
from pipeline.store.tables import ComplaintRow, NumberCheckRow, ProjectCheckRow
from pipeline.store.tables.review import ComplaintState
from pipeline.store.visible import NotThere, visible


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who looks, at which vendor and month; None = all that he may see. `limit` records from `offset` on."""

    person: Person
    vendor: str | None
    month: Month | None
    limit: int
    offset: int = 0


def latest_complaints(session: Session, wanted: Wanted, *, only_unanswered: bool = False) -> Sequence[Complaint]:
    """Complaints: those that nobody has decided first, as they were recorded, then the latest. Unanswered ones are undecided, too."""
    query = select(ComplaintRow).where(*_seen(wanted, ComplaintRow.vendor))
    if wanted.month is not None:
        query = query.where(ComplaintRow.received_on.between(wanted.month.first_day, wanted.month.last_day))
    is_open = ComplaintRow.state == ComplaintState.OPEN
    if only_unanswered:
        query = query.where(is_open, ComplaintRow.answer.is_(None))
    order = (case((is_open, 0), else_=1), case((is_open, ComplaintRow.id), else_=-ComplaintRow.id))
    rows = session.scalars(query.order_by(*order).limit(wanted.limit).offset(wanted.offset))
    return [complaint_of(row) for row in rows]


def latest_number_checks(session: Session, wanted: Wanted) -> Sequence[NumberCheck]:
    """Number checks, the latest first."""
    query = select(NumberCheckRow).where(*_seen(wanted, NumberCheckRow.vendor))
    if wanted.month is not None:
        query = query.where(NumberCheckRow.checked_on.between(wanted.month.first_day, wanted.month.last_day))
    rows = session.scalars(query.order_by(NumberCheckRow.id.desc()).limit(wanted.limit).offset(wanted.offset))
    return [number_check_of(row) for row in rows]


def latest_project_checks(session: Session, wanted: Wanted) -> Sequence[ProjectCheck]:
    """Project checks, the latest first."""
    query = select(ProjectCheckRow).where(*_seen(wanted, ProjectCheckRow.vendor))
    if wanted.month is not None:
        query = query.where(ProjectCheckRow.month == str(wanted.month))
    rows = session.scalars(query.order_by(ProjectCheckRow.id.desc()).limit(wanted.limit).offset(wanted.offset))
    return [project_check_of(row) for row in rows]


def visible_complaint(session: Session, person: Person, complaint_id: int) -> Complaint:
    """A complaint that the person may see. Raises NotThere."""
    query = select(ComplaintRow).where(ComplaintRow.id == complaint_id, visible(person, ComplaintRow.vendor))
    if (row := session.scalars(query).one_or_none()) is None:
        raise NotThere(f"there is no complaint {complaint_id}")
    return complaint_of(row)


def _seen(wanted: Wanted, vendor: InstrumentedAttribute[str]) -> list[ColumnElement[bool]]:
    which = [visible(wanted.person, vendor)]
    return which if wanted.vendor is None else [*which, vendor == wanted.vendor]
