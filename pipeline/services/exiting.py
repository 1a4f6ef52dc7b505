"""What people do about warnings, rectifications and exit cases; every act is an entry under their name (P-60 to P-63, P-71).

王主任, supervisor       suspend 52      the suspension is recorded
王主任, supervisor       approve 52      first review 初审, by the customer service centre
李市场, marketing        approve 52      second 复审
陈副总, vice_president   approve 52      final 终审
王主任, supervisor       handover 52 录音及清单, and the rest of the list
王主任, supervisor       close 52        the exit; what the vendor was admitted to is removed
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pipeline.errors import DataError, StoreError
from pipeline.ledger.admission import barred_until
from pipeline.ledger.exits import last_day_of_rectification, refusal_of_approval, refusal_of_exit
from pipeline.ledger.history import ExitCase, Trigger
from pipeline.ledger.vendors import vendor_on
from pipeline.ledger.warnings import Ground, WarningDue
from pipeline.policy.consequences import ExitPolicy
from pipeline.records.entry import EntryKind, Posted
from pipeline.records.month import Month
from pipeline.records.person import Person, Role
from pipeline.records.project import BusinessType
from pipeline.records.registry import Fact, FactKind
from pipeline.services.case_book import SHANGHAI, CaseBook
from pipeline.store.facts import facts_of, known_vendor, record_fact

CENTRE = (Role.SUPERVISOR,)
PROPOSE = (Role.SUPERVISOR, Role.MARKETING, Role.VICE_PRESIDENT)
HAND_OVER = (Role.REVIEWER, Role.SUPERVISOR, Role.MARKETING)


@dataclass(frozen=True, slots=True)
class Exited:
    """An exit that was posted: the types that the vendor left, whether none remains to it, and from when it may apply again (P-63)."""

    posted: Posted
    types: tuple[BusinessType, ...]
    is_out: bool
    barred_until: date | None


class Desk:
    """Where one person acts, in one write transaction."""

    def __init__(self, session: Session, person: Person, now: datetime, zone: ZoneInfo = SHANGHAI) -> None:
        self._book, self._person = CaseBook.to_write(session, now, zone), person

    def give_warning(self, vendor: str, project: str, reason: str) -> Posted:
        """Warn a vendor that broke a rule in operating (P-60). Raises StoreError where this month has such a warning already."""
        self._refuse_role(CENTRE, "give a warning")
        known_vendor(self._book.session, vendor, self._book.today)
        self._refuse_unknown(vendor, project)
        due = WarningDue(Ground.OPERATING, Month.of(self._book.today), vendor, project, reason)
        given = self._book.warn(due, self._book.policy, self._book.history(vendor), self._person)
        if not given:
            raise StoreError(f"{vendor} {project} has a warning for operating in {due.month} already")
        return given[0]

    def _refuse_unknown(self, vendor: str, project: str) -> None:
        registered = {fact.project for fact in facts_of(self._book.session, vendor) if fact.kind is FactKind.PROJECT}
        if project not in {*registered, *BusinessType}:
            known = "、".join(sorted(registered)) or "none is registered"
            raise DataError(f"{vendor} has no project {project!r}; its projects: {known}")

    def void_warning(self, number: int, reason: str) -> Posted:
        """Take a warning back. Raises StoreError where it was taken back already."""
        self._refuse_role(CENTRE, "void a warning")
        vendor = self._book.vendor_of(number, EntryKind.WARNING, "warning")
        warning = next(one for one in self._book.history(vendor).warnings if one.number == number)
        if warning.voided_by is not None:
            raise StoreError(f"warning {number} was voided already, by entry {warning.voided_by}")
        return self._book.void(vendor, warning, reason, self._person)

    def demand_rectification(self, vendor: str, project: str | None, demand: str, warning: int | None = None) -> Posted:
        """Demand that something be put right; the entry says until when."""
        self._refuse_role(CENTRE, "demand a rectification")
        known_vendor(self._book.session, vendor, self._book.today)
        history = self._book.history(vendor)
        if warning is not None and warning not in (one.number for one in history.warnings if one.voided_by is None):
            raise StoreError(f"{vendor} has no standing warning {warning}")
        until = last_day_of_rectification(self._book.today, self._book.policy.warning)
        subject = f"until {until}" if warning is None else f"warning {warning} until {until}"
        opened = sum(one.opened == self._book.today for one in history.rectifications)
        key = f"rectification {vendor!r} {project!r} {self._book.today} {opened + 1}"
        return self._post(EntryKind.RECTIFICATION, vendor, subject, demand, key=key, project=project)

    def close_rectification(self, number: int, shown: str) -> Posted:
        """Record that it was put right, today. Raises StoreError where it is over already."""
        self._refuse_role(CENTRE, "close a rectification")
        vendor = self._book.vendor_of(number, EntryKind.RECTIFICATION, "rectification")
        known = next(one for one in self._book.history(vendor).rectifications if one.number == number)
        if known.fallen_by is not None or known.rectified is not None:
            over = (
                f"put right on {known.rectified}"
                if known.rectified
                else f"taken back with its warning, by entry {known.fallen_by}"
            )
            raise StoreError(f"rectification {number} is over: {over}")
        return self._post(EntryKind.RECTIFIED, vendor, f"rectification {number}", shown, project=known.project)

    def veto(self, vendor: str, reason: str) -> Posted:
        """Record that a vendor was found to deal in another operator's products (P-05); `open_what_is_due` suspends it and opens the case."""
        self._refuse_role(PROPOSE, "record a veto")
        known_vendor(self._book.session, vendor, self._book.today)
        return self._post(EntryKind.VETO, vendor, "", reason, key=f"veto {vendor!r} {self._book.today}")

    def propose_exit(self, vendor: str, business_type: BusinessType | None, reason: str) -> Posted:
        """Open a case of a whole vendor, or of one type, by decision: a yearly check, a finding on site, the vendor's own wish."""
        self._refuse_role(PROPOSE, "propose an exit")
        known = known_vendor(self._book.session, vendor, self._book.today)
        if business_type is not None and business_type not in known.types:
            raise StoreError(f"{vendor} is not admitted to {business_type.value}")
        history = self._book.history(vendor)
        if history.last_exit and not known.types:
            raise StoreError(f"{vendor} is out of everything already")
        for case in history.cases:
            if case.is_open and (case.trigger, case.business_type) == (Trigger.DECISION, business_type):
                raise StoreError(f"exit case {case.number} about it is open already")
        subject = " ".join([Trigger.DECISION.value, *([business_type.value] if business_type else [])])
        key = f"exit_opened {vendor!r} {subject} {len(history.cases) + 1}"
        return self._post(EntryKind.EXIT_OPENED, vendor, subject, reason, key=key)

    def record_suspension(self, number: int, note: str) -> Posted:
        """A supervisor's record that the vendor gets no new work (P-61). Raises StoreError where it is recorded already."""
        self._refuse_role(CENTRE, "record a suspension")
        case, _ = self._case_to_act_in(number)
        if case.recorded_by is not None:
            raise StoreError(f"exit case {number}: {case.recorded_by} has recorded the suspension already")
        return self._post(
            EntryKind.SUSPENDED, case.vendor, f"exit {number}", note, key=f"suspended exit {number} recorded"
        )

    def approve(self, number: int, note: str) -> Posted:
        """Approve an exit (P-62). Raises StoreError, saying whose turn it is, for anybody else."""
        case, fallen = self._case_to_act_in(number)
        if (why := refusal_of_approval(case, self._person, fallen, self._book.policy.exit)) is not None:
            raise StoreError(f"exit case {number} cannot be approved: {why}")
        key = f"approval exit {number} {len(case.approvals) + 1} {_round(case)}"
        return self._post(EntryKind.APPROVAL, case.vendor, f"exit {number}", note, key=key)

    def hand_over(self, number: int, item: str, note: str) -> Posted:
        """Record that a piece of the checklist was handed over (P-71). Raises StoreError where it is none, or there already."""
        self._refuse_role(HAND_OVER, "record what is handed over")
        case, _ = self._case_to_act_in(number)
        if item not in (listed := self._book.policy.exit.handover):
            raise StoreError(f"{item!r} is not on the checklist: {'、'.join(listed)}")
        if item in case.handed_over:
            raise StoreError(f"exit case {number}: {item} was handed over already")
        return self._post(EntryKind.HANDOVER, case.vendor, f"exit {number} {item}", note)

    def close(self, number: int, note: str) -> Exited:
        """Post the exit and remove what the vendor was admitted to. Raises StoreError while approvals or the handover are incomplete."""
        self._refuse_role(CENTRE, "close an exit case")
        case, fallen = self._case_to_act_in(number)
        if (why := refusal_of_exit(case, fallen, self._book.policy.exit)) is not None:
            raise StoreError(f"exit case {number} cannot be closed: {why}")
        posted = self._post(EntryKind.EXIT, case.vendor, f"exit {number}", note, key=f"exit {number} {_round(case)}")
        types = known_vendor(self._book.session, case.vendor, self._book.today).types
        removed = types if case.business_type is None else tuple(one for one in types if one is case.business_type)
        for business_type in removed:
            self._record(case, FactKind.REMOVED, business_type, self._book.today)
        facts = facts_of(self._book.session, case.vendor)
        bars = [barred_until(case.vendor, facts, one, self._book.policy.exit) for one in removed]
        is_out = not vendor_on(case.vendor, facts, self._book.today).types
        return Exited(posted, removed, is_out, max(filter(None, bars), default=None))

    def drop(self, number: int, reason: str) -> Posted:
        """End a case without an exit; the vendor works again. What still stands only the last approver can drop.

        Where an exit was posted before the case was reopened, the types that it took are admitted anew.
        """
        case, fallen = self._open_case(number)
        self._refuse_role(who_drops(case, fallen, self._book.policy.exit), "drop this exit case")
        for fact in facts_of(self._book.session, case.vendor) if case.exit_entry is not None else ():
            if fact.kind is FactKind.REMOVED and fact.document == _document(case):
                # What is removed on a day is out for all of it.
                day = max(self._book.today, fact.valid_from + timedelta(days=1))
                self._record(case, FactKind.ADMITTED, BusinessType(fact.value), day)
        return self._post(EntryKind.EXIT_DROPPED, case.vendor, f"exit {number}", reason)

    def _case_to_act_in(self, number: int) -> tuple[ExitCase, str | None]:
        """An open case in which something is left to decide."""
        case, history = self._book.case(number)
        if case.is_open and (why := self._book.why_moot(case, history)) is not None:
            raise StoreError(f"exit case {number}: {why}")
        return self._open_case(number)

    def _open_case(self, number: int) -> tuple[ExitCase, str | None]:
        case, history = self._book.case(number)
        if not case.is_open:
            raise StoreError(f"exit case {number} is {case.state.value}")
        return case, self._book.why_fallen(case, history)

    def _refuse_role(self, allowed: Collection[Role], what: str) -> None:
        if self._person.role not in allowed:
            roles = " or ".join(role.value for role in allowed)
            raise StoreError(f"user {self._person.name!r} is {self._person.role.value} and cannot {what}; {roles} can")

    def _post(
        self, kind: EntryKind, vendor: str, subject: str, note: str, *, key: str = "", project: str | None = None
    ) -> Posted:
        return self._book.post(kind, vendor, subject, note, key=key, project=project, person=self._person)

    def _record(self, case: ExitCase, kind: FactKind, business_type: BusinessType, day: date) -> None:
        fact = Fact(
            case.vendor, kind, business_type.value, day, self._person.name, self._book.now, document=_document(case)
        )
        record_fact(self._book.session, fact)


def who_drops(case: ExitCase, fallen: str | None, policy: ExitPolicy) -> tuple[Role, ...]:
    """Whose role may end a case without an exit: what still stands is dropped by the last approver alone; `fallen` says why it does not."""
    final = policy.approvals[-1]
    return (Role.SUPERVISOR, final) if fallen or case.trigger is Trigger.DECISION else (final,)


def _round(case: ExitCase) -> str:
    """Approvals given before evidence fell do not count, and theirs are other entries."""
    return f"after {len(case.fallen)} fallen" if case.fallen else "first"


def _document(case: ExitCase) -> str:
    return f"exit case {case.number}"
