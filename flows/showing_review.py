"""Findings, verdicts, appeals, complaints and checks as commands show them: as JSON for programs, as rows of a table for people."""

from collections.abc import Iterable, Sequence

from rich.markup import escape
from rich.table import Table

from pipeline.checks.catalogue import entry
from pipeline.records.entry import Posted
from pipeline.services.objects import Json
from pipeline.services.objects.review import verdict_json
from pipeline.services.reviewing import Reviewed
from pipeline.store.appeals import Appeal
from pipeline.store.complaints import Complaint
from pipeline.store.findings import StoredFinding
from pipeline.store.number_checks import NumberCheck
from pipeline.store.project_checks import ProjectCheck
from pipeline.text.clock import clock
from pipeline.text.masking import mask


def posted_json(posted: Iterable[Posted | None]) -> list[Json]:
    """The entries that something made."""
    return [
        {
            "entry": one.number,
            "kind": one.entry.kind.value,
            "month": str(one.entry.month),
            "points": one.entry.points,
            "subject": one.entry.subject,
            "reverses": one.entry.reverses,
        }
        for one in posted
        if one is not None
    ]


def reviewed_json(done: Reviewed) -> Json:
    """A verdict and what it changed in the ledger."""
    return {**verdict_json(done.verdict), "posted": posted_json(done.posted)}


def appeal_json(one: Appeal) -> Json:
    """An appeal."""
    return {
        "appeal": one.appeal_id,
        "verdict": one.verdict_id,
        "vendor": one.vendor,
        "reason": one.reason,
        "filed_by": one.filed_by,
        "filed_at": one.filed_at.isoformat(),
        "state": state_of(one),
        "decision": one.decision,
        "decided_by": one.decided_by,
        "decided_at": one.decided_at.isoformat() if one.decided_at else None,
    }


def state_of(one: Appeal) -> str:
    """Where an appeal stands."""
    return "open" if one.upheld is None else "upheld" if one.upheld else "rejected"


def complaint_json(one: Complaint) -> Json:
    """A complaint."""
    return {
        "complaint": one.complaint_id,
        "vendor": one.vendor,
        "project": one.project,
        "received_on": one.received_on.isoformat(),
        "call_id": one.call_id,
        "text": one.text,
        "recorded_by": one.recorded_by,
        "answer": one.answer,
        "answered_by": one.answered_by,
        "state": one.state.value,
        "decision": one.decision,
        "decided_by": one.decided_by,
        "decided_at": one.decided_at.isoformat() if one.decided_at else None,
    }


def number_check_json(one: NumberCheck) -> Json:
    """A number check."""
    return {
        "number_check": one.check_id,
        "vendor": one.vendor,
        "project": one.project,
        "checked_on": one.checked_on.isoformat(),
        "number": one.number,
        "call_id": one.call_id,
        "fault": one.fault,
        "person": one.person,
    }


def project_check_json(one: ProjectCheck) -> Json:
    """A project check."""
    return {
        "project_check": one.check_id,
        "vendor": one.vendor,
        "project": one.project,
        "month": one.month,
        "item": one.item,
        "points": one.points,
        "text": one.text,
        "person": one.person,
    }


def posted_line(posted: Sequence[Posted | None]) -> str:
    """What was posted, in words."""
    made = [
        f"entry {one.number} {one.entry.kind.value} in {one.entry.month}"
        + (f", {one.entry.points:+d} points" if one.entry.points else "")
        for one in posted
        if one is not None
    ]
    return "; ".join(made) or "nothing is posted"


def findings_table(found: Sequence[StoredFinding]) -> Table:
    """Findings that wait for a reviewer. Numbers that customers said are masked: a screen is seen by others."""
    return table_of(
        "To review",
        ("finding", "day", "vendor", "project", "call", "severity", "rule", "at", "words"),
        (
            (
                str(one.finding_id),
                f"{one.day:%m-%d}",
                one.row.vendor,
                one.row.project,
                one.row.call_id,
                one.finding.severity.value,
                f"{one.finding.rule} {entry(one.finding.rule).name}",
                clock(one.finding.span.start_ms if one.finding.span else None),
                mask(one.finding.text or one.finding.matched),
            )
            for one in found
        ),
    )


def table_of(title: str, headings: Iterable[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table whose cells are shown as they are, whatever people have written into them."""
    table = Table(*headings, title=title)
    for row in rows:
        table.add_row(*map(escape, row))
    return table
