"""Manifests and calls, and the draws whose frames the calls belong to."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(length=20)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "draws",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("frame_sha256", sa.Text(), nullable=False),
        sa.Column("frame_calls", sa.Integer(), nullable=False),
        sa.Column("seed_sha256", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=True),
        sa.Column("minimum_calls", sa.Integer(), nullable=False),
        sa.Column("share_bp", sa.Integer(), nullable=False),
        sa.Column("formal_calls", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("duration_bands_ms", sa.Text(), nullable=False),
        sa.Column("committed_at", INSTANT, nullable=False),
        sa.Column("made_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_draws"),
    )
    op.create_index("ix_draws_day", "draws", ["day"], unique=False)
    op.create_index("ix_draws_state", "draws", ["state"], unique=False)
    op.create_index(
        "uq_draws_live",
        "draws",
        ["vendor", "project", "day"],
        unique=True,
        sqlite_where=sa.text("kind = 'random' AND state <> 'abandoned'"),
        postgresql_where=sa.text("kind = 'random' AND state <> 'abandoned'"),
    )
    op.create_table(
        "drops",
        sa.Column("id", KEY, nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_drops"),
        sa.UniqueConstraint("location", name="uq_drops_location"),
    )
    op.create_table(
        "manifests",
        sa.Column("id", KEY, nullable=False),
        sa.Column("drop_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("conflicts", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["drop_id"], ["drops.id"], name="fk_manifests_drop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_manifests"),
        sa.UniqueConstraint("drop_id", "name", "sha256", name="uq_manifests_drop_id_name_sha256"),
    )
    op.create_table(
        "calls",
        sa.Column("id", KEY, nullable=False),
        sa.Column("manifest_id", KEY, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("customer_number", sa.Text(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("outcome", WORD, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("agent_channel", WORD, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.Column("row_sha256", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("connected", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.Column("frame_draw_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["frame_draw_id"], ["draws.id"], name="fk_calls_frame_draw_id"),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifests.id"], name="fk_calls_manifest_id"),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
        sa.UniqueConstraint("vendor", "call_id", name="uq_calls_vendor_call_id"),
    )
    op.create_index("ix_calls_day_vendor_project_state", "calls", ["day", "vendor", "project", "state"], unique=False)
    op.create_index("ix_calls_frame_draw_id", "calls", ["frame_draw_id"], unique=False)
    op.create_index(
        "ix_calls_unframed",
        "calls",
        ["connected", "vendor", "project", "day"],
        unique=False,
        sqlite_where=sa.text("frame_draw_id IS NULL"),
        postgresql_where=sa.text("frame_draw_id IS NULL"),
    )
    op.create_table(
        "manifest_rejections",
        sa.Column("manifest_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifests.id"], name="fk_manifest_rejections_manifest_id"),
        sa.PrimaryKeyConstraint("manifest_id", "position", name="pk_manifest_rejections"),
    )
    op.create_table(
        "manifest_conflicts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("manifest_id", KEY, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("call_pk", KEY, nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("offered", sa.Text(), nullable=False),
        sa.Column("offered_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_pk"], ["calls.id"], name="fk_manifest_conflicts_call_pk"),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifests.id"], name="fk_manifest_conflicts_manifest_id"),
        sa.PrimaryKeyConstraint("id", name="pk_manifest_conflicts"),
        sa.UniqueConstraint("call_pk", "offered_sha256", name="uq_manifest_conflicts_call_pk_offered_sha256"),
    )


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
