"""What stands about a call's faults for somebody who sits before it: verdicts, decisions that are pending, or his own opinions alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from pipeline.errors import UsageError
from pipeline.records.verdict import Decision
from pipeline.review.decision import Charge, revised
from pipeline.store.call_file import Numbered
from pipeline.store.deciding import severity_of
from pipeline.store.findings import same_fault
from pipeline.store.opinions import own_opinions
from pipeline.store.pending import Judgement, Pending, open_of_call
from pipeline.store.seats import Seat
from pipeline.store.verdicts import Verdict, verdicts_of_call
from pipeline.text.quoting import quoted


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody decided about a finding, or about a fault that none named (`finding_id` None); `charge` is what the fault is after it.

    `verdict_id` where it is a verdict, `pending` where it can still be undone.
    """

    finding_id: int | None
    decision: Decision
    charge: Charge
    person: str
    at: datetime
    note: str
    verdict_id: int | None = None
    pending: Pending | None = None


def what_is_said(session: Session, seat: Seat, findings: tuple[Numbered, ...]) -> tuple[Said, ...]:
    """All that stands, in the order of the findings and then of what was added. Who is blind finds only what he has said himself."""
    charges = {one.finding_id: charge_of(one) for one in findings}
    said = [*(_opinions(session, seat) if seat.blind else _verdicts(session, seat, findings))]
    for one in open_of_call(session, seat.call_pk):
        is_mine = one.person == seat.person.name
        is_of_seat = (one.opinion, one.session_id) == (seat.blind, seat.session_id) and (is_mine or not seat.blind)
        if is_of_seat and (one.judgement.finding_id is None or one.judgement.finding_id in charges):
            said.append(_pending(one, charges))
    order = {finding_id: place for place, finding_id in enumerate(charges)}
    return tuple(sorted(said, key=lambda one: (order.get(one.finding_id or 0, len(order)), one.at)))


def charge_of(found: Numbered) -> Charge:
    """A finding as the fault that it says there is."""
    one = found.finding
    return Charge(one.rule, one.severity, one.span, quoted(one.text, one.matched) or one.matched)


def judged(judgement: Judgement, before: Charge | None) -> Charge:
    """What the fault is after a judgement; `before`: the finding's, None where it is added. Raises UsageError where that makes no sense."""
    rule, severity = judgement.rule, severity_of(judgement.rule, judgement.severity)
    if before is not None:
        return revised(before, judgement.decision, rule, severity)
    if rule is None or severity is None:
        raise UsageError("a fault that is added needs its rule")
    return Charge(rule, severity, judgement.span, judgement.words)


def _opinions(session: Session, seat: Seat) -> Iterator[Said]:
    for one in own_opinions(session, seat):
        yield Said(one.finding_id, one.decision, one.charge, one.person, one.decided_at, one.note)


def _verdicts(session: Session, seat: Seat, findings: tuple[Numbered, ...]) -> Iterator[Said]:
    """The verdicts that stand, each under the newest judgement's finding of the same fault."""
    standing = {one.verdict_id: one for one in verdicts_of_call(session, seat.call_pk)}
    by_finding = {one.finding_id: one.verdict_id for one in standing.values() if one.finding_id is not None}
    shown = set()
    for found in findings:
        number = by_finding.get(found.finding_id) or same_fault(session, found.finding_id)
        if number in standing:
            shown.add(number)
            yield _verdict(standing[number], found.finding_id)
    for number, verdict in standing.items():
        if number not in shown:
            yield _verdict(verdict, None)


def _verdict(one: Verdict, finding_id: int | None) -> Said:
    return Said(finding_id, one.decision, one.charge, one.person, one.decided_at, one.note, verdict_id=one.verdict_id)


def _pending(one: Pending, charges: dict[int, Charge]) -> Said:
    said = one.judgement
    charge = judged(said, None if said.finding_id is None else charges[said.finding_id])
    return Said(said.finding_id, said.decision, charge, one.person, one.made_at, said.note, pending=one)
