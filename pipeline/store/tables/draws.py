"""Draws, the calls drawn, the work they make, and the nights they belong to."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.records.draw import DrawKind
from pipeline.store.columns import Key, Stored, word


class DrawState(StrEnum):
    """`committed`: frame frozen and seed's hash written. `drawn`: seed and result written. `abandoned`: its run died in between."""

    COMMITTED = "committed"
    DRAWN = "drawn"
    ABANDONED = "abandoned"


_LIVE_RANDOM = text("kind = 'random' AND state <> 'abandoned'")


class DrawRow(Stored):
    """A draw. Abandoned ones stay, so that nobody can throw seeds away unseen until he likes one."""

    __tablename__ = "draws"
    __table_args__ = (
        Index(
            "uq_draws_live",
            *("vendor", "project", "day"),
            unique=True,
            sqlite_where=_LIVE_RANDOM,
            postgresql_where=_LIVE_RANDOM,
        ),
        Index("ix_draws_day", "day"),
        Index("ix_draws_state", "state"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    vendor: Mapped[str]
    project: Mapped[str]
    day: Mapped[date]
    kind: Mapped[DrawKind] = mapped_column(word(DrawKind))
    state: Mapped[DrawState] = mapped_column(word(DrawState))
    frame_sha256: Mapped[str]
    frame_calls: Mapped[int]
    seed_sha256: Mapped[str]
    seed: Mapped[str | None]
    minimum_calls: Mapped[int]
    share_bp: Mapped[int]
    formal_calls: Mapped[int]
    policy_version: Mapped[str]
    duration_bands_ms: Mapped[str]
    committed_at: Mapped[datetime]
    made_at: Mapped[datetime | None]


class DrawnCallRow(Stored):
    """A drawn call with its stratum and exact inclusion probability (0/1 = none, of a targeted draw)."""

    __tablename__ = "drawn_calls"
    __table_args__ = (UniqueConstraint("draw_id", "call_pk"), Index("ix_drawn_calls_call_pk", "call_pk"))

    id: Mapped[Key]
    draw_id: Mapped[str] = mapped_column(ForeignKey("draws.id"))
    call_pk: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    stratum: Mapped[str]
    probability_num: Mapped[int]
    probability_den: Mapped[int]
    formal: Mapped[bool]


class TargetedDrawRow(Stored):
    """Why a call was drawn on purpose (定向抽检), and who answers for it."""

    __tablename__ = "targeted_draws"

    draw_id: Mapped[str] = mapped_column(ForeignKey("draws.id"), primary_key=True)
    reason: Mapped[str]
    person: Mapped[str]


class WorkRow(Stored):
    """The work a drawn call makes. `token` grows with every claim: who comes back with an older one has lost it."""

    __tablename__ = "work"
    __table_args__ = (
        Index(
            "ix_work_open",
            "drawn_call_id",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    drawn_call_id: Mapped[int] = mapped_column(ForeignKey("drawn_calls.id"), primary_key=True)
    owner: Mapped[str | None]
    token: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]


class NightRow(Stored):
    """A night of one vendor's project. It is complete when every call drawn in it is finished."""

    __tablename__ = "nights"

    vendor: Mapped[str] = mapped_column(primary_key=True)
    project: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    draw_id: Mapped[str] = mapped_column(ForeignKey("draws.id"))
    frame_calls: Mapped[int]
    drawn_calls: Mapped[int | None]
    planned_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


class CalendarSeedRow(Stored):
    """The secret seed of a vendor's year of inspected months (P-42)."""

    __tablename__ = "calendar_seeds"

    vendor: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    seed: Mapped[str]
    made_at: Mapped[datetime]
