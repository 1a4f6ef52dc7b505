"""The ledger, which only grows: migrations make the database itself refuse every change of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.records.entry import EntryKind
from pipeline.records.finding import Match, Severity
from pipeline.records.person import Role
from pipeline.store.columns import WIDE, Stored, word


class EntryRow(Stored):
    """An entry in its place: the columns of `records/entry.py`, its number, the hash before it, its own."""

    __tablename__ = "entries"
    __table_args__ = (
        Index("ix_entries_month_vendor_project", "month", "vendor", "project"),
        Index("ix_entries_kind", "kind"),
        Index("ix_entries_vendor_call_id", "vendor", "call_id"),
    )

    number: Mapped[int] = mapped_column(WIDE, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[EntryKind] = mapped_column(word(EntryKind))
    month: Mapped[str]
    vendor: Mapped[str]
    project: Mapped[str | None]
    recorded_at: Mapped[datetime]
    subject: Mapped[str]
    call_id: Mapped[str | None]
    agent: Mapped[str | None]
    rule: Mapped[str | None]
    severity: Mapped[Severity | None] = mapped_column(word(Severity))
    match: Mapped[Match | None] = mapped_column(word(Match))
    start_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    words: Mapped[str]
    points: Mapped[int]
    amount_fen: Mapped[int] = mapped_column(WIDE)
    reverses: Mapped[int | None] = mapped_column(ForeignKey("entries.number"), unique=True)
    person: Mapped[str | None]
    role: Mapped[Role | None] = mapped_column(word(Role))
    policy: Mapped[str]
    ruleset: Mapped[str | None]
    model: Mapped[str | None]
    note: Mapped[str]
    previous: Mapped[str]
    sha256: Mapped[str]
