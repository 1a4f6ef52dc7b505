"""What was found in the calls of one page of the queue: the worst of each, in the words that were said."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.records.finding import Severity
from pipeline.store.findings import is_decided
from pipeline.store.newest import is_newest
from pipeline.store.queue_page import QueueLine
from pipeline.store.tables import CallRow, FindingRow, InspectionRow, RecordingRow
from pipeline.store.violations import said_in
from pipeline.text.masking import mask_within
from pipeline.text.quoting import quoted

_NUMBER_WITHIN = 60


@dataclass(frozen=True, slots=True)
class WorstFinding:
    """What a line shows: the rule, from where in the call (None = all of it), and the words, numbers masked; empty where none were said."""

    rule: str
    start_ms: int | None
    words: str


def worst_findings(session: Session, lines: Sequence[QueueLine]) -> Mapping[int, WorstFinding]:
    """By call, the finding that its line is ranked by: of those that wait, of the line's severity, the likeliest."""
    query = (
        select(CallRow.id, FindingRow.severity, is_decided(), FindingRow.counts, FindingRow.confidence, FindingRow.id)
        .select_from(CallRow)
        .join(RecordingRow, RecordingRow.call_pk == CallRow.id)
        .join(InspectionRow, InspectionRow.recording_id == RecordingRow.id)
        .join(FindingRow, FindingRow.inspection_id == InspectionRow.id)
        .where(
            CallRow.id.in_([line.call_pk for line in lines]), is_newest(), func.coalesce(FindingRow.severity, "") != Severity.NOTICE.value
        )
    )  # fmt: skip
    ranked = {line.call_pk: line.severity for line in lines}
    best: dict[int, tuple[bool, bool, bool, float, int]] = {}
    for call_pk, severity, decided, counts, confidence, finding_id in session.execute(query).tuples():
        weighed = (not decided, severity is ranked[call_pk], counts, confidence, finding_id)
        best[call_pk] = max(weighed, best.get(call_pk, weighed))
    chosen = {one[-1]: call_pk for call_pk, one in best.items()}
    rows = session.scalars(select(FindingRow).where(FindingRow.id.in_(chosen))).all()
    said = said_in(session, [row.inspection_id for row in rows])
    return {
        chosen[row.id]: WorstFinding(row.rule, row.start_ms, _masked(row, said.get(row.inspection_id, ())))
        for row in rows
    }


def _masked(row: FindingRow, said: Sequence[str]) -> str:
    words = quoted(row.text, row.matched) or row.matched
    return mask_within(words, (piece for whole in said for piece in _around(words, whole)))


def _around(words: str, whole: str) -> Iterator[str]:
    """The words where they are in a call, with enough on both sides for a number to be seen whole; not all of the call, for there are many."""
    at = whole.find(words) if words else -1
    while at >= 0:
        yield whole[max(0, at - _NUMBER_WITHIN) : at + len(words) + _NUMBER_WITHIN]
        at = whole.find(words, at + 1)
