"""Holds, destruction under supervision, and probes: what is kept of recordings that are no longer kept (P-71, P-72)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.columns import Key, Stored, word


class HoldRow(Stored):
    """A recording that somebody has said must stay, until he or another lets it go."""

    __tablename__ = "retention_holds"
    __table_args__ = (Index("ix_retention_holds_call_pk", "call_pk"),)

    id: Mapped[Key]
    call_pk: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    reason: Mapped[str]
    person: Mapped[str]
    placed_at: Mapped[datetime]
    released_by: Mapped[str | None]
    released_at: Mapped[datetime | None]


class DestructionRow(Stored):
    """A list of recordings to be destroyed. `items_sha256` is over its lines, as they were signed; it is `declined` or `signed`, once."""

    __tablename__ = "destructions"

    id: Mapped[Key]
    until: Mapped[date]
    items_sha256: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    signed_by: Mapped[str | None]
    signed_at: Mapped[datetime | None]
    declined_by: Mapped[str | None]
    declined_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]


class Gone(StrEnum):
    """What became of a listed recording: its file is `deleted`, `shared` with a call that still needs it, or it is `held` after all and stays."""

    DELETED = "deleted"
    SHARED = "shared"
    HELD = "held"


class DestroyedRow(Stored):
    """A recording on a list. `gone` NULL: nothing was done yet."""

    __tablename__ = "destroyed_recordings"
    __table_args__ = (
        UniqueConstraint("destruction_id", "recording_id"),
        Index("ix_destroyed_recordings_recording_id", "recording_id"),
    )

    id: Mapped[Key]
    destruction_id: Mapped[int] = mapped_column(ForeignKey("destructions.id"))
    recording_id: Mapped[int] = mapped_column(ForeignKey("recordings.id"))
    vendor: Mapped[str]
    gone: Mapped[Gone | None] = mapped_column(word(Gone))
    gone_at: Mapped[datetime | None]


class VendorCopiesRow(Stored):
    """That a vendor was told to destroy its copies of a list's recordings, and on which document it says that it has."""

    __tablename__ = "vendor_copies"

    destruction_id: Mapped[int] = mapped_column(ForeignKey("destructions.id"), primary_key=True)
    vendor: Mapped[str] = mapped_column(primary_key=True)
    letter_key: Mapped[str]
    document: Mapped[str | None]
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]


class ProbeRow(Stored):
    """An old call that a vendor was asked to produce, chosen by a seed, and whether it could."""

    __tablename__ = "retention_probes"
    __table_args__ = (Index("ix_retention_probes_vendor", "vendor"),)

    id: Mapped[Key]
    vendor: Mapped[str]
    call_pk: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    seed: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    produced: Mapped[bool | None]
    note: Mapped[str]
    recorded_by: Mapped[str | None]
    recorded_at: Mapped[datetime | None]
