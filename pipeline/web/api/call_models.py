"""Calls, inspections and verdicts as they are answered; the keys are those of `callqa inspect --json` and `callqa review show --json`."""

from datetime import date
from typing import Literal

from pydantic import Field

from pipeline.records.call import CallState, Outcome
from pipeline.records.finding import ElementState, Match, Part, Severity
from pipeline.records.inspection import Status
from pipeline.records.person import Role
from pipeline.records.turn import Speaker
from pipeline.records.verdict import Decision
from pipeline.web.api.answers import Answer, Instant


class Call(Answer):
    """A call as the manifest named it, and where it stands."""

    call: int = Field(description="Its number here.")
    vendor: str
    project: str
    call_id: str = Field(description="Its number at the vendor.")
    agent: str
    customer_number: str = Field(
        description="Masked, unless the person has unmasked the call within a quarter of an hour."
    )
    started_at: Instant
    duration_ms: int
    outcome: Outcome
    day: date
    state: CallState


class KeptRecording(Answer):
    """A recording in the archive."""

    archive: str
    sha256: str
    keep_until: date
    archived_at: Instant
    destroyed_at: Instant | None


class NotJudged(Answer):
    """Why a call could not be judged, or not wholly."""

    reason: str
    detail: str


class InspectedFile(Answer):
    """The file that was heard."""

    file: str
    sha256: str
    duration_ms: int | None = Field(description="As the file itself says; null: it does not.")
    channels: int
    codec: str
    decoded_ms: int
    rate_hz: int


class SaidTurn(Answer):
    """What somebody said without a longer pause."""

    speaker: Speaker
    start_ms: int
    end_ms: int
    text: str
    confidence: float


class Finding(Answer):
    """A finding with its evidence. Times are null where it is about the whole call."""

    rule: str
    category: str
    severity: Severity
    speaker: Speaker
    start_ms: int | None
    end_ms: int | None
    text: str
    matched: str
    match: Match
    confidence: float
    explanation: str
    plan: str
    name: str
    standing: Literal["counts", "to_review", "information"]
    remedy: str
    counts: bool
    rule_version: int


class Element(Answer):
    """An element of the script."""

    element: str
    part: Part
    state: ElementState
    start_ms: int | None
    end_ms: int | None
    text: str


class PartSpan(Answer):
    """Where a part of the call lies."""

    part: Part
    start_ms: int | None
    end_ms: int | None


class Attitude(Answer):
    """How the agent came across; information only."""

    manner: str
    probability: float
    grounds: list[str]


class Tone(Answer):
    """How the agent sounded; null where it cannot be had, with the reason under `not_assessable`."""

    speech_rate_cpm: float | None
    active_level_dbfs: float | None
    customer_level_dbfs: float | None
    pitch_median_hz: float | None
    pitch_sd_st: float | None
    longest_silence_ms: int | None
    response_delay_ms: int | None
    agent_talk_share: float | None
    interruptions: int | None
    clipped_share: float | None
    snr_db: float | None
    not_assessable: dict[str, str]


class Versions(Answer):
    """What judged."""

    ruleset: str
    model: str
    code: str


class Inspection(Answer):
    """What `callqa inspect --json` prints of the recording, masked."""

    status: Status
    reasons: list[str]
    recording: InspectedFile
    transcript: list[SaidTurn]
    findings: list[Finding]
    script: list[Element]
    parts: list[PartSpan]
    attitudes: list[Attitude]
    tone: Tone
    versions: Versions


class CallFile(Call):
    """A call with its recording and what was found in it. `inspection` is null where nothing could be judged, and `reasons` say why."""

    recording: KeptRecording | None
    reasons: list[NotJudged]
    inspection: Inspection | None
    inspected_at: Instant | None
    finding_numbers: list[int] = Field(description="The numbers of the inspection's findings, in their order.")


class Verdict(Answer):
    """What a reviewer decided. `person` and `note` are null for a vendor's people."""

    verdict: int
    finding: int | None
    follows: int | None
    decision: Decision
    vendor: str
    project: str
    call_id: str
    rule: str
    severity: Severity
    start_ms: int | None
    end_ms: int | None
    words: str
    note: str | None
    person: str | None
    role: Role
    decided_at: Instant
