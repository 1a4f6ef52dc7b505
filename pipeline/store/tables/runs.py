"""Runs of the nightly flow: when, where, how much, how long each stage took."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.columns import WIDE, Key, Stored


class RunRow(Stored):
    """A run. `ended_at` NULL: it is going on, or was killed."""

    __tablename__ = "runs"

    id: Mapped[Key]
    kind: Mapped[str]
    host: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    error: Mapped[str | None]


class RunCountRow(Stored):
    """One of a run's counts, such as `inspected` or `audio_ms`."""

    __tablename__ = "run_counts"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(WIDE)


class RunStageRow(Stored):
    """The wall seconds a run spent in a stage, summed over its processes."""

    __tablename__ = "run_stages"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    seconds: Mapped[float]
