"""Customers who asked not to be called again, and calls found by their number."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table and the indexes. What was inspected before has no opt-outs until it is inspected again."""
    op.create_table(
        "optouts",
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("call_pk", KEY, nullable=False),
        sa.Column("customer_number", sa.Text(), nullable=False),
        sa.Column("said_at", INSTANT, nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("end_ms", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("matched", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["call_pk"], ["calls.id"], name="fk_optouts_call_pk"),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name="fk_optouts_inspection_id"),
        sa.PrimaryKeyConstraint("inspection_id", "position", name="pk_optouts"),
    )
    op.create_index("ix_optouts_customer_number", "optouts", ["customer_number"], unique=False)
    op.create_index("ix_calls_customer_number", "calls", ["customer_number"], unique=False)


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
