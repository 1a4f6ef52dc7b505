"""Everything one inspection says about one recording."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.records.attitude import Attitude
from pipeline.records.finding import Element, Finding, PartSpan
from pipeline.records.optout import OptOut
from pipeline.records.recording import Recording
from pipeline.records.tone import Tone
from pipeline.records.turn import Turn


class Status(StrEnum):
    """`partial`: something could be heard, not all; `quarantined`: nothing could be judged."""

    INSPECTED = "inspected"
    PARTIAL = "partial"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Versions:
    """What judged: ruleset and model by hash, code by version."""

    ruleset: str
    model: str
    code: str


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Wall seconds spent on one recording, by stage."""

    decode_s: float = 0.0
    vad_s: float = 0.0
    transcribe_s: float = 0.0
    check_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Inspection:
    """The verdict-free result: what was heard, found and measured. Where quarantined, nothing is: script and tone say why."""

    status: Status
    reasons: tuple[str, ...]
    recording: Recording
    turns: tuple[Turn, ...]
    findings: tuple[Finding, ...]
    script: tuple[Element, ...]
    tone: Tone
    versions: Versions
    times: StageTimes = StageTimes()
    optouts: tuple[OptOut, ...] = ()
    parts: tuple[PartSpan, ...] = ()
    attitudes: tuple[Attitude, ...] = ()
