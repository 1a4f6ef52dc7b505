"""What was said in a recording, and what was found in it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.records.finding import ElementState, Match, Part, Severity
from pipeline.records.turn import Speaker
from pipeline.store.columns import Key, Stored, word


class TurnRow(Stored):
    """A turn. `words` is a JSON list of [text, start_ms, end_ms, confidence]: it is read as a whole or not at all."""

    __tablename__ = "turns"

    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspections.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    speaker: Mapped[Speaker] = mapped_column(word(Speaker))
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    text: Mapped[str]
    confidence: Mapped[float]
    words: Mapped[str]


class FindingRow(Stored):
    """A finding; a span of NULL is about the whole call."""

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint("inspection_id", "position"),
        Index("ix_findings_rule", "rule"),
        # Fatal ones are few and wanted first, by reviewers and by the close.
        Index("ix_findings_severity", "severity"),
    )

    id: Mapped[Key]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspections.id"))
    position: Mapped[int]
    rule: Mapped[str]
    rule_version: Mapped[int]
    category: Mapped[str]
    severity: Mapped[Severity] = mapped_column(word(Severity))
    plan: Mapped[str]
    speaker: Mapped[Speaker] = mapped_column(word(Speaker))
    start_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    text: Mapped[str]
    matched: Mapped[str]
    match: Mapped[Match] = mapped_column(word(Match))
    confidence: Mapped[float]
    explanation: Mapped[str]
    counts: Mapped[bool]


class ElementRow(Stored):
    """A script element of a call."""

    __tablename__ = "elements"

    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspections.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    element: Mapped[str]
    part: Mapped[Part] = mapped_column(word(Part))
    state: Mapped[ElementState] = mapped_column(word(ElementState))
    start_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    text: Mapped[str]


class PartRow(Stored):
    """Where a part of the script lies in a call."""

    __tablename__ = "parts"

    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspections.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[Part] = mapped_column(word(Part))
    start_ms: Mapped[int]
    end_ms: Mapped[int]


class AttitudeRow(Stored):
    """How the agent came across. `grounds` is a JSON list of texts."""

    __tablename__ = "attitudes"

    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspections.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    manner: Mapped[str]
    probability: Mapped[float]
    grounds: Mapped[str]


class OptOutRow(Stored):
    """A customer's wish not to be called again, with the call it was heard in, the number as that call has it, and the instant it was said."""

    __tablename__ = "optouts"
    __table_args__ = (Index("ix_optouts_customer_number", "customer_number"),)

    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspections.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    call_pk: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    customer_number: Mapped[str]
    said_at: Mapped[datetime]
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    text: Mapped[str]
    matched: Mapped[str]
    confidence: Mapped[float]
    match: Mapped[Match] = mapped_column(word(Match))
