"""A transaction's work on warnings and exit cases: the ledger, the day it is, and the month in which things count today."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.ledger.exits import why_fallen, why_moot
from pipeline.ledger.history import ExitCase, History, VendorWarning
from pipeline.ledger.vendors import vendor_on
from pipeline.ledger.warnings import WarningDue
from pipeline.policy.policy import Policy
from pipeline.records.entry import Entry, EntryKind, Posted
from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.records.registry import Term
from pipeline.store.calls import ZONE
from pipeline.store.cases import lock_ledger, vendor_histories, vendor_history
from pipeline.store.facts import agents_on, facts_of
from pipeline.store.ledger import entry, open_month, post
from pipeline.store.policies import policy_for

SHANGHAI = ZoneInfo(ZONE)


class CaseBook:
    """What is read is the ledger as it stands after everything posted so far."""

    def __init__(self, session: Session, now: datetime, zone: ZoneInfo = SHANGHAI) -> None:
        self.session, self.now, self.zone = session, now, zone
        self.today = now.astimezone(zone).date()

    @classmethod
    def to_write(cls, session: Session, now: datetime, zone: ZoneInfo = SHANGHAI) -> "CaseBook":
        """With the ledger held still until the transaction ends."""
        lock_ledger(session)
        return cls(session, now, zone)

    @cached_property
    def month(self) -> Month:
        """Where what happens today counts."""
        return open_month(self.session, Month.of(self.today))

    @cached_property
    def policy(self) -> Policy:
        """The version in force today. Raises DataError where there is none."""
        return policy_for(self.session, Month.of(self.today))

    def history(self, vendor: str) -> History:
        """One vendor's."""
        return vendor_history(self.session, vendor, self.zone)

    def histories(self, vendor: str | None = None) -> Iterable[History]:
        """Of one vendor, or of all that have any."""
        return [self.history(vendor)] if vendor is not None else vendor_histories(self.session, self.zone).values()

    def answering(self, vendor: str | None = None) -> Iterable[History]:
        """Of one vendor and of the general agent that answers for it today (P-01), or of all that have any."""
        if vendor is None:
            return self.histories()
        return [self.history(name) for name in dict.fromkeys((vendor, agents_on(self.session)(vendor, self.today)))]

    def term(self, vendor: str, day: date) -> Term | None:
        """The qualification that runs on a day (P-01)."""
        return vendor_on(vendor, facts_of(self.session, vendor), day).term

    def vendor_of(self, number: int, kind: EntryKind, what: str) -> str:
        """Whose warning, rectification or case it is. Raises StoreError where the number is of no such entry."""
        found = entry(self.session, number).entry
        if found.kind is not kind:
            raise StoreError(f"entry {number} is no {what}: it is a {found.kind.value}")
        return found.vendor

    def case(self, number: int) -> tuple[ExitCase, History]:
        """An exit case with its vendor's history. Raises StoreError where there is none of that number."""
        history = self.history(self.vendor_of(number, EntryKind.EXIT_OPENED, "exit case"))
        return next(case for case in history.cases if case.number == number), history

    def why_fallen(self, case: ExitCase, history: History) -> str | None:
        """Why what the case rests on no longer stands, or None."""
        return why_fallen(case, history, self.term(case.vendor, case.opened), self.policy.warning)

    def why_moot(self, case: ExitCase, history: History) -> str | None:
        """Why nothing is left to decide in the case, or None."""
        return why_moot(case, history, vendor_on(case.vendor, facts_of(self.session, case.vendor), self.today).types)

    def why_over(self, case: ExitCase, history: History) -> str | None:
        """Why the case cannot go on, or None."""
        return self.why_fallen(case, history) or self.why_moot(case, history)

    def post(
        self,
        kind: EntryKind,
        vendor: str,
        subject: str,
        note: str,
        *,
        key: str = "",
        project: str | None = None,
        month: Month | None = None,
        reverses: int | None = None,
        person: Person | None = None,
        policy: str = "",
    ) -> Posted:
        """Post an entry of the day; its key is its kind and subject where none is given."""
        made = Entry(
            key=key or f"{kind.value} {subject}",
            kind=kind,
            month=month or self.month,
            vendor=vendor,
            project=project,
            recorded_at=self.now,
            subject=subject,
            reverses=reverses,
            person=person.name if person else None,
            role=person.role if person else None,
            policy=policy or self.policy.version,
            note=note,
        )
        return post(self.session, [made])[0]

    def warn(self, due: WarningDue, policy: Policy, history: History, person: Person | None = None) -> list[Posted]:
        """Post a warning unless it was given already: one a vendor, project, month and ground."""
        if history.is_given(due):
            return []
        key = f"warning {due.ground.value} {due.month} {due.vendor!r} {due.project!r}"
        # What was voided stays so: what is new is another warning.
        key += "".join(f" after {one.voided_by}" for one in history.like(due)[-1:])
        month = open_month(self.session, due.month)
        return [
            self.post(
                EntryKind.WARNING,
                due.vendor,
                due.subject,
                due.reason,
                key=key,
                project=due.project or None,
                month=month,
                person=person,
                policy=policy.version,
            )
        ]

    def void(self, vendor: str, warning: VendorWarning, note: str, person: Person | None = None) -> Posted:
        """Take a warning back."""
        return self.post(
            EntryKind.WARNING_VOIDED,
            vendor,
            f"warning {warning.number}",
            note,
            project=warning.project,
            reverses=warning.number,
            person=person,
        )
