"""Versions of the files that judge."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.records.rule_version import RuleState
from pipeline.store.columns import Key, Stored, word

_OPEN = text("state = 'proposed'")


class RuleVersionRow(Stored):
    """A version of one file of `lexicons/` (`phrases/privacy.toml`) with its text. `base_id`: the version that it was made from.

    `proposed_by` NULL: found in the folder when somebody made the first change.
    """

    __tablename__ = "rule_versions"
    __table_args__ = (
        Index("ix_rule_versions_file", "file", "id"),
        # One open proposal for each file.
        Index("uq_rule_versions_open", "file", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[Key]
    file: Mapped[str]
    content: Mapped[str]
    sha256: Mapped[str]
    base_id: Mapped[int | None] = mapped_column(ForeignKey("rule_versions.id"))
    state: Mapped[RuleState] = mapped_column(word(RuleState))
    note: Mapped[str]
    proposed_by: Mapped[str | None]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decision: Mapped[str]
