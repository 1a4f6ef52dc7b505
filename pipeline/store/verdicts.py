"""What people have decided about findings. A verdict is never changed: one that revises it follows it, and the last of them stands.

finding 12   verdict 7  confirmed     phrase.taunt  by 王敏
             verdict 9  overturned    follows 7     by 李主任         the words were the customer's
call 0007    verdict 8  added         phrase.abuse 61.0-62.5 s        no finding named it
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from pipeline.errors import StoreError
from pipeline.records.call import CallState, ManifestRow, Outcome
from pipeline.records.finding import Match, Severity
from pipeline.records.month import Month
from pipeline.records.person import Person, Role
from pipeline.records.span import span_between
from pipeline.records.verdict import Decision
from pipeline.review.decision import Charge
from pipeline.store.contents import row_of
from pipeline.store.tables import CallRow, FindingRow, InspectionRow, VerdictRow
from pipeline.store.visible import visible

# An added fault has neither of the last two; SQLAlchemy's types do not say so of outer joins.
_Rows = tuple[VerdictRow, CallRow, FindingRow, InspectionRow]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict with its call. `charge` is what the fault is after it; `match`, ruleset and model are the finding's, None of an added fault."""

    verdict_id: int
    call_pk: int
    row: ManifestRow
    day: date
    finding_id: int | None
    follows: int | None
    decision: Decision
    charge: Charge
    match: Match | None
    inspection_id: int | None
    ruleset: str | None
    model: str | None
    note: str
    person: str
    role: Role
    decided_at: datetime

    @property
    def is_charged(self) -> bool:
        """Whether something is lost by it: a notice is no fault (P-20)."""
        return self.decision.is_fault and self.charge.severity is not Severity.NOTICE


def verdict(session: Session, verdict_id: int) -> Verdict:
    """A verdict by its number. Raises StoreError where there is none."""
    if (found := session.execute(_query().where(VerdictRow.id == verdict_id)).one_or_none()) is None:
        raise StoreError(f"there is no verdict {verdict_id}")
    return _verdict(*found)


def verdicts_numbered(session: Session, numbers: Collection[int]) -> Mapping[int, Verdict]:
    """Verdicts by their numbers."""
    query = _query().where(VerdictRow.id.in_(numbers))
    return {one.verdict_id: one for one in (_verdict(*found) for found in session.execute(query))}


def verdict_of(session: Session, finding_id: int) -> Verdict | None:
    """The verdict that stands about a finding, if there is one."""
    found = session.execute(_query().where(VerdictRow.finding_id == finding_id, stands())).one_or_none()
    return None if found is None else _verdict(*found)


def verdicts_of_call(session: Session, call_pk: int) -> list[Verdict]:
    """The verdicts that stand about a call."""
    query = _query().where(VerdictRow.call_pk == call_pk, stands()).order_by(VerdictRow.id)
    return [_verdict(*found) for found in session.execute(query)]


@dataclass(frozen=True, slots=True)
class Judged:
    """What was decided about a call: the gravest fault that stands, how many stand and how many findings were overturned."""

    gravest: Severity | None
    faults: int
    overturned: int


def judged_calls(session: Session, calls: Collection[int]) -> Mapping[int, Judged]:
    """What was decided about each of some calls; one about which nothing was decided is left out."""
    query = select(VerdictRow.call_pk, VerdictRow.decision, VerdictRow.severity).where(
        VerdictRow.call_pk.in_(calls), stands()
    )
    decided: dict[int, list[Severity | None]] = {}
    for call_pk, decision, severity in session.execute(query).tuples():
        decided.setdefault(call_pk, []).append(severity if decision.is_fault else None)
    grave = list(Severity)
    return {
        call_pk: Judged(
            max((one for one in said if one is not None), key=grave.index, default=None),
            sum(one is not None for one in said),
            sum(one is None for one in said),
        )
        for call_pk, said in decided.items()
    }


