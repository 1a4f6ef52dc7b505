"""Pitch against Praat (Boersma and Weenink, through praat-parselmouth), on people and on simulated speech, at 8 and 16 kHz."""

from dataclasses import dataclass

import numpy as np
import parselmouth
import pytest
from numpy.typing import NDArray

from pipeline.checks.tone.features import analyse
from pipeline.checks.tone.pitch import HIGHEST_HZ, LOWEST_HZ

from .people import Voice, needs_people, people, simulated

CENTS = 50
WITHIN = 0.98
HEARD = 0.90


@dataclass(frozen=True)
class Comparison:
    """Frames that Praat calls voiced, those that both do, and those of them that lie within 50 cents."""

    praat: int
    both: int
    within: int

    def __add__(self, other: "Comparison") -> "Comparison":
        return Comparison(self.praat + other.praat, self.both + other.both, self.within + other.within)


def praat(voice: Voice) -> NDArray[np.float32]:
    """Praat's pitch in Hz in each of our frames, NaN where it hears no voice or looks at no frame."""
    sound = parselmouth.Sound(voice.recorded.astype(np.float64), voice.rate_hz)
    pitch = sound.to_pitch_ac(time_step=0.01, pitch_floor=LOWEST_HZ, pitch_ceiling=HIGHEST_HZ)
    place = pitch.xs() * 100 - 0.5
    at = np.rint(place).astype(int)
    assert np.abs(place - at).max() < 0.05  # its frames are ours
    hz = np.full(voice.speaking.size, np.nan, dtype=np.float32)
    heard = pitch.selected_array["frequency"]
    hz[at] = np.where(heard > 0, heard, np.nan)
    return hz


def compare(voice: Voice) -> Comparison:
    theirs = np.where(voice.speaking, praat(voice), np.nan)
    ours = analyse(voice.decoded, voice.speaking).pitch_hz
    cents = 1200 * np.abs(np.log2(ours / theirs))
    return Comparison(int((~np.isnan(theirs)).sum()), int((~np.isnan(cents)).sum()), int((cents <= CENTS).sum()))


def agrees(voices: list[Voice]) -> None:
    each = [compare(voice) for voice in voices]
    for voice, one in zip(voices, each, strict=True):
        print(f"{voice.name} {voice.rate_hz} Hz: {one}")
    total = sum(each, Comparison(0, 0, 0))
    assert total.both > 2_000
    assert total.within >= WITHIN * total.both, total
    # Agreement where both hear a voice means little if we hear little.
    assert total.both >= HEARD * total.praat, total


@needs_people
@pytest.mark.parametrize("rate_hz", [8_000, 16_000])
def test_peoples_pitch_is_praats(rate_hz: int) -> None:
    agrees(people(rate_hz))


@pytest.mark.parametrize("rate_hz", [8_000, 16_000])
def test_simulated_pitch_is_praats(simulated_calls, rate_hz: int) -> None:
    agrees(simulated(simulated_calls, rate_hz))
