"""What the store knows of how well inspection works; `pipeline/scoring` makes rates of it.

    scope = Scope(person, Month(2026, 3), vendor="华声外呼")
    rule_counts(session, scope)       verdicts that stand, by rule, version and way of matching
    control_counts(session, scope)    calls drawn at random: flagged, heard whole, at fault

Two who hear a call without knowing of each other: the first decides (verdicts), the second says what he thinks (opinions) and is done with the call.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from pipeline.records.call import JUDGED
from pipeline.records.draw import DrawKind
from pipeline.records.finding import Match
from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.records.quality import ControlCounts, RuleCount, Sitting
from pipeline.records.verdict import Decision
from pipeline.store.tables import (
    AssignmentRow,
    CallReviewRow,
    CallRow,
    DrawnCallRow,
    DrawRow,
    FindingRow,
    Occasion,
    QueueRow,
    VerdictRow,
)
from pipeline.store.verdicts import is_charged, is_fault, stands
from pipeline.store.visible import visible

# Who leaves a call open over lunch has not judged it all that time.
LONGEST_SITTING_MS = 30 * 60_000


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose question it is, and about which calls and rule."""

    person: Person
    month: Month | None = None
    vendor: str | None = None
    rule: str | None = None

    def calls(self) -> list[ColumnElement[bool]]:
        """The conditions on calls."""
        conditions = [visible(self.person, CallRow.vendor)]
        if self.month is not None:
            conditions.append(CallRow.day.between(self.month.first_day, self.month.last_day))
        if self.vendor is not None:
            conditions.append(CallRow.vendor == self.vendor)
        return conditions


def rule_counts(session: Session, scope: Scope) -> list[RuleCount]:
    """Verdicts about findings."""
    keys = FindingRow.rule, FindingRow.rule_version, FindingRow.match
    query = (
        select(*keys, VerdictRow.decision, func.count())
        .select_from(VerdictRow)
        .join(FindingRow, FindingRow.id == VerdictRow.finding_id)
        .join(CallRow, CallRow.id == VerdictRow.call_pk)
        .where(stands(), *scope.calls())
        .group_by(*keys, VerdictRow.decision)
    )
    if scope.rule is not None:
        query = query.where(FindingRow.rule == scope.rule)
    counts: dict[tuple[str, int, Match], dict[Decision, int]] = defaultdict(dict)
    for rule, version, match, decision, count in session.execute(query):
        counts[rule, version, match][decision] = count
    order = Decision.CONFIRMED, Decision.RECLASSIFIED, Decision.OVERTURNED
    return [RuleCount(*key, *(found.get(decision, 0) for decision in order)) for key, found in counts.items()]


def added_counts(session: Session, scope: Scope) -> Mapping[str, int]:
    """Faults that no finding had named, by rule."""
    query = (
        select(VerdictRow.rule, func.count())
        .join(CallRow, CallRow.id == VerdictRow.call_pk)
        .where(stands(), VerdictRow.finding_id.is_(None), is_fault(), *scope.calls())
        .group_by(VerdictRow.rule)
    )
    if scope.rule is not None:
        query = query.where(VerdictRow.rule == scope.rule)
    return dict(session.execute(query).tuples().all())


def control_counts(session: Session, scope: Scope) -> ControlCounts:
    """Calls drawn at random and judged. A flagged one has a row in the queue; one drawn on purpose alone says nothing about the others."""
    on_purpose = _drawn_on_purpose()
    judged = (CallRow.state.in_(JUDGED), CallRow.id.not_in(on_purpose), *scope.calls())
    in_queue = exists().where(QueueRow.call_pk == CallRow.id)
    is_faulty = exists().where(VerdictRow.call_pk == CallRow.id, is_charged(), stands())
    flagged = select(func.count()).select_from(CallRow).join(QueueRow, QueueRow.call_pk == CallRow.id).where(*judged)
    cells = (
        select(in_queue.label("flagged"), is_faulty.label("faulty"), func.count())
        .select_from(CallRow)
        .where(CallRow.id.in_(select(CallReviewRow.call_pk)), *judged)
        .group_by("flagged", "faulty")
    )
    heard: dict[tuple[bool, bool], int] = defaultdict(int)
    for is_flagged, faulty, count in session.execute(cells):
        heard[bool(is_flagged), bool(faulty)] = count
    return ControlCounts(
        session.scalar(select(func.count()).select_from(CallRow).where(*judged)) or 0,
        session.scalar(flagged) or 0,
        heard[True, True] + heard[True, False],
        heard[True, True],
        heard[False, True] + heard[False, False],
        heard[False, True],
    )


def _drawn_on_purpose() -> Select[tuple[int]]:
    """Calls that no random draw has; there are few draws of the other kind."""
    random, its_draw = aliased(DrawnCallRow), aliased(DrawRow)
    is_random = exists().where(
        random.call_pk == DrawnCallRow.call_pk, its_draw.id == random.draw_id, its_draw.kind == DrawKind.RANDOM
    )
    targeted = select(DrawRow.id).where(DrawRow.kind == DrawKind.TARGETED)
    return select(DrawnCallRow.call_pk).where(DrawnCallRow.draw_id.in_(targeted), ~is_random)


def sittings(session: Session, scope: Scope) -> list[Sitting]:
    """Calls that people opened and finished, by themselves or as a check on the others; a second hearing confirms nothing and is none of them."""
    query = (
        select(AssignmentRow.person, AssignmentRow.call_pk, AssignmentRow.opened_at, AssignmentRow.done_at)
        .join(CallRow, CallRow.id == AssignmentRow.call_pk)
        .where(
            AssignmentRow.occasion != Occasion.SECOND,
            AssignmentRow.opened_at.is_not(None),
            AssignmentRow.done_at.is_not(None),
            *scope.calls(),
        )
        .order_by(AssignmentRow.id)
    )
    faults = _faults_by_person(session, scope)
    return [
        Sitting(
            person,
            call_pk,
            min(LONGEST_SITTING_MS, max(0, round((done - opened).total_seconds() * 1000))),
            faults.get((call_pk, person), 0),
        )
        for person, call_pk, opened, done in session.execute(query)
    ]


def _faults_by_person(session: Session, scope: Scope) -> Mapping[tuple[int, str], int]:
    query = (
        select(VerdictRow.call_pk, VerdictRow.person, func.count())
        .join(CallRow, CallRow.id == VerdictRow.call_pk)
        .where(VerdictRow.follows.is_(None), is_charged(), *scope.calls())
        .group_by(VerdictRow.call_pk, VerdictRow.person)
    )
    return {(call_pk, person): count for call_pk, person, count in session.execute(query)}