def all_verdicts(
    session: Session, *, month: Month | None = None, vendor: str | None = None, project: str | None = None
) -> Iterator[Verdict]:
    """The verdicts that stand about the calls of a month, a vendor and a project, or about all, as they were given; read as they are asked for."""
    query = _query().where(stands()).order_by(VerdictRow.id)
    if month is not None:
        query = query.where(CallRow.day.between(month.first_day, month.last_day))
    for column, value in ((CallRow.vendor, vendor), (CallRow.project, project)):
        query = query if value is None else query.where(column == value)
    for found in session.execute(query.execution_options(yield_per=1000)):
        yield _verdict(*found)


def charged_verdicts(
    session: Session, person: Person, *, month: Month | None = None, before: int | None = None, limit: int
) -> list[Verdict]:
    """The standing verdicts by which vendors that the person may see lose something, of a month's calls or of all: the latest first."""
    query = _query().where(visible(person, CallRow.vendor), is_charged(), stands())
    if month is not None:
        query = query.where(CallRow.day.between(month.first_day, month.last_day))
    if before is not None:
        query = query.where(VerdictRow.id < before)
    return [_verdict(*found) for found in session.execute(query.order_by(VerdictRow.id.desc()).limit(limit))]


def denied_successes(session: Session, month: Month, rules: Collection[str]) -> Mapping[tuple[str, str], int]:
    """How many of a month's reported successes somebody has found to be none, under one of the rules; by vendor and project.

    However the call came to be looked at: at random, on purpose, or never drawn at all and heard on a complaint. A withdrawn call counts for nothing.
    """
    # Nothing is decided before the call was made; a zone is at most 14 hours ahead.
    earliest = datetime.combine(month.first_day - timedelta(days=1), time(), UTC)
    query = (
        select(CallRow.vendor, CallRow.project, func.count(func.distinct(CallRow.id)))
        .join(VerdictRow, VerdictRow.call_pk == CallRow.id)
        .where(
            VerdictRow.decided_at >= earliest,
            VerdictRow.rule.in_(rules),
            is_fault(),
            stands(),
            CallRow.day.between(month.first_day, month.last_day),
            CallRow.outcome == Outcome.SUCCESS,
            CallRow.state != CallState.WITHDRAWN,
        )
        .group_by(CallRow.vendor, CallRow.project)
    )
    return {(vendor, project): count for vendor, project, count in session.execute(query)}


def history(session: Session, known: Verdict) -> list[Verdict]:
    """A verdict and all that it followed, the first one last."""
    found = [known]
    while found[-1].follows is not None:
        found.append(verdict(session, found[-1].follows))
    return found


def is_charged() -> ColumnElement[bool]:
    """Whether something is lost by a verdict: a notice is no fault (P-20)."""
    return is_fault() & (VerdictRow.severity != Severity.NOTICE)


def is_fault() -> ColumnElement[bool]:
    """Whether a verdict says that there is a fault, or a notice."""
    return VerdictRow.decision.in_([decision for decision in Decision if decision.is_fault])


def stands() -> ColumnElement[bool]:
    """Whether no later verdict has taken a verdict's place."""
    later = aliased(VerdictRow)
    return ~exists().where(later.follows == VerdictRow.id)


def _query() -> Select[_Rows]:
    return (
        select(VerdictRow, CallRow, FindingRow, InspectionRow)
        .join(CallRow, CallRow.id == VerdictRow.call_pk)
        .outerjoin(FindingRow, FindingRow.id == VerdictRow.finding_id)
        .outerjoin(InspectionRow, InspectionRow.id == FindingRow.inspection_id)
    )


def _verdict(row: VerdictRow, call: CallRow, finding: FindingRow | None, inspection: InspectionRow | None) -> Verdict:
    span = span_between(row.start_ms, row.end_ms)
    return Verdict(
        verdict_id=row.id,
        call_pk=call.id,
        row=row_of(call),
        day=call.day,
        finding_id=row.finding_id,
        follows=row.follows,
        decision=row.decision,
        charge=Charge(row.rule, row.severity, span, row.words),
        match=finding.match if finding else None,
        inspection_id=inspection.id if inspection else None,
        ruleset=inspection.ruleset if inspection else None,
        model=inspection.model if inspection else None,
        note=row.note,
        person=row.person,
        role=row.role,
        decided_at=row.decided_at,
    )
