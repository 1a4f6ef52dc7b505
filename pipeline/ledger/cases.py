"""From entries to warnings, rectifications and exit cases (P-05, P-60 to P-63): read in their order, nothing else is remembered.

    40  warning         2026-03  {breach 2026-03 17}
    44  warning         2026-04  {score 2026-04}
    51  warning         2026-05  {score 2026-05}
    52  exit_opened     2026-06  {warnings 40 44 51}
    53  suspended       2026-06  {exit 52}
    54  approval        2026-06  {exit 52}            by 王敏/supervisor
    60  warning_voided  2026-06  {warning 40}         reverses 40: two stand, case 52 is reopened, its approval counts no more

A rectification that hangs on a warning falls with it, and with the rectification the case that hung on that one.

A subcontractor's warning is in its general agent's history, too, and a case that rests on it is reopened when it is voided.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, tzinfo
from functools import reduce
from typing import Protocol, TypeVar

from pipeline.ledger.history import (
    Approval,
    ExitCase,
    History,
    Rectification,
    Trigger,
    VendorWarning,
    Veto,
)
from pipeline.ledger.vendors import Agents
from pipeline.ledger.warnings import read_subject
from pipeline.records.entry import EntryKind, Posted
from pipeline.records.project import BusinessType


class _Numbered(Protocol):
    @property
    def number(self) -> int: ...


Item = TypeVar("Item", bound=_Numbered)
Step = Callable[[History, Posted, date], History]


def _its_own(vendor: str, _day: date) -> str:
    """Of vendors without subcontractors."""
    return vendor


def histories(posted: Iterable[Posted], zone: tzinfo, agent_of: Agents = _its_own) -> Mapping[str, History]:
    """The history of every vendor of whom the entries say anything; days are the zone's. `agent_of` says whose subcontractor a vendor was.

    Raises ValueError naming an entry that makes no sense.
    """
    found: dict[str, list[Posted]] = defaultdict(list)
    rolled: dict[int, str] = {}
    for one in posted:
        entry = one.entry
        if entry.kind not in _STEPS:
            continue
        found[entry.vendor].append(one)
        if entry.kind is EntryKind.WARNING:
            rolled[one.number] = _answering(one, agent_of)
        if (agent := rolled.get(one.number) or rolled.get(entry.reverses or 0)) not in (None, entry.vendor):
            found[agent].append(one)
    return {vendor: history_of(vendor, theirs, zone) for vendor, theirs in found.items()}


def history_of(vendor: str, posted: Iterable[Posted], zone: tzinfo) -> History:
    """One vendor's history, from its entries in their order, the warnings of its subcontractors among them."""

    def read(history: History, one: Posted) -> History:
        steps = _STEPS if one.entry.vendor == vendor else _STEPS_BELOW
        if (step := steps.get(one.entry.kind)) is None:
            return history
        try:
            return step(history, one, one.entry.recorded_at.astimezone(zone).date())
        except (ValueError, IndexError, TypeError) as error:
            raise _nonsense(one, error) from error

    return reduce(read, posted, History(vendor))


def _answering(warning: Posted, agent_of: Agents) -> str:
    """Whose the warning's vendor was on the last day of the month that it is about, which is the day whose term it counts in."""
    try:
        return agent_of(warning.entry.vendor, read_subject(warning.entry.subject)[1].last_day)
    except ValueError as error:
        raise _nonsense(warning, error) from error


def _nonsense(one: Posted, error: Exception) -> ValueError:
    return ValueError(f"entry {one.number}: {one.entry.kind} {one.entry.subject!r}: {error}")


def case_of(entry_subject: str) -> int:
    """The exit case that an act is about: `exit 52` → 52."""
    return int(entry_subject.split()[1])


def _warning(history: History, one: Posted, day: date) -> History:
    return replace(history, warnings=(*history.warnings, _read_warning(one, day)))


def _warning_below(history: History, one: Posted, day: date) -> History:
    return replace(history, below=(*history.below, _read_warning(one, day)))


def _read_warning(one: Posted, day: date) -> VendorWarning:
    ground, month, evidence = read_subject(one.entry.subject)
    return VendorWarning(one.number, one.entry.project, ground, month, evidence, day, one.entry.note)


def _voided_below(history: History, one: Posted, _day: date) -> History:
    number = one.entry.reverses or 0
    below = _changed(history.below, number, lambda item: replace(item, voided_by=one.number))
    return replace(history, below=below, cases=_without(history.cases, (number,)))


def _warning_voided(history: History, one: Posted, _day: date) -> History:
    number = one.entry.reverses or 0
    hanging = [each.number for each in history.rectifications if each.warning == number]
    rectifications = reduce(
        lambda known, each: _changed(known, each, lambda item: replace(item, fallen_by=one.number)),
        hanging,
        history.rectifications,
    )
    return replace(
        history,
        warnings=_changed(
            history.warnings,
            number,
            lambda item: replace(item, voided_by=one.number, is_pardoned=one.entry.person is not None),
        ),
        rectifications=rectifications,
        cases=_without(history.cases, (number, *hanging)),
    )


