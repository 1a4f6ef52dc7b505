"""What counts against a vendor beside its calls: justified complaints, failed number checks, projects' shortcomings (P-40, P-41).

    complaint 3      received 2026-03-10, justified 2026-04-03     complaint      2026-04   2026-03 is closed
    number check 6   2026-03-11, 客户称未办理                      number_check   2026-03
    project check 2  2026-03, 培训记录                             project_check  2026-03   -5 points

The ledger names each by its number and holds none of its words: what customers say of themselves must not enter a chain that cannot forget.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pipeline.records.entry import Entry, EntryKind, Posted
from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.services.posting import late_note
from pipeline.store.cases import lock_ledger
from pipeline.store.complaints import Complaint, close_complaint
from pipeline.store.ledger import open_month, post
from pipeline.store.number_checks import NumberCheck, record_number_check
from pipeline.store.policies import policy_for
from pipeline.store.project_checks import ProjectCheck, record_project_check
from pipeline.store.states import find_call


@dataclass(frozen=True, slots=True)
class Counted:
    """What was recorded, and the entry it made; None where it counts for nothing."""

    record: Complaint | NumberCheck | ProjectCheck
    posted: Posted | None


def decide_complaint(
    session: Session, complaint_id: int, *, justified: bool, decision: str, person: Person, now: datetime
) -> Counted:
    """Decide a complaint; a justified one is a fault of the month it was received in. Raises StoreError where that is refused."""
    made = close_complaint(session, complaint_id, justified=justified, decision=decision, person=person, now=now)
    if not justified:
        return Counted(made, None)
    month = Month.of(made.received_on)
    return Counted(made, _post(session, EntryKind.COMPLAINT, made, made.complaint_id, month, person, now))


def check_number(
    session: Session,
    vendor: str,
    project: str,
    checked_on: date,
    number: str,
    fault: str | None,
    person: Person,
    now: datetime,
    *,
    zone: ZoneInfo,
    call_id: str | None = None,
) -> Counted:
    """Record a checked number; a fault counts in the month of the check. Raises DataError or UsageError for what makes no sense."""
    today = now.astimezone(zone).date()
    made = record_number_check(
        session, vendor, project, checked_on, number, fault, person, now, today=today, call_id=call_id
    )
    if made.fault is None:
        return Counted(made, None)
    return Counted(made, _post(session, EntryKind.NUMBER_CHECK, made, made.check_id, Month.of(checked_on), person, now))


def check_project(
    session: Session,
    vendor: str,
    project: str,
    month: Month,
    item: str,
    points: int,
    text: str,
    person: Person,
    now: datetime,
    *,
    zone: ZoneInfo,
) -> Counted:
    """Record what a project fell short of in a month, which costs it points. Raises DataError or UsageError for what makes no sense."""
    today = now.astimezone(zone).date()
    made = record_project_check(session, vendor, project, month, item, points, text, person, now, today=today)
    return Counted(made, _post(session, EntryKind.PROJECT_CHECK, made, made.check_id, month, person, now))


def _post(
    session: Session,
    kind: EntryKind,
    made: Complaint | NumberCheck | ProjectCheck,
    number: int,
    month: Month,
    person: Person,
    now: datetime,
) -> Posted:
    lock_ledger(session)
    into = open_month(session, month)
    call_id = None if isinstance(made, ProjectCheck) else made.call_id
    call = find_call(session, made.vendor, call_id) if call_id is not None else None
    entry = Entry(
        key=f"{kind.value} {number}",
        kind=kind,
        month=into,
        vendor=made.vendor,
        project=made.project,
        recorded_at=now,
        subject=f"{kind.value} {number}",
        call_id=call_id,
        agent=call.agent if call else None,
        points=-made.points if isinstance(made, ProjectCheck) else 0,
        person=person.name,
        role=person.role,
        policy=policy_for(session, month).version,
        note=late_note(month, into),
    )
    return post(session, [entry])[0]
