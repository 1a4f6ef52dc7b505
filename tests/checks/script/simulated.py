"""Simulated calls as a perfect recogniser would hear them: their words with times reckoned from their length, without any sound."""

import random
from collections.abc import Iterator
from datetime import date

from pipeline.checks.check import CallFacts, HeardCall
from pipeline.records.span import Span
from pipeline.records.turn import Speaker, Turn
from pipeline.simulation.casting import Plan, plan_call, rosters
from pipeline.simulation.conversation import conversation
from pipeline.simulation.faults import Deck, Rates
from pipeline.simulation.line import Line
from tests.dialogue import silent_voice, words

_HANZI_MS, _FIRST_MS = 225, 800


def simulated(
    calls: int, seed: int, *, seconds: float = 60, rates: Rates | None = None
) -> Iterator[tuple[Plan, tuple[tuple[Line, Span], ...], HeardCall]]:
    """(plan, its lines with their times, the call heard) for each call."""
    rates = rates or Rates()
    deck, agents = Deck(rates, random.Random(f"{seed} deck")), rosters(seed, 3)
    for index in range(calls):
        chance = random.Random(f"{seed} call {index}")
        is_last = index == calls - 1
        plan = plan_call(index, chance, deck, rates, agents, date(2026, 3, 2), ("mulaw",), None, is_last=is_last)
        said = tuple(_placed(conversation(plan.scene, seconds)))
        yield plan, said, _heard(plan, said)


def _placed(lines: tuple[Line, ...]) -> Iterator[tuple[Line, Span]]:
    spoken_until = _FIRST_MS
    for line in lines:
        start = max(0, spoken_until + line.pause_ms)
        span = Span(start, start + len(line.words) * _HANZI_MS)
        spoken_until = max(spoken_until, span.end_ms)
        yield line, span


def _heard(plan: Plan, said: tuple[tuple[Line, Span], ...]) -> HeardCall:
    turns = tuple(
        Turn(Speaker(line.speaker), span, line.words, 0.95, words(line.words, span))
        for line, span in sorted(said, key=lambda pair: pair[1])
    )
    facts = CallFacts(plan.scene.words.project, plan.scene.outcome)
    return HeardCall(turns, silent_voice(turns), plan.mono, turns[-1].span.end_ms, True, facts)
