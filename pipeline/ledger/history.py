"""What the ledger says of a vendor's warnings, rectifications and exit cases; `cases.py` reads it from the entries.

Numbers are those of the opening entries: warning 40, rectification 52, exit case 61.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipeline.ledger.warnings import Ground, WarningDue
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.records.project import BusinessType
from pipeline.records.registry import Term


@dataclass(frozen=True, slots=True)
class VendorWarning:
    """A warning (警告); `voided_by` is the entry that took it back, `is_pardoned` where a person did. It counts in the qualification term that
    holds its month's last day.
    """

    number: int
    project: str | None
    ground: Ground
    month: Month
    evidence: tuple[int, ...]
    day: date
    reason: str
    voided_by: int | None = None
    is_pardoned: bool = False


@dataclass(frozen=True, slots=True)
class Rectification:
    """A demand to put something right (整改) until a day, which is still in time. `warning` is what it hangs on, and falls with."""

    number: int
    project: str | None
    warning: int | None
    opened: date
    until: date
    demand: str
    rectified: date | None = None
    fallen_by: int | None = None

    def is_overdue(self, today: date) -> bool:
        """Whether it took or takes longer than it may (P-61)."""
        return self.fallen_by is None and (self.rectified or today) > self.until


@dataclass(frozen=True, slots=True)
class Veto:
    """That a vendor deals in another operator's products (否决, P-05); `violation` is the confirmed entry that says so, None for a site's report."""

    number: int
    violation: int | None
    day: date
    reason: str
    fallen_by: int | None = None


class Trigger(StrEnum):
    """What opens an exit case (P-05, P-61); `decision`: somebody's proposal, of a vendor or of one business type."""

    WARNINGS = "warnings"
    RECTIFICATION = "rectification"
    VETO = "veto"
    DECISION = "decision"


class CaseState(StrEnum):
    """`reopened`: something that it rests on has fallen, and what was approved before counts no more."""

    OPENED = "opened"
    SUSPENDED = "suspended"
    IN_APPROVAL = "in_approval"
    REOPENED = "reopened"
    EXITED = "exited"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Approval:
    """One of the three (三级审批, P-62)."""

    number: int
    person: str
    role: Role
    day: date
    note: str


@dataclass(frozen=True, slots=True)
class ExitCase:
    """An exit case (退出). `recorded_by` is the supervisor who recorded the suspension, `fallen` the evidence that was taken back.

    `exit_entry` is the last exit that was posted, also while the case is reopened.
    """

    number: int
    vendor: str
    business_type: BusinessType | None
    trigger: Trigger
    evidence: tuple[int, ...]
    opened: date
    reason: str
    suspended: date | None = None
    recorded_by: str | None = None
    approvals: tuple[Approval, ...] = ()
    handed_over: tuple[str, ...] = ()
    fallen: tuple[int, ...] = ()
    is_reopened: bool = False
    exit_entry: int | None = None
    exited: date | None = None
    dropped: date | None = None

    @property
    def state(self) -> CaseState:
        """Where it stands."""
        if self.dropped:
            return CaseState.DROPPED
        if self.exited and not self.is_reopened:
            return CaseState.EXITED
        if self.approvals:
            return CaseState.IN_APPROVAL
        if self.is_reopened:
            return CaseState.REOPENED
        return CaseState.SUSPENDED if self.suspended else CaseState.OPENED

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be decided."""
        return self.state not in (CaseState.EXITED, CaseState.DROPPED)


@dataclass(frozen=True, slots=True)
class History:
    """Everything of one vendor, in the order of the entries. `below` are the warnings of its subcontractors, of months in which they were such."""

    vendor: str
    warnings: tuple[VendorWarning, ...] = ()
    below: tuple[VendorWarning, ...] = ()
    rectifications: tuple[Rectification, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    cases: tuple[ExitCase, ...] = ()

    def standing(self, term: Term | None, *, with_below: bool = False) -> tuple[VendorWarning, ...]:
        """The warnings in total of a qualification term; of a vendor without one, all that were not taken back."""
        known = sorted((*self.warnings, *self.below), key=lambda one: one.number) if with_below else self.warnings
        return tuple(one for one in known if one.voided_by is None and (term is None or one.month.last_day in term))

    def like(self, due: WarningDue) -> tuple[VendorWarning, ...]:
        """The warnings of the same project, month and ground, also those that were taken back."""
        place = due.ground, due.month, due.project
        return tuple(one for one in self.warnings if (one.ground, one.month, one.project or "") == place)

    def is_given(self, due: WarningDue) -> bool:
        """Whether a warning stands, or was taken back and nothing new has come: neither is given again."""
        like = self.like(due)
        if not like or like[-1].voided_by is None:
            return bool(like)
        if due.ground is Ground.BREACH:
            return set(due.evidence) <= {number for one in like for number in one.evidence}
        return due.ground is not Ground.OPERATING and like[-1].is_pardoned

    def in_year(self, year: int) -> tuple[VendorWarning, ...]:
        """The warnings of a calendar year, which P-03 limits for exclusive vendors."""
        return tuple(one for one in self.warnings if one.voided_by is None and one.month.year == year)

    @property
    def is_suspended(self) -> bool:
        """Whether no new work is allocated to it."""
        return any(case.suspended and case.is_open for case in self.cases)

    @property
    def last_exit(self) -> int:
        """The entry with which the vendor as a whole went out last, 0 where it never did: what lies before it counts no more."""
        return max(
            (case.exit_entry or 0 for case in self.cases if case.business_type is None and not case.is_open), default=0
        )
