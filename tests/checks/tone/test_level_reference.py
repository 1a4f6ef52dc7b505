"""Active speech level against a second reading of ITU-T P.56 (12/2011), method B, on people and on simulated speech, at 8 and 16 kHz.

The second one goes sample by sample through the recording as it was recorded; ours sees it decoded to 16 kHz and reads its envelope each ms.
"""

from math import exp, log10

import numpy as np
import pytest

from pipeline.checks.tone.level import active_level_dbfs
from pipeline.records.recording import Samples

from .people import Voice, needs_people, people, simulated
from .sounds_of import noise, pulses, silence

TIME_CONSTANT_S, HANGOVER_S, MARGIN_DB, BITS = 0.03, 0.2, 15.9, 16
LONGEST_S = 12


def by_the_recommendation(samples: Samples, rate_hz: int) -> float:
    """Method B: for each threshold, a power of two of full scale, the time above it with its hangover, and the level over that time; the
    active level is where level and threshold are 15.9 dB apart.
    """
    forget = exp(-1 / (rate_hz * TIME_CONSTANT_S))
    hangover = round(HANGOVER_S * rate_hz)
    thresholds = [2.0**-power for power in range(BITS, 0, -1)]
    active, since = [0] * BITS, [hangover] * BITS
    energy = once = twice = 0.0
    for value in samples.tolist():
        energy += value * value
        once = forget * once + (1 - forget) * abs(value)
        twice = forget * twice + (1 - forget) * once
        for j, threshold in enumerate(thresholds):
            if twice >= threshold:
                active[j] += 1
                since[j] = 0
            elif since[j] < hangover:
                active[j] += 1
                since[j] += 1
            else:
                break
    return _crossing([(10 * log10(energy / n), 20 * log10(c)) for n, c in zip(active, thresholds, strict=True) if n])


def _crossing(pairs: list[tuple[float, float]]) -> float:
    """The level at which the threshold lies 15.9 dB below, by halving between the two pairs (level, threshold) beside it."""
    above = next(n for n, (level, threshold) in enumerate(pairs) if level - threshold <= MARGIN_DB)
    low, high = pairs[above - 1], pairs[above]
    for _ in range(40):
        middle = (low[0] + high[0]) / 2, (low[1] + high[1]) / 2
        low, high = (middle, high) if middle[0] - middle[1] > MARGIN_DB else (low, middle)
    return low[0]


def agrees(voice: Voice) -> None:
    seconds = min(LONGEST_S, voice.recorded.size // voice.rate_hz)
    theirs = by_the_recommendation(voice.recorded[: seconds * voice.rate_hz], voice.rate_hz)
    ours = active_level_dbfs(voice.decoded[: seconds * 16_000])
    print(f"{voice.name} {voice.rate_hz} Hz: {ours:.3f} dBFS, by the recommendation {theirs:.3f}")
    assert ours == pytest.approx(theirs, abs=0.1), voice.name


@needs_people
@pytest.mark.parametrize("rate_hz", [8_000, 16_000])
def test_peoples_level_is_that_of_the_recommendation(rate_hz: int) -> None:
    for voice in people(rate_hz):
        agrees(voice)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000])
def test_simulated_level_is_that_of_the_recommendation(simulated_calls, rate_hz: int) -> None:
    for voice in simulated(simulated_calls, rate_hz)[:4]:
        agrees(voice)


@pytest.mark.parametrize("dbfs", [-6.0, -19.3, -33.1, -52.7, -70.0])
@pytest.mark.parametrize("active_s", [0.1, 0.5, 2.0])
def test_bursts_of_any_level_have_that_of_the_recommendation(dbfs: float, active_s: float) -> None:
    burst = np.concatenate([noise(active_s, dbfs), silence(0.7), pulses(active_s, 180, dbfs - 8), silence(1.3)])
    assert active_level_dbfs(burst) == pytest.approx(by_the_recommendation(burst, 16_000), abs=0.1)
