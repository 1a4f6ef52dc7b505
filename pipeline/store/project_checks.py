"""What falls short of a project's requirements and loses points (项目检查, P-41).

project check 2   2026-03   华声外呼 telemarketing   培训记录   5 points   三月无培训签到表
"""

from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError, UsageError
from pipeline.policy.scoring import FULL_SCORE
from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.review.rights import Act, refuse_role
from pipeline.review.wording import written
from pipeline.store.engine import lock_against_writers
from pipeline.store.known import refuse_future, refuse_unknown
from pipeline.store.tables import ProjectCheckRow


@dataclass(frozen=True, slots=True)
class ProjectCheck:
    """What of a project's requirements a month fell short of, and the points that costs (positive)."""

    check_id: int
    vendor: str
    project: str
    month: str
    item: str
    points: int
    text: str
    person: str
    recorded_at: datetime


def record_project_check(
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
    today: date,
) -> ProjectCheck:
    """Record what a project fell short of. Raises DataError for what is unknown or to come, UsageError for points out of 1 to 100."""
    refuse_role(person, Act.CHECK_PROJECT)
    refuse_unknown(session, vendor, project)
    refuse_future(month.first_day, today)
    if not 1 <= points <= FULL_SCORE:
        raise UsageError(f"{points} points: a project check costs 1 to {FULL_SCORE}")
    item, text = written(item, "the item"), written(text, "what falls short")
    lock_against_writers(session, ProjectCheckRow.__tablename__)
    same = select(ProjectCheckRow.id).where(
        ProjectCheckRow.vendor == vendor,
        ProjectCheckRow.project == project,
        ProjectCheckRow.month == str(month),
        ProjectCheckRow.item == item,
        ProjectCheckRow.text == text,
    )
    if (known := session.scalars(same).first()) is not None:
        raise StoreError(f"the same project check is there as {known}; nothing was recorded")
    row = ProjectCheckRow(
        vendor=vendor,
        project=project,
        month=str(month),
        item=item,
        points=points,
        text=text,
        person=person.name,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    return project_check_of(row)


def project_checks(
    session: Session, vendor: str | None = None, *, month: Month | None = None
) -> tuple[ProjectCheck, ...]:
    """The project checks of a vendor and a month, or all, as they were recorded."""
    query = select(ProjectCheckRow).order_by(ProjectCheckRow.id)
    query = query if vendor is None else query.where(ProjectCheckRow.vendor == vendor)
    query = query if month is None else query.where(ProjectCheckRow.month == str(month))
    return tuple(map(project_check_of, session.scalars(query)))


def project_check_of(row: ProjectCheckRow) -> ProjectCheck:
    """The project check of a row."""
    named = {field.name: getattr(row, field.name) for field in fields(ProjectCheck) if field.name != "check_id"}
    return ProjectCheck(check_id=row.id, **named)
