"""Vendors as they stand on a day: what is known of them, what they lack, their grade, and how far they are from an exit.

华声外呼   general    2026-01-01 to 2028-12-31   grade 3   2 of 3 warnings            licence not reviewed this year
远达呼叫   specialist 2026-03-01 to 2027-02-28   grade 3   3 of 3 warnings, suspended
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pipeline.ledger.admission import Lack, lacks_of
from pipeline.ledger.exits import counting
from pipeline.ledger.grades import grade_in_force
from pipeline.ledger.history import History
from pipeline.ledger.vendors import vendor_on
from pipeline.ledger.yearly_check import YearlyCheck, yearly_check
from pipeline.policy.policy import Policy
from pipeline.records.entry import EntryKind, Posted
from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.records.registry import Fact, Vendor
from pipeline.store.cases import vendor_histories, vendor_history
from pipeline.store.facts import all_facts, facts_of, subcontractors
from pipeline.store.ledger import entries
from pipeline.store.offered import vendors_with_calls
from pipeline.store.policies import find_policy
from pipeline.store.rectification_reports import Report, rectification_reports
from pipeline.store.visible import NotThere, visible_vendor


@dataclass(frozen=True, slots=True)
class ListedVendor:
    """A vendor on a day. What rests on the policy is None where none is in force: `grade`, `to_exit`, `check`. `warnings` count towards an exit."""

    vendor: Vendor
    history: History
    lacks: tuple[Lack, ...]
    grade: int | None
    warnings: int
    to_exit: int | None
    check: YearlyCheck | None

    @property
    def is_registered(self) -> bool:
        """Whether anything was ever recorded of it that holds."""
        return bool(self.vendor.facts)


@dataclass(frozen=True, slots=True)
class VendorFile:
    """A vendor with everything that was recorded of it, newest last, its subcontractors, and its reports on rectifications."""

    listed: ListedVendor
    recorded: tuple[Fact, ...]
    subcontractors: tuple[str, ...]
    grades: tuple[Posted, ...]
    reports: Mapping[int, Sequence[Report]]


def listed_vendors(session: Session, person: Person, day: date, zone: ZoneInfo) -> list[ListedVendor]:
    """All vendors that are registered or have calls, by name; of people of a vendor it is not for."""
    facts, histories = all_facts(session), vendor_histories(session, zone)
    policy = find_policy(session, Month.of(day))
    graded: dict[str, list[Posted]] = defaultdict(list)
    for posted in entries(session, kinds=(EntryKind.GRADE,)):
        graded[posted.entry.vendor].append(posted)
    names = sorted({*facts, *vendors_with_calls(session, person)})
    return [
        _listed(name, facts.get(name, ()), histories.get(name, History(name)), graded[name], day, policy)
        for name in names
    ]


def vendor_file(session: Session, person: Person, name: str, day: date, zone: ZoneInfo) -> VendorFile:
    """One vendor that the person may see. Raises NotThere."""
    facts = facts_of(session, visible_vendor(person, name))
    if not facts and name not in vendors_with_calls(session, person):
        raise NotThere(f"there is no vendor {name!r}")
    history, graded = vendor_history(session, name, zone), [*entries(session, vendor=name, kinds=(EntryKind.GRADE,))]
    reports = rectification_reports(session, person, [one.number for one in history.rectifications])
    listed = _listed(name, facts, history, graded, day, find_policy(session, Month.of(day)))
    return VendorFile(listed, facts, subcontractors(session, name), tuple(graded), reports)


def _listed(
    name: str, facts: Sequence[Fact], history: History, graded: Sequence[Posted], day: date, policy: Policy | None
) -> ListedVendor:
    vendor = vendor_on(name, facts, day)
    if policy is None:
        return ListedVendor(vendor, history, (), None, len(history.standing(vendor.term)), None, None)
    return ListedVendor(
        vendor,
        history,
        lacks_of(vendor, policy.registry),
        grade_in_force(graded, Month.of(day), policy),
        len(counting(history, vendor.term, policy.warning)),
        policy.warning.to_exit,
        yearly_check(name, facts, day.year, day, policy.registry),
    )
