"""Short-time spectra of a speaker and what is read from them; librosa's only home.

Everything is measured in the telephone band at 8 kHz, whatever the recording's rate, so that figures of narrow- and wideband
recordings can be compared. Frames are 10 ms apart and look at 50 ms, three periods of the lowest pitch.
"""

from dataclasses import dataclass

import librosa
import numpy as np
from numpy.typing import NDArray

from pipeline.checks.tone.pitch import Candidates, candidates, follow
from pipeline.checks.tone.stretches import Mask
from pipeline.records.recording import RATE_HZ, Samples

_BAND_HZ = 8_000
_HOP = 80
_WINDOW = 400
_FFT = 640
_BLOCK_FRAMES = 1_000
_LOW_FROM_HZ, _SPLIT_HZ, _HIGH_TO_HZ = 100, 1_000, 3_400
_FAR_BELOW_LOUDEST = 1e-3

Series = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """One value for each 10 ms: pitch in Hz (NaN = not voiced), energy of 100-1000 Hz and 1000-3400 Hz (0 outside speech)."""

    pitch_hz: Series
    low: Series
    high: Series


def analyse(samples: Samples, speech: Mask) -> Frames:
    """Pitch and band energies of the frames in `speech`, one entry for each 10 ms of `samples` (16 kHz)."""
    low, high = np.zeros((2, speech.size), dtype=np.float32)
    if not speech.any():
        return Frames(np.full_like(low, np.nan), low, high)
    window = _power(np.ones(_FFT, dtype=np.float32))[0]
    narrow = librosa.resample(samples, orig_sr=RATE_HZ, target_sr=_BAND_HZ)
    padded = np.pad(narrow, ((_FFT - _HOP) // 2, _FFT))
    found = []
    for first in range(0, speech.size, _BLOCK_FRAMES):
        wanted = np.flatnonzero(speech[first : first + _BLOCK_FRAMES])
        if wanted.size:
            power = _power(padded[first * _HOP : (first + wanted[-1]) * _HOP + _FFT])[wanted]
            low[first + wanted] = _band(power, _LOW_FROM_HZ, _SPLIT_HZ)
            high[first + wanted] = _band(power, _SPLIT_HZ, _HIGH_TO_HZ)
            found.append(candidates(power, window, _BAND_HZ, first + wanted))
    loud = low + high > _FAR_BELOW_LOUDEST * np.max(low + high)
    return Frames(follow(Candidates.joined(found).within(loud), speech.size), low, high)


def _power(narrow: Samples) -> Series:
    """Power spectra (frames, bins)."""
    spectra = librosa.stft(narrow, n_fft=_FFT, win_length=_WINDOW, hop_length=_HOP, center=False).T
    return np.ascontiguousarray(spectra.real**2 + spectra.imag**2, dtype=np.float32)


def _band(power: Series, from_hz: int, to_hz: int) -> Series:
    step_hz = _BAND_HZ / _FFT
    return np.asarray(power[:, int(from_hz / step_hz) : int(to_hz / step_hz)].sum(axis=1), dtype=np.float32)


def pitch_median_hz(pitch: Series) -> float | None:
    """Median over voiced frames; None under 100 ms of voice."""
    voiced = pitch[~np.isnan(pitch)]
    return float(np.median(voiced)) if voiced.size >= 10 else None


def pitch_sd_st(pitch: Series) -> float | None:
    """Standard deviation in semitones over voiced frames; None under 100 ms of voice."""
    voiced = pitch[~np.isnan(pitch)]
    return float(np.std(12 * np.log2(voiced))) if voiced.size >= 10 else None


def high_band_db(frames: Frames, within: Mask) -> float | None:
    """Energy of 1000-3400 Hz over that of 100-1000 Hz in dB, in voiced frames only: sibilants would drown the effort of the voice."""
    voiced = within & ~np.isnan(frames.pitch_hz)
    low, high = float(frames.low[voiced].sum()), float(frames.high[voiced].sum())
    return float(10 * np.log10(high / low)) if low > 0 and high > 0 else None
