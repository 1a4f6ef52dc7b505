"""What follows from the ledger by itself: warnings, suspensions, cases to be decided, and what falls with an overturned verdict (P-05, P-60, P-61).

    confirmed insult            -> warning
    the third in the term       -> exit case + suspension
    the insult is overturned    -> the warning is voided, the case reopened: people drop it or approve it anew

Nothing here ends a cooperation, and nothing is posted twice: whatever is run again finds what stands there.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pipeline.ledger.exits import CaseDue, cases_due
from pipeline.ledger.history import History, VendorWarning
from pipeline.ledger.vendors import vendor_on
from pipeline.ledger.warnings import Ground, WarningDue, below_standard, breached
from pipeline.policy.consequences import WarningPolicy
from pipeline.records.entry import Entry, EntryKind, Posted
from pipeline.records.estimate import MonthEstimate
from pipeline.records.month import Month
from pipeline.services.case_book import SHANGHAI, CaseBook
from pipeline.store.cases import confirmed_violations, vendor_history
from pipeline.store.facts import facts_of
from pipeline.store.ledger import entry, is_closed
from pipeline.store.policies import policy_for, policy_versions

Estimates = Mapping[tuple[str, str], MonthEstimate]

VETO_RULES = ("phrase.competitor",)
# Longer than any verdict waits; what is older and still open is looked at by its own close.
_MONTHS_BACK = 12


def open_what_is_due(
    session: Session, now: datetime, *, vendor: str | None = None, zone: ZoneInfo = SHANGHAI
) -> list[Posted]:
    """Post the warnings of confirmed breaches, the vetoes, and the exit cases that are due with their suspensions; of one vendor and of the general
    agent that answers for it, or of all.

    Raises DataError where no policy is in force.
    """
    book = CaseBook.to_write(session, now, zone)
    posted = _judge(book, _open_months(book), vendor)
    for history in book.answering(vendor):
        for due in cases_due(history, partial(book.term, history.vendor), book.today, book.policy.warning):
            posted += _open_case(book, history.vendor, due)
    return posted


def warn_of_month(
    session: Session, month: Month, estimates: Estimates, now: datetime, *, zone: ZoneInfo = SHANGHAI
) -> list[Posted]:
    """Post the warnings of a month before it is closed: of its vendors' and projects' estimates, and of its confirmed breaches, with their vetoes.

    Of a restated month, which is closed, what its new figures bring goes into the next open one, and what they no longer bear is voided.
    """
    book = CaseBook.to_write(session, now, zone)
    policy = policy_for(session, month)
    due = [
        one
        for (vendor, project), estimate in sorted(estimates.items())
        for one in below_standard(month, vendor, project, estimate, policy.warning)
    ]
    posted = _without_figures(book, month, estimates, due)
    posted += [posting for one in due for posting in book.warn(one, policy, book.history(one.vendor))]
    return posted if is_closed(session, month) else posted + _judge(book, [month], None)


def after_reversal(session: Session, reversal: Posted, now: datetime, *, zone: ZoneInfo = SHANGHAI) -> list[Posted]:
    """Post what falls with a reversed violation: the warning that has no breaches left, the veto that rested on it.

    A case that hung on them is reopened by that. A warning of a month's figures stands until `warn_of_month` has the month's new ones.
    """
    book = CaseBook.to_write(session, now, zone)
    number = reversal.entry.reverses or 0
    fault = entry(session, number).entry
    if fault.kind is not EntryKind.VIOLATION:
        return []
    history, note = book.history(fault.vendor), f"依据的违规已撤销（第{number}号）"
    posted = [book.void(fault.vendor, one, note) for one in _without_breaches(book, history, fault)]
    for veto in history.vetoes:
        if veto.violation == number and veto.fallen_by is None:
            subject = f"veto {veto.number}"
            posted.append(book.post(EntryKind.REVERSAL, fault.vendor, subject, note, reverses=veto.number))
    return posted


def warnings_total(
    session: Session, vendor: str, day: date, policy: WarningPolicy, *, zone: ZoneInfo = SHANGHAI
) -> int:
    """How many warnings stand in the qualification term that runs on a day, of those about months up to then; as the policy counts them."""
    term = vendor_on(vendor, facts_of(session, vendor), day).term
    standing = vendor_history(session, vendor, zone).standing(term, with_below=policy.subcontractors)
    return sum(one.month <= Month.of(day) for one in standing)


def _open_months(book: CaseBook) -> list[Month]:
    """The months in which something may still be posted and that a policy covers."""
    covered = [one.from_month for one in policy_versions(book.session) if one.approved_at is not None]
    latest = Month.of(book.today)
    months = (latest.plus(back) for back in range(-_MONTHS_BACK, 2))
    return [month for month in months if covered and month >= min(covered) and not is_closed(book.session, month)]


def _judge(book: CaseBook, months: Sequence[Month], vendor: str | None) -> list[Posted]:
    """The warnings of confirmed breaches and the vetoes of some months; their violations are read once, there may be millions beside them."""
    policies = {month: policy_for(book.session, month) for month in months}
    rules = {*VETO_RULES, *(rule for policy in policies.values() for rule in policy.warning.breaches)}
    violations = confirmed_violations(book.session, months, rules, vendor)
    posted = []
    for month, policy in policies.items():
        for due in breached((one for one in violations if one.entry.month == month), policy.warning):
            posted += book.warn(due, policy, book.history(due.vendor))
    return [*posted, *_veto(book, [one for one in violations if one.entry.rule in VETO_RULES])]


def _veto(book: CaseBook, offers: Sequence[Posted]) -> Iterator[Posted]:
    """One a confirmed offer of another operator's product (P-05)."""
    for one in offers:
        if one.number not in (veto.violation for veto in book.history(one.entry.vendor).vetoes):
            note = f"经复核确认推销其他运营商产品（第{one.number}号）"
            subject = f"violation {one.number}"
            yield book.post(EntryKind.VETO, one.entry.vendor, subject, note, project=one.entry.project)


def _open_case(book: CaseBook, vendor: str, due: CaseDue) -> list[Posted]:
    """The case, and the suspension at once (P-61): no new work until people have decided."""
    opened = book.post(EntryKind.EXIT_OPENED, vendor, due.subject, due.reason, key=f"exit_opened {due.subject}")
    return [opened, book.post(EntryKind.SUSPENDED, vendor, f"exit {opened.number}", "触发即中止，暂停新业务分配")]


def _without_figures(book: CaseBook, month: Month, estimates: Estimates, due: Sequence[WarningDue]) -> list[Posted]:
    """Void the warnings of a month's figures that its new ones do not bear."""
    still = {(one.ground, one.vendor, one.project) for one in due}
    return [
        book.void(vendor, one, "重算后该月不再低于标准")
        for vendor, project in sorted(estimates)
        for one in book.history(vendor).warnings
        if one.ground in (Ground.SCORE, Ground.RATE)
        and one.voided_by is None
        and (one.month, one.project) == (month, project)
        and (one.ground, vendor, project) not in still
    ]


def _without_breaches(book: CaseBook, history: History, fault: Entry) -> Iterator[VendorWarning]:
    """The warnings of the reversed violation's month that would not be given any more."""
    policy = policy_for(book.session, fault.month).warning
    left = confirmed_violations(book.session, [fault.month], policy.breaches, fault.vendor)
    borne = {one.project for one in breached(left, policy)}
    for one in history.warnings:
        is_of_month = (one.ground, one.month, one.project) == (Ground.BREACH, fault.month, fault.project)
        if is_of_month and one.voided_by is None and (one.project or "") not in borne:
            yield one
