"""Which turns say something about the agent's pace, and how it is judged; shared by `too_fast` and `too_slow`.

Short turns (喂, 好的) say nothing, so only agent turns of at least `rate_min_hanzi` hanzi are looked at. A habit is one claim: where the
median of three or more such turns is past the limit, the worst turn stands for the call. Otherwise each turn of at least 12 hanzi that
is past the limit by itself is claimed, since a shorter one may be past it by blurred word times alone.
"""

from dataclasses import dataclass
from statistics import median

from pipeline.checks.check import HeardCall
from pipeline.checks.tone.rate import count_hanzi
from pipeline.records.turn import Speaker, Turn

_LONG_HANZI = 12
_HABIT_TURNS = 3


@dataclass(frozen=True, slots=True)
class Paced:
    """An agent turn with its rate in hanzi a minute."""

    turn: Turn
    rate_cpm: float
    hanzi: int


@dataclass(frozen=True, slots=True)
class Pace:
    """Turns past the limit; `median_cpm` is given where they are a habit and only the worst one is named."""

    past: tuple[Paced, ...]
    median_cpm: float | None = None


def judge_pace(call: HeardCall, min_hanzi: int, limit_cpm: float, sign: int) -> Pace:
    """Turns faster (`sign` 1) or slower (-1) than the limit."""
    paced = _paced_turns(call, min_hanzi)
    middle = median(one.rate_cpm for one in paced) if len(paced) >= _HABIT_TURNS else limit_cpm
    if sign * (middle - limit_cpm) > 0:
        return Pace((max(paced, key=lambda one: sign * one.rate_cpm),), middle)
    return Pace(tuple(one for one in paced if one.hanzi >= _LONG_HANZI and sign * (one.rate_cpm - limit_cpm) > 0))


def deciding_rate_cpm(call: HeardCall, min_hanzi: int, sign: int) -> float | None:
    """The rate that decides: `judge_pace` finds something where, and only where, it is past the limit. None where no turn says anything."""
    paced = _paced_turns(call, min_hanzi)
    rates = [one.rate_cpm for one in paced if one.hanzi >= _LONG_HANZI]
    if len(paced) >= _HABIT_TURNS:
        rates.append(median(one.rate_cpm for one in paced))
    return max(rates, key=lambda rate: sign * rate, default=None)


def _paced_turns(call: HeardCall, min_hanzi: int) -> tuple[Paced, ...]:
    rates = {tone.span: tone.speech_rate_cpm for tone in call.voice.turns}
    agent = [
        (turn, rates.get(turn.span), count_hanzi(turn.text)) for turn in call.turns if turn.speaker is Speaker.AGENT
    ]
    return tuple(Paced(turn, rate, hanzi) for turn, rate, hanzi in agent if rate is not None and hanzi >= min_hanzi)