def _rectification(history: History, one: Posted, day: date) -> History:
    *warning, _until, last = one.entry.subject.split()
    number = int(warning[1]) if warning else None
    opened = Rectification(one.number, one.entry.project, number, day, date.fromisoformat(last), one.entry.note)
    return replace(history, rectifications=(*history.rectifications, opened))


def _rectified(history: History, one: Posted, day: date) -> History:
    number = int(one.entry.subject.split()[1])
    return replace(
        history, rectifications=_changed(history.rectifications, number, lambda item: replace(item, rectified=day))
    )


def _veto(history: History, one: Posted, day: date) -> History:
    violation = int(one.entry.subject.split()[1]) if one.entry.subject else None
    return replace(history, vetoes=(*history.vetoes, Veto(one.number, violation, day, one.entry.note)))


def _reversal(history: History, one: Posted, _day: date) -> History:
    """Of a veto; what else is reversed concerns nothing here by itself."""
    number = one.entry.reverses or 0
    if number not in (veto.number for veto in history.vetoes):
        return history
    vetoes = _changed(history.vetoes, number, lambda item: replace(item, fallen_by=one.number))
    return replace(history, vetoes=vetoes, cases=_without(history.cases, (number,)))


def _exit_opened(history: History, one: Posted, day: date) -> History:
    trigger, *rest = one.entry.subject.split()
    by_hand = trigger == Trigger.DECISION
    case = ExitCase(
        one.number,
        one.entry.vendor,
        BusinessType(rest[0]) if by_hand and rest else None,
        Trigger(trigger),
        () if by_hand else tuple(map(int, rest)),
        day,
        one.entry.note,
    )
    return replace(history, cases=(*history.cases, case))


def _suspended(history: History, one: Posted, day: date) -> History:
    return _in_case(
        history,
        one,
        lambda case: replace(case, suspended=case.suspended or day, recorded_by=case.recorded_by or one.entry.person),
    )


def _approval(history: History, one: Posted, day: date) -> History:
    entry = one.entry
    if entry.person is None or entry.role is None:
        raise ValueError("an approval is somebody's")
    approval = Approval(one.number, entry.person, entry.role, day, entry.note)
    return _in_case(history, one, lambda case: replace(case, approvals=(*case.approvals, approval)))


def _handover(history: History, one: Posted, _day: date) -> History:
    item = one.entry.subject.split(maxsplit=2)[2]
    return _in_case(history, one, lambda case: replace(case, handed_over=(*case.handed_over, item)))


def _exit(history: History, one: Posted, day: date) -> History:
    return _in_case(history, one, lambda case: replace(case, exited=day, exit_entry=one.number, is_reopened=False))


def _exit_dropped(history: History, one: Posted, day: date) -> History:
    return _in_case(history, one, lambda case: replace(case, dropped=day))


_STEPS: Mapping[EntryKind, Step] = {
    EntryKind.WARNING: _warning,
    EntryKind.WARNING_VOIDED: _warning_voided,
    EntryKind.RECTIFICATION: _rectification,
    EntryKind.RECTIFIED: _rectified,
    EntryKind.VETO: _veto,
    EntryKind.REVERSAL: _reversal,
    EntryKind.EXIT_OPENED: _exit_opened,
    EntryKind.SUSPENDED: _suspended,
    EntryKind.APPROVAL: _approval,
    EntryKind.HANDOVER: _handover,
    EntryKind.EXIT: _exit,
    EntryKind.EXIT_DROPPED: _exit_dropped,
}
_STEPS_BELOW: Mapping[EntryKind, Step] = {
    EntryKind.WARNING: _warning_below,
    EntryKind.WARNING_VOIDED: _voided_below,
}
# What a history is read from; of reversals those of vetoes only.
KINDS = tuple(_STEPS)


def _in_case(history: History, one: Posted, change: Callable[[ExitCase], ExitCase]) -> History:
    return replace(history, cases=_changed(history.cases, case_of(one.entry.subject), change))


def _changed(items: tuple[Item, ...], number: int, change: Callable[[Item], Item]) -> tuple[Item, ...]:
    if number not in (item.number for item in items):
        raise ValueError(f"there is no {number} before it")
    return tuple(change(item) if item.number == number else item for item in items)


def _without(cases: tuple[ExitCase, ...], fallen: tuple[int, ...]) -> tuple[ExitCase, ...]:
    """The cases when evidence has fallen: those that rest on it are reopened, and what was approved counts no more."""
    return tuple(
        replace(
            case,
            fallen=(*case.fallen, *(number for number in case.evidence if number in fallen)),
            is_reopened=True,
            approvals=(),
        )
        if case.dropped is None and set(case.evidence) & set(fallen)
        else case
        for case in cases
    )
