"""Verdicts given, revised and added. Nothing here touches the ledger: `pipeline/services/reviewing.py` does both in one transaction.

    with writing(engine) as session:
        decide(session, 12, Decision.CONFIRMED, person, now)

Of two who decide at the same moment one is first; the other is told who was.
"""

from datetime import datetime
from difflib import get_close_matches

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.checks.catalogue import RULES, entry
from pipeline.errors import StoreError, UsageError
from pipeline.records.call import CallState
from pipeline.records.finding import Severity
from pipeline.records.person import Person
from pipeline.records.verdict import Decision
from pipeline.review.decision import Charge, revised
from pipeline.review.rights import Act, refuse_again, refuse_role
from pipeline.review.wording import written
from pipeline.store.findings import Wanted, find_finding, same_fault, undecided, words_charged
from pipeline.store.tables import AppealRow, CallRow, InspectionRow, RecordingRow, VerdictRow
from pipeline.store.verdicts import Verdict, history, verdict, verdict_of, verdicts_of_call


class Appealed(StoreError):
    """An appeal goes before another verdict: `decided_by` whoever has decided it, None while it is open."""

    def __init__(self, appeal_id: int, verdict_id: int, decided_by: str | None) -> None:
        then = f": it is decided by `callqa appeal decide {appeal_id}`"
        then = then if decided_by is None else f" and decided by {decided_by}: that is final"
        super().__init__(f"appeal {appeal_id} was filed against verdict {verdict_id}{then}")
        self.appeal_id, self.verdict_id, self.decided_by = appeal_id, verdict_id, decided_by


class Replaced(StoreError):
    """A verdict in whose place another stands: `by`."""

    def __init__(self, verdict_id: int, by: int) -> None:
        super().__init__(f"verdict {verdict_id} was replaced by verdict {by}")
        self.verdict_id, self.by = verdict_id, by


class SaysSo(StoreError):
    """Another verdict that would say what the one says that stands."""

    def __init__(self, known: Verdict) -> None:
        said = f"{known.decision.value} as {known.charge.rule}"
        super().__init__(f"verdict {known.verdict_id} says so already: {said}")
        self.verdict_id = known.verdict_id


class ThereAlready(StoreError):
    """A verdict says of the place what another is to say: `known`."""

    def __init__(self, what: str, known: Verdict) -> None:
        super().__init__(
            f"{what} already decided by {known.person}: {known.decision.value}, verdict {known.verdict_id}"
        )
        self.known = known


class Withdrawn(StoreError):
    """A call that the operator has withdrawn: nothing in it is decided any more."""

    def __init__(self, vendor: str, call_id: str) -> None:
        super().__init__(f"call {call_id!r} of {vendor!r} was withdrawn by the operator: nothing in it counts")
        self.vendor, self.call_id = vendor, call_id


def decide(
    session: Session,
    finding_id: int,
    decision: Decision,
    person: Person,
    now: datetime,
    *,
    rule: str | None = None,
    severity: Severity | None = None,
    note: str = "",
) -> Verdict:
    """Give a finding its first verdict; `rule` and `severity` are what a reclassified fault is instead (its catalogue's severity if none is given).

    Raises StoreError where the role gives no right, there is no such finding, its call was withdrawn, or it is decided already.
    """
    refuse_role(person, Act.REVIEW)
    found = find_finding(session, finding_id)
    refuse_withdrawn(lock_call(session, found.call_pk))
    if (known := verdict_of(session, finding_id)) is not None:
        raise ThereAlready(f"finding {finding_id} is", known)
    if (same := same_fault(session, finding_id)) is not None:
        raise ThereAlready(f"finding {finding_id} is the fault that is", verdict(session, same))
    finding = found.finding
    before = Charge(finding.rule, finding.severity, finding.span, words_charged(finding, found.row.vendor))
    row = VerdictRow(call_pk=found.call_pk, finding_id=finding_id, decision=decision)
    return _write(session, row, revised(before, decision, rule, severity_of(rule, severity)), note, person, now)


