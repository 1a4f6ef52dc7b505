"""The yearly visit (年度资格验证, P-04): general and exclusive vendors are visited every November, and a report decides whether they go on.

    general, visited 2026-11-12, 《现场考察报告》 26-03: goes_on        done
    exclusive, nothing recorded, today 2026-11-20                      due
    exclusive, nothing recorded, today 2026-12-01                      overdue
    specialist                                                         not_required: chosen anew each year

A visit later in the year than the month still counts, and is called late; one before it does not. A report that ends an agreement early ends
nothing by itself: the exit takes P-62.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipeline.ledger.vendors import vendor_on
from pipeline.policy.registry import RegistryPolicy
from pipeline.records.month import Month
from pipeline.records.project import Mode
from pipeline.records.registry import CheckResult, Fact, FactKind

_VISITED = (Mode.GENERAL, Mode.EXCLUSIVE)


class CheckState(StrEnum):
    """Where a vendor's visit of a year stands."""

    NOT_REQUIRED = "not_required"
    NOT_YET = "not_yet"
    DUE = "due"
    OVERDUE = "overdue"
    DONE = "done"
    LATE = "late"
    ENDS_EARLY = "ends_early"


@dataclass(frozen=True, slots=True)
class YearlyCheck:
    """A vendor's visit of a year. `report` is its fact: value, document and date; None while there is none."""

    vendor: str
    mode: Mode | None
    year: int
    state: CheckState
    report: Fact | None


def yearly_check(name: str, facts: Sequence[Fact], year: int, today: date, policy: RegistryPolicy) -> YearlyCheck:
    """How the visit of a year stands today. It is asked of who is general or exclusive, and qualified, when its month begins."""
    month = Month(year, policy.check_month)
    vendor = vendor_on(name, facts, month.first_day)
    if vendor.mode not in _VISITED or vendor.term is None:
        return YearlyCheck(name, vendor.mode, year, CheckState.NOT_REQUIRED, None)
    visits = [fact for fact in facts if fact.kind is FactKind.YEARLY_CHECK and fact.valid_from.year == year]
    report = next((fact for fact in reversed(visits) if fact.valid_from >= month.first_day), None)
    return YearlyCheck(name, vendor.mode, year, _state(report, month, today), report)


def _state(report: Fact | None, month: Month, today: date) -> CheckState:
    if report is None:
        if today < month.first_day:
            return CheckState.NOT_YET
        return CheckState.DUE if today <= month.last_day else CheckState.OVERDUE
    if report.value == CheckResult.ENDS_EARLY:
        return CheckState.ENDS_EARLY
    return CheckState.DONE if report.valid_from <= month.last_day else CheckState.LATE
