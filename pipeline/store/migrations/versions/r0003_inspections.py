"""Recordings in the archive, their inspections and measures."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(length=20)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "archive_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_archive_days"),
    )
    op.create_table(
        "recordings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("call_pk", KEY, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("archive_path", sa.Text(), nullable=False),
        sa.Column("archive_day", sa.Date(), nullable=False),
        sa.Column("archive_number", sa.Integer(), nullable=False),
        sa.Column("archived_at", INSTANT, nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("committed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["call_pk"], ["calls.id"], name="fk_recordings_call_pk"),
        sa.PrimaryKeyConstraint("id", name="pk_recordings"),
        sa.UniqueConstraint("archive_day", "archive_number", name="uq_recordings_archive_day_archive_number"),
        sa.UniqueConstraint("call_pk", "sha256", name="uq_recordings_call_pk_sha256"),
    )
    op.create_index("ix_recordings_keep_until", "recordings", ["keep_until"], unique=False)
    op.create_index("ix_recordings_sha256", "recordings", ["sha256"], unique=False)
    op.create_table(
        "inspections",
        sa.Column("id", KEY, nullable=False),
        sa.Column("recording_id", KEY, nullable=False),
        sa.Column("drawn_call_id", KEY, nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("decoded_ms", sa.Integer(), nullable=False),
        sa.Column("channels", sa.Integer(), nullable=False),
        sa.Column("codec", sa.Text(), nullable=False),
        sa.Column("rate_hz", sa.Integer(), nullable=False),
        sa.Column("ruleset", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("decode_s", sa.Double(), nullable=False),
        sa.Column("vad_s", sa.Double(), nullable=False),
        sa.Column("transcribe_s", sa.Double(), nullable=False),
        sa.Column("check_s", sa.Double(), nullable=False),
        sa.Column("inspected_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["drawn_call_id"], ["drawn_calls.id"], name="fk_inspections_drawn_call_id"),
        sa.ForeignKeyConstraint(["recording_id"], ["recordings.id"], name="fk_inspections_recording_id"),
        sa.PrimaryKeyConstraint("id", name="pk_inspections"),
        sa.UniqueConstraint("recording_id", "ruleset", "model", name="uq_inspections_recording_id_ruleset_model"),
    )
    op.create_table(
        "reasons",
        sa.Column("id", KEY, nullable=False),
        sa.Column("call_pk", KEY, nullable=False),
        sa.Column("inspection_id", KEY, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["call_pk"], ["calls.id"], name="fk_reasons_call_pk"),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name="fk_reasons_inspection_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reasons"),
    )
    op.create_index("ix_reasons_call_pk", "reasons", ["call_pk"], unique=False)
    op.create_index("ix_reasons_inspection_id_position", "reasons", ["inspection_id", "position"], unique=False)
    op.create_table(
        "tone_gaps",
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name="fk_tone_gaps_inspection_id"),
        sa.PrimaryKeyConstraint("inspection_id", "position", name="pk_tone_gaps"),
    )
    op.create_table(
        "tones",
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("speech_rate_cpm", sa.Double(), nullable=True),
        sa.Column("active_level_dbfs", sa.Double(), nullable=True),
        sa.Column("customer_level_dbfs", sa.Double(), nullable=True),
        sa.Column("pitch_median_hz", sa.Double(), nullable=True),
        sa.Column("pitch_sd_st", sa.Double(), nullable=True),
        sa.Column("longest_silence_ms", sa.Integer(), nullable=True),
        sa.Column("response_delay_ms", sa.Integer(), nullable=True),
        sa.Column("agent_talk_share", sa.Double(), nullable=True),
        sa.Column("interruptions", sa.Integer(), nullable=True),
        sa.Column("clipped_share", sa.Double(), nullable=True),
        sa.Column("snr_db", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name="fk_tones_inspection_id"),
        sa.PrimaryKeyConstraint("inspection_id", name="pk_tones"),
    )


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
