"""Entries, explanations and warnings as they are answered; the keys are those of `callqa ledger list`, `explain` and `warning list --json`."""

from datetime import date

from pydantic import Field

from pipeline.ledger.warnings import Ground
from pipeline.records.entry import EntryKind
from pipeline.records.finding import Match, Severity
from pipeline.records.person import Role
from pipeline.web.api.answers import Answer


class Entry(Answer):
    """An entry: its columns as they are hashed, so that anybody can compute `sha256` again."""

    number: int
    key: str
    kind: EntryKind
    month: str
    vendor: str
    project: str | None
    recorded_at: str = Field(description="UTC, as 2026-03-02 01:30:00.000000.")
    subject: str
    call_id: str | None
    agent: str | None
    rule: str | None
    severity: Severity | None
    match: Match | None
    start_ms: int | None
    end_ms: int | None
    words: str
    points: int
    amount_fen: int
    reverses: int | None
    person: str | None
    role: Role | None
    policy: str
    ruleset: str | None
    model: str | None
    note: str
    previous: str
    sha256: str


class Reason(Answer):
    """A figure or an act, what is to be known of it, and what it rests on."""

    title: str
    facts: dict[str, str]
    because: list["Reason"]


class Warned(Answer):
    """A warning; `voided_by`: the entry that took it back."""

    warning: int
    vendor: str
    project: str | None
    ground: Ground
    month: str
    evidence: list[int]
    day: date
    reason: str
    voided_by: int | None


class WarningCount(Answer):
    """How a vendor's warnings stand today."""

    vendor: str
    term: list[date] | None
    in_term: int
    of_subcontractors: int
    to_exit: int
    in_year: int
    exclusive_a_year: int | None
    over_the_year: bool
    suspended: bool


class Warnings(Answer):
    """All warnings, and how many stand against whom."""

    warnings: list[Warned]
    vendors: list[WarningCount]
