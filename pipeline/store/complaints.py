"""Customers' complaints (投诉): recorded by one, answered by the vendor, decided by another (P-40).

complaint 3   华声外呼 telemarketing   received 2026-03-10   call 0007
              answered by 华声's person: 已向客户致歉
              justified, decided by 李主任                    entry 21
"""

from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.review.rights import Act, refuse_again, refuse_role, refuse_stranger
from pipeline.review.wording import written
from pipeline.store.engine import lock_against_writers
from pipeline.store.known import known_call, refuse_future, refuse_unknown
from pipeline.store.tables import ComplaintRow
from pipeline.store.tables.review import ComplaintState


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint as it stands. `received_on` says in which month it counts; `text` is the customer's matter in the recorder's words."""

    complaint_id: int
    vendor: str
    project: str
    received_on: date
    call_id: str | None
    text: str
    recorded_by: str
    recorded_at: datetime
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None
    state: ComplaintState
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None


def record_complaint(
    session: Session,
    vendor: str,
    project: str,
    received_on: date,
    text: str,
    person: Person,
    now: datetime,
    *,
    today: date,
    call_id: str | None = None,
) -> Complaint:
    """Record a complaint. Raises DataError for an unknown vendor, project or call, or a day to come; StoreError where the same one is there."""
    refuse_role(person, Act.RECORD_COMPLAINT)
    refuse_unknown(session, vendor, project)
    refuse_future(received_on, today)
    if call_id is not None:
        known_call(session, vendor, project, call_id)
    text = written(text, "the complaint")
    lock_against_writers(session, ComplaintRow.__tablename__)
    same = select(ComplaintRow.id).where(
        ComplaintRow.vendor == vendor,
        ComplaintRow.project == project,
        ComplaintRow.received_on == received_on,
        ComplaintRow.text == text,
        ComplaintRow.call_id == call_id,
    )
    if (known := session.scalars(same).first()) is not None:
        raise StoreError(f"the same complaint is there as {known}; nothing was recorded")
    row = ComplaintRow(
        vendor=vendor,
        project=project,
        received_on=received_on,
        call_id=call_id,
        text=text,
        recorded_by=person.name,
        recorded_at=now,
        state=ComplaintState.OPEN,
    )
    session.add(row)
    session.flush()
    return complaint_of(row)


class Answered(StoreError):
    """A complaint that the vendor has answered."""

    def __init__(self, row: ComplaintRow) -> None:
        super().__init__(f"complaint {row.id} was answered by {row.answered_by}; an answer is given once")
        self.complaint_id, self.answered_by = row.id, row.answered_by


class ComplaintFinal(StoreError):
    """A complaint that somebody has decided."""

    def __init__(self, row: ComplaintRow) -> None:
        super().__init__(f"complaint {row.id} was found {row.state.value} by {row.decided_by}: that is final")
        self.complaint_id, self.decided_by = row.id, row.decided_by


def answer_complaint(session: Session, complaint_id: int, answer: str, person: Person, now: datetime) -> Complaint:
    """Record the vendor's answer, once and before the decision. Raises StoreError where it is another vendor's, or too late."""
    row = _open_row(session, complaint_id)
    refuse_stranger(person, Act.ANSWER_COMPLAINT, row.vendor)
    if row.answer is not None:
        raise Answered(row)
    row.answer, row.answered_by, row.answered_at = written(answer, "the answer"), person.name, now
    session.flush()
    return complaint_of(row)


def close_complaint(
    session: Session, complaint_id: int, *, justified: bool, decision: str, person: Person, now: datetime
) -> Complaint:
    """Decide a complaint, once and for all. Raises StoreError where somebody has, or the person recorded it."""
    row = _open_row(session, complaint_id)
    refuse_again(person, Act.DECIDE_COMPLAINT, [row.recorded_by], f"complaint {complaint_id}")
    row.state = ComplaintState.JUSTIFIED if justified else ComplaintState.UNJUSTIFIED
    row.decision, row.decided_by, row.decided_at = written(decision, "the reason for the decision"), person.name, now
    session.flush()
    return complaint_of(row)


def find_complaint(session: Session, complaint_id: int) -> Complaint:
    """A complaint by its number. Raises StoreError where there is none."""
    if (row := session.get(ComplaintRow, complaint_id)) is None:
        raise StoreError(f"there is no complaint {complaint_id}; `callqa complaint list` shows all")
    return complaint_of(row)


def complaints(
    session: Session, vendor: str | None = None, *, month: Month | None = None, state: ComplaintState | None = None
) -> tuple[Complaint, ...]:
    """The complaints of a vendor, a month and a state, or all, as they were recorded."""
    query = select(ComplaintRow).order_by(ComplaintRow.id)
    if month is not None:
        query = query.where(ComplaintRow.received_on.between(month.first_day, month.last_day))
    query = query if vendor is None else query.where(ComplaintRow.vendor == vendor)
    query = query if state is None else query.where(ComplaintRow.state == state)
    return tuple(map(complaint_of, session.scalars(query)))


def _open_row(session: Session, complaint_id: int) -> ComplaintRow:
    """The row, which nobody else changes until this transaction ends."""
    row = session.scalars(select(ComplaintRow).where(ComplaintRow.id == complaint_id).with_for_update()).one_or_none()
    if row is None:
        raise StoreError(f"there is no complaint {complaint_id}; `callqa complaint list` shows all")
    if row.state is not ComplaintState.OPEN:
        raise ComplaintFinal(row)
    return row


def complaint_of(row: ComplaintRow) -> Complaint:
    """The complaint of a row."""
    named = {field.name: getattr(row, field.name) for field in fields(Complaint) if field.name != "complaint_id"}
    return Complaint(complaint_id=row.id, **named)
