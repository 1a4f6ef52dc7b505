"""Versions of the files that judge: proposed and approved by people who do not write them."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

WORD = sa.String(length=20)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "rule_versions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("base_id", KEY, nullable=True),
        sa.Column("state", WORD, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=True),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rule_versions"),
        sa.ForeignKeyConstraint(["base_id"], ["rule_versions.id"], name="fk_rule_versions_base_id"),
    )
    op.create_index("ix_rule_versions_file", "rule_versions", ["file", "id"])
    # One open proposal for each file.
    is_open = sa.text("state = 'proposed'")
    op.create_index(
        "uq_rule_versions_open", "rule_versions", ["file"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
