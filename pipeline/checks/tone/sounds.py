"""What sounds on the agent's channel while nobody speaks: the noise floor, and sounds that stand out of it.

A sound counts when it is 12 dB above the floor and not more than 25 dB below the agent's voice. More than 12 dB below the customer's
channel it may be the customer leaking over. Before the first and after the last word there is only the line (ringing, hanging up).
"""

import numpy as np
from scipy.ndimage import maximum_filter1d

from pipeline.checks.tone.level import Power
from pipeline.checks.tone.stretches import Mask, join, mask, runs, widen
from pipeline.records.span import Span

SHORTEST_MS = 200
_ABOVE_FLOOR_DB = 12.0
_BELOW_VOICE_DB = 25.0
_LEAK_DB = 12.0
_ECHO_FRAMES = 61
_LOWEST_DBFS = -90.0
_BREATH_MS = 150
_JOINED_MS = 500
_FEWEST_FRAMES = 30


def quiet_frames(speech: tuple[Span, ...], frames: int) -> Mask:
    """Frames well away from the speech of this channel."""
    return ~mask(widen(speech, _BREATH_MS), frames)


def noise_floor_dbfs(power: Power, quiet: Mask) -> float | None:
    """The steady noise under everything: the level that a fifth of the quiet frames stay below. None under 300 ms of quiet."""
    found = power[quiet]
    return float(np.percentile(_db(found), 20)) if found.size >= _FEWEST_FRAMES else None


def noises(
    power: Power, quiet: Mask, floor_dbfs: float, level_dbfs: float, customer: Power | None, call: Span
) -> tuple[Span, ...]:
    """Stretches of at least 200 ms with a sound that is no speech, pauses up to 500 ms (knocking, typing) bridged.

    `customer` is the other channel's power, `call` the stretch from the first to the last word.
    """
    loud = _db(power) >= max(floor_dbfs + _ABOVE_FLOOR_DB, level_dbfs - _BELOW_VOICE_DB)
    if customer is not None:
        loud &= power > maximum_filter1d(customer, _ECHO_FRAMES) * 10 ** (-_LEAK_DB / 10)
    loud &= quiet & mask((call,), power.size)
    return tuple(span for span in join(runs(loud), _JOINED_MS) if span.length_ms >= SHORTEST_MS)


def _db(power: Power) -> Power:
    return 10 * np.log10(np.maximum(power, np.float32(10 ** (_LOWEST_DBFS / 10))))
