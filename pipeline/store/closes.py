"""Closed months as they are written, and what a close counts in the ledger."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import ColumnElement, exists, func, insert, select
from sqlalchemy.orm import Session, aliased

from pipeline.records.closed import Closing, ScoreLine, SettlementLine
from pipeline.records.entry import EntryKind, Posted
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.store.tables import (
    CalendarSeedRow,
    CloseRow,
    DrawRow,
    EntryRow,
    MonthScoreRow,
    SettlementRow,
)

Place = tuple[str, str]
_A_STATEMENT = 500


@dataclass(frozen=True, slots=True)
class Counted:
    """What stands in the ledger of a vendor's project and month. `points` are those of project checks, `prior_month_fen` what restatements moved."""

    fatal: int = 0
    major: int = 0
    minor: int = 0
    complaints: int = 0
    number_checks: int = 0
    points: int = 0
    prior_month_fen: int = 0


def counted(session: Session, month: Month) -> Mapping[Place, Counted]:
    """Standing entries of a month by vendor and project."""
    found: dict[Place, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    which = (EntryRow.month == str(month), _stands())
    query = select(
        EntryRow.vendor, EntryRow.project, EntryRow.kind, EntryRow.severity, func.count(), func.sum(EntryRow.points)
    )
    grouped = query.where(*which).group_by(EntryRow.vendor, EntryRow.project, EntryRow.kind, EntryRow.severity)
    for vendor, project, kind, severity, count, points in session.execute(grouped):
        place = found[vendor, project or ""]
        if kind is EntryKind.VIOLATION and severity is not None and severity is not Severity.NOTICE:
            place[severity.value] += count
        elif kind is EntryKind.COMPLAINT:
            place["complaints"] += count
        elif kind is EntryKind.NUMBER_CHECK:
            place["number_checks"] += count
        elif kind is EntryKind.PROJECT_CHECK:
            place["points"] += int(points)
    moved = select(EntryRow.vendor, EntryRow.project, func.sum(EntryRow.amount_fen)).where(
        *which, EntryRow.kind == EntryKind.ADJUSTMENT, EntryRow.subject.startswith("restatement ")
    )
    for vendor, project, amount_fen in session.execute(moved.group_by(EntryRow.vendor, EntryRow.project)):
        found[vendor, project or ""]["prior_month_fen"] += int(amount_fen)  # PostgreSQL sums bigints as numeric
    return {place: Counted(**counts) for place, counts in found.items()}


def months_with_drawn_calls(session: Session, before: Month) -> Iterator[Month]:
    """The months before one in which calls were drawn."""
    days = select(DrawRow.day).distinct().where(DrawRow.day < before.first_day)
    yield from sorted({Month.of(day) for day in session.scalars(days)})


def latest_closed(session: Session) -> Month | None:
    """The last month that is closed."""
    month = session.scalar(select(func.max(CloseRow.month)))
    return None if month is None else Month.parse(month)


def known_months(session: Session) -> list[Month]:
    """The months in which calls were drawn or that are closed, the latest first."""
    drawn = {Month.of(day) for day in session.scalars(select(DrawRow.day).distinct())}
    closed = {Month.parse(text) for text in session.scalars(select(CloseRow.month).distinct())}
    return sorted(drawn | closed, reverse=True)


def calendar_seed_of(session: Session, vendor: str, year: int) -> str | None:
    """The secret seed of a vendor's inspected months, if it was drawn."""
    row = session.get(CalendarSeedRow, (vendor, year))
    return None if row is None else row.seed


def save_close(
    session: Session,
    closed: Posted,
    revision: int,
    sha256: str,
    scores: Sequence[ScoreLine],
    settlements: Sequence[SettlementLine],
) -> Closing:
    """Write a close with all its lines; its entry is in the ledger already."""
    entry, now = closed.entry, closed.entry.recorded_at
    row = CloseRow(
        month=str(entry.month), revision=revision, policy=entry.policy, sha256=sha256, entry=closed.number,
        person=entry.person or "", closed_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    for table, lines in ((MonthScoreRow, scores), (SettlementRow, settlements)):
        rows = [_columns(line) for line in lines]
        for start in range(0, len(rows), _A_STATEMENT):
            session.execute(insert(table), rows[start : start + _A_STATEMENT])
    return Closing(entry.month, revision, entry.policy, sha256, closed.number, closed.sha256, row.person, now)


def _columns(line: ScoreLine | SettlementLine) -> dict[str, object]:
    return {field.name: getattr(line, field.name) for field in fields(line)} | {"month": str(line.month)}


def _stands() -> ColumnElement[bool]:
    later = aliased(EntryRow)
    return ~exists().where(later.reverses == EntryRow.number)
