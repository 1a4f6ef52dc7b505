"""Exit cases and warnings as they lie on somebody's desk: what each rests on, whose turn it is, and what this person may do about it now.

case 24   华声外呼   warnings 11 15 19    suspended, 2 of 3 approvals     waits for the vice-president
          陈副总 may approve and drop it; 李主任 may record what is handed over
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.errors import StoreError
from pipeline.ledger.exits import missing_handover, next_role, refusal_of_approval, refusal_of_exit
from pipeline.ledger.history import ExitCase, History, Trigger
from pipeline.ledger.vendors import vendor_on
from pipeline.policy.consequences import ExitPolicy, WarningPolicy
from pipeline.records.entry import EntryKind, Posted
from pipeline.records.person import Person, Role
from pipeline.records.project import Mode
from pipeline.records.registry import Term, Vendor
from pipeline.services.case_book import CaseBook
from pipeline.services.exiting import CENTRE, HAND_OVER, who_drops
from pipeline.store.facts import facts_of
from pipeline.store.ledger import entries, entry
from pipeline.store.visible import NotThere

_OF_CASES = (
    EntryKind.SUSPENDED,
    EntryKind.APPROVAL,
    EntryKind.HANDOVER,
    EntryKind.EXIT,
    EntryKind.EXIT_DROPPED,
)


class Act(StrEnum):
    """What can be done about an exit case."""

    SUSPEND = "suspend"
    APPROVE = "approve"
    HAND_OVER = "handover"
    CLOSE = "close"
    DROP = "drop"


class Waiting(StrEnum):
    """What a case waits for; nothing where it is over."""

    NOTHING = "nothing"
    DROPPING = "dropping"
    SUSPENSION = "suspension"
    APPROVAL = "approval"
    HANDOVER = "handover"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class CaseFile:
    """An exit case. `fallen`: what it rests on no longer stands; `moot`: the vendor is out already. `may`: what this person can do about it."""

    case: ExitCase
    fallen: bool
    moot: bool
    next_role: Role | None
    missing: tuple[str, ...]
    approvals: tuple[Role, ...]
    may: frozenset[Act]

    @property
    def waits_for(self) -> Waiting:
        """What has to be done next."""
        if not self.case.is_open:
            return Waiting.NOTHING
        if self.fallen or self.moot:
            return Waiting.DROPPING
        if self.case.trigger is not Trigger.DECISION and self.case.recorded_by is None:
            return Waiting.SUSPENSION
        if self.next_role is not None:
            return Waiting.APPROVAL
        return Waiting.HANDOVER if self.missing else Waiting.CLOSING

    @property
    def is_mine(self) -> bool:
        """Whether the case waits for this person."""
        needed = {
            Waiting.DROPPING: Act.DROP,
            Waiting.SUSPENSION: Act.SUSPEND,
            Waiting.APPROVAL: Act.APPROVE,
            Waiting.HANDOVER: Act.HAND_OVER,
            Waiting.CLOSING: Act.CLOSE,
        }
        return needed.get(self.waits_for) in self.may


@dataclass(frozen=True, slots=True)
class WarningCount:
    """How a vendor's warnings stand today: in its term against what ends the cooperation (P-61), in the year against P-03's limit.

    `exclusive_a_year` None: the limit is not for this vendor.
    """

    vendor: str
    term: Term | None
    in_term: int
    of_subcontractors: int
    to_exit: int
    in_year: int
    exclusive_a_year: int | None
    is_suspended: bool

    @property
    def is_over_the_year(self) -> bool:
        """Whether an exclusive vendor has more warnings in the year than it may have."""
        return self.exclusive_a_year is not None and self.in_year > self.exclusive_a_year


def case_files(book: CaseBook, person: Person, known: Mapping[str, History]) -> list[CaseFile]:
    """All cases of some vendors, those that wait for the person first, then the open ones, the latest first."""
    files = [_file(book, case, history, person) for history in known.values() for case in history.cases]
    return sorted(files, key=lambda one: (not one.is_mine, not one.case.is_open, -one.case.number))


def case_file(book: CaseBook, number: int, person: Person) -> CaseFile:
    """One case. Raises NotThere where there is none of that number."""
    try:
        case, history = book.case(number)
    except StoreError as error:
        raise NotThere(str(error)) from error
    return _file(book, case, history, person)


def evidence_of(book: CaseBook, case: ExitCase) -> list[Posted]:
    """The entries that a case rests on; none of a proposal."""
    return [entry(book.session, number) for number in case.evidence]


def acts_of(book: CaseBook, case: ExitCase) -> list[Posted]:
    """All that was done in a case, in its order, its opening first."""
    about = f"exit {case.number}"
    later = entries(book.session, vendor=case.vendor, kinds=_OF_CASES, after=case.number)
    return [
        entry(book.session, case.number),
        *(one for one in later if one.entry.subject == about or one.entry.subject.startswith(f"{about} ")),
    ]


def warning_counts(book: CaseBook, known: Mapping[str, History]) -> list[WarningCount]:
    """How the warnings of every vendor stand that has any, those nearest to an exit first."""
    counts = [
        warning_count(vendor_on(name, facts_of(book.session, name), book.today), history, book.policy.warning)
        for name, history in known.items()
        if history.warnings or history.below
    ]
    return sorted(counts, key=lambda one: (-one.in_term, one.vendor))


def warning_count(vendor: Vendor, history: History, policy: WarningPolicy) -> WarningCount:
    """How the warnings of a vendor stand on the day it is looked at."""
    own, total = (len(history.standing(vendor.term, with_below=below)) for below in (False, policy.subcontractors))
    return WarningCount(
        vendor.name,
        vendor.term,
        total,
        total - own,
        policy.to_exit,
        len(history.in_year(vendor.day.year)),
        policy.exclusive_a_year if vendor.mode is Mode.EXCLUSIVE else None,
        history.is_suspended,
    )


def _file(book: CaseBook, case: ExitCase, history: History, person: Person) -> CaseFile:
    policy = book.policy.exit
    fallen = book.why_fallen(case, history) if case.is_open else None
    is_moot = case.is_open and book.why_moot(case, history) is not None
    return CaseFile(
        case,
        fallen is not None,
        is_moot,
        next_role(case, policy),
        missing_handover(case, policy),
        policy.approvals,
        frozenset(_allowed(case, fallen, person, policy, is_moot=is_moot)),
    )


def _allowed(case: ExitCase, fallen: str | None, person: Person, policy: ExitPolicy, *, is_moot: bool) -> Sequence[Act]:
    if not case.is_open:
        return ()
    drop = (Act.DROP,) if person.role in who_drops(case, fallen, policy) else ()
    if is_moot:
        return drop
    can = {
        Act.SUSPEND: person.role in CENTRE and case.recorded_by is None,
        Act.APPROVE: refusal_of_approval(case, person, fallen, policy) is None,
        Act.HAND_OVER: person.role in HAND_OVER and bool(missing_handover(case, policy)),
        Act.CLOSE: person.role in CENTRE and refusal_of_exit(case, fallen, policy) is None,
    }
    return (*(act for act, allowed in can.items() if allowed), *drop)
