"""Closed months read back: closes, their score and settlement lines, and the violations that stood when they were closed.

    with reading(engine) as session:
        closing = find_closing(session, month)
        for line in violations(session, closing): ...      # as they are asked for, never all at once

What is read depends on the close alone: a violation that is reversed afterwards, and a month that is restated afterwards, still look here as they
did at that close, so that its files can be made again byte for byte.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import islice, takewhile

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from pipeline.errors import DataError, StoreError
from pipeline.records.closed import Closing, ScoreLine, SettlementLine, ViolationLine
from pipeline.records.entry import EntryKind, Posted
from pipeline.records.month import Month
from pipeline.store.engine import IN_ONE_STATEMENT
from pipeline.store.ledger import entries
from pipeline.store.tables import CallRow, CloseRow, EntryRow, MonthScoreRow, SettlementRow, VerdictRow

_MACHINE = "machine"
_OF_VERDICT = "verdict "


def closings(session: Session, month: Month) -> tuple[Closing, ...]:
    """A month's close and its restatements, in the order of their revisions; none while it is open."""
    query = (
        select(CloseRow, EntryRow.sha256)
        .join(EntryRow, EntryRow.number == CloseRow.entry)
        .where(CloseRow.month == str(month))
        .order_by(CloseRow.revision)
    )
    return tuple(_closing(row, head) for row, head in session.execute(query))


def find_closing(session: Session, month: Month, revision: int | None = None) -> Closing:
    """One revision of a closed month, by default the latest. Raises DataError where there is none."""
    found = closings(session, month)
    if not found:
        raise DataError(f"{month} is not closed; `callqa close {month}` closes it")
    if revision is None:
        return found[-1]
    for closing in found:
        if closing.revision == revision:
            return closing
    raise DataError(f"{month} has no revision {revision}; there are {', '.join(str(one.revision) for one in found)}")


def score_lines(session: Session, closing: Closing, vendor: str | None = None) -> Iterator[ScoreLine]:
    """The score lines of a close, by vendor and project."""
    query = select(MonthScoreRow).where(
        MonthScoreRow.month == str(closing.month), MonthScoreRow.revision == closing.revision
    )
    if vendor is not None:
        query = query.where(MonthScoreRow.vendor == vendor)
    for row in session.scalars(query.order_by(MonthScoreRow.vendor, MonthScoreRow.project)):
        yield _score_line(row)


def settlement_lines(session: Session, closing: Closing, vendor: str | None = None) -> Iterator[SettlementLine]:
    """The settlement lines of a close, by vendor and project."""
    query = select(SettlementRow).where(
        SettlementRow.month == str(closing.month), SettlementRow.revision == closing.revision
    )
    if vendor is not None:
        query = query.where(SettlementRow.vendor == vendor)
    for row in session.scalars(query.order_by(SettlementRow.vendor, SettlementRow.project)):
        values = {field.name: getattr(row, field.name) for field in fields(SettlementLine)}
        yield SettlementLine(**values | {"month": Month.parse(row.month)})


def find_statement(session: Session, number: str) -> tuple[Closing, SettlementLine] | None:
    """The settlement line of a statement with the close that it is of; None where there is no such statement."""
    row = session.scalars(select(SettlementRow).where(SettlementRow.statement_no == number)).one_or_none()
    if row is None:
        return None
    closing = find_closing(session, Month.parse(row.month), row.revision)
    return closing, next(line for line in settlement_lines(session, closing, row.vendor) if line.statement_no == number)


def score_history(session: Session, closing: Closing, vendor: str | None, months: int) -> tuple[ScoreLine, ...]:
    """The score lines of a vendor, or of all, in the months up to and with this one, the earliest first, as this close knew them."""
    newest = (
        select(CloseRow.month, func.max(CloseRow.revision).label("revision"))
        .where(
            CloseRow.entry <= closing.entry,
            CloseRow.month.between(str(closing.month.plus(1 - months)), str(closing.month)),
        )
        .group_by(CloseRow.month)
        .subquery()
    )
    query = (
        select(MonthScoreRow)
        .join(newest, and_(newest.c.month == MonthScoreRow.month, newest.c.revision == MonthScoreRow.revision))
        .order_by(MonthScoreRow.month, MonthScoreRow.vendor, MonthScoreRow.project)
    )
    query = query if vendor is None else query.where(MonthScoreRow.vendor == vendor)
    return tuple(map(_score_line, session.scalars(query)))


def violations(session: Session, closing: Closing, vendor: str | None = None) -> Iterator[ViolationLine]:
    """The violations of the month that nothing had reversed when it was closed, in the order of the ledger, read as they are asked for."""
    return violations_before(session, closing.month, closing.entry, vendor)


def violations_before(
    session: Session, month: Month, end: int, vendor: str | None = None, after: int = 0
) -> Iterator[ViolationLine]:
    """As `violations`, of a month that may be open: as the ledger stood before entry `end`; `after` an entry pages on."""
    posted = entries(session, month=month, vendor=vendor, kinds=(EntryKind.VIOLATION,), after=after)
    before = takewhile(lambda one: one.number < end, posted)
    while chunk := list(islice(before, IN_ONE_STATEMENT)):
        started, verdicts = _standing(session, chunk, end), _verdicts(session, chunk)
        for one in chunk:
            if one.number in started:
                yield ViolationLine(one, started[one.number], verdicts.get(one.number, _MACHINE))


def _closing(row: CloseRow, head: str) -> Closing:
    return Closing(
        Month.parse(row.month), row.revision, row.policy, row.sha256, row.entry, head, row.person, row.closed_at
    )


def _score_line(row: MonthScoreRow) -> ScoreLine:
    values = {field.name: getattr(row, field.name) for field in fields(ScoreLine)}
    return ScoreLine(**values | {"month": Month.parse(row.month)})


def _standing(session: Session, chunk: Sequence[Posted], end: int) -> dict[int, datetime | None]:
    """When the calls of some entries began, of those that nothing before entry `end` has reversed."""
    later = aliased(EntryRow)
    query = (
        select(EntryRow.number, CallRow.started_at)
        .outerjoin(CallRow, and_(CallRow.vendor == EntryRow.vendor, CallRow.call_id == EntryRow.call_id))
        .outerjoin(later, and_(later.reverses == EntryRow.number, later.number < end))
        .where(EntryRow.number.in_([one.number for one in chunk]), later.number.is_(None))
    )
    return dict(session.execute(query).tuples().all())


def _verdicts(session: Session, chunk: Sequence[Posted]) -> dict[int, str]:
    """What a reviewer decided about each of some entries that have a verdict."""
    ids = {
        one.number: int(one.entry.subject.removeprefix(_OF_VERDICT))
        for one in chunk
        if one.entry.subject.startswith(_OF_VERDICT)
    }
    query = select(VerdictRow.id, VerdictRow.decision).where(VerdictRow.id.in_(set(ids.values())))
    decisions = dict(session.execute(query).tuples().all())
    if lost := [number for number, verdict_id in ids.items() if verdict_id not in decisions]:
        raise StoreError(f"entry {lost[0]} rests on verdict {ids[lost[0]]}, which is not there; `callqa verify`")
    return {number: decisions[verdict_id].value for number, verdict_id in ids.items()}
