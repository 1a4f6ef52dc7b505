"""How a voice goes through a call: a value for each second, for people to look at beside the sound. No rule judges by it.

| series     | a second's value                                                              | None where                        |
|------------|-------------------------------------------------------------------------------|-----------------------------------|
| level      | mean of its speech, dB re full scale: frames up to 15.9 dB below the channel's | nobody speaks there               |
| pitch      | median of the agent's voiced frames, Hz                                        | under 100 ms of the agent's voice |
| rate       | hanzi a minute of articulation, over five seconds around it                    | fewer than four hanzi in them     |
| silence    | share of it in which nobody speaks, 0-1                                        | never                             |

On a mono recording the agent's level is that of both voices; pitch is taken where turns are the agent's, or in all of them where nobody knows.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.checks.tone.features import analyse, pitch_median_hz
from pipeline.checks.tone.level import Power, frame_power, speech_level_dbfs
from pipeline.checks.tone.rate import articulation_ms, count_hanzi
from pipeline.checks.tone.stretches import Mask, mask
from pipeline.records.recording import Samples
from pipeline.records.turn import Speaker, Turn

FRAMES_A_SECOND = 100
AROUND_MS = 2_500
FEWEST_HANZI = 4
_MARGIN_DB = 15.9

Series = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """One value a second; an unfinished last second has one too. `customer_level_dbfs` None: a mono recording."""

    level_dbfs: Series
    customer_level_dbfs: Series | None
    pitch_hz: Series
    rate_cpm: Series
    silence: tuple[float, ...]


def course(agent: Samples, customer: Samples | None, turns: tuple[Turn, ...]) -> Course:
    """The course of a call; samples at 16 kHz."""
    powers = [_whole_seconds(frame_power(samples)) for samples in (agent, customer) if samples is not None]
    spoken = [_spoken(power) for power in powers]
    seconds = powers[0].size // FRAMES_A_SECOND
    levels = [_levels(power, said) for power, said in zip(powers, spoken, strict=True)]
    quiet = ~np.logical_or.reduce(spoken).reshape(seconds, FRAMES_A_SECOND)
    return Course(
        level_dbfs=levels[0],
        customer_level_dbfs=levels[1] if len(levels) > 1 else None,
        pitch_hz=_pitches(agent, _agents(turns), seconds),
        rate_cpm=_rates(_agents(turns), seconds),
        silence=tuple(round(float(share), 2) for share in quiet.mean(axis=1)),
    )


def _agents(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The agent's turns; all where nobody is known to be the agent."""
    return tuple(turn for turn in turns if turn.speaker is Speaker.AGENT) or turns


def _whole_seconds(power: Power) -> Power:
    return np.pad(power, (0, -power.size % FRAMES_A_SECOND))


def _spoken(power: Power) -> Mask:
    """The frames that carry the channel's speech."""
    level_dbfs = speech_level_dbfs(power)
    if level_dbfs is None:
        return np.zeros(power.size, dtype=np.bool_)
    return np.asarray(power > 10 ** ((level_dbfs - _MARGIN_DB) / 10))


def _levels(power: Power, spoken: Mask) -> Series:
    found: list[float | None] = []
    for at in range(0, power.size, FRAMES_A_SECOND):
        said = power[at : at + FRAMES_A_SECOND][spoken[at : at + FRAMES_A_SECOND]]
        found.append(round(float(10 * np.log10(said.mean())), 1) if said.size else None)
    return tuple(found)


def _pitches(agent: Samples, turns: tuple[Turn, ...], seconds: int) -> Series:
    hz = analyse(agent, mask((turn.span for turn in turns), frame_power(agent).size)).pitch_hz
    pieces = (hz[at * FRAMES_A_SECOND : (at + 1) * FRAMES_A_SECOND] for at in range(seconds))
    return tuple(None if (found := pitch_median_hz(piece)) is None else round(found, 1) for piece in pieces)


def _rates(turns: tuple[Turn, ...], seconds: int) -> Series:
    words = [word for turn in turns for word in turn.words]
    middles = np.array([word.span.middle_ms for word in words])
    found: list[float | None] = []
    for second in range(seconds):
        middle = second * 1000 + 500
        first, last = np.searchsorted(middles, (middle - AROUND_MS, middle + AROUND_MS))
        around = tuple(words[first:last])
        hanzi, spoken_ms = sum(count_hanzi(word.text) for word in around), articulation_ms(around)
        found.append(round(hanzi * 60_000 / spoken_ms) if hanzi >= FEWEST_HANZI and spoken_ms else None)
    return tuple(found)
