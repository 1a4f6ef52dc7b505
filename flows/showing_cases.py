"""Warnings, rectifications and exit cases as tables for people and objects for programs."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from rich.table import Table

from pipeline.ledger.exits import next_role
from pipeline.ledger.history import ExitCase, Rectification, Trigger
from pipeline.policy.consequences import ExitPolicy
from pipeline.records.entry import EntryKind, Posted
from pipeline.records.person import Role
from pipeline.services.docket import WarningCount
from pipeline.services.objects import Json

_HEADINGS = {
    "evidence": "rests on entries",
    "ground": "because of",
    "next_approval": "whose turn it is",
    "no_longer_stands": "why it cannot go on",
    "opened": "open since",
    "state": "stands at",
    "trigger": "opened by",
    "until": "last day",
    "voided_by": "taken back by entry",
}


def count_line(count: WarningCount) -> str:
    """The same for people."""
    within = f"in its term {count.term.first} to {count.term.last}" if count.term else "in all, no term is recorded"
    limit = count.exclusive_a_year
    below = f", {count.of_subcontractors} of them its subcontractors'" if count.of_subcontractors else ""
    year = "" if limit is None else f"; {count.in_year} this year, an exclusive vendor may have {limit}"
    return f"{count.vendor}: {count.in_term} stand {within}{below}, {count.to_exit} end the cooperation{year}"


def due_lines(posted: Iterable[Posted]) -> Iterator[str]:
    """What has followed by itself."""
    for one in posted:
        if one.entry.kind is EntryKind.EXIT_OPENED:
            yield f"{one.entry.vendor} is suspended, exit case {one.number} is open: {one.entry.note}"
        elif one.entry.kind in (EntryKind.WARNING, EntryKind.VETO):
            yield f"{one.entry.kind.value} {one.number} of {one.entry.vendor}: {one.entry.note}"


def rectification_json(vendor: str, one: Rectification, today: date) -> Json:
    """A rectification as it stands today."""
    return {
        "rectification": one.number,
        "vendor": vendor,
        "project": one.project,
        "warning": one.warning,
        "opened": one.opened.isoformat(),
        "until": one.until.isoformat(),
        "demand": one.demand,
        "rectified": one.rectified.isoformat() if one.rectified else None,
        "taken_back_by": one.fallen_by,
        "state": rectification_state(one, today),
    }


def rectification_state(one: Rectification, today: date) -> str:
    """`overdue` also where it was put right too late; `void` where it was taken back with its warning."""
    if one.fallen_by is not None:
        return "void"
    if one.is_overdue(today):
        return "overdue"
    return "rectified" if one.rectified else "open"


def _next(case: ExitCase, role: Role | None) -> str | None:
    """Whose turn it is; a triggered case takes no approval before a supervisor has recorded its suspension."""
    if role is not None and case.trigger is not Trigger.DECISION and case.recorded_by is None:
        return f"{Role.SUPERVISOR.value} records the suspension"
    return role.value if role else None


def case_json(case: ExitCase, fallen: str | None, policy: ExitPolicy) -> Json:
    """An exit case, who approves next and what is not handed over; `fallen` says why what it rests on no longer stands."""
    role = next_role(case, policy) if case.is_open and fallen is None else None
    return {
        "case": case.number,
        "vendor": case.vendor,
        "type": case.business_type.value if case.business_type else None,
        "trigger": case.trigger.value,
        "evidence": list(case.evidence),
        "reason": case.reason,
        "state": case.state.value,
        "opened": case.opened.isoformat(),
        "suspended": case.suspended.isoformat() if case.suspended else None,
        "recorded_by": case.recorded_by,
        "approvals": [
            {"person": one.person, "role": one.role.value, "day": one.day.isoformat(), "note": one.note}
            for one in case.approvals
        ],
        "next_approval": _next(case, role),
        "handed_over": list(case.handed_over),
        "to_hand_over": [item for item in policy.handover if item not in case.handed_over],
        "taken_back": list(case.fallen),
        "no_longer_stands": fallen if case.is_open else None,
        "exited": case.exited.isoformat() if case.exited else None,
        "dropped": case.dropped.isoformat() if case.dropped else None,
    }


def table_of(title: str, rows: Sequence[Json], columns: Sequence[str]) -> Table:
    """Objects as a table of some of their keys; nothing stands where there is nothing."""
    table = Table(title=title)
    for column in columns:
        table.add_column(_HEADINGS.get(column, column.replace("_", " ")))
    for row in rows:
        table.add_row(*(_cell(row[column]) for column in columns))
    return table


def _cell(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value is None else str(value).replace("_", " ")
