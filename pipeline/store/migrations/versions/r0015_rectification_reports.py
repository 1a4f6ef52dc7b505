"""What vendors report on their rectifications: what they are going to do, and what they have done. Their letters are found by vendor."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

WORD = sa.String(length=20)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table and the index."""
    op.create_table(
        "rectification_reports",
        sa.Column("id", KEY, nullable=False),
        sa.Column("rectification", KEY, nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rectification_reports"),
        sa.ForeignKeyConstraint(["rectification"], ["entries.number"], name="fk_rectification_reports_rectification"),
    )
    op.create_index("ix_rectification_reports_rectification", "rectification_reports", ["rectification"])
    op.create_index("ix_outbox_vendor", "outbox", ["vendor"])


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
