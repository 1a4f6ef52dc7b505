"""The queue gives every vendor its turn, and a call can be put back into it."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns; whoever opens the store then fills the queue (`services/queueing.py`)."""
    op.add_column("assignments", sa.Column("put_back_at", INSTANT, nullable=True))
    with op.batch_alter_table("queue") as table:
        table.add_column(sa.Column("turn", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("queue") as table:
        table.alter_column("turn", server_default=None, existing_type=sa.Integer(), existing_nullable=False)


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
