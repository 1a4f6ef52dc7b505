"""Grades (分级管理, P-42): how closely a vendor is looked at, by its faults in the calendar year.

A fault is a call of the formal sample with a confirmed major or fatal violation (once a call), a justified complaint, or a failed number check.
When a limit is crossed the grade worsens from the next month on; it only ever betters on 1 January, by the faults of the whole year:

    2026-02 closed   grade 3 (where all begin)    2 faults in  60 calls     3 still: nobody betters within the year
    2026-12 closed   grade 3                      7 faults in 412 calls     2 from 2027-01: fewer than 10
    2027-04 closed   grade 2                     10 faults in  44 calls     3 from 2027-05: exactly 10 is grade 3
    2027-12 closed   grade 3                      0 faults in   0 calls     3 still: no call heard is no proof of anything

Every grade but December's is provisional. The grade in force in a month is what the latest close before it left. A fault of December that is
confirmed in January is one of the year that is over: the close of January takes the grade into which that year put the vendor anew, so that
neither a late verdict nor a late appeal goes by.

Faults of a subcontractor are its general agent's, too (P-01): of the one whose it was on the day.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from pipeline.ledger.vendors import Agents
from pipeline.policy.policy import Policy
from pipeline.records.entry import Entry, EntryKind, Posted
from pipeline.records.month import Month

_LAST_MONTH = 12
_SUBJECT = "grade "


@dataclass(frozen=True, slots=True)
class YearFaults:
    """A vendor's faults from January to the month that is closed; `formal_calls` is the n that `calls` were found in. Of all of them
    `of_subcontractors` are such.
    """

    calls: int
    complaints: int
    number_checks: int
    formal_calls: int
    of_subcontractors: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.calls + self.complaints + self.number_checks

    def with_faults(self, other: "YearFaults", *, of_subcontractor: bool) -> "YearFaults":
        """These and others, of the vendor itself or of a subcontractor."""
        return YearFaults(
            self.calls + other.calls,
            self.complaints + other.complaints,
            self.number_checks + other.number_checks,
            self.formal_calls + other.formal_calls,
            self.of_subcontractors + (other.total if of_subcontractor else 0),
        )


NO_FAULTS = YearFaults(0, 0, 0, 0)
FaultsByDay: TypeAlias = Mapping[tuple[str, date], YearFaults]


def rolled_up(by_day: FaultsByDay, agent_of: Agents, policy: Policy) -> Mapping[str, YearFaults]:
    """Each vendor's faults; a general agent's with those of its subcontractors where the policy says so (P-01)."""
    found: dict[str, YearFaults] = defaultdict(lambda: NO_FAULTS)
    for (vendor, day), faults in by_day.items():
        found[vendor] = found[vendor].with_faults(faults, of_subcontractor=False)
        if policy.grade.subcontractors and (agent := agent_of(vendor, day)) != vendor:
            found[agent] = found[agent].with_faults(faults, of_subcontractor=True)
    return dict(found)


@dataclass(frozen=True, slots=True)
class Grading:
    """The grade that holds from `since` on, and what it rests on. `provisional` until the year is over. `corrected_from`: what last year's close
    had said of `before`, where faults or appeals that came later say otherwise.
    """

    vendor: str
    closed: Month
    before: int
    grade: int
    faults: YearFaults
    provisional: bool
    corrected_from: int | None = None

    @property
    def since(self) -> Month:
        """The first month it holds in."""
        return self.closed.plus(1)


def grade_after(vendor: str, closed: Month, before: int, faults: YearFaults, policy: Policy) -> Grading:
    """The grade after a month is closed; `before` is the one in force in that month, `faults` those of the year so far."""
    by_faults = policy.grade.grade(faults.total)
    is_over = closed.number == _LAST_MONTH
    may_better = is_over and faults.formal_calls > 0
    return Grading(vendor, closed, before, by_faults if may_better else max(before, by_faults), faults, not is_over)


def grade_in_force(posted: Iterable[Posted], month: Month, policy: Policy) -> int:
    """The grade in which a vendor goes into a month, from its grade entries; the first grade where none came before."""
    earlier = [one for one in posted if one.entry.kind is EntryKind.GRADE and one.entry.month < month]
    if not earlier:
        return policy.calendar.first_grade
    return grade_of(max(earlier, key=lambda one: (one.entry.month, one.number)).entry)


def grade_of(entry: Entry) -> int:
    """The grade that a grade's entry records."""
    return int(entry.subject.removeprefix(_SUBJECT))


def grade_entry(grading: Grading, policy: Policy, now: datetime) -> Entry:
    """The entry of a grade, once a vendor and closed month."""
    faults = grading.faults
    parts = f"抽检{faults.calls}，投诉{faults.complaints}，号码抽查{faults.number_checks}"
    below = f"，其中下属外呼公司{faults.of_subcontractors}次" if faults.of_subcontractors else ""
    note = f"本年过错{faults.total}次（{parts}）{below}，正式样本{faults.formal_calls}通；{grading.since}起{grading.grade}级"
    if grading.corrected_from is not None:
        note += f"；上年结果由{grading.corrected_from}级更正为{grading.before}级"
    return Entry(
        key=f"grade {grading.closed} {grading.vendor}",
        kind=EntryKind.GRADE,
        month=grading.closed,
        vendor=grading.vendor,
        project=None,
        recorded_at=now,
        subject=f"{_SUBJECT}{grading.grade}",
        policy=policy.version,
        note=note + ("（暂定）" if grading.provisional else ""),
    )
