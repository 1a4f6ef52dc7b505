"""Who spoke when: silences, waits for the agent, overlaps. From turns, with what VAD heard beside them.

Turns are exact at their ends, VAD hears speech that was not transcribed; so speech is the turns plus what VAD hears well away from them.

    customer  0.0-2.0   我想问一下话费。
    agent     6.0-7.0   请稍等。            a wait of 4.0 s
"""

from dataclasses import dataclass
from itertools import accumulate

from pipeline.checks.tone.rate import count_hanzi
from pipeline.checks.tone.stretches import cut, gaps, join, shared, total_ms, widen
from pipeline.records.span import Span
from pipeline.records.turn import Speaker, Turn

# VAD pads its stretches and an engine's times are blurred; nearer to a turn than this, it is the turn that VAD hears.
_BESIDE_A_TURN_MS = 500
_SHORTEST_SPEECH_MS = 200
# Who has not spoken for this long does not have the floor yet: both began at once.
_FLOOR_MS = 300

Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """The agent began while the customer spoke: the agent's turn, the stretch of both, both voices in it in ms, the agent's hanzi in it."""

    turn: Turn
    span: Span
    heard_ms: int
    hanzi: int


def speech(turns: tuple[Turn, ...], heard: Spans) -> Spans:
    """Stretches in which anybody speaks."""
    beside = cut(heard, widen((turn.span for turn in turns), _BESIDE_A_TURN_MS))
    return join([*(turn.span for turn in turns), *(span for span in beside if span.length_ms >= _SHORTEST_SPEECH_MS)])


def silences(turns: tuple[Turn, ...], heard: Spans) -> Spans:
    """Stretches between speech in which nobody speaks."""
    return gaps(speech(turns, heard))


def waits(turns: tuple[Turn, ...], heard: Spans) -> Spans:
    """The wait after each customer turn that the agent answers; of length 0 where the agent was there at once."""
    quiet = silences(turns, heard)
    spoken_until_ms = accumulate((turn.span.end_ms for turn in turns), max)
    found = []
    for until_ms, before, after in zip(spoken_until_ms, turns, turns[1:], strict=False):
        if before.speaker is Speaker.CUSTOMER and after.speaker is Speaker.AGENT:
            starts_ms = after.span.start_ms
            between = Span(min(until_ms, starts_ms), starts_ms)
            found.append(
                max(shared(quiet, (between,)), key=lambda span: span.length_ms, default=Span(starts_ms, starts_ms))
            )
    return tuple(found)


def overlaps(turns: tuple[Turn, ...], agent_speech: Spans, customer_speech: Spans) -> tuple[Overlap, ...]:
    """Every agent turn that begins while the customer has the floor. Both must be heard, so this needs two channels."""
    both = shared(agent_speech, customer_speech)
    customers = [turn for turn in turns if turn.speaker is Speaker.CUSTOMER and turn.text]
    found = []
    for turn in (turn for turn in turns if turn.speaker is Speaker.AGENT):
        starts_ms = turn.span.start_ms
        floor = [c.span for c in customers if c.span.start_ms + _FLOOR_MS <= starts_ms < c.span.end_ms]
        if floor:
            span = Span(starts_ms, min(turn.span.end_ms, max(held.end_ms for held in floor)))
            hanzi = sum(count_hanzi(word.text) for word in turn.words if word.span.overlap_ms(span))
            found.append(Overlap(turn, span, total_ms(shared(both, (span,))), hanzi))
    return tuple(found)


def talk_share(agent: Spans, customer: Spans) -> float | None:
    """The agent's share (0-1) of all speaking time; None where nobody speaks."""
    agent_ms, customer_ms = total_ms(agent), total_ms(customer)
    return agent_ms / (agent_ms + customer_ms) if agent_ms + customer_ms else None
