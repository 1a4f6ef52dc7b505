"""Calls handed in with the same recording are found without reading them all."""

from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_calls_sha256", "calls", ["sha256"])


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
