"""Calls written as dialogue, for the tests of everybody.

    call = heard('''
        agent     0.0-3.0   您好，我是移动客服
        customer  3.5-4.0   你好
    ''', outcome="success")

Every hanzi gets its share of the turn's time; punctuation belongs to the hanzi before it. Times are seconds from the start.
"""

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.checks.check import CallFacts, HeardCall
from pipeline.checks.ruleset import Ruleset, load_ruleset
from pipeline.records.call import Outcome
from pipeline.records.span import Span
from pipeline.records.tone import Tone, Voice
from pipeline.records.turn import Speaker, Turn, Word

_LINE = re.compile(r"(agent|customer|unknown)\s+([\d.]+)-([\d.]+)\s+(.*)")


def turns(dialogue: str, confidence: float = 0.95) -> tuple[Turn, ...]:
    """The turns of a dialogue, one a line. Raises ValueError on a line that is none."""
    found = []
    for line in filter(None, map(str.strip, dialogue.splitlines())):
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"not 'speaker start-end text': {line!r}")
        speaker, start, end, text = match.groups()
        span = Span(round(float(start) * 1000), round(float(end) * 1000))
        found.append(Turn(Speaker(speaker), span, text, confidence, words(text, span, confidence)))
    return tuple(found)


def words(text: str, span: Span, confidence: float = 0.95) -> tuple[Word, ...]:
    """One word a hanzi, evenly spread over the span; they concatenate to `text`."""
    pieces = re.findall(r"^\W+\w|\w\W*", text) or [text]
    edge = [span.start_ms + span.length_ms * n // len(pieces) for n in range(len(pieces) + 1)]
    return tuple(Word(piece, Span(edge[n], edge[n + 1]), confidence) for n, piece in enumerate(pieces))


def heard(
    dialogue: str,
    *,
    voice: Voice | None = None,
    mono: bool = False,
    complete: bool = True,
    confidence: float = 0.95,
    decoded_ms: int | None = None,
    **facts: Any,
) -> HeardCall:
    """A heard call. `facts` are those of CallFacts, an outcome or a time also as text; it lasts until its last word unless said otherwise."""
    spoken = turns(dialogue, confidence)
    if isinstance(facts.get("outcome"), str):
        facts["outcome"] = Outcome(facts["outcome"])
    if isinstance(facts.get("started_at"), str):
        facts["started_at"] = datetime.fromisoformat(facts["started_at"]).astimezone(UTC)
    last_ms = max((turn.span.end_ms for turn in spoken), default=0)
    return HeardCall(
        spoken,
        voice or silent_voice(spoken),
        mono,
        last_ms if decoded_ms is None else decoded_ms,
        complete,
        CallFacts(**facts),
    )


def silent_voice(spoken: tuple[Turn, ...] = ()) -> Voice:
    """A voice of which nothing was measured but when who spoke."""
    agent = tuple(turn.span for turn in spoken if turn.speaker is not Speaker.CUSTOMER)
    customer = tuple(turn.span for turn in spoken if turn.speaker is Speaker.CUSTOMER)
    return Voice(Tone(), (), agent, customer)


LEXICONS = Path(__file__).parents[1] / "lexicons"


@cache
def shipped() -> Ruleset:
    """The shipped lexicons, read once for all tests."""
    return load_ruleset(LEXICONS)


def talk(*lines: str, **facts: Any) -> HeardCall:
    """A call at an ordinary pace from lines such as `agent 您好`, with half a second and more between turns."""
    at, dialogue = 0.0, []
    for line in lines:
        speaker, _, text = line.partition(" ")
        until = at + max(0.4, len(text) * 0.22)
        dialogue.append(f"{speaker} {at:.2f}-{until:.2f} {text}")
        at = until + 0.7
    return heard("\n".join(dialogue), **facts)
