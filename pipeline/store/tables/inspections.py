"""Recordings in the archive and what an inspection says of them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.records.inspection import Status
from pipeline.store.columns import Key, Stored, word


class ArchiveDayRow(Stored):
    """How many archive numbers a day has given out (P-71)."""

    __tablename__ = "archive_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    last_number: Mapped[int]


class RecordingRow(Stored):
    """A call's recording in the archive, numbered within its day. `committed`: the vendor had given its sha256 at drop.

    Two calls may have one file (which is a fault of its own), so a recording belongs to its call; the file is shared.
    """

    __tablename__ = "recordings"
    __table_args__ = (
        UniqueConstraint("call_pk", "sha256"),
        UniqueConstraint("archive_day", "archive_number"),
        Index("ix_recordings_sha256", "sha256"),
        Index("ix_recordings_keep_until", "keep_until"),
    )

    id: Mapped[Key]
    call_pk: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    sha256: Mapped[str]
    archive_path: Mapped[str]
    archive_day: Mapped[date]
    archive_number: Mapped[int]
    archived_at: Mapped[datetime]
    keep_until: Mapped[date]
    committed: Mapped[bool]


class InspectionRow(Stored):
    """One inspection of a recording under one ruleset and one model; never more than one of these."""

    __tablename__ = "inspections"
    __table_args__ = (
        UniqueConstraint("recording_id", "ruleset", "model"),
        Index("ix_inspections_inspected_at", "inspected_at"),
    )

    id: Mapped[Key]
    recording_id: Mapped[int] = mapped_column(ForeignKey("recordings.id"))
    drawn_call_id: Mapped[int] = mapped_column(ForeignKey("drawn_calls.id"))
    status: Mapped[Status] = mapped_column(word(Status))
    file: Mapped[str]
    duration_ms: Mapped[int | None]
    decoded_ms: Mapped[int]
    channels: Mapped[int]
    codec: Mapped[str]
    rate_hz: Mapped[int]
    ruleset: Mapped[str]
    model: Mapped[str]
    code: Mapped[str]
    decode_s: Mapped[float]
    vad_s: Mapped[float]
    transcribe_s: Mapped[float]
    check_s: Mapped[float]
    inspected_at: Mapped[datetime]


class ReasonRow(Stored):
    """Why a call is partial, quarantined, not produced or withdrawn. Without an inspection where there was nothing to inspect."""

    __tablename__ = "reasons"
    __table_args__ = (
        Index("ix_reasons_call_pk", "call_pk"),
        Index("ix_reasons_inspection_id_position", "inspection_id", "position"),
    )

    id: Mapped[Key]
    call_pk: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    inspection_id: Mapped[int | None] = mapped_column(ForeignKey("inspections.id"))
    position: Mapped[int]
    reason: Mapped[str]
    detail: Mapped[str]
    recorded_at: Mapped[datetime]


class ToneRow(Stored):
    """The tone measures of an inspection; NULL = could not be had."""

    __tablename__ = "tones"

    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspections.id"), primary_key=True)
    speech_rate_cpm: Mapped[float | None]
    active_level_dbfs: Mapped[float | None]
    customer_level_dbfs: Mapped[float | None]
    pitch_median_hz: Mapped[float | None]
    pitch_sd_st: Mapped[float | None]
    longest_silence_ms: Mapped[int | None]
    response_delay_ms: Mapped[int | None]
    agent_talk_share: Mapped[float | None]
    interruptions: Mapped[int | None]
    clipped_share: Mapped[float | None]
    snr_db: Mapped[float | None]


class ToneGapRow(Stored):
    """Why a tone measure could not be had."""

    __tablename__ = "tone_gaps"

    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspections.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    measure: Mapped[str]
    reason: Mapped[str]
