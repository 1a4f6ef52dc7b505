"""Recordings are named relative to the archive, so that a working folder can move; the time for a letter runs from its delivery."""

from datetime import date

import sqlalchemy as sa
from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OUTBOX = sa.table(
    "outbox",
    sa.column("id", sa.BigInteger()),
    sa.column("day", sa.Date()),
    sa.column("sent_at", sa.DateTime(timezone=True)),
    sa.column("acknowledge_days", sa.Integer()),
    sa.column("acknowledge_by", sa.Date()),
)


def upgrade() -> None:
    """Bring both over."""
    # Where a recording lies follows from its hash; a path that says something else is left as it is.
    op.execute(
        "UPDATE recordings SET archive_path = 'sha256/' || substr(sha256, 1, 2) || '/' || substr(sha256, 3) "
        "WHERE archive_path LIKE '%/sha256/' || substr(sha256, 1, 2) || '/' || substr(sha256, 3)"
    )
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("acknowledge_days", sa.Integer(), nullable=True))
    demanding = sa.select(OUTBOX).where(OUTBOX.c.acknowledge_by.is_not(None))
    for letter in op.get_bind().execute(demanding).all():
        values: dict[str, int | date | None] = {"acknowledge_days": (letter.acknowledge_by - letter.day).days}
        # What has gone out keeps the day that its text says.
        if letter.sent_at is None:
            values["acknowledge_by"] = None
        op.execute(sa.update(OUTBOX).where(OUTBOX.c.id == letter.id).values(**values))


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
