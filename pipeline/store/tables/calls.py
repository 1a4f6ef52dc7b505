"""What vendors dropped: drops, manifests, the rows that could not go in, and the calls."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.records.call import AgentChannel, CallState, Outcome
from pipeline.store.columns import Key, Stored, word


class DropRow(Stored):
    """A place where a vendor drops manifests and audio: a folder or a URI."""

    __tablename__ = "drops"

    id: Mapped[Key]
    location: Mapped[str] = mapped_column(unique=True)


class ManifestFileRow(Stored):
    """A manifest as it was first registered, with what became of its rows then."""

    __tablename__ = "manifests"
    __table_args__ = (UniqueConstraint("drop_id", "name", "sha256"),)

    id: Mapped[Key]
    drop_id: Mapped[int] = mapped_column(ForeignKey("drops.id"))
    name: Mapped[str]
    sha256: Mapped[str]
    registered_at: Mapped[datetime]
    accepted: Mapped[int]
    same: Mapped[int]
    conflicts: Mapped[int]
    rejected: Mapped[int]


class RejectionRow(Stored):
    """A row that could not go in, with its line, the reason and its text."""

    __tablename__ = "manifest_rejections"

    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifests.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[int]
    reason: Mapped[str]
    raw: Mapped[str]


class CallRow(Stored):
    """A registered call. The manifest's columns never change; `frame_draw_id` is the random draw whose frame it belongs to.

    `day` is the call's day in the configured zone, `extra` a JSON list of [name, value], `row_sha256` the content that a second row is held against.
    """

    __tablename__ = "calls"
    __table_args__ = (
        UniqueConstraint("vendor", "call_id"),
        # Once drawn from, a day's calls leave this index, so a night looks at its own calls only, not at three years.
        Index(
            "ix_calls_unframed",
            *("connected", "vendor", "project", "day"),
            sqlite_where=text("frame_draw_id IS NULL"),
            postgresql_where=text("frame_draw_id IS NULL"),
        ),
        Index("ix_calls_frame_draw_id", "frame_draw_id"),
        Index("ix_calls_customer_number", "customer_number"),
        Index("ix_calls_sha256", "sha256"),
        Index("ix_calls_day_vendor_project_state", "day", "vendor", "project", "state"),
    )

    id: Mapped[Key]
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifests.id"))
    line: Mapped[int]
    call_id: Mapped[str]
    vendor: Mapped[str]
    project: Mapped[str]
    agent: Mapped[str]
    customer_number: Mapped[str]
    started_at: Mapped[datetime]
    duration_ms: Mapped[int]
    outcome: Mapped[Outcome] = mapped_column(word(Outcome))
    file: Mapped[str]
    agent_channel: Mapped[AgentChannel] = mapped_column(word(AgentChannel))
    sha256: Mapped[str | None]
    extra: Mapped[str]
    row_sha256: Mapped[str]
    day: Mapped[date]
    connected: Mapped[bool]
    late: Mapped[bool]
    state: Mapped[CallState] = mapped_column(word(CallState))
    registered_at: Mapped[datetime]
    frame_draw_id: Mapped[str | None] = mapped_column(ForeignKey("draws.id"))


class ConflictRow(Stored):
    """A differing row for a known call, with both contents as JSON. Each content is kept once."""

    __tablename__ = "manifest_conflicts"
    __table_args__ = (UniqueConstraint("call_pk", "offered_sha256"),)

    id: Mapped[Key]
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifests.id"))
    line: Mapped[int]
    call_pk: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    kept: Mapped[str]
    offered: Mapped[str]
    offered_sha256: Mapped[str]
