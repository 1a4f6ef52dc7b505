"""Search in all transcripts: its index, with what is stored already."""

from alembic import op
from sqlalchemy.orm import Session

from pipeline.store.migrations.forward import refuse_downgrade
from pipeline.store.search import fill_index
from pipeline.store.search_index import make_index

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index and fill it. The terms are those of the program that migrates: whoever changes them fills it again in a later revision."""
    make_index(op.get_bind())
    with Session(op.get_bind()) as session:
        fill_index(session)


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
