"""The recordings of people that lie beside the checkout, and simulated calls, as 8 and 16 kHz recordings."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from pipeline.checks.tone.stretches import Mask, mask
from pipeline.records.recording import RATE_HZ, Samples
from pipeline.records.span import Span
from pipeline.scoring.truth import read_truth
from pipeline.settings import CHECKOUT
from pipeline.transcription.whisper import speech_spans

PEOPLE = CHECKOUT.parent / "shared" / "audio"
# Nothing else may skip these tests: what is not measured on people is not known.
needs_people = pytest.mark.skipif(
    not PEOPLE.is_dir(), reason=f"no folder {PEOPLE}: the recordings of people are not here"
)


@dataclass(frozen=True)
class Voice:
    """One channel as a vendor recorded it at `rate_hz`, the same as callqa decodes it (16 kHz), and where somebody speaks."""

    name: str
    rate_hz: int
    recorded: Samples
    decoded: Samples
    speech: tuple[Span, ...]

    @property
    def speaking(self) -> Mask:
        """The 10 ms frames with speech."""
        return mask(self.speech, self.decoded.size // (RATE_HZ // 100))


def people(rate_hz: int) -> list[Voice]:
    """Every channel of every recording of people, speech as VAD hears it."""
    files = sorted(file for file in PEOPLE.iterdir() if file.suffix in (".wav", ".flac", ".mp3"))
    return [voice for file in files for voice in _voices(file, rate_hz, None)]


def simulated(drop: Path, rate_hz: int) -> list[Voice]:
    """Every channel of a simulated drop that can be read without a decoder, speech as the truth tells it."""
    found = []
    for call in read_truth(drop / "truth.jsonl"):
        found += _voices(drop / call.file, rate_hz, tuple(turn.span for turn in call.turns))
    return found


def _voices(file: Path, rate_hz: int, speech: tuple[Span, ...] | None) -> list[Voice]:
    samples, given_hz = soundfile.read(file, dtype="float32", always_2d=True)
    found = []
    for channel in range(samples.shape[1]):
        recorded = soxr.resample(samples[:, channel], given_hz, rate_hz)
        # A whole number of frames: Praat's frames, which are counted from the middle, then fall on ours.
        recorded = recorded[: recorded.size // (rate_hz // 100) * (rate_hz // 100) + 1]
        decoded = np.ascontiguousarray(soxr.resample(recorded, rate_hz, RATE_HZ))
        spans = speech_spans(decoded) if speech is None else speech
        found.append(Voice(f"{file.name} {channel}", rate_hz, recorded, decoded, spans))
    return found
