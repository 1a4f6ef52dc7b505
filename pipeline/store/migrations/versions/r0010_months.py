"""The operator's counts, closed months, settlement, letters to vendors."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WORD = sa.String(length=20)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "closes",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("entry", KEY, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("month", "revision", name="pk_closes"),
    )
    op.create_table(
        "month_scores",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("inspected", sa.Integer(), nullable=False),
        sa.Column("partial", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("not_produced", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.Column("reviewed", sa.Integer(), nullable=False),
        sa.Column("fatal", sa.Integer(), nullable=False),
        sa.Column("major", sa.Integer(), nullable=False),
        sa.Column("minor", sa.Integer(), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=True),
        sa.Column("rate_low_bp", sa.Integer(), nullable=True),
        sa.Column("rate_high_bp", sa.Integer(), nullable=True),
        sa.Column("score_c", sa.Integer(), nullable=True),
        sa.Column("score_low_c", sa.Integer(), nullable=True),
        sa.Column("score_high_c", sa.Integer(), nullable=True),
        sa.Column("factor_bp", sa.Integer(), nullable=False),
        sa.Column("complaints", sa.Integer(), nullable=False),
        sa.Column("number_checks_failed", sa.Integer(), nullable=False),
        sa.Column("project_points", sa.Integer(), nullable=False),
        sa.Column("warnings_total", sa.Integer(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["month", "revision"],
            ["closes.month", "closes.revision"],
            name="fk_month_scores_month_revision",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("month", "revision", "vendor", "project", name="pk_month_scores"),
    )
    op.create_table(
        "settlements",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("statement_no", sa.Text(), nullable=False),
        sa.Column("count_operator", sa.Integer(), nullable=True),
        sa.Column("count_vendor", sa.Integer(), nullable=True),
        sa.Column("difference", sa.Integer(), nullable=False),
        sa.Column("tolerance", sa.Integer(), nullable=False),
        sa.Column("not_payable", sa.Integer(), nullable=False),
        sa.Column("count_accepted", sa.Integer(), nullable=False),
        sa.Column("unit_price_fen", sa.Integer(), nullable=False),
        sa.Column("gross_fen", KEY, nullable=False),
        sa.Column("usage_share_fen", KEY, nullable=False),
        sa.Column("factor_bp", sa.Integer(), nullable=False),
        sa.Column("adjustment_fen", KEY, nullable=False),
        sa.Column("prior_month_fen", KEY, nullable=False),
        sa.Column("net_fen", KEY, nullable=False),
        sa.Column("tax_basis", sa.Text(), nullable=False),
        sa.Column("price_version", sa.Text(), nullable=False),
        sa.Column("audited", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["month", "revision"],
            ["closes.month", "closes.revision"],
            name="fk_settlements_month_revision",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("month", "revision", "vendor", "project", name="pk_settlements"),
        sa.UniqueConstraint("statement_no", name="uq_settlements_statement_no"),
    )
    op.create_table(
        "statement_confirmations",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("month", "revision", "vendor", name="pk_statement_confirmations"),
    )
    op.create_table(
        "frame_counts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("successes", sa.Integer(), nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_frame_counts"),
    )
    op.create_index("ix_frame_counts_day_vendor_project", "frame_counts", ["day", "vendor", "project"], unique=False)
    op.create_table(
        "frame_explanations",
        sa.Column("id", KEY, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("gap", sa.Text(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_frame_explanations"),
    )
    op.create_table(
        "success_counts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("side", WORD, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("successes", sa.Integer(), nullable=False),
        sa.Column("usage_fen", KEY, nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_success_counts"),
    )
    op.create_index(
        "ix_success_counts_month_vendor_project", "success_counts", ["month", "vendor", "project"], unique=False
    )
    op.create_table(
        "count_audits",
        sa.Column("id", KEY, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("count_accepted", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_count_audits"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("subjects", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_at", INSTANT, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("acknowledge_by", sa.Date(), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index("ix_outbox_sent_at", "outbox", ["sent_at"], unique=False)
    op.create_index("ix_inspections_inspected_at", "inspections", ["inspected_at"], unique=False)


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