def revise(
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
) -> Verdict:
    """Put another verdict in the place of one that stands; `note` says why. Who had a hand in it cannot, and an appeal goes before it.

    Raises StoreError naming what forbids it.
    """
    known = verdict(session, verdict_id)
    lock_call(session, known.call_pk)
    if (by := session.scalar(select(VerdictRow.id).where(VerdictRow.follows == verdict_id))) is not None:
        raise Replaced(verdict_id, by)
    before = history(session, known)
    refuse_again(person, act, [one.person for one in before], f"verdict {verdict_id}")
    if act is Act.REVISE:
        _refuse_appealed(session, before)
    charge = revised(known.charge, decision, rule, severity_of(rule, severity))
    if (decision.is_fault, charge) == (known.decision.is_fault, known.charge):
        raise SaysSo(known)
    row = VerdictRow(call_pk=known.call_pk, finding_id=known.finding_id, follows=verdict_id, decision=decision)
    return _write(session, row, charge, written(note, "the reason for another verdict"), person, now)


def add_fault(
    session: Session, call_pk: int, charge: Charge, person: Person, now: datetime, *, note: str = ""
) -> Verdict:
    """Record a fault that no finding named. Raises StoreError where one does, or a verdict has it already."""
    refuse_role(person, Act.REVIEW)
    refuse_withdrawn(call := lock_call(session, call_pk))
    if charge.span is not None and charge.span.end_ms > (whole_ms := length_ms(session, call)):
        raise UsageError(f"call {call.call_id!r} is {whole_ms} ms long: there is nothing at {charge.span.end_ms} ms")
    severity_of(charge.rule, charge.severity)
    wanted = Wanted(vendor=call.vendor, call_id=call.call_id, rule=charge.rule, severities=tuple(Severity))
    for found in undecided(session, wanted):
        finding = found.finding
        if charge.is_same_place(Charge(finding.rule, finding.severity, finding.span, finding.text)):
            raise StoreError(f"finding {found.finding_id} says so: confirm it instead of adding it")
    row = VerdictRow(call_pk=call_pk, decision=Decision.ADDED)
    return _write(session, row, charge, note, person, now)


def lock_call(session: Session, call_pk: int) -> CallRow:
    """Let nobody else decide about the call until this transaction ends: each would miss what the other writes. SQLite has one writer anyway."""
    query = select(CallRow).where(CallRow.id == call_pk).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def refuse_withdrawn(call: CallRow) -> None:
    """Raise Withdrawn where the operator has withdrawn the call."""
    if call.state is CallState.WITHDRAWN:
        raise Withdrawn(call.vendor, call.call_id)


def length_ms(session: Session, call: CallRow) -> int:
    """As much of the call as was heard; of one that was never inspected, what the vendor says."""
    heard = (
        select(func.max(InspectionRow.decoded_ms))
        .join(RecordingRow, RecordingRow.id == InspectionRow.recording_id)
        .where(RecordingRow.call_pk == call.id)
    )
    return session.scalar(heard) or call.duration_ms


def _write(session: Session, row: VerdictRow, charge: Charge, note: str, person: Person, now: datetime) -> Verdict:
    if row.decision in (Decision.ADDED, Decision.RECLASSIFIED):
        for other in verdicts_of_call(session, row.call_pk):
            is_another = other.decision.is_fault and other.verdict_id != row.follows
            if is_another and other.charge.is_same_place(charge):
                raise ThereAlready(f"{charge.rule} there is", other)
    row.rule, row.severity = charge.rule, charge.severity
    row.start_ms, row.end_ms = (charge.span.start_ms, charge.span.end_ms) if charge.span else (None, None)
    row.words = written(charge.words, "the words", needed=False)
    row.note = written(note, "the note", needed=False)
    row.person, row.role, row.decided_at = person.name, person.role, now
    session.add(row)
    session.flush()
    return verdict(session, row.id)


def severity_of(rule: str | None, severity: Severity | None) -> Severity | None:
    """The severity that is meant: the rule's own where none is given. Raises UsageError for an unknown rule."""
    if rule is None:
        return severity
    if rule not in RULES:
        near = ", ".join(get_close_matches(rule, RULES)) or "phrase.abuse, script.missing.thanks, voice.noise, …"
        raise UsageError(f"there is no rule {rule!r}; rules are {near}")
    return severity or entry(rule).severity


def _refuse_appealed(session: Session, verdicts: list[Verdict]) -> None:
    appeals = select(AppealRow).where(AppealRow.verdict_id.in_([one.verdict_id for one in verdicts]))
    if (appeal := session.scalars(appeals).first()) is None:
        return
    raise Appealed(appeal.id, appeal.verdict_id, None if appeal.upheld is None else appeal.decided_by)
