"""Silences, talk shares and overlaps counted a second time, frame by frame of 10 ms."""

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.checks.tone.turn_taking import overlaps, silences, talk_share
from pipeline.records.span import Span
from pipeline.records.turn import Speaker, Turn, Word

FRAME_MS = 10
FRAMES = 500
HANZI_FRAMES = 20
# What the rules say: what VAD hears within 0.5 s of a turn is that turn, under 0.2 s it is none; the floor is held after 0.3 s.
BESIDE, SHORTEST, FLOOR = 50, 20, 30


@dataclass(frozen=True)
class Talk:
    """Turns, and what VAD heard of the agent and of the customer."""

    turns: tuple[Turn, ...]
    agent: tuple[Span, ...]
    customer: tuple[Span, ...]


def span(first: int, frames: int) -> Span:
    return Span(first * FRAME_MS, (first + frames) * FRAME_MS)


def turn(speaker: Speaker, at: Span) -> Turn:
    edges = [*range(at.start_ms, at.end_ms, HANZI_FRAMES * FRAME_MS), at.end_ms]
    words = tuple(Word("好", Span(a, b), 1.0) for a, b in pairwise(edges))
    return Turn(speaker, at, "好" * len(words), 1.0, words)


SPANS = st.builds(span, st.integers(0, FRAMES - 200), st.integers(1, 200))
TURNS = st.lists(st.builds(turn, st.sampled_from([Speaker.AGENT, Speaker.CUSTOMER]), SPANS), max_size=8).map(
    lambda turns: tuple(sorted(turns, key=lambda one: one.span))
)
HEARD = st.lists(SPANS, max_size=5).map(tuple)
TALKS = st.builds(Talk, TURNS, HEARD, HEARD)


def frames(*spans: Span) -> set[int]:
    """The numbers of the frames that lie in any of the spans."""
    return {n for one in spans for n in range(one.start_ms // FRAME_MS, one.end_ms // FRAME_MS)}


def stretches(numbers: set[int]) -> list[set[int]]:
    """Neighbouring frames together."""
    found: list[set[int]] = []
    for n in sorted(numbers):
        if found and n - 1 in found[-1]:
            found[-1].add(n)
        else:
            found.append({n})
    return found


def speech(talk: Talk) -> set[int]:
    turns = frames(*(one.span for one in talk.turns))
    beside = {n for at in turns for n in range(at - BESIDE, at + BESIDE + 1)}
    away = frames(*talk.agent, *talk.customer) - beside
    return turns.union(*(one for one in stretches(away) if len(one) >= SHORTEST))


@given(TALKS)
@settings(max_examples=300)
def test_silences_are_the_frames_between_speech_in_which_nobody_speaks(talk: Talk) -> None:
    spoken = speech(talk)
    quiet = set(range(min(spoken), max(spoken))) - spoken if spoken else set()
    ours = silences(talk.turns, (*talk.agent, *talk.customer))
    assert [frames(one) for one in ours] == stretches(quiet)


@given(TALKS)
@settings(max_examples=300)
def test_overlaps_are_the_frames_in_which_both_are_heard_while_the_customer_has_the_floor(talk: Talk) -> None:
    both = frames(*talk.agent) & frames(*talk.customer)
    expected = []
    for one in (one for one in talk.turns if one.speaker is Speaker.AGENT):
        begins = one.span.start_ms // FRAME_MS
        held = [frames(other.span) for other in talk.turns if other.speaker is Speaker.CUSTOMER]
        held = [floor for floor in held if begins in floor and begins - FLOOR >= min(floor)]
        if held:
            until = max(map(max, held))
            said_over = {n for n in frames(one.span) if n <= until}
            hanzi = sum(bool(frames(word.span) & said_over) for word in one.words)
            expected.append((one.span.start_ms, len(both & said_over) * FRAME_MS, hanzi))
    found = overlaps(talk.turns, talk.agent, talk.customer)
    assert [(one.turn.span.start_ms, one.heard_ms, one.hanzi) for one in found] == expected


@given(HEARD, HEARD)
def test_the_talk_share_is_that_of_the_frames(agent: tuple[Span, ...], customer: tuple[Span, ...]) -> None:
    own, other = len(frames(*agent)), len(frames(*customer))
    assert talk_share(agent, customer) == (own / (own + other) if own + other else None)
