"""Holds, destruction under supervision with what stays on record of it for ever, and probes."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

WORD = sa.String(length=20)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
RECORDS = ("destructions", "destroyed_recordings", "vendor_copies")


def upgrade() -> None:
    """Make the tables; the database itself refuses to forget what was destroyed."""
    _holds_and_probes()
    op.create_table(
        "destructions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("items_sha256", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=True),
        sa.Column("signed_at", INSTANT, nullable=True),
        sa.Column("declined_by", sa.Text(), nullable=True),
        sa.Column("declined_at", INSTANT, nullable=True),
        sa.Column("completed_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_destructions"),
    )
    op.create_table(
        "destroyed_recordings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("destruction_id", KEY, nullable=False),
        sa.Column("recording_id", KEY, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("gone", WORD, nullable=True),
        sa.Column("gone_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_destroyed_recordings"),
        sa.ForeignKeyConstraint(["destruction_id"], ["destructions.id"], name="fk_destroyed_recordings_destruction_id"),
        sa.ForeignKeyConstraint(["recording_id"], ["recordings.id"], name="fk_destroyed_recordings_recording_id"),
        sa.UniqueConstraint(
            "destruction_id", "recording_id", name="uq_destroyed_recordings_destruction_id_recording_id"
        ),
    )
    op.create_index("ix_destroyed_recordings_recording_id", "destroyed_recordings", ["recording_id"])
    op.create_table(
        "vendor_copies",
        sa.Column("destruction_id", KEY, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("letter_key", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("destruction_id", "vendor", name="pk_vendor_copies"),
        sa.ForeignKeyConstraint(["destruction_id"], ["destructions.id"], name="fk_vendor_copies_destruction_id"),
    )
    _refuse_forgetting()


def _holds_and_probes() -> None:
    op.create_table(
        "retention_holds",
        sa.Column("id", KEY, nullable=False),
        sa.Column("call_pk", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("placed_at", INSTANT, nullable=False),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("released_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_retention_holds"),
        sa.ForeignKeyConstraint(["call_pk"], ["calls.id"], name="fk_retention_holds_call_pk"),
    )
    op.create_index("ix_retention_holds_call_pk", "retention_holds", ["call_pk"])
    op.create_table(
        "retention_probes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("call_pk", KEY, nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("produced", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_retention_probes"),
        sa.ForeignKeyConstraint(["call_pk"], ["calls.id"], name="fk_retention_probes_call_pk"),
    )
    op.create_index("ix_retention_probes_vendor", "retention_probes", ["vendor"])


def _refuse_forgetting() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in RECORDS:
            op.execute(
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'what was destroyed stays on record'); END"
            )
        return
    op.execute(
        """CREATE FUNCTION destroyed_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'what was destroyed stays on record'; END $$"""
    )
    for table in RECORDS:
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION destroyed_refuse()"
        )


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
