"""Why a call was drawn on purpose, and who answers for it."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; targeted draws of before have no line in it."""
    op.create_table(
        "targeted_draws",
        sa.Column("draw_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("draw_id", name="pk_targeted_draws"),
        sa.ForeignKeyConstraint(["draw_id"], ["draws.id"], name="fk_targeted_draws_draw_id"),
    )


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
