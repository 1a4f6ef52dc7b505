"""The reviewers' queue kept in step with what is found and decided, and the next call for somebody who asks for one.

    refresh_call(session, 7, now, model)               what was found in call 7 and is undecided, in the transaction that changed it
    refresh_queue(engine, now, model)                  all calls, each vendor's put in order anew: at the end of a night
    next_call(session, person, now, policy, dice)      the call that he hears next; nobody else is handed it meanwhile

A row made between two nights stands as if it were its vendor's first; the night gives it its turn. Among the calls that somebody is handed there are
some in which nothing was found and some that another has judged already, as many as the policy says; nothing tells him which (`store/seats.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from random import Random

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pipeline.findings.confirmation import Confirmation
from pipeline.findings.ranking import Worst, priority, turns, worst, worth
from pipeline.ledger.grades import grade_in_force
from pipeline.ledger.vendors import project_in
from pipeline.policy.policy import Policy
from pipeline.policy.review import UNSAID, WHOLE_BP, ReviewPolicy
from pipeline.records.entry import EntryKind
from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.store.desks import hand, on_desk
from pipeline.store.engine import lock_against_writers, reading, writing
from pipeline.store.facts import facts_of
from pipeline.store.handing import free_control, free_flagged, free_second
from pipeline.store.ledger import entries
from pipeline.store.policies import find_policy
from pipeline.store.queue import Flagged, Queued, flagged, flagged_vendors, is_empty, save, turn_of
from pipeline.store.tables import AssignmentRow, Occasion, QueueRow


class _Stakes:
    """What hangs on calls, and how closely their vendors are looked at; each asked of the store once."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        # Grades change with a close, in the middle of a day: which zone the month begins in makes no difference.
        self._month = Month.of(now.date())
        self._policy, self._facts = cache(self._policy_in), cache(lambda vendor: facts_of(session, vendor))
        self.grade, self._price = cache(self._grade_of), cache(self._price_in)

    def value_fen(self, call: Flagged) -> int:
        """What the vendor is paid for the call if it is the success that it says."""
        return self._price(call.vendor, call.project, Month.of(call.day)) if call.is_success else 0

    def _policy_in(self, month: Month) -> Policy | None:
        return find_policy(self._session, month)

    def _price_in(self, vendor: str, project: str, month: Month) -> int:
        """0 where nothing is known of a price: no reason to leave a call unheard."""
        if (policy := self._policy(month)) is None:
            return 0
        known = project_in(vendor, project, self._facts(vendor), month, policy.registry)
        return (known and policy.settlement.unit_price_fen(known.business_type, known.script_s)) or 0

    def _grade_of(self, vendor: str) -> int:
        """0 before there was a policy to grade anybody by."""
        if (policy := self._policy(self._month)) is None:
            return 0
        return grade_in_force(entries(self._session, vendor=vendor, kinds=(EntryKind.GRADE,)), self._month, policy)


def refresh_call(session: Session, call_pk: int, now: datetime, model: Confirmation | None) -> None:
    """Bring a call's row up to date; without one where nothing was ever found. `model`: the accepted one (`findings/confirmation.py`)."""
    _lock_queue(session)
    stakes, turn = _Stakes(session, now), turn_of(session, call_pk)
    found = [_weighed(call, stakes, model) for call in flagged(session, call_pk=call_pk)]
    save(session, dict(_queued(one, turn) for one in found), call_pk=call_pk)


def refresh_queue(engine: Engine, now: datetime, model: Confirmation | None = None) -> None:
    """Bring the whole queue up to date, one vendor a transaction, so that nobody who judges meanwhile waits for all of it."""
    with reading(engine) as session:
        vendors = flagged_vendors(session)
    for vendor in vendors:
        with writing(engine) as session:
            _refresh_vendor(session, vendor, now, model)


def fill_queue(engine: Engine, now: datetime, model: Confirmation | None) -> None:
    """Make the queue of a store that has none yet: one of an older version, or brought from elsewhere."""
    with reading(engine) as session:
        if not is_empty(session):
            return
    refresh_queue(engine, now, model)


def review_policy(session: Session, month: Month) -> ReviewPolicy:
    """What the policy in force in a month says of reviewing."""
    policy = find_policy(session, month)
    return UNSAID if policy is None else policy.review


def next_call(session: Session, person: Person, now: datetime, policy: ReviewPolicy, dice: Random) -> int | None:
    """Hand the person a call and say which: one that is on his desk already, else the next one. None where nothing flagged is left.

    Without anything flagged nobody is handed anything else, for then he would know what it is.
    """
    lock_against_writers(session, AssignmentRow.__tablename__)
    if waiting := on_desk(session, person):
        return waiting[0].call_pk
    flagged_pk = free_flagged(session, person, now, timedelta(minutes=policy.desk_minutes))
    if flagged_pk is None:
        return None
    occasion, call_pk = Occasion.FLAGGED, None
    thrown = dice.randrange(WHOLE_BP)
    if thrown < policy.control_bp:
        occasion, call_pk = Occasion.CONTROL, free_control(session, dice)
    elif thrown < policy.control_bp + policy.second_bp:
        occasion, call_pk = Occasion.SECOND, free_second(session, person, now, dice)
    if call_pk is None:
        occasion, call_pk = Occasion.FLAGGED, flagged_pk
    hand(session, call_pk, person, occasion, now)
    return call_pk


def _lock_queue(session: Session) -> None:
    """What is found and decided must not change between its being read and the row's being written."""
    lock_against_writers(session, QueueRow.__tablename__)


def _refresh_vendor(session: Session, vendor: str, now: datetime, model: Confirmation | None) -> None:
    _lock_queue(session)
    stakes = _Stakes(session, now)
    found = [_weighed(call, stakes, model) for call in flagged(session, vendor=vendor)]
    waiting = [one for one in found if one.call.waiting]
    turn = dict(zip((one.call.call_pk for one in waiting), turns([one.points for one in waiting]), strict=True))
    save(session, dict(_queued(one, turn.get(one.call.call_pk, 0)) for one in found), vendor=vendor)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A flagged call with what it is ranked by, but for the others of its vendor."""

    call: Flagged
    at: Worst
    value_fen: int
    grade: int
    points: int


def _weighed(call: Flagged, stakes: _Stakes, model: Confirmation | None) -> _Weighed:
    at, value_fen = worst(call.waiting or call.settled, model), stakes.value_fen(call)
    return _Weighed(call, at, value_fen, stakes.grade(call.vendor), worth(at, value_fen, call.day))


def _queued(one: _Weighed, turn: int) -> tuple[Queued, Mapping[str, bool]]:
    call, is_open = one.call, bool(one.call.waiting)
    turn = turn if is_open else 0
    row = Queued(
        call_pk=call.call_pk,
        is_open=is_open,
        vendor=call.vendor,
        project=call.project,
        agent=call.agent,
        day=call.day,
        state=call.state.value,
        grade=one.grade,
        severity=one.at.severity,
        confidence_bp=one.at.likelihood_bp,
        value_fen=one.value_fen,
        open_findings=len(call.waiting),
        findings=len(call.waiting) + len(call.settled),
        turn=turn,
        priority=priority(one.points, turn),
    )
    waiting = {each.rule for each in call.waiting}
    return row, {each.rule: each.rule in waiting for each in (*call.waiting, *call.settled)}
