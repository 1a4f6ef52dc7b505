"""What people decide about findings, and what vendors and customers say."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.records.finding import Severity
from pipeline.records.person import Role
from pipeline.records.verdict import Decision
from pipeline.store.columns import Key, Stored, word

_FIRST = text("follows IS NULL AND finding_id IS NOT NULL")


class VerdictRow(Stored):
    """A decision about a finding, or a fault that a reviewer added (`finding_id` NULL). The latest of a finding's verdicts holds; none is changed.

    `rule`, `severity`, span and `words` are what the fault is after the decision. `follows` is the verdict it replaces.
    """

    __tablename__ = "verdicts"
    __table_args__ = (
        Index("ix_verdicts_finding_id", "finding_id"),
        Index("ix_verdicts_call_pk", "call_pk"),
        Index("ix_verdicts_decided_at", "decided_at"),
        # Two people at once: only one verdict can follow another, or be a finding's first.
        UniqueConstraint("follows"),
        Index("uq_verdicts_first", "finding_id", unique=True, sqlite_where=_FIRST, postgresql_where=_FIRST),
    )

    id: Mapped[Key]
    call_pk: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("findings.id"))
    follows: Mapped[int | None] = mapped_column(ForeignKey("verdicts.id"))
    decision: Mapped[Decision] = mapped_column(word(Decision))
    rule: Mapped[str]
    severity: Mapped[Severity] = mapped_column(word(Severity))
    start_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    words: Mapped[str]
    note: Mapped[str]
    person: Mapped[str]
    role: Mapped[Role] = mapped_column(word(Role))
    decided_at: Mapped[datetime]


class CallReviewRow(Stored):
    """A call that somebody heard whole: every fault in it is decided or added. What machine findings are held against (two-phase estimate)."""

    __tablename__ = "call_reviews"

    call_pk: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    reviewed_at: Mapped[datetime]


class AppealRow(Stored):
    """A vendor's appeal against a verdict, once a verdict."""

    __tablename__ = "appeals"

    id: Mapped[Key]
    verdict_id: Mapped[int] = mapped_column(ForeignKey("verdicts.id"), unique=True)
    vendor: Mapped[str]
    reason: Mapped[str]
    filed_by: Mapped[str]
    filed_at: Mapped[datetime]
    upheld: Mapped[bool | None]
    decision: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class ComplaintState(StrEnum):
    """`open` until somebody has decided it."""

    OPEN = "open"
    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"


class ComplaintRow(Stored):
    """A customer's complaint, with the vendor's answer and the decision (P-40)."""

    __tablename__ = "complaints"

    id: Mapped[Key]
    vendor: Mapped[str]
    project: Mapped[str]
    received_on: Mapped[date]
    call_id: Mapped[str | None]
    text: Mapped[str]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    state: Mapped[ComplaintState] = mapped_column(word(ComplaintState))
    decision: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class NumberCheckRow(Stored):
    """A number called on the operator's behalf to check what was done there (号码抽查, P-40). `fault` NULL = in order."""

    __tablename__ = "number_checks"

    id: Mapped[Key]
    vendor: Mapped[str]
    project: Mapped[str]
    checked_on: Mapped[date]
    number: Mapped[str]
    call_id: Mapped[str | None]
    fault: Mapped[str | None]
    person: Mapped[str]
    recorded_at: Mapped[datetime]


class ProjectCheckRow(Stored):
    """What falls short of a project's requirements and loses points (项目检查, P-41)."""

    __tablename__ = "project_checks"

    id: Mapped[Key]
    vendor: Mapped[str]
    project: Mapped[str]
    month: Mapped[str]
    item: Mapped[str]
    points: Mapped[int]
    text: Mapped[str]
    person: Mapped[str]
    recorded_at: Mapped[datetime]


class ReportKind(StrEnum):
    """What a vendor tells of a rectification: how it will put things right, or what it has done."""

    PLAN = "plan"
    DONE = "done"


class RectificationReportRow(Stored):
    """A vendor's word on a rectification (整改); whether it was put right a supervisor says. `rectification` is the number of its opening entry."""

    __tablename__ = "rectification_reports"
    __table_args__ = (Index("ix_rectification_reports_rectification", "rectification"),)

    id: Mapped[Key]
    rectification: Mapped[int] = mapped_column(ForeignKey("entries.number"))
    vendor: Mapped[str]
    kind: Mapped[ReportKind] = mapped_column(word(ReportKind))
    text: Mapped[str]
    person: Mapped[str]
    reported_at: Mapped[datetime]
