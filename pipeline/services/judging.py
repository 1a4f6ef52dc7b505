"""Judging a call: what somebody decides stands after ten seconds in which he can take it back, and only where he has heard it.

    seat = take_seat(session, 7, person)
    judge(session, seat, Judgement(12, Decision.CONFIRMED), now)       pending 3: nobody else can decide finding 12
    take_back(session, 3, person, now)                                 as if it had never been
    finish(session, seat, now)                                         off his desk; heard whole, if he has
    settle_due(engine, now, settings.confirmation_path)                pending 3 is verdict 9, with all that follows in the ledger

Who is blind (`store/seats.py`) gets the same answers: his decisions become opinions instead, and those of others are not there for him.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pipeline.errors import CallqaError, StoreError
from pipeline.findings.confirmation import Confirmation
from pipeline.findings.confirmation import load as load_confirmation
from pipeline.records.person import Person
from pipeline.records.verdict import Decision
from pipeline.review.decision import Charge
from pipeline.review.heard import is_heard, is_heard_whole, played_ms
from pipeline.review.rights import Act, refuse_role
from pipeline.review.wording import written
from pipeline.services.reviewing import add, change, review
from pipeline.services.said import Said, charge_of, judged, what_is_said
from pipeline.store.call_file import Numbered, numbered_findings, subject_of
from pipeline.store.deciding import length_ms, lock_call, refuse_withdrawn
from pipeline.store.engine import reading, writing
from pipeline.store.events import record_event
from pipeline.store.hearings import mark_reviewed, unmark_reviewed
from pipeline.store.opinions import put_opinion
from pipeline.store.pending import Judgement, Pending, due, put, settled, take, undo
from pipeline.store.people import find_person
from pipeline.store.plays import played
from pipeline.store.seats import Seat, finish_assignment, reopen_assignment
from pipeline.store.tables import Did
from pipeline.store.verdicts import Verdict, verdicts_of_call
from pipeline.store.visible import NotThere, visible_call

_log = logging.getLogger("callqa.web")


class AlreadyDecided(StoreError):
    """Somebody was first: `said` is what he decided."""

    def __init__(self, said: Said) -> None:
        super().__init__(f"already decided by {said.person}: {said.decision.value}")
        self.said = said


class FoundAlready(StoreError):
    """A fault that is to be added is one that was found: it is confirmed instead."""

    def __init__(self, finding_id: int) -> None:
        super().__init__(f"finding {finding_id} says so: confirm it instead of adding it")
        self.finding_id = finding_id


class NotHeard(StoreError):
    """Who decides has not had it played."""


class JudgedAnew(StoreError):
    """A finding in whose place a newer judgement of the call has put others."""

    def __init__(self, finding_id: int | None) -> None:
        super().__init__(f"finding {finding_id} was judged anew meanwhile")
        self.finding_id = finding_id


class Undecided(StoreError):
    """Findings of the call wait for a decision; `count` of them."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} findings of the call are undecided")
        self.count = count


class NotHeardWhole(StoreError):
    """A call in which nothing was found is done with when it was heard; `share` is how much of it was, 0-1."""

    def __init__(self, share: float) -> None:
        super().__init__(f"{share:.0%} of the call was heard")
        self.share = share


def judge(session: Session, seat: Seat, judgement: Judgement, now: datetime) -> Pending:
    """Write down what the person decides, due in ten seconds; another decision of his that is still pending gives way to it.

    Raises AlreadyDecided, FoundAlready, NotHeard; NotThere for a finding of another call; UsageError for what makes no sense; StoreError where the
    role gives no right or the call was withdrawn.
    """
    refuse_role(seat.person, Act.REVIEW)
    refuse_withdrawn(call := lock_call(session, seat.call_pk))
    findings = numbered_findings(session, seat.call_pk)
    if judgement.finding_id is not None and all(one.finding_id != judgement.finding_id for one in findings):
        raise NotThere(f"there is no finding {judgement.finding_id} in call {seat.call_pk}")
    charge = _charge(judgement, findings)
    written(judgement.note, "the note", needed=False)
    before = _before(session, seat, judgement, charge, findings)
    whole_ms = length_ms(session, call)
    if charge.span is not None and charge.span.end_ms > whole_ms:
        raise NotHeard(f"the call is {whole_ms} ms long")
    if not is_heard(charge.span, played(session, call.id, seat.person), whole_ms):
        raise NotHeard("the place was not played")
    if before is not None:
        undo(session, before.pending_id, seat.person, now)
    detail = f"finding {judgement.finding_id}" if judgement.finding_id else "added"
    record_event(
        session, seat.person, Did.DECIDED, subject_of(call), now, f"{detail} {judgement.decision.value} {charge.rule}"
    )
    return put(session, call.id, judgement, seat.person, now, opinion=seat.blind, session_id=seat.session_id)


def judge_anew(
    session: Session, seat: Seat, verdict_id: int, judgement: Judgement, now: datetime, model: Confirmation | None
) -> Verdict:
    """Put a supervisor's verdict in the place of one about the call, at once: he had no hand in it, has heard, and says why.
    `model` as in `reviewing.review`.

    Raises NotThere for a verdict of another call, NotHeard; StoreError and UsageError as `reviewing.change`.
    """
    refuse_role(seat.person, Act.REVISE)
    call = lock_call(session, seat.call_pk)
    refuse_withdrawn(call)
    known = next((one for one in verdicts_of_call(session, call.id) if one.verdict_id == verdict_id), None)
    if known is None or seat.blind:
        raise NotThere(f"there is no verdict {verdict_id} about call {call.id}")
    if not is_heard(known.charge.span, played(session, call.id, seat.person), length_ms(session, call)):
        raise NotHeard("the place was not played")
    done = change(
        session, verdict_id, judgement.decision, seat.person, now,
        rule=judgement.rule, severity=judgement.severity, note=judgement.note, model=model,
    )  # fmt: skip
    detail = f"verdict {verdict_id} {judgement.decision.value} {done.verdict.charge.rule}"
    record_event(session, seat.person, Did.DECIDED, subject_of(call), now, detail)
    return done.verdict


