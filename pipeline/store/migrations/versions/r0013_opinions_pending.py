"""Decisions that can be undone may become opinions: of a second hearing, or of a calibration session."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns; what is pending becomes verdicts."""
    with op.batch_alter_table("pending_decisions") as table:
        table.add_column(sa.Column("opinion", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("session_id", KEY, nullable=True))
        table.create_foreign_key("fk_pending_decisions_session_id", "calibration_sessions", ["session_id"], ["id"])
    with op.batch_alter_table("pending_decisions") as table:
        table.alter_column("opinion", server_default=None, existing_type=sa.Boolean(), existing_nullable=False)


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
