"""The review application: sessions, the audit trail, who judges what, decisions that can be undone, second opinions, the queue."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WORD = sa.String(length=20)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "web_sessions",
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_web_sessions"),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("token_sha256", name="uq_api_tokens_token_sha256"),
    )
    op.create_table(
        "events",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("role", WORD, nullable=True),
        sa.Column("did", WORD, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_at", "events", ["at"])
    op.create_index("ix_events_person_at", "events", ["person", "at"])
    op.create_index("ix_events_subject_at", "events", ["subject", "at"])
    op.create_table(
        "plays",
        sa.Column("id", KEY, nullable=False),
        sa.Column("call_pk", KEY, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("end_ms", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plays"),
        sa.ForeignKeyConstraint(["call_pk"], ["calls.id"], name="fk_plays_call_pk"),
    )
    op.create_index("ix_plays_call_pk_person", "plays", ["call_pk", "person"])
    op.create_table(
        "assignments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("call_pk", KEY, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("occasion", WORD, nullable=False),
        sa.Column("assigned_at", INSTANT, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_assignments"),
        sa.ForeignKeyConstraint(["call_pk"], ["calls.id"], name="fk_assignments_call_pk"),
        sa.UniqueConstraint("call_pk", "person", name="uq_assignments_call_pk_person"),
    )
    op.create_index("ix_assignments_person_done_at", "assignments", ["person", "done_at"])
    op.create_table(
        "calibration_sessions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_calibration_sessions"),
    )
    op.create_table(
        "calibration_calls",
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("call_pk", KEY, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "call_pk", name="pk_calibration_calls"),
        sa.ForeignKeyConstraint(["call_pk"], ["calls.id"], name="fk_calibration_calls_call_pk"),
        sa.ForeignKeyConstraint(["session_id"], ["calibration_sessions.id"], name="fk_calibration_calls_session_id"),
    )
    op.create_table(
        "opinions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("call_pk", KEY, nullable=False),
        sa.Column("finding_id", KEY, nullable=True),
        sa.Column("session_id", KEY, nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("decision", WORD, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", WORD, nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=True),
        sa.Column("end_ms", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_opinions"),
        sa.ForeignKeyConstraint(["call_pk"], ["calls.id"], name="fk_opinions_call_pk"),
        sa.ForeignKeyConstraint(["finding_id"], ["findings.id"], name="fk_opinions_finding_id"),
        sa.ForeignKeyConstraint(["session_id"], ["calibration_sessions.id"], name="fk_opinions_session_id"),
    )
    op.create_index("ix_opinions_call_pk", "opinions", ["call_pk"])
    op.create_index("ix_opinions_session_id", "opinions", ["session_id"])
    op.create_table(
        "pending_decisions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("call_pk", KEY, nullable=False),
        sa.Column("finding_id", KEY, nullable=True),
        sa.Column("decision", WORD, nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("severity", WORD, nullable=True),
        sa.Column("start_ms", sa.Integer(), nullable=True),
        sa.Column("end_ms", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_pending_decisions"),
        sa.ForeignKeyConstraint(["call_pk"], ["calls.id"], name="fk_pending_decisions_call_pk"),
        sa.ForeignKeyConstraint(["finding_id"], ["findings.id"], name="fk_pending_decisions_finding_id"),
    )
    op.create_index("ix_pending_decisions_call_pk", "pending_decisions", ["call_pk"])
    op.create_index("ix_pending_decisions_settled_at", "pending_decisions", ["settled_at"])
    op.create_table(
        "attachments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("appeal_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name="fk_attachments_appeal_id"),
    )
    op.create_index("ix_attachments_appeal_id", "attachments", ["appeal_id"])
    op.create_table(
        "queue",
        sa.Column("call_pk", KEY, nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("severity", WORD, nullable=False),
        sa.Column("confidence_bp", sa.Integer(), nullable=False),
        sa.Column("value_fen", sa.Integer(), nullable=False),
        sa.Column("open_findings", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("call_pk", name="pk_queue"),
        sa.ForeignKeyConstraint(["call_pk"], ["calls.id"], name="fk_queue_call_pk"),
    )
    op.create_index("ix_queue_agent", "queue", ["is_open", "agent", "priority", "call_pk"])
    op.create_index("ix_queue_day", "queue", ["is_open", "day", "priority", "call_pk"])
    op.create_index("ix_queue_grade", "queue", ["is_open", "grade", "priority", "call_pk"])
    op.create_index("ix_queue_open", "queue", ["is_open", "priority", "call_pk"])
    op.create_index("ix_queue_project", "queue", ["is_open", "project", "priority", "call_pk"])
    op.create_index("ix_queue_state", "queue", ["is_open", "state", "priority", "call_pk"])
    op.create_index("ix_queue_vendor", "queue", ["is_open", "vendor", "priority", "call_pk"])
    op.create_table(
        "queue_rules",
        sa.Column("call_pk", KEY, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("call_pk", "rule", name="pk_queue_rules"),
        sa.ForeignKeyConstraint(["call_pk"], ["queue.call_pk"], name="fk_queue_rules_call_pk"),
    )
    op.create_index("ix_queue_rules_rule", "queue_rules", ["rule", "is_open", "priority", "call_pk"])


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