def take_back(session: Session, pending_id: int, person: Person, now: datetime) -> Pending:
    """Undo a decision, and that its call was done with. Raises pending.NotYours."""
    taken = undo(session, pending_id, person, now)
    unmark_reviewed(session, taken.call_pk, person.name, taken.made_at)
    reopen_assignment(session, taken.call_pk, person.name, taken.made_at)
    call = visible_call(session, person, taken.call_pk)
    record_event(session, person, Did.DECIDED, subject_of(call), now, f"undone: {taken.judgement.decision.value}")
    return taken


@dataclass(frozen=True, slots=True)
class Finished:
    """A call that somebody is done with; `whole`: he has heard all of it, which says that nothing was missed."""

    whole: bool


def finish(session: Session, seat: Seat, now: datetime) -> Finished:
    """Be done with a call: off the desk, and on record as heard whole where it was. Raises Undecided, NotHeardWhole; StoreError as `judge`."""
    refuse_role(seat.person, Act.REVIEW)
    refuse_withdrawn(call := lock_call(session, seat.call_pk))
    findings = numbered_findings(session, seat.call_pk)
    said = what_is_said(session, seat, findings)
    decided = {one.finding_id for one in said}
    faults = [one for one in findings if one.is_fault]
    if left := sum(one.finding_id not in decided for one in faults):
        raise Undecided(left)
    heard, whole_ms = played(session, call.id, seat.person), length_ms(session, call)
    is_whole = is_heard_whole(heard, whole_ms)
    if not faults and not said and not is_whole:
        raise NotHeardWhole(played_ms(heard) / whole_ms if whole_ms else 0.0)
    if is_whole and not seat.blind:
        on_their_way = {one.finding_id for one in said if one.pending is not None and one.finding_id is not None}
        mark_reviewed(session, call.id, seat.person, now, on_their_way=on_their_way)
    finish_assignment(session, call.id, seat.person, now)
    record_event(session, seat.person, Did.DECIDED, subject_of(call), now, "done")
    return Finished(is_whole)


def settle_due(engine: Engine, now: datetime, confirmation: Path) -> int:
    """Make verdicts of all that can be undone no longer, each in a transaction of its own; how many decisions were settled.
    `confirmation`: where the model lies by which the queue ranks, once one is accepted.

    What cannot become a verdict any more (somebody decided elsewhere, the call was withdrawn) is kept with its reason, for its person to see.
    """
    with reading(engine) as session:
        numbers = due(session, now)
    model = load_confirmation(confirmation) if numbers else None
    for number in numbers:
        with writing(engine) as session:
            if (pending := take(session, number)) is not None:
                _settle(session, pending, now, model)
    return len(numbers)


def _settle(session: Session, pending: Pending, now: datetime, model: Confirmation | None) -> None:
    try:
        # Trouble with the database itself is no CallqaError in here: it leaves all as it was, and the next round tries again.
        with session.begin_nested():
            _become(session, pending, now, model)
    except CallqaError as error:
        _log.warning("decision %s by %s came to nothing: %s", pending.pending_id, pending.person, error)
        unmark_reviewed(session, pending.call_pk, pending.person, pending.made_at)
        settled(session, pending.pending_id, now, str(error))
        return
    settled(session, pending.pending_id, now)


def _become(session: Session, pending: Pending, now: datetime, model: Confirmation | None) -> None:
    person, one = find_person(session, pending.person), pending.judgement
    charge = _charge(one, numbered_findings(session, pending.call_pk))
    if pending.opinion:
        seat = Seat(pending.call_pk, person, True, pending.session_id)
        put_opinion(session, seat, one.finding_id, one.decision, charge, one.note, pending.made_at)
    elif one.finding_id is None:
        call = visible_call(session, person, pending.call_pk)
        add(session, call.vendor, call.call_id, charge, person, now, note=one.note, model=model)
    else:
        review(
            session, one.finding_id, one.decision, person, now,
            rule=one.rule, severity=one.severity, note=one.note, model=model,
        )  # fmt: skip


def _before(
    session: Session, seat: Seat, judgement: Judgement, charge: Charge, findings: tuple[Numbered, ...]
) -> Pending | None:
    """The person's own pending decision that this one takes the place of. Raises AlreadyDecided or FoundAlready where another stands in its way."""
    said = what_is_said(session, seat, findings)
    decided = {one.finding_id for one in said}
    for one in said if judgement.finding_id is not None else ():
        if one.finding_id == judgement.finding_id:
            if one.pending is None or one.person != seat.person.name:
                raise AlreadyDecided(one)
            return one.pending
    if judgement.decision not in (Decision.ADDED, Decision.RECLASSIFIED):
        return None
    for one in said:
        if one.decision.is_fault and one.charge.is_same_place(charge):
            raise AlreadyDecided(one)
    if judgement.decision is Decision.ADDED:
        for found in findings:
            if found.finding_id not in decided and charge_of(found).is_same_place(charge):
                raise FoundAlready(found.finding_id)
    return None


def _charge(judgement: Judgement, findings: tuple[Numbered, ...]) -> Charge:
    """What the fault is after the judgement. Raises UsageError where that makes no sense."""
    if judgement.finding_id is None:
        return judged(judgement, None)
    before = next((charge_of(one) for one in findings if one.finding_id == judgement.finding_id), None)
    if before is None:
        raise JudgedAnew(judgement.finding_id)
    return judged(judgement, before)
