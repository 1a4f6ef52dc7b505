"""What was said, by whom, when."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.records.span import Span


class Speaker(StrEnum):
    """Whose voice it is; UNKNOWN where a mono recording does not let us say."""

    AGENT = "agent"
    CUSTOMER = "customer"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Word:
    """The smallest timed unit an engine gives; for Chinese one hanzi. `confidence` 0-1."""

    text: str
    span: Span
    confidence: float


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's words without a longer pause, Simplified Chinese as heard. `confidence` 0-1 is the mean over its words times the
    confidence that it is this speaker. `words` concatenate to `text`.
    """

    speaker: Speaker
    span: Span
    text: str
    confidence: float
    words: tuple[Word, ...] = ()
