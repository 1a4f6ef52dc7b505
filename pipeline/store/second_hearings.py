"""Calls that two people heard without knowing of each other: what the first decided, and what the second thought of the same.

    finding 12    verdict of 王敏: confirmed     opinion of 赵静: overturned
    call 0007     王敏 added phrase.abuse         赵静 was done with the call and added nothing

The first verdict counts, not one that came later in its place: that was given by somebody who knew of it.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from pipeline.records.quality import AddedTwice, Judged, NamedFault
from pipeline.records.span import span_between
from pipeline.records.verdict import Decision
from pipeline.store.quality import Scope
from pipeline.store.tables import (
    AssignmentRow,
    CallReviewRow,
    CallRow,
    FindingRow,
    Occasion,
    OpinionRow,
    VerdictRow,
)


def findings_heard_twice(session: Session, scope: Scope) -> Iterator[Judged]:
    """Findings with a verdict of one and an opinion of another; of several opinions of one person the last."""
    query = (
        select(
            CallRow.id,
            FindingRow.id,
            FindingRow.rule,
            VerdictRow.person,
            OpinionRow.person,
            VerdictRow.decision,
            OpinionRow.decision,
        )
        .select_from(OpinionRow)
        .join(CallRow, CallRow.id == OpinionRow.call_pk)
        .join(FindingRow, FindingRow.id == OpinionRow.finding_id)
        .join(VerdictRow, VerdictRow.finding_id == FindingRow.id)
        .where(
            # Hidden from their indexes, which would name nearly all rows.
            func.coalesce(OpinionRow.session_id, 0) == 0,
            func.coalesce(VerdictRow.follows, 0) == 0,
            VerdictRow.person != OpinionRow.person,
            *scope.calls(),
        )
        .order_by(FindingRow.id, OpinionRow.id)
    )
    if scope.rule is not None:
        query = query.where(FindingRow.rule == scope.rule)
    latest = {}
    for call_pk, finding_id, rule, first, second, decided, thought in session.execute(query):
        latest[finding_id, second] = Judged(
            call_pk, finding_id, rule, first, second, decided.is_fault, thought.is_fault
        )
    yield from latest.values()


def faults_added_twice(session: Session, scope: Scope) -> Iterator[AddedTwice]:
    """What each of two added to a call that both heard whole, where either added anything."""
    first, second = aliased(CallReviewRow), aliased(AssignmentRow)
    query = (
        select(CallRow.id, first.person, second.person)
        .join(first, first.call_pk == CallRow.id)
        .join(second, and_(second.call_pk == CallRow.id, second.person != first.person))
        .where(second.occasion == Occasion.SECOND, second.done_at.is_not(None), *scope.calls())
        .order_by(CallRow.id, first.person, second.person)
    )
    decided, thought = _added(session, scope, VerdictRow), _added(session, scope, OpinionRow)
    for call_pk, one, other in session.execute(query):
        named = decided.get((call_pk, one), ()), thought.get((call_pk, other), ())
        if any(named):
            yield AddedTwice(call_pk, one, other, *named)


def _added(
    session: Session, scope: Scope, table: type[VerdictRow] | type[OpinionRow]
) -> Mapping[tuple[int, str], tuple[NamedFault, ...]]:
    """What people added to calls that somebody heard a second time, by call and person."""
    is_heard_twice = exists().where(
        AssignmentRow.call_pk == table.call_pk, AssignmentRow.occasion == Occasion.SECOND, AssignmentRow.done_at.is_not(None)
    )  # fmt: skip
    is_own = table.session_id.is_(None) if table is OpinionRow else VerdictRow.follows.is_(None)
    query = (
        select(table.call_pk, table.person, table.rule, table.start_ms, table.end_ms)
        .join(CallRow, CallRow.id == table.call_pk)
        .where(table.decision == Decision.ADDED, is_own, is_heard_twice, *scope.calls())
        .order_by(table.id)
    )
    if scope.rule is not None:
        query = query.where(table.rule == scope.rule)
    found: dict[tuple[int, str], tuple[NamedFault, ...]] = {}
    for call_pk, person, rule, start_ms, end_ms in session.execute(query):
        span = span_between(start_ms, end_ms)
        found[call_pk, person] = (*found.get((call_pk, person), ()), NamedFault(rule, span))
    return found
