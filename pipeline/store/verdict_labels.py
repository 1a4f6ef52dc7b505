"""Verdicts as labels to learn from: of findings, and of how agents came across in calls.

finding 12 phrase.taunt, exact, 0.95     confirmed                          true
call 0007, heard whole                   phrase.coldness was confirmed      cold; neither blunt nor impatient
call 0008, not heard whole               phrase.coldness was overturned     not cold; of the others nothing is known
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from pipeline.findings.ranking import Suspicion
from pipeline.records.finding import Severity
from pipeline.store.tables import CallReviewRow, CallRow, FindingRow, ToneRow, VerdictRow
from pipeline.store.verdicts import stands


@dataclass(frozen=True, slots=True)
class LabelledFinding:
    """A decided finding; reclassified, it is a fault all the same."""

    vendor: str
    call_id: str
    finding: Suspicion
    is_fault: bool


@dataclass(frozen=True, slots=True)
class LabelledCall:
    """A call and which of some rules have a fault in it, as far as that is known."""

    vendor: str
    call_id: str
    has_fault: Mapping[str, bool]


def labelled_findings(session: Session) -> Iterator[LabelledFinding]:
    """All findings with a verdict, as they were found; a notice is no fault and none of them (P-20)."""
    query = (
        select(
            CallRow.vendor,
            CallRow.call_id,
            VerdictRow.decision,
            FindingRow.rule,
            FindingRow.severity,
            FindingRow.match,
            FindingRow.confidence,
            FindingRow.counts,
            ToneRow.snr_db,
        )
        .select_from(VerdictRow)
        .join(CallRow, CallRow.id == VerdictRow.call_pk)
        .join(FindingRow, FindingRow.id == VerdictRow.finding_id)
        .outerjoin(ToneRow, ToneRow.inspection_id == FindingRow.inspection_id)
        .where(stands(), FindingRow.severity != Severity.NOTICE)
        .order_by(FindingRow.id)
    )
    for vendor, call_id, decision, *found in session.execute(query.execution_options(yield_per=1000)):
        yield LabelledFinding(vendor, call_id, Suspicion(*found), decision.is_fault)


def labelled_calls(session: Session, rules: Sequence[str]) -> list[LabelledCall]:
    """Calls that somebody heard whole, or decided about one of the rules in."""
    known: dict[tuple[str, str], dict[str, bool]] = defaultdict(dict)
    is_heard = exists().where(CallReviewRow.call_pk == CallRow.id)
    for vendor, call_id in session.execute(select(CallRow.vendor, CallRow.call_id).where(is_heard)):
        known[vendor, call_id] = dict.fromkeys(rules, False)
    query = (
        select(CallRow.vendor, CallRow.call_id, FindingRow.rule, VerdictRow.rule, VerdictRow.decision)
        .select_from(VerdictRow)
        .join(CallRow, CallRow.id == VerdictRow.call_pk)
        .outerjoin(FindingRow, FindingRow.id == VerdictRow.finding_id)
        .where(stands(), VerdictRow.rule.in_(rules) | FindingRow.rule.in_(rules))
    )
    for vendor, call_id, found, decided, decision in session.execute(query):
        labels = known[vendor, call_id]
        for rule in {found, decided} & set(rules):
            labels[rule] = labels.get(rule, False) or (decision.is_fault and rule == decided)
    return [LabelledCall(*call, labels) for call, labels in sorted(known.items())]
