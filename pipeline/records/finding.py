"""A fault found in a call, with everything needed to defend it."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.records.span import Span
from pipeline.records.turn import Speaker


class Severity(StrEnum):
    """From information to a call that scores nothing."""

    NOTICE = "notice"
    MINOR = "minor"
    MAJOR = "major"
    FATAL = "fatal"


class Match(StrEnum):
    """How the words or sounds matched."""

    EXACT = "exact"
    PHONETIC = "phonetic"
    NEAR = "near"
    ACOUSTIC = "acoustic"
    STRUCTURE = "structure"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a check says: where, on what grounds. A claim without a span is about the whole call.

    `text` is the sentence heard there, `matched` the words or measure that matched, `explanation` a Chinese sentence for the reviewer,
    `confidence` 0-1.
    """

    span: Span | None
    explanation: str
    speaker: Speaker = Speaker.AGENT
    text: str = ""
    matched: str = ""
    match: Match = Match.ACOUSTIC
    confidence: float = 1.0
    rule: str | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim made by a versioned rule under a numbered paragraph of the plan.

    `counts` is False where it may only go to a reviewer: an unknown speaker, a near hit, information.
    """

    rule: str
    rule_version: int
    category: str
    severity: Severity
    plan: str
    speaker: Speaker
    span: Span | None
    text: str
    matched: str
    match: Match
    confidence: float
    explanation: str
    counts: bool


class ElementState(StrEnum):
    """How a script element stands in a call."""

    PRESENT = "present"
    MISSING = "missing"
    NOT_REQUIRED = "not_required"
    NOT_ASSESSABLE = "not_assessable"


class Part(StrEnum):
    """The parts of a script (P-20 to P-24)."""

    OPENING = "opening"
    BODY = "body"
    CLOSING = "closing"
    THROUGHOUT = "throughout"


@dataclass(frozen=True, slots=True)
class Element:
    """One script element in one call, with the sentence that shows it."""

    element: str
    part: Part
    state: ElementState
    span: Span | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class PartSpan:
    """Where a part of the script lies in a call, from the agent's first words in it to the last."""

    part: Part
    span: Span
