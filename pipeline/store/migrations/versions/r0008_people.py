"""People, what is known of vendors, policies in force, and what people decide about findings."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WORD = sa.String(length=20)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "users",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=True),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("disabled_by", sa.Text(), nullable=True),
        sa.Column("disabled_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("name", name="uq_users_name"),
    )
    op.create_table(
        "facts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_facts"),
    )
    op.create_index("ix_facts_vendor_project_fact", "facts", ["vendor", "project", "fact"], unique=False)
    op.create_table(
        "policies",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("from_month", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("version", name="pk_policies"),
    )
    op.create_table(
        "verdicts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("call_pk", KEY, nullable=False),
        sa.Column("finding_id", KEY, nullable=True),
        sa.Column("follows", KEY, nullable=True),
        sa.Column("decision", WORD, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", WORD, nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=True),
        sa.Column("end_ms", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["call_pk"], ["calls.id"], name="fk_verdicts_call_pk"),
        sa.ForeignKeyConstraint(["finding_id"], ["findings.id"], name="fk_verdicts_finding_id"),
        sa.ForeignKeyConstraint(["follows"], ["verdicts.id"], name="fk_verdicts_follows"),
        sa.PrimaryKeyConstraint("id", name="pk_verdicts"),
        sa.UniqueConstraint("follows", name="uq_verdicts_follows"),
    )
    op.create_index("ix_verdicts_call_pk", "verdicts", ["call_pk"], unique=False)
    op.create_index("ix_verdicts_decided_at", "verdicts", ["decided_at"], unique=False)
    op.create_index("ix_verdicts_finding_id", "verdicts", ["finding_id"], unique=False)
    op.create_index(
        "uq_verdicts_first",
        "verdicts",
        ["finding_id"],
        unique=True,
        sqlite_where=sa.text("follows IS NULL AND finding_id IS NOT NULL"),
        postgresql_where=sa.text("follows IS NULL AND finding_id IS NOT NULL"),
    )
    op.create_table(
        "call_reviews",
        sa.Column("call_pk", KEY, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("reviewed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["call_pk"], ["calls.id"], name="fk_call_reviews_call_pk"),
        sa.PrimaryKeyConstraint("call_pk", "person", name="pk_call_reviews"),
    )
    op.create_table(
        "appeals",
        sa.Column("id", KEY, nullable=False),
        sa.Column("verdict_id", KEY, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("filed_at", INSTANT, nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdicts.id"], name="fk_appeals_verdict_id"),
        sa.PrimaryKeyConstraint("id", name="pk_appeals"),
        sa.UniqueConstraint("verdict_id", name="uq_appeals_verdict_id"),
    )
    op.create_table(
        "complaints",
        sa.Column("id", KEY, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("state", WORD, nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_complaints"),
    )
    op.create_table(
        "number_checks",
        sa.Column("id", KEY, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_number_checks"),
    )
    op.create_table(
        "project_checks",
        sa.Column("id", KEY, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_project_checks"),
    )
    op.create_index("ix_findings_severity", "findings", ["severity"], unique=False)


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
