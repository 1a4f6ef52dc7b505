"""Closed months held against the ledger: lines give the hash that the closing entry names, counts and amounts are those of the entries.

close 2026-03 r0    its lines give abc…, entry 48 names def…: altered
close 2026-03 r0    华声外呼/telemarketing: 3 major violations, the entries before 48 make 4
"""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from pipeline.ledger.closing import lines_sha256
from pipeline.records.closed import Closing, ScoreLine, SettlementLine
from pipeline.records.entry import EntryKind
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.store.month_lines import closings, score_lines, settlement_lines
from pipeline.store.tables import CloseRow, EntryRow

_COUNTED = (Severity.FATAL, Severity.MAJOR, Severity.MINOR)
_Place = tuple[str, str]


def close_problems(session: Session) -> Iterator[tuple[int, str]]:
    """(number of the closing entry, what is wrong) of every close that the ledger does not bear out, and of closing entries without a close."""
    known = set()
    for month in sorted({Month.parse(text) for text in session.scalars(select(CloseRow.month).distinct())}):
        for closing in closings(session, month):
            known.add(closing.entry)
            for problem in _problems(session, closing):
                yield closing.entry, f"close {month} r{closing.revision}: {problem}"
    kinds = (EntryKind.CLOSE, EntryKind.RESTATEMENT)
    closing_entries = select(EntryRow.number).where(EntryRow.kind.in_(kinds), EntryRow.subject.startswith("lines "))
    for number in session.scalars(closing_entries.order_by(EntryRow.number)):
        if number not in known:
            yield number, "the close that it records is not there"


def _problems(session: Session, closing: Closing) -> Iterator[str]:
    scores, settlements = [*score_lines(session, closing)], [*settlement_lines(session, closing)]
    sha256 = lines_sha256(scores, settlements)
    entry = session.get(EntryRow, closing.entry)
    named = entry.subject.removeprefix("lines ") if entry else ""
    if not sha256 == closing.sha256 == named:
        yield f"its lines give {sha256[:12]}, its entry {closing.entry} names {named[:12]}: lines were altered"
    yield from _miscounted(session, closing, scores)
    yield from _mispaid(session, closing, settlements)


def _miscounted(session: Session, closing: Closing, scores: list[ScoreLine]) -> Iterator[str]:
    later = aliased(EntryRow)
    query = select(EntryRow.vendor, EntryRow.project, EntryRow.severity, func.count()).where(
        EntryRow.month == str(closing.month),
        EntryRow.kind == EntryKind.VIOLATION,
        EntryRow.severity.in_(_COUNTED),
        EntryRow.number < closing.entry,
        ~exists().where(later.reverses == EntryRow.number, later.number < closing.entry),
    )
    standing: Counter[tuple[str, str, Severity]] = Counter()
    for vendor, project, severity, count in session.execute(
        query.group_by(EntryRow.vendor, EntryRow.project, EntryRow.severity)
    ):
        standing[vendor, project or "", severity] = count
    for line in scores:
        for severity, said in zip(_COUNTED, (line.fatal, line.major, line.minor), strict=True):
            if (counted := standing[line.vendor, line.project, severity]) != said:
                yield f"{line.vendor}/{line.project}: {said} {severity.value} violations, the entries make {counted}"


def _mispaid(session: Session, closing: Closing, settlements: list[SettlementLine]) -> Iterator[str]:
    query = select(EntryRow.vendor, EntryRow.project, EntryRow.subject, EntryRow.amount_fen).where(
        EntryRow.kind == EntryKind.ADJUSTMENT, EntryRow.number < closing.entry
    )
    posted: Counter[tuple[_Place, str]] = Counter()
    for vendor, project, subject, amount_fen in session.execute(query.where(EntryRow.month == str(closing.month))):
        posted[(vendor, project or ""), "prior" if subject.startswith("restatement ") else subject] += amount_fen
    for line in settlements:
        place = (line.vendor, line.project)
        if line.net_fen != line.gross_fen + line.usage_share_fen + line.adjustment_fen + line.prior_month_fen:
            yield f"statement {line.statement_no} does not add up"
        if closing.revision == 0 and posted[place, f"statement {line.statement_no}"] != line.adjustment_fen:
            yield f"statement {line.statement_no}: its adjustment is not the posted one"
        if posted[place, "prior"] != line.prior_month_fen:
            yield f"statement {line.statement_no}: what earlier months moved is not what was posted"
    places = {(line.vendor, line.project) for line in settlements}
    for (place, what), fen in posted.items():
        if what == "prior" and fen and place not in places:
            yield f"{place[0]}/{place[1]}: {fen} fen that earlier months moved are in no statement"
