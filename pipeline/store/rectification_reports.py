"""What vendors report on their rectifications: a plan, then what was done; as often as there is something new to tell.

rectification 52   plan   2026-03-06   全员重训服务禁语，班前会抽背
                   done   2026-03-15   培训签到表、抽查录音各一份已交客服中心
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.records.entry import EntryKind
from pipeline.records.person import Person
from pipeline.review.wording import written
from pipeline.store.tables import EntryRow, RectificationReportRow
from pipeline.store.tables.review import ReportKind
from pipeline.store.visible import NotThere, visible


@dataclass(frozen=True, slots=True)
class Report:
    """A vendor's word on a rectification."""

    rectification: int
    kind: ReportKind
    text: str
    person: str
    reported_at: datetime


def keep_report(
    session: Session, number: int, vendor: str, kind: ReportKind, text: str, person: Person, now: datetime
) -> Report:
    """Write a report. Raises UsageError where the text is empty or too long."""
    row = RectificationReportRow(
        rectification=number,
        vendor=vendor,
        kind=kind,
        text=written(text, "the report"),
        person=person.name,
        reported_at=now,
    )
    session.add(row)
    session.flush()
    return _report(row)


def visible_rectification(session: Session, person: Person, number: int) -> None:
    """Raise NotThere where the number is of no rectification that the person may see."""
    query = select(EntryRow.number).where(
        EntryRow.number == number, EntryRow.kind == EntryKind.RECTIFICATION, visible(person, EntryRow.vendor)
    )
    if session.scalar(query) is None:
        raise NotThere(f"there is no rectification {number}")


def rectification_reports(session: Session, person: Person, numbers: Collection[int]) -> Mapping[int, Sequence[Report]]:
    """The reports on some rectifications that the person may see, as they came; those without any are not in it."""
    query = select(RectificationReportRow).where(
        RectificationReportRow.rectification.in_(numbers), visible(person, RectificationReportRow.vendor)
    )
    found: dict[int, list[Report]] = defaultdict(list)
    for row in session.scalars(query.order_by(RectificationReportRow.id)):
        found[row.rectification].append(_report(row))
    return found


def _report(row: RectificationReportRow) -> Report:
    return Report(row.rectification, row.kind, row.text, row.person, row.reported_at)
