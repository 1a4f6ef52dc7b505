"""How a cooperation ends (中止合作资格): what opens a case, who approves it in which order, what must be handed over (P-05, P-61, P-62, P-71).

    three warnings stand in the qualification term              a case, and the vendor is suspended at once
    the same three, the case about them was dropped             none; a fourth warning opens another
    rectification until 19 March, done on 20 March (day 15)     a case
    a competitor's offer that somebody has confirmed            a case

A case ends nothing: three people approve it, in the order of their roles, and only what still stands can be approved.

A vendor may have several cases. Once it is out of all that one of them is about, by the exit of another, nothing is left to decide in that one: it
waits, should the exit be taken back, or is dropped.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.ledger.history import ExitCase, History, Trigger, VendorWarning
from pipeline.policy.consequences import ExitPolicy, WarningPolicy
from pipeline.records.person import Person, Role
from pipeline.records.project import BusinessType
from pipeline.records.registry import Term

# The qualification that runs on a day.
Terms = Callable[[date], Term | None]


@dataclass(frozen=True, slots=True)
class CaseDue:
    """A case that is to be opened, on what evidence; `reason` is what people read."""

    trigger: Trigger
    evidence: tuple[int, ...]
    reason: str

    @property
    def subject(self) -> str:
        """As it stands in the entry."""
        return " ".join((self.trigger.value, *map(str, self.evidence)))


def last_day_of_rectification(opened: date, policy: WarningPolicy) -> date:
    """Day 14 of a rectification, which is still in time (P-61): of one opened on 5 March, 19 March."""
    return opened + timedelta(days=policy.rectification_days)


def cases_due(history: History, terms: Terms, today: date, policy: WarningPolicy) -> Iterator[CaseDue]:
    """The cases that are to be opened today: at most one open about warnings and one about vetoes, and one a rectification."""
    counted = counting(history, terms(today), policy)
    if len(counted) >= policy.to_exit and _is_news(history, Trigger.WARNINGS, [one.number for one in counted]):
        months = "、".join(str(one.month) for one in counted)
        reason = f"资格期内累计{len(counted)}次警告（{months}），满{policy.to_exit}次"
        yield CaseDue(Trigger.WARNINGS, tuple(one.number for one in counted), reason)
    for one in history.rectifications:
        if one.number > history.last_exit and one.is_overdue(today) and not _was_seen(history, one.number):
            done = f"{one.rectified}才完成" if one.rectified else f"{today}仍未完成"
            yield CaseDue(Trigger.RECTIFICATION, (one.number,), f"整改应于{one.until}前完成，{done}")
    vetoes = [one for one in history.vetoes if one.fallen_by is None and one.number > history.last_exit]
    if vetoes and _is_news(history, Trigger.VETO, [one.number for one in vetoes]):
        yield CaseDue(Trigger.VETO, tuple(one.number for one in vetoes), vetoes[0].reason)


def counting(history: History, term: Term | None, policy: WarningPolicy) -> list[VendorWarning]:
    """The warnings that count towards an exit: those standing in the term, since the vendor last went out; a general agent answers for those of
    its subcontractors where the policy says so (P-01).
    """
    standing = history.standing(term, with_below=policy.subcontractors)
    return [one for one in standing if one.number > history.last_exit]


def why_fallen(case: ExitCase, history: History, term: Term | None, policy: WarningPolicy) -> str | None:
    """Why what a case rests on no longer stands, or None. `term` is the one in which it was opened."""
    if case.trigger is Trigger.WARNINGS:
        stand = len(counting(history, term, policy))
        return None if stand >= policy.to_exit else f"{stand} warnings stand, an exit takes {policy.to_exit}"
    if case.trigger is Trigger.VETO:
        stands = any(
            one.fallen_by is None and (one.number in case.evidence or one.number > case.number)
            for one in history.vetoes
        )
        return None if stands else "the breach was overturned"
    return f"{case.trigger} {case.fallen[0]} was taken back with its warning" if case.fallen else None


def why_moot(case: ExitCase, history: History, types: Collection[BusinessType]) -> str | None:
    """Why nothing is left to decide in a case, or None. `types` are those that the vendor is admitted to today."""
    if case.exit_entry is not None or any(case.business_type in (None, one) for one in types):
        return None
    exits = [one for one in history.cases if one.exit_entry is not None and one.dropped is None]
    took = [
        one
        for one in exits
        if None in (case.business_type, one.business_type) or one.business_type is case.business_type
    ]
    if not took:
        return None
    what = case.business_type.value if case.business_type else "everything"
    by = max(took, key=lambda one: one.exit_entry or 0).number
    return f"{case.vendor} is out of {what} by exit case {by}: nothing is left to decide; `callqa exit-case drop {case.number}` ends it"


def next_role(case: ExitCase, policy: ExitPolicy) -> Role | None:
    """Who approves next; None when everybody has."""
    return policy.approvals[len(case.approvals)] if len(case.approvals) < len(policy.approvals) else None


def refusal_of_approval(case: ExitCase, person: Person, fallen: str | None, policy: ExitPolicy) -> str | None:
    """Why this person's approval is not taken now, or None (P-62)."""
    if not case.is_open:
        return f"it is {case.state.value} already"
    if fallen is not None:
        return f"{fallen}: drop it with `callqa exit-case drop {case.number}`"
    if case.trigger is not Trigger.DECISION and case.recorded_by is None:
        return f"a supervisor records the suspension first: `callqa exit-case suspend {case.number}`"
    if person.name in (given := [approval.person for approval in case.approvals]):
        return f"{person.name} has approved it already; the approvals are {len(policy.approvals)} different people's"
    if (role := next_role(case, policy)) is None:
        return f"all {len(given)} approvals are there"
    if person.role is not role:
        return f"approval {len(given) + 1} of {len(policy.approvals)} is the {role.value}'s; {person.name} is {person.role.value}"
    return None


def missing_handover(case: ExitCase, policy: ExitPolicy) -> tuple[str, ...]:
    """What of the checklist is not handed over yet (P-71)."""
    return tuple(item for item in policy.handover if item not in case.handed_over)


def refusal_of_exit(case: ExitCase, fallen: str | None, policy: ExitPolicy) -> str | None:
    """Why a case cannot be closed with an exit now, or None."""
    if not case.is_open:
        return f"it is {case.state.value} already"
    if fallen is not None:
        return f"{fallen}: drop it with `callqa exit-case drop {case.number}`"
    if (role := next_role(case, policy)) is not None:
        return f"{len(case.approvals)} of {len(policy.approvals)} approvals are there; next is the {role.value}"
    if missing := missing_handover(case, policy):
        return f"not handed over yet: {'、'.join(missing)}"
    return None


def _is_news(history: History, trigger: Trigger, evidence: list[int]) -> bool:
    """Whether nobody decides or has decided about all of it: no such case is open, and none that is over rested on every piece."""
    about = [case for case in history.cases if case.trigger is trigger]
    return not any(case.is_open or set(evidence) <= set(case.evidence) for case in about)


def _was_seen(history: History, number: int) -> bool:
    return any(case.trigger is Trigger.RECTIFICATION and number in case.evidence for case in history.cases)
