"""The ledger, and what makes the database refuse every change of it."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.migrations.forward import refuse_downgrade

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WORD = sa.String(length=20)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)

# The database itself refuses what would change the past, INSERT OR REPLACE (which deletes unseen) and TRUNCATE too, and an entry out of its place.
_SQLITE = (
    "CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the ledger only grows: an entry cannot be changed'); END",
    "CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'the ledger only grows: an entry cannot be deleted'); END",
    """CREATE TRIGGER entries_in_place BEFORE INSERT ON entries BEGIN
    SELECT RAISE(ABORT, 'the ledger only grows: this entry is there already')
    WHERE EXISTS (SELECT 1 FROM entries WHERE number = NEW.number OR key = NEW.key OR (NEW.reverses IS NOT NULL AND reverses = NEW.reverses));
    SELECT RAISE(ABORT, 'the ledger has no gaps: an entry follows the last one')
    WHERE NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM entries)
    OR NEW.previous <> coalesce((SELECT sha256 FROM entries WHERE number = NEW.number - 1), '');
    END""",
)
_POSTGRESQL = (
    """CREATE FUNCTION entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the ledger only grows: an entry cannot be changed or deleted'; END $$""",
    # Asked once a statement: asking for each row costs more than writing it. A plan made while the table was small must not scan it when it is large.
    """CREATE FUNCTION entries_in_place() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan TO off AS $$
    BEGIN
    IF EXISTS (SELECT 1 FROM added WHERE previous IS DISTINCT FROM
    CASE number WHEN 1 THEN '' ELSE (SELECT before.sha256 FROM entries AS before WHERE before.number = added.number - 1) END)
    THEN RAISE EXCEPTION 'the ledger has no gaps: an entry follows the last one'; END IF;
    RETURN NULL; END $$""",
    "CREATE TRIGGER entries_no_change BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION entries_refuse()",
    "CREATE TRIGGER entries_no_truncate BEFORE TRUNCATE ON entries FOR EACH STATEMENT EXECUTE FUNCTION entries_refuse()",
    """CREATE TRIGGER entries_in_place AFTER INSERT ON entries REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION entries_in_place()""",
)


def upgrade() -> None:
    """Make the table and its guards."""
    op.create_table(
        "entries",
        sa.Column("number", KEY, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("severity", WORD, nullable=True),
        sa.Column("match", WORD, nullable=True),
        sa.Column("start_ms", sa.Integer(), nullable=True),
        sa.Column("end_ms", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("amount_fen", KEY, nullable=False),
        sa.Column("reverses", KEY, nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("role", WORD, nullable=True),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("ruleset", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["reverses"], ["entries.number"], name="fk_entries_reverses"),
        sa.PrimaryKeyConstraint("number", name="pk_entries"),
        sa.UniqueConstraint("key", name="uq_entries_key"),
        sa.UniqueConstraint("reverses", name="uq_entries_reverses"),
    )
    op.create_index("ix_entries_kind", "entries", ["kind"], unique=False)
    op.create_index("ix_entries_month_vendor_project", "entries", ["month", "vendor", "project"], unique=False)
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Refused."""
    refuse_downgrade()
