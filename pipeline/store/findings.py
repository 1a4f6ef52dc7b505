"""Findings with their calls, and which of them a reviewer still has to look at.

    call 0007, inspected by ruleset r1   finding 12   phrase.taunt 12.0-14.5 s     overturned: verdict 7
    the same recording, by ruleset r2    finding 40   phrase.taunt 12.1-14.4 s     is the same fault: nobody is asked again

Only the newest judgement of a recording is asked about. What it finds where an older one, or a reviewer, had a fault of the same rule was decided
with that one: a better model must not put a confirmed fault into the ledger twice, nor bring an overturned one back.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from pipeline.checks.outcome.after_optout import is_of_another
from pipeline.errors import StoreError
from pipeline.recordings.archive import archive_number
from pipeline.records.call import CallState, ManifestRow
from pipeline.records.finding import Finding, Severity
from pipeline.records.month import Month
from pipeline.store.contents import row_of
from pipeline.store.details import finding_of
from pipeline.store.newest import is_newest
from pipeline.store.tables import CallRow, DrawnCallRow, FindingRow, InspectionRow, RecordingRow, VerdictRow
from pipeline.text.quoting import quoted

# As far as two engines may differ about where the same words are.
SAME_PLACE_MS = 500
FAULTS = (Severity.FATAL, Severity.MAJOR, Severity.MINOR)

_GRAVEST_FIRST = (*FAULTS, Severity.NOTICE)
# As calls lie in their index.
_OLDEST_FIRST = (CallRow.day, CallRow.vendor, CallRow.project, CallRow.state, CallRow.id, FindingRow.id)

_Rows = tuple[FindingRow, InspectionRow, CallRow, bool]


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A finding with its inspection and its call; `day` is the call's in the configured zone, `formal`: drawn into the formal sample."""

    finding_id: int
    inspection_id: int
    call_pk: int
    row: ManifestRow
    day: date
    formal: bool
    ruleset: str
    model: str
    finding: Finding


def words_charged(finding: Finding, vendor: str) -> str:
    """The words of a fault, as verdict, ledger and all that is made of it have them. Where a customer said them in another vendor's call there are
    none: they stand in the finding, for reviewers alone.
    """
    return "" if is_of_another(finding, vendor) else quoted(finding.text, finding.matched) or finding.matched


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are looked for: those for which all of it holds. A notice is no fault, so it is looked for by name only.

    Of a month's calls and those of so many months before it; the store holds years of them.
    """

    month: Month | None = None
    vendor: str | None = None
    project: str | None = None
    call_id: str | None = None
    rule: str | None = None
    severities: tuple[Severity, ...] = FAULTS
    months_before: int = 0

    def days(self) -> tuple[date | None, ...]:
        """The calls' days, one by one; None where any day will do."""
        if self.month is None:
            return (None,)
        first = self.month.plus(-self.months_before).first_day
        return tuple(first + timedelta(days=n) for n in range((self.month.last_day - first).days + 1))


def find_finding(session: Session, finding_id: int) -> StoredFinding:
    """A finding by its number. Raises StoreError where there is none."""
    if (found := session.execute(_query().where(FindingRow.id == finding_id)).one_or_none()) is None:
        raise StoreError(f"there is no finding {finding_id}; `callqa review list` shows what is to be decided")
    return _stored(*found)


def to_review(session: Session, wanted: Wanted = Wanted(), limit: int | None = None) -> list[StoredFinding]:
    """What nobody has decided yet, the gravest first, then the oldest."""
    return list(undecided(session, wanted, limit))


def undecided(session: Session, wanted: Wanted = Wanted(), limit: int | None = None) -> Iterator[StoredFinding]:
    """As `to_review`, one after the other."""
    left = limit
    for severity, day in _searches(wanted):
        if left == 0:
            return
        query = _query().where(is_newest(), ~is_decided(), *_conditions(wanted), _is_of(severity))
        query = query.order_by(*_OLDEST_FIRST).limit(left)
        query = query if day is None else query.where(CallRow.day == day)
        for found in session.execute(query.execution_options(yield_per=1000)):
            left = None if left is None else left - 1
            yield _stored(*found)


def undecided_by_rules(session: Session, month: Month, rules: Collection[str]) -> Iterator[StoredFinding]:
    """What nobody has decided of a month's findings by these rules, one after the other."""
    in_month = CallRow.day.between(month.first_day, month.last_day)
    query = _query().where(FindingRow.rule.in_(rules), in_month, CallRow.state != CallState.WITHDRAWN)
    query = query.where(is_newest(), ~is_decided()).order_by(FindingRow.id)
    for found in session.execute(query.execution_options(yield_per=1000)):
        yield _stored(*found)


