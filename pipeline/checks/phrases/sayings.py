"""Words that conditions look for, and where in a call they were said."""

from dataclasses import dataclass

from pipeline.checks.check import HeardCall
from pipeline.records.span import Span
from pipeline.records.turn import Speaker
from pipeline.text.conditions import Role
from pipeline.text.utterances import Utterance, utterances

SPEAKERS = {
    Role.AGENT: frozenset((Speaker.AGENT, Speaker.UNKNOWN)),
    Role.CUSTOMER: frozenset((Speaker.CUSTOMER, Speaker.UNKNOWN)),
    Role.ANY: frozenset(Speaker),
}


@dataclass(frozen=True, slots=True)
class Owner:
    """Who looks for some words: the number of a `Wanted` among all, its key (any, all, none, regex) and the place in that key's list."""

    wanted: int
    key: str
    term: int


@dataclass(frozen=True, slots=True)
class Saying:
    """`words` of an owner, said in utterance number `turn`. `confidence` 0-1."""

    owner: Owner
    turn: int
    span: Span
    words: str
    confidence: float

    @staticmethod
    def of(utterance: Utterance, turn: int, owner: Owner, start: int, end: int, confidence: float) -> "Saying":
        """Characters [start, end) of an utterance, at their own time and no surer than the utterance was heard."""
        span, words = utterance.span_of(start, end), utterance.text[start:end]
        return Saying(owner, turn, span, words, min(confidence, utterance.confidence))


@dataclass(frozen=True, slots=True)
class Heard:
    """A call's utterances, for each role the numbers of its own in order, and when the recording ends."""

    spoken: tuple[Utterance, ...]
    turns: dict[Role, tuple[int, ...]]
    end_ms: int
    is_complete: bool


def heard_call(call: HeardCall) -> Heard:
    """A call as conditions see it."""
    spoken = utterances(call.turns)
    turns = {
        role: tuple(n for n, utterance in enumerate(spoken) if utterance.speaker in speakers)
        for role, speakers in SPEAKERS.items()
    }
    return Heard(spoken, turns, call.decoded_ms, call.complete)
