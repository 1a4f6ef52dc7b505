"""Reviewing: what somebody decides about a fault and what follows from it in the ledger and the queue, all or nothing.

with writing(engine) as session:
    done = review(session, 12, Decision.CONFIRMED, person, now)
    done.posted        the violation, where the fault costs something
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from pipeline.errors import DataError
from pipeline.findings.confirmation import Confirmation
from pipeline.records.entry import Posted
from pipeline.records.finding import Severity
from pipeline.records.person import Person
from pipeline.records.verdict import Decision
from pipeline.review.decision import Charge
from pipeline.review.rights import Act
from pipeline.services.posting import settle
from pipeline.services.queueing import refresh_call
from pipeline.store.deciding import add_fault, decide, revise
from pipeline.store.states import find_call
from pipeline.store.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A verdict and what it changed in the ledger: reversal, violation, and what hung on what was taken back, in that order."""

    verdict: Verdict
    posted: tuple[Posted, ...]


def review(
    session: Session,
    finding_id: int,
    decision: Decision,
    person: Person,
    now: datetime,
    *,
    rule: str | None = None,
    severity: Severity | None = None,
    note: str = "",
    model: Confirmation | None = None,
) -> Reviewed:
    """Decide about a finding that nobody has decided; `model` is the accepted one, by which the queue ranks (`findings/confirmation.py`).

    Raises StoreError where that is refused, DataError where no policy is in force.
    """
    verdict = decide(session, finding_id, decision, person, now, rule=rule, severity=severity, note=note)
    return _followed(session, verdict, person, now, model)


def change(
    session: Session,
    verdict_id: int,
    decision: Decision,
    person: Person,
    now: datetime,
    *,
    rule: str | None = None,
    severity: Severity | None = None,
    note: str,
    act: Act = Act.REVISE,
    model: Confirmation | None = None,
) -> Reviewed:
    """Put another verdict in the place of one, and take back what that one had posted. Raises StoreError where that is refused."""
    verdict = revise(session, verdict_id, decision, person, now, rule=rule, severity=severity, note=note, act=act)
    return _followed(session, verdict, person, now, model)


def add(
    session: Session,
    vendor: str,
    call_id: str,
    charge: Charge,
    person: Person,
    now: datetime,
    *,
    note: str = "",
    model: Confirmation | None = None,
) -> Reviewed:
    """Add a fault that no finding named. Raises DataError for an unknown call, StoreError where the fault is there already."""
    if (call := find_call(session, vendor, call_id)) is None:
        raise DataError(f"no call {call_id!r} of vendor {vendor!r} is registered; nothing was added")
    verdict = add_fault(session, call.id, charge, person, now, note=note)
    return _followed(session, verdict, person, now, model)


def _followed(
    session: Session, verdict: Verdict, person: Person, now: datetime, model: Confirmation | None
) -> Reviewed:
    """What follows from a verdict: in the ledger, and in the queue."""
    posted = settle(session, verdict, person, now)
    refresh_call(session, verdict.call_pk, now, model)
    return Reviewed(verdict, tuple(posted))
