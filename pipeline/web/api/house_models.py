"""Vendors, runs, and who asks, as they are answered; vendors as `callqa vendor show --json` has them."""

from datetime import date

from pydantic import Field

from pipeline.ledger.yearly_check import CheckState
from pipeline.records.person import Role
from pipeline.records.project import BusinessType, Mode
from pipeline.records.registry import FactKind
from pipeline.web.api.answers import Answer, Instant


class Fact(Answer):
    """Something known of a vendor, on a document."""

    fact: FactKind
    name: str
    project: str
    value: str
    valid_from: date
    valid_until: date | None
    document: str
    document_date: date | None
    person: str
    recorded_at: Instant


class VendorProject(Answer):
    """A vendor's project."""

    project: str
    type: BusinessType
    script: str
    script_s: int


class Vendor(Answer):
    """A vendor on a day, and what it lacks."""

    vendor: str
    day: date
    mode: Mode | None
    parent: str | None
    term: list[date] | None
    confidentiality_signed: bool
    types: list[BusinessType]
    projects: list[VendorProject]
    agents: list[str]
    facts: list[Fact]
    missing: list[str]


class YearlyCheck(Answer):
    """年度资格验证."""

    vendor: str
    mode: Mode | None
    year: int
    state: CheckState
    report: Fact | None


class VendorFile(Vendor):
    """A vendor with its yearly check."""

    yearly_check: YearlyCheck


class Vendors(Answer):
    """All vendors that are registered."""

    items: list[Vendor]


class Run(Answer):
    """A run of the machine. `ended_at` null: it goes on, or was killed."""

    run: int
    kind: str
    host: str
    started_at: Instant
    ended_at: Instant | None
    error: str | None
    counts: dict[str, int]
    stages_s: dict[str, float] = Field(description="Seconds by stage, summed over calls.")


class Me(Answer):
    """Who asks."""

    name: str
    role: Role
    vendor: str | None
