"""Where the parts of the script lie in a call, and how the agent came across."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WORD = sa.String(length=20)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables. What was inspected before has neither until it is inspected again."""
    op.create_table(
        "parts",
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("part", WORD, nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("end_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name="fk_parts_inspection_id"),
        sa.PrimaryKeyConstraint("inspection_id", "position", name="pk_parts"),
    )
    op.create_table(
        "attitudes",
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("manner", sa.Text(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name="fk_attitudes_inspection_id"),
        sa.PrimaryKeyConstraint("inspection_id", "position", name="pk_attitudes"),
    )


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
