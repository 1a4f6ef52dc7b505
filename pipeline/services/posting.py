"""Violations into the ledger and out of it again, in the transaction of what decides about them.

    2026-03-05   verdict 7  confirmed              violation  2026-03  -10 points     entry 17
    2026-04-02   2026-03 is closed
    2026-04-03   verdict 9  overturned, follows 7  reversal   2026-04  +10 points     reverses entry 17

What a verdict changes is posted into the month of the call while it is open, else into the next open one; its points are those of the policy of
the call's month, which the vendor could know.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from pipeline.policy.policy import Policy
from pipeline.records.entry import Entry, EntryKind, Posted
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.services.cases import VETO_RULES, after_reversal, open_what_is_due
from pipeline.store.cases import lock_ledger
from pipeline.store.findings import StoredFinding, undecided_by_rules, words_charged
from pipeline.store.ledger import entries, open_month, post, post_many
from pipeline.store.policies import policy_for
from pipeline.store.verdicts import Verdict
from pipeline.store.violations import finding_key, is_posted, said_around, standing_violation, verdict_key
from pipeline.text.masking import mask_within


def settle(session: Session, verdict: Verdict, person: Person, now: datetime) -> list[Posted]:
    """Make the ledger say what a new verdict says: a violation, the reversal of what stood before, both, or nothing; and what follows from them.

    A breach warns and a competitor's offer suspends at once (P-05, P-60); what hung on a reversed violation falls.
    """
    # No month may be closed between the choice of an open one and the posting into it.
    lock_ledger(session)
    standing = standing_violation(session, verdict)
    if standing is not None and verdict.is_charged and _is_same(standing.entry, verdict):
        return []
    policy = policy_for(session, Month.of(verdict.day)) if verdict.is_charged else None
    posted = [] if standing is None else post(session, [_reversal(session, standing, person, now)])
    if policy is not None:
        posted += post(session, [_violation(session, verdict, policy, now)])
    if standing is not None:
        posted += after_reversal(session, posted[0], now)
    if policy is not None and verdict.charge.rule in (*VETO_RULES, *policy.warning.breaches):
        posted += open_what_is_due(session, now, vendor=verdict.row.vendor)
    return posted


def post_by_machine(session: Session, month: Month, now: datetime) -> int:
    """Post the findings of a month's calls whose rules need no reviewer, and that nobody has decided. Returns how many; again, it posts none."""
    lock_ledger(session)
    policy, into = policy_for(session, month), open_month(session, month)
    places: dict[tuple[str, str | None, str | None], list[tuple[int | None, int | None]]] = defaultdict(list)
    for each in {month, into}:
        for one in entries(session, month=each, kinds=(EntryKind.VIOLATION,)):
            if one.entry.person is None:
                span = one.entry.span
                place = (None, None) if span is None else (span.start_ms, span.end_ms)
                places[one.entry.vendor, one.entry.call_id, one.entry.rule].append(place)

    def new() -> Iterator[Entry]:
        for found in undecided_by_rules(session, month, policy.posting.by_machine):
            known = places[found.row.vendor, found.row.call_id, found.finding.rule]
            is_fault = found.finding.counts and found.finding.severity is not Severity.NOTICE
            if is_fault and not is_posted(known, found.finding.span):
                yield _by_machine(session, found, into, policy, now)

    return post_many(session, new())


def _is_same(entry: Entry, verdict: Verdict) -> bool:
    return (entry.rule, entry.severity) == (verdict.charge.rule, verdict.charge.severity)


def _violation(session: Session, verdict: Verdict, policy: Policy, now: datetime) -> Entry:
    month, charge = Month.of(verdict.day), verdict.charge
    into = open_month(session, month)
    return Entry(
        key=verdict_key(verdict.verdict_id),
        kind=EntryKind.VIOLATION,
        month=into,
        vendor=verdict.row.vendor,
        project=verdict.row.project,
        recorded_at=now,
        subject=f"verdict {verdict.verdict_id}",
        call_id=verdict.row.call_id,
        agent=verdict.row.agent,
        rule=charge.rule,
        severity=charge.severity,
        match=verdict.match,
        span=charge.span,
        words=mask_within(charge.words, said_around(session, verdict.inspection_id)),
        points=-policy.score.points(charge.rule, charge.severity),
        person=verdict.person,
        role=verdict.role,
        policy=policy.version,
        ruleset=verdict.ruleset,
        model=verdict.model,
        note=late_note(month, into),
    )


def _by_machine(session: Session, found: StoredFinding, into: Month, policy: Policy, now: datetime) -> Entry:
    finding = found.finding
    return Entry(
        key=finding_key(found.finding_id),
        kind=EntryKind.VIOLATION,
        month=into,
        vendor=found.row.vendor,
        project=found.row.project,
        recorded_at=now,
        subject=f"finding {found.finding_id}",
        call_id=found.row.call_id,
        agent=found.row.agent,
        rule=finding.rule,
        severity=finding.severity,
        match=finding.match,
        span=finding.span,
        words=mask_within(words_charged(finding, found.row.vendor), said_around(session, found.inspection_id)),
        points=-policy.score.points(finding.rule, finding.severity),
        policy=policy.version,
        ruleset=found.ruleset,
        model=found.model,
        note=late_note(Month.of(found.day), into),
    )


def _reversal(session: Session, posted: Posted, person: Person, now: datetime) -> Entry:
    """The exact opposite of an entry, in its month or the next open one."""
    taken = posted.entry
    into = open_month(session, taken.month)
    return replace(
        taken,
        key=f"reversal entry {posted.number}",
        kind=EntryKind.REVERSAL,
        month=into,
        recorded_at=now,
        points=-taken.points,
        amount_fen=-taken.amount_fen,
        reverses=posted.number,
        person=person.name,
        role=person.role,
        note=late_note(taken.month, into),
    )


def late_note(month: Month, into: Month) -> str:
    """Why something of one month counts in another."""
    return "" if month == into else f"of {month}, which is closed"
