"""What of a fault stands in the ledger, and what was said around its words.

A fault is there once at most: under its verdict, or under its finding where the rule posts by itself. A better model's finding of the same fault has
another number, so a machine's entry is found by its call, rule and place.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.records.entry import EntryKind, Posted
from pipeline.records.month import Month
from pipeline.records.span import Span, span_between
from pipeline.records.turn import Speaker
from pipeline.store.findings import SAME_PLACE_MS
from pipeline.store.ledger import entry, find_entry
from pipeline.store.tables import EntryRow, FindingRow, TurnRow
from pipeline.store.verdicts import Verdict, history


def verdict_key(verdict_id: int) -> str:
    """The key of a verdict's violation."""
    return f"violation verdict {verdict_id}"


def finding_key(finding_id: int) -> str:
    """The key of the violation of a finding that posts by itself."""
    return f"violation finding {finding_id}"


def standing_violation(session: Session, verdict: Verdict) -> Posted | None:
    """The violation that stands for a verdict's fault: its own, or that of a verdict it followed, or the machine's. None where nothing does."""
    known = violations_of_fault(session, verdict)
    return next((posted for posted in known if not is_reversed(session, posted.number)), None)


def violations_of_fault(session: Session, verdict: Verdict) -> Iterator[Posted]:
    """All that was ever posted of a verdict's fault, also what was taken back: its own, those of verdicts it followed, the machine's."""
    own = (find_entry(session, verdict_key(one.verdict_id)) for one in history(session, verdict))
    yield from (posted for posted in own if posted is not None)
    yield from _by_machine(session, verdict)


def is_reversed(session: Session, number: int) -> bool:
    """Whether an entry was taken back."""
    return session.scalar(select(EntryRow.number).where(EntryRow.reverses == number)) is not None


def is_posted(posted: Iterable[tuple[int | None, int | None]], span: Span | None) -> bool:
    """Whether one of the places (start and end in ms, None of a whole call) is where the span is."""
    return any(
        start is None
        or end is None
        or span is None
        or (start <= span.end_ms + SAME_PLACE_MS and span.start_ms <= end + SAME_PLACE_MS)
        for start, end in posted
    )


def said_around(session: Session, inspection_id: int | None) -> Iterator[str]:
    """All that was said in an inspected call, and all of it but the customer's words: a number may be spread over several turns."""
    yield from said_in(session, [] if inspection_id is None else [inspection_id]).get(inspection_id or 0, ())


def said_in(session: Session, inspection_ids: Collection[int]) -> Mapping[int, tuple[str, str]]:
    """As `said_around`, of several inspections at once."""
    query = select(TurnRow.inspection_id, TurnRow.speaker, TurnRow.text).where(
        TurnRow.inspection_id.in_(inspection_ids)
    )
    found: dict[int, tuple[str, str]] = {}
    for inspection_id, who, text in session.execute(query.order_by(TurnRow.inspection_id, TurnRow.position)).tuples():
        both, line = found.get(inspection_id, ("", ""))
        found[inspection_id] = both + text, line if who is Speaker.CUSTOMER else line + text
    return found


def _by_machine(session: Session, verdict: Verdict) -> list[Posted]:
    if verdict.finding_id is None:
        return []
    finding = session.get_one(FindingRow, verdict.finding_id)
    query = select(EntryRow.number, EntryRow.start_ms, EntryRow.end_ms).where(
        EntryRow.month >= str(Month.of(verdict.day)),
        EntryRow.vendor == verdict.row.vendor,
        EntryRow.project == verdict.row.project,
        EntryRow.call_id == verdict.row.call_id,
        EntryRow.kind == EntryKind.VIOLATION,
        EntryRow.person.is_(None),
        EntryRow.rule == finding.rule,
    )
    span = span_between(finding.start_ms, finding.end_ms)
    return [
        entry(session, number)
        for number, start, end in session.execute(query.order_by(EntryRow.number))
        if is_posted([(start, end)], span)
    ]
