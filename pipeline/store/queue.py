"""The reviewers' queue as it is stored: a row a call in which a fault was found, with all that it is filtered and ranked by.

    calls = flagged(session, vendor="华声外呼")     what was found in the vendor's calls, and what of it is decided
    save(session, rows, vendor="华声外呼")          the vendor's part of the queue is exactly these rows

What a row says is for `services/queueing.py`; here is only how it is read and written, without touching what stays as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import groupby
from operator import itemgetter

from sqlalchemy import ColumnElement, delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from pipeline.findings.ranking import Suspicion
from pipeline.records.call import CallState, Outcome
from pipeline.records.finding import Severity
from pipeline.store.destroyed import is_destroyed
from pipeline.store.engine import chunks
from pipeline.store.findings import is_decided
from pipeline.store.newest import is_newest
from pipeline.store.offered import names_in
from pipeline.store.tables import (
    CallRow,
    FindingRow,
    InspectionRow,
    QueueRow,
    QueueRuleRow,
    RecordingRow,
    ToneRow,
)

BOTH = (True, False)


@dataclass(frozen=True, slots=True)
class Flagged:
    """A call in whose newest judgement there is a fault. `waiting` is what nobody has decided, `settled` the rest of it."""

    call_pk: int
    vendor: str
    project: str
    agent: str
    day: date
    state: CallState
    is_success: bool
    waiting: tuple[Suspicion, ...]
    settled: tuple[Suspicion, ...]


@dataclass(frozen=True, slots=True)
class Queued:
    """A row of the queue, as `tables/desk.py` explains it."""

    call_pk: int
    is_open: bool
    vendor: str
    project: str
    agent: str
    day: date
    state: str
    grade: int
    severity: Severity
    confidence_bp: int
    value_fen: int
    open_findings: int
    findings: int
    turn: int
    priority: int


# Of each rule of a call, whether something of it is undecided.
Rules = Mapping[str, bool]


def flagged(session: Session, *, vendor: str | None = None, call_pk: int | None = None) -> Iterator[Flagged]:
    """The flagged calls of a vendor, or the one call if it is one, in the order in which they were registered; a notice is no fault (P-20)."""
    which = CallRow.id == call_pk if vendor is None else CallRow.vendor == vendor
    query = (
        select(
            CallRow.id,
            CallRow.vendor,
            CallRow.project,
            CallRow.agent,
            CallRow.day,
            CallRow.state,
            CallRow.outcome,
            is_decided() | is_destroyed(),
            FindingRow.rule,
            FindingRow.severity,
            FindingRow.match,
            FindingRow.confidence,
            FindingRow.counts,
            ToneRow.snr_db,
        )
        .select_from(CallRow)
        .join(RecordingRow, RecordingRow.call_pk == CallRow.id)
        .join(InspectionRow, InspectionRow.recording_id == RecordingRow.id)
        .join(FindingRow, FindingRow.inspection_id == InspectionRow.id)
        .outerjoin(ToneRow, ToneRow.inspection_id == InspectionRow.id)
        .where(which, is_newest(), FindingRow.severity != Severity.NOTICE)
        .order_by(CallRow.id, FindingRow.id)
    )
    rows = session.execute(query.execution_options(yield_per=1000)).tuples()
    # Nothing is decided any more in a withdrawn call, nor in one that cannot be heard.
    for (pk, owner, project, agent, day, state, outcome), found in groupby(rows, key=itemgetter(0, 1, 2, 3, 4, 5, 6)):
        each = [(row[7], Suspicion(*row[8:])) for row in found]
        waiting = tuple(one for decided, one in each if not decided and state is not CallState.WITHDRAWN)
        settled = tuple(one for decided, one in each if decided or state is CallState.WITHDRAWN)
        yield Flagged(pk, owner, project, agent, day, state, outcome is Outcome.SUCCESS, waiting, settled)


def turn_of(session: Session, call_pk: int) -> int:
    """How many calls of its vendor stood before a call when the queue was last put in order; 0 of one that is not in it yet."""
    return session.scalar(select(QueueRow.turn).where(QueueRow.call_pk == call_pk)) or 0


def save(
    session: Session, queued: Mapping[Queued, Rules], *, vendor: str | None = None, call_pk: int | None = None
) -> None:
    """Make a vendor's part of the queue, or a call's row, exactly what is given."""
    which = QueueRow.call_pk == call_pk if vendor is None else _of_vendor(vendor)
    known = {row[0]: Queued(*row) for row in session.execute(select(*_columns()).where(which)).tuples()}
    rules = select(QueueRuleRow.call_pk, QueueRuleRow.rule, QueueRuleRow.is_open, QueueRuleRow.priority)
    stored = session.execute(rules.join(QueueRow, QueueRow.call_pk == QueueRuleRow.call_pk).where(which)).tuples()
    known_rules = {(pk, rule): (is_open, priority) for pk, rule, is_open, priority in stored}
    wanted = {row.call_pk: row for row in queued}
    wanted_rules = {(row.call_pk, rule): (is_open, row.priority) for row, own in queued.items() for rule, is_open in own.items()}  # fmt: skip
    for keys in chunks([key for key in known_rules if key not in wanted_rules]):
        session.execute(delete(QueueRuleRow).where(tuple_(QueueRuleRow.call_pk, QueueRuleRow.rule).in_(keys)))
    for pks in chunks([pk for pk in known if pk not in wanted]):
        session.execute(delete(QueueRow).where(QueueRow.call_pk.in_(pks)))
    _write(
        session,
        QueueRow,
        [_values(row) for pk, row in wanted.items() if pk not in known],
        [_values(row) for pk, row in wanted.items() if known.get(pk, row) != row],
    )
    _write(
        session,
        QueueRuleRow,
        [_rule(*key, *value) for key, value in wanted_rules.items() if key not in known_rules],
        [_rule(*key, *value) for key, value in wanted_rules.items() if known_rules.get(key, value) != value],
    )


def is_empty(session: Session) -> bool:
    """Whether the queue holds no call at all."""
    return session.scalar(select(QueueRow.call_pk).limit(1)) is None


def flagged_vendors(session: Session) -> list[str]:
    """Every vendor with a call."""
    return names_in(session, CallRow.vendor)


_NAMES = tuple(field.name for field in fields(Queued))


def _values(row: Queued) -> dict[str, object]:
    return {name: getattr(row, name) for name in _NAMES}


def _columns() -> list[ColumnElement[object]]:
    return [getattr(QueueRow, name) for name in _NAMES]


def _of_vendor(vendor: str) -> ColumnElement[bool]:
    # Both said, so that the index that begins with it is of use.
    return QueueRow.is_open.in_(BOTH) & (QueueRow.vendor == vendor)


def _rule(call_pk: int, rule: str, is_open: bool, priority: int) -> dict[str, object]:
    return {"call_pk": call_pk, "rule": rule, "is_open": is_open, "priority": priority}


def _write(
    session: Session,
    table: type[QueueRow] | type[QueueRuleRow],
    new: Sequence[dict[str, object]],
    changed: Sequence[dict[str, object]],
) -> None:
    if new:
        session.execute(insert(table), new)
    if changed:
        session.execute(update(table), changed)
