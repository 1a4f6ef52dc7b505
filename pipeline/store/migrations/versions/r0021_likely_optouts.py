"""An opt-out tells whether its words are listed or only like those that are."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

WORD = sa.String(length=20)


def upgrade() -> None:
    """Add the column; what was heard before was listed."""
    with op.batch_alter_table("optouts") as table:
        table.add_column(sa.Column("match", WORD, nullable=False, server_default="exact"))
    with op.batch_alter_table("optouts") as table:
        table.alter_column("match", server_default=None, existing_type=WORD, existing_nullable=False)


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
