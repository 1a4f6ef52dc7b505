"""A page of the queue: what to hear next under some filters, and how much of it there is. A million calls in the store must not be felt.

    wanted = QueueFilter(vendor="华声外呼", rule="phrase.abuse")
    page = queue_page(session, person, wanted, after=None, size=50)
    page.total                                1,001: more than 1,000, and nobody counts further

A page is read along one index in the order of priority, the one of the filter with the fewest calls; the others are looked at row by row. Where a
filter has few calls at all they are found at once, and where all have many a page is soon full.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from pipeline.records.finding import Severity
from pipeline.records.person import Person
from pipeline.store.offered import names_in
from pipeline.store.queue import BOTH
from pipeline.store.tables import CallRow, QueueRow, QueueRuleRow
from pipeline.store.visible import visible

COUNTED = 1000
# Filters with more calls than this are all the same: a page of them is full before it has been felt.
_MANY = 50_000

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which calls of the queue; None = any. `without`: calls that are not shown to who asks."""

    is_open: bool = True
    vendor: str | None = None
    project: str | None = None
    rule: str | None = None
    agent: str | None = None
    day: date | None = None
    state: str | None = None
    grade: int | None = None
    without: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A call of the queue; its place in it is (priority, call_pk), falling."""

    call_pk: int
    call_id: str
    vendor: str
    project: str
    agent: str
    day: date
    severity: Severity
    value_fen: int
    open_findings: int
    findings: int
    priority: int

    @property
    def place(self) -> Place:
        """Where the next page begins behind it."""
        return self.priority, self.call_pk


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue. `further` is where the next one begins, None where there is none; `total` how much there is, told on the first page."""

    lines: Sequence[QueueLine]
    further: Place | None
    total: int | None


def queue_page(session: Session, person: Person, wanted: QueueFilter, *, after: Place | None, size: int) -> QueuePage:
    """At most `size` calls behind a place, the most urgent first; the first page where `after` is None."""
    along = _along(session, wanted)
    query = _calls(person, wanted, along)
    order = (QueueRuleRow.priority, QueueRuleRow.call_pk) if along == "rule" else (QueueRow.priority, QueueRow.call_pk)
    if after is not None:
        query = query.where(tuple_(*order) < tuple_(*map(literal, after)))
    # All that is counted is read at once: it would have to be looked for twice otherwise.
    most = max(size, COUNTED) if after is None else size
    found = session.scalars(query.order_by(*(one.desc() for one in order)).limit(most + 1)).all()
    lines = _lines(session, found[:size])
    return QueuePage(lines, lines[-1].place if len(found) > size else None, len(found) if after is None else None)


def counted(session: Session, person: Person, wanted: QueueFilter) -> int:
    """How many calls there are; one more than COUNTED stands for any more than that."""
    found = _calls(person, wanted, _along(session, wanted)).limit(COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def projects_in_queue(session: Session) -> list[str]:
    """Every project with an undecided or a decided call."""
    return _names(session, QueueRow.project)


def vendors_in_queue(session: Session, person: Person) -> list[str]:
    """Every vendor with an undecided or a decided call that the person may see."""
    return _names(session, QueueRow.vendor, visible(person, QueueRow.vendor))


def _calls(person: Person, wanted: QueueFilter, along: str | None) -> Select[tuple[int]]:
    """The calls by number, read along the index of one filter: the database does not see that the others have one, too."""
    columns = _columns(wanted)
    conditions = [
        column == value if name == along else func.coalesce(column, column) == value
        for name, (column, value) in columns.items()
    ]
    conditions.append(visible(person, QueueRow.vendor))
    if wanted.without:
        conditions.append(QueueRow.call_pk.not_in(wanted.without))
    if along == "rule":
        query = select(QueueRuleRow.call_pk).join(QueueRow, QueueRow.call_pk == QueueRuleRow.call_pk)
        conditions.append(func.coalesce(QueueRow.is_open, QueueRow.is_open) == wanted.is_open)
        return query.where(*_of_rule(wanted), *conditions)
    query = select(QueueRow.call_pk).where(QueueRow.is_open == wanted.is_open, *conditions)
    if wanted.rule is not None:
        query = query.where(exists().where(QueueRuleRow.call_pk == QueueRow.call_pk, *_of_rule(wanted)))
    return query


def _along(session: Session, wanted: QueueFilter) -> str | None:
    """The filter whose index is read: the one with the fewest calls; None where there is no filter."""
    names = [*_columns(wanted), *(["rule"] if wanted.rule is not None else [])]
    if len(names) < 2:
        return next(iter(names), None)
    return min(names, key=lambda name: _size(session, wanted, name))


def _size(session: Session, wanted: QueueFilter, name: str) -> int:
    """How many calls a filter has by itself, counted in its index as far as it makes a difference."""
    if name == "rule":
        query = select(QueueRuleRow.call_pk).where(*_of_rule(wanted))
    else:
        column, value = _columns(wanted)[name]
        query = select(QueueRow.call_pk).where(QueueRow.is_open == wanted.is_open, column == value)
    return session.scalar(select(func.count()).select_from(query.limit(_MANY).subquery())) or 0


def _of_rule(wanted: QueueFilter) -> tuple[ColumnElement[bool], ...]:
    return QueueRuleRow.rule == wanted.rule, QueueRuleRow.is_open == wanted.is_open


def _columns(wanted: QueueFilter) -> dict[str, tuple[InstrumentedAttribute[object], object]]:
    given = {
        "agent": (QueueRow.agent, wanted.agent),
        "vendor": (QueueRow.vendor, wanted.vendor),
        "day": (QueueRow.day, wanted.day),
        "project": (QueueRow.project, wanted.project),
        "grade": (QueueRow.grade, wanted.grade),
        "state": (QueueRow.state, wanted.state),
    }
    return {name: one for name, one in given.items() if one[1] is not None}


def _lines(session: Session, call_pks: Sequence[int]) -> list[QueueLine]:
    query = (
        select(
            QueueRow.call_pk,
            CallRow.call_id,
            QueueRow.vendor,
            QueueRow.project,
            QueueRow.agent,
            QueueRow.day,
            QueueRow.severity,
            QueueRow.value_fen,
            QueueRow.open_findings,
            QueueRow.findings,
            QueueRow.priority,
        )
        .join(CallRow, CallRow.id == QueueRow.call_pk)
        .where(QueueRow.call_pk.in_(call_pks))
    )
    lines = {row[0]: QueueLine(*row) for row in session.execute(query).tuples()}
    return [lines[pk] for pk in call_pks]


def _names(session: Session, column: InstrumentedAttribute[str], *conditions: ColumnElement[bool]) -> list[str]:
    return sorted(
        {name for is_open in BOTH for name in names_in(session, column, QueueRow.is_open == is_open, *conditions)}
    )
