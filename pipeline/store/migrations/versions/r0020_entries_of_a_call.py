"""A call's entries are found without reading the whole ledger."""

from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_entries_vendor_call_id", "entries", ["vendor", "call_id"])


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
