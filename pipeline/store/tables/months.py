"""Closed months: the counts of both sides, scores, settlement lines and the close itself."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.columns import WIDE, Key, Stored, word


class Side(StrEnum):
    """Whose count it is."""

    OPERATOR = "operator"
    VENDOR = "vendor"


class FrameCountRow(Stored):
    """The operator's own counts of a vendor's project and day (P-12); the latest row of a day holds."""

    __tablename__ = "frame_counts"
    __table_args__ = (Index("ix_frame_counts_day_vendor_project", "day", "vendor", "project"),)

    id: Mapped[Key]
    vendor: Mapped[str]
    project: Mapped[str]
    day: Mapped[date]
    issued: Mapped[int]
    calls: Mapped[int]
    successes: Mapped[int]
    source_sha256: Mapped[str]
    person: Mapped[str]
    imported_at: Mapped[datetime]


class FrameExplanationRow(Stored):
    """Why a gap of so many `calls` is none, by whom; `gap` is the word of `pipeline/scoring/frame.py`. The latest row of a gap holds."""

    __tablename__ = "frame_explanations"

    id: Mapped[Key]
    vendor: Mapped[str]
    project: Mapped[str]
    day: Mapped[date]
    gap: Mapped[str]
    calls: Mapped[int]
    text: Mapped[str]
    person: Mapped[str]
    recorded_at: Mapped[datetime]


class SuccessCountRow(Stored):
    """One side's count of a month's successes, and the usage fees the vendor may have a share of (P-51); the latest row of a side holds."""

    __tablename__ = "success_counts"
    __table_args__ = (Index("ix_success_counts_month_vendor_project", "month", "vendor", "project"),)

    id: Mapped[Key]
    side: Mapped[Side] = mapped_column(word(Side))
    vendor: Mapped[str]
    project: Mapped[str]
    month: Mapped[str]
    successes: Mapped[int]
    usage_fen: Mapped[int] = mapped_column(WIDE)
    source_sha256: Mapped[str]
    person: Mapped[str]
    imported_at: Mapped[datetime]


class AuditRow(Stored):
    """How a difference between the counts was audited (稽核, P-51): the count that is accepted, and why."""

    __tablename__ = "count_audits"

    id: Mapped[Key]
    vendor: Mapped[str]
    project: Mapped[str]
    month: Mapped[str]
    count_accepted: Mapped[int]
    text: Mapped[str]
    person: Mapped[str]
    recorded_at: Mapped[datetime]


class CloseRow(Stored):
    """A month as it was closed, or restated (`revision` > 0). `entry` is its closing entry, `sha256` over all its lines."""

    __tablename__ = "closes"

    month: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    policy: Mapped[str]
    sha256: Mapped[str]
    entry: Mapped[int] = mapped_column(WIDE)
    person: Mapped[str]
    closed_at: Mapped[datetime]


class MonthScoreRow(Stored):
    """A line of `scores.csv`. Scores in hundredths of a point, rates in basis points; NULL = there is none."""

    __tablename__ = "month_scores"
    __table_args__ = (
        ForeignKeyConstraint(
            ["month", "revision"], ["closes.month", "closes.revision"], deferrable=True, initially="DEFERRED"
        ),
    )

    month: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    vendor: Mapped[str] = mapped_column(primary_key=True)
    project: Mapped[str] = mapped_column(primary_key=True)
    calls: Mapped[int]
    drawn: Mapped[int]
    inspected: Mapped[int]
    partial: Mapped[int]
    quarantined: Mapped[int]
    not_produced: Mapped[int]
    withdrawn: Mapped[int]
    reviewed: Mapped[int]
    fatal: Mapped[int]
    major: Mapped[int]
    minor: Mapped[int]
    rate_bp: Mapped[int | None]
    rate_low_bp: Mapped[int | None]
    rate_high_bp: Mapped[int | None]
    score_c: Mapped[int | None]
    score_low_c: Mapped[int | None]
    score_high_c: Mapped[int | None]
    factor_bp: Mapped[int]
    complaints: Mapped[int]
    number_checks_failed: Mapped[int]
    project_points: Mapped[int]
    warnings_total: Mapped[int]
    grade: Mapped[int]
    status: Mapped[str]
    policy: Mapped[str]


class SettlementRow(Stored):
    """A line of `settlement.csv`; `audited` says how a difference beyond the tolerance was cleared."""

    __tablename__ = "settlements"
    __table_args__ = (
        UniqueConstraint("statement_no"),
        ForeignKeyConstraint(
            ["month", "revision"], ["closes.month", "closes.revision"], deferrable=True, initially="DEFERRED"
        ),
    )

    month: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    vendor: Mapped[str] = mapped_column(primary_key=True)
    project: Mapped[str] = mapped_column(primary_key=True)
    statement_no: Mapped[str]
    count_operator: Mapped[int | None]
    count_vendor: Mapped[int | None]
    difference: Mapped[int]
    tolerance: Mapped[int]
    not_payable: Mapped[int]
    count_accepted: Mapped[int]
    unit_price_fen: Mapped[int]
    gross_fen: Mapped[int] = mapped_column(WIDE)
    usage_share_fen: Mapped[int] = mapped_column(WIDE)
    factor_bp: Mapped[int]
    adjustment_fen: Mapped[int] = mapped_column(WIDE)
    prior_month_fen: Mapped[int] = mapped_column(WIDE)
    net_fen: Mapped[int] = mapped_column(WIDE)
    tax_basis: Mapped[str]
    price_version: Mapped[str]
    audited: Mapped[str]


class StatementConfirmationRow(Stored):
    """A vendor's confirmation of a month's statement."""

    __tablename__ = "statement_confirmations"

    month: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    vendor: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str]
    confirmed_at: Mapped[datetime]


class OutboxRow(Stored):
    """A letter to a vendor: written with what it is about, delivered once, later. `key` makes it once. `acknowledged_*` for those that demand it.

    `subjects` is a JSON list of what it tells (`verdict 7`, `finding 12`). `claimed_at`: somebody is delivering it since then.
    `acknowledge_by` is known from its delivery on, `acknowledge_days` later.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_sent_at", "sent_at"), Index("ix_outbox_vendor", "vendor"))

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    vendor: Mapped[str]
    kind: Mapped[str]
    day: Mapped[date]
    title: Mapped[str]
    body: Mapped[str]
    subjects: Mapped[str] = mapped_column(default="[]")
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    acknowledge_days: Mapped[int | None]
    acknowledge_by: Mapped[date | None]
    acknowledged_by: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
