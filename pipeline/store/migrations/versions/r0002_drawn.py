"""Drawn calls, their work, nights, the secret calendar."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "calendar_seeds",
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("vendor", "year", name="pk_calendar_seeds"),
    )
    op.create_table(
        "nights",
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("draw_id", sa.Text(), nullable=False),
        sa.Column("frame_calls", sa.Integer(), nullable=False),
        sa.Column("drawn_calls", sa.Integer(), nullable=True),
        sa.Column("planned_at", INSTANT, nullable=False),
        sa.Column("completed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["draw_id"], ["draws.id"], name="fk_nights_draw_id"),
        sa.PrimaryKeyConstraint("vendor", "project", "day", name="pk_nights"),
    )
    op.create_table(
        "drawn_calls",
        sa.Column("id", KEY, nullable=False),
        sa.Column("draw_id", sa.Text(), nullable=False),
        sa.Column("call_pk", KEY, nullable=False),
        sa.Column("stratum", sa.Text(), nullable=False),
        sa.Column("probability_num", sa.Integer(), nullable=False),
        sa.Column("probability_den", sa.Integer(), nullable=False),
        sa.Column("formal", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["call_pk"], ["calls.id"], name="fk_drawn_calls_call_pk"),
        sa.ForeignKeyConstraint(["draw_id"], ["draws.id"], name="fk_drawn_calls_draw_id"),
        sa.PrimaryKeyConstraint("id", name="pk_drawn_calls"),
        sa.UniqueConstraint("draw_id", "call_pk", name="uq_drawn_calls_draw_id_call_pk"),
    )
    op.create_index("ix_drawn_calls_call_pk", "drawn_calls", ["call_pk"], unique=False)
    op.create_table(
        "work",
        sa.Column("drawn_call_id", KEY, nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["drawn_call_id"], ["drawn_calls.id"], name="fk_work_drawn_call_id"),
        sa.PrimaryKeyConstraint("drawn_call_id", name="pk_work"),
    )
    op.create_index(
        "ix_work_open",
        "work",
        ["drawn_call_id"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
