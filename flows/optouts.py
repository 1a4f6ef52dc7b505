"""Calls made after the customer had said 别再打了: judged when both calls are heard, whichever was heard first.

    night of 4 March   call of 3 March to 138…     nothing known, nothing found
    night of 5 March   late row: call of 1 March   别再打了 is heard, and the call of 3 March gets its finding now

Hearing the later call first must end the same as hearing it last, so this rule is not run while a call is heard but in the transaction that
stores it, over all calls to its number. The finding is added to the later call's newest inspection and never changed again: an opt-out that
turns up still later, even an earlier one, adds none and is not named. One inspected file by itself knows no other call: nothing is claimed.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from pipeline.checks.check import CallFacts
from pipeline.checks.outcome.after_optout import RULE
from pipeline.checks.ruleset import Ruleset
from pipeline.checks.run import check_against_others
from pipeline.records.call import ManifestRow
from pipeline.records.finding import Finding
from pipeline.records.inspection import Inspection, Status
from pipeline.records.optout import KnownOptOut, names_one_customer
from pipeline.store.optouts import add_finding, calls_without, known_optouts


def claim_stored(session: Session, number: str, ruleset: Ruleset) -> list[int]:
    """Add what is found in the stored calls to a number; returns the calls that got a finding. Run again, it adds none."""
    if not names_one_customer(number):
        return []
    known = known_optouts(session, number)
    added = []
    for call in calls_without(session, number, RULE, known[0].at) if known else ():
        for finding in _found(call.started_at, known, ruleset):
            add_finding(session, call.inspection_id, finding)
            added.append(call.call_pk)
    return added


def claim_among(calls: Sequence[tuple[ManifestRow | None, Inspection]], ruleset: Ruleset) -> list[Inspection]:
    """The inspections of calls that were heard together without a store, with what is found between them."""
    by_number: dict[str, list[KnownOptOut]] = defaultdict(list)
    for row, inspection in calls:
        if row is not None and names_one_customer(row.customer_number):
            known = (KnownOptOut(row.vendor, row.call_id, row.started_at, optout) for optout in inspection.optouts)
            by_number[row.customer_number] += known
    judged = []
    for row, inspection in calls:
        if row is not None and row.customer_number in by_number and inspection.status is not Status.QUARANTINED:
            found = _found(row.started_at, by_number[row.customer_number], ruleset)
            judged.append(replace(inspection, findings=(*inspection.findings, *found)))
        else:
            judged.append(inspection)
    return judged


def _found(started_at: datetime, known: Sequence[KnownOptOut], ruleset: Ruleset) -> tuple[Finding, ...]:
    earlier = tuple(one for one in known if one.at < started_at)
    return check_against_others(CallFacts(started_at=started_at, optouts=earlier), ruleset)