def same_fault(session: Session, finding_id: int) -> int | None:
    """The standing verdict that decided the same fault under another finding, if there is one."""
    earlier, its_finding = aliased(VerdictRow), aliased(FindingRow)
    query = (
        select(earlier.id)
        .join(InspectionRow, InspectionRow.id == FindingRow.inspection_id)
        .join(RecordingRow, RecordingRow.id == InspectionRow.recording_id)
        .join(earlier, earlier.call_pk == RecordingRow.call_pk)
        .outerjoin(its_finding, its_finding.id == earlier.finding_id)
        .where(FindingRow.id == finding_id, _is_of_same_fault(earlier, its_finding))
    )
    return session.scalars(query.select_from(FindingRow).limit(1)).first()


@cache
def is_decided() -> ColumnElement[bool]:
    """Whether the finding has a verdict, or another verdict of its call decided the same fault; for a query that has the finding's call."""
    own, other, its_finding = aliased(VerdictRow), aliased(VerdictRow), aliased(FindingRow)
    elsewhere = (
        select(other.id)
        .outerjoin(its_finding, its_finding.id == other.finding_id)
        .where(other.call_pk == CallRow.id, _is_of_same_fault(other, its_finding))
        .correlate(CallRow, FindingRow)
    )
    return or_(exists().where(own.finding_id == FindingRow.id), elsewhere.exists())


def count_by_rule(session: Session) -> dict[str, int]:
    """How many findings there are of each rule, in all inspections."""
    query = select(FindingRow.rule, func.count()).group_by(FindingRow.rule)
    return dict(session.execute(query).tuples().all())


def archived_as(session: Session, inspection_id: int) -> tuple[str, str]:
    """The number in the archive, and the path below its root, of the recording that was inspected (P-71)."""
    query = select(RecordingRow).join(InspectionRow, InspectionRow.recording_id == RecordingRow.id)
    return _archived(session.scalars(query.where(InspectionRow.id == inspection_id)).one())


def archived_call(session: Session, call_pk: int) -> tuple[str, str] | None:
    """As `archived_as`, of a call's latest recording; None where there is none."""
    query = select(RecordingRow).where(RecordingRow.call_pk == call_pk).order_by(RecordingRow.id.desc()).limit(1)
    row = session.scalars(query).first()
    return None if row is None else _archived(row)


def _archived(row: RecordingRow) -> tuple[str, str]:
    return archive_number(row.archive_day, row.archive_number), row.archive_path


def _query() -> Select[_Rows]:
    return (
        select(FindingRow, InspectionRow, CallRow, DrawnCallRow.formal)
        .join(InspectionRow, InspectionRow.id == FindingRow.inspection_id)
        .join(RecordingRow, RecordingRow.id == InspectionRow.recording_id)
        .join(CallRow, CallRow.id == RecordingRow.call_pk)
        .join(DrawnCallRow, DrawnCallRow.id == InspectionRow.drawn_call_id)
    )


def _searches(wanted: Wanted) -> Iterator[tuple[Severity, date | None]]:
    """How to look for it, the gravest first. Where no index names the few that are wanted, day by day: all of a month would be sorted at once."""
    for severity in (one for one in _GRAVEST_FIRST if one in wanted.severities):
        by_day = wanted.rule is None and severity is not Severity.FATAL
        for day in wanted.days() if by_day else (None,):
            yield severity, day


def _is_of(severity: Severity) -> ColumnElement[bool]:
    if severity is Severity.FATAL:
        return FindingRow.severity == severity
    # Hidden from the index: of the others there are too many for it to be the way.
    return func.coalesce(FindingRow.severity, "") == severity.value


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [CallRow.state != CallState.WITHDRAWN]
    if (days := wanted.days()) != (None,):
        conditions.append(CallRow.day.between(days[0], days[-1]))
    for column, value in (
        (CallRow.vendor, wanted.vendor),
        (CallRow.project, wanted.project),
        (CallRow.call_id, wanted.call_id),
        (FindingRow.rule, wanted.rule),
    ):
        if value is not None:
            conditions.append(column == value)
    return conditions


def _is_of_same_fault(verdict: type[VerdictRow], its_finding: type[FindingRow]) -> ColumnElement[bool]:
    later = aliased(VerdictRow)
    return and_(
        ~exists().where(later.follows == verdict.id),
        # Two findings of one inspection are two faults, or merging would have made them one.
        or_(verdict.finding_id.is_(None), its_finding.inspection_id != FindingRow.inspection_id),
        or_(verdict.rule == FindingRow.rule, its_finding.rule == FindingRow.rule),
        or_(
            verdict.start_ms.is_(None),
            FindingRow.start_ms.is_(None),
            and_(
                verdict.start_ms <= FindingRow.end_ms + SAME_PLACE_MS,
                FindingRow.start_ms <= verdict.end_ms + SAME_PLACE_MS,
            ),
        ),
    )


def _stored(row: FindingRow, inspection: InspectionRow, call: CallRow, formal: bool) -> StoredFinding:
    return StoredFinding(
        row.id,
        inspection.id,
        call.id,
        row_of(call),
        call.day,
        formal,
        inspection.ruleset,
        inspection.model,
        finding_of(row),
    )
