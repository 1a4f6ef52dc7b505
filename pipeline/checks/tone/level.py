"""How loud: active speech level, the level of a stretch, clipping.

The active speech level is method B of ITU-T P.56 (12/2011): the signal's energy is spread over the time in which its envelope was above
a threshold that lies 15.9 dB below the level itself. Pauses therefore do not make a speaker softer. Thresholds are the powers of two of full
scale, as in the ITU's own tool (G.191, sv56); those below its sixteen bits only give very soft recordings a level, too.

    1 kHz at -26 dBFS for 6 s of a 60 s call        RMS -36.0 dBFS, active speech level -26 dBFS
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d
from scipy.signal import lfilter

from pipeline.records.recording import RATE_HZ, Samples

_TIME_CONSTANT_S = 0.03
_HANGOVER_MS = 200
_MARGIN_DB = 15.9
_READ_EVERY = RATE_HZ // 1000
_BLOCK = 60 * RATE_HZ
_THRESHOLDS = 2.0 ** np.arange(-24, 0)
_THRESHOLDS_DB = 20 * np.log10(_THRESHOLDS)
# G.711 decodes its largest code to 0.980 (µ-law) or 0.984 (A-law) of full scale.
_FULL_SCALE = 0.97
_RUN = 3
_SILENCE = 1e-9

Power = NDArray[np.float32]


def active_level_dbfs(samples: Samples) -> float | None:
    """Active speech level (P.56 B) in dB re full scale, to be compared with an RMS; None without sound or with clicks alone."""
    envelope = _envelope(samples)
    energy = float(np.sum(np.square(samples, dtype=np.float64)))
    if energy < _SILENCE:
        return None
    # A threshold counts as passed for 200 ms more, so the largest value of the last 200 ms decides.
    held = np.sort(maximum_filter1d(envelope, _HANGOVER_MS + 1, mode="constant", origin=_HANGOVER_MS // 2))
    active = (held.size - np.searchsorted(held, _THRESHOLDS)) * _READ_EVERY
    levels_db = 10 * np.log10(energy / np.maximum(active, 1))
    margins_db = levels_db - _THRESHOLDS_DB
    # From the lowest threshold up: under a very high one the few active moments would carry all the energy. One that is never passed has no level.
    at = int(np.argmax((margins_db <= _MARGIN_DB) & (active > 0)))
    if at == 0:
        return None
    return float(np.interp(_MARGIN_DB, margins_db[[at, at - 1]], levels_db[[at, at - 1]]))


def _envelope(samples: Samples) -> NDArray[np.float64]:
    """Twice smoothed magnitude, read every ms; in blocks, since a call may last for hours."""
    decay = float(np.exp(-1 / (RATE_HZ * _TIME_CONSTANT_S)))
    smooth = [1 - decay], [1, -decay]
    first, second = np.zeros(1), np.zeros(1)
    read = []
    for at in range(0, samples.size, _BLOCK):
        once, first = lfilter(*smooth, np.abs(samples[at : at + _BLOCK], dtype=np.float64), zi=first)
        twice, second = lfilter(*smooth, once, zi=second)
        read.append(twice[::_READ_EVERY])
    return np.concatenate(read) if read else np.zeros(0)


def frame_power(samples: Samples) -> Power:
    """Mean square of each 10 ms; an unfinished last frame is left out."""
    size = RATE_HZ // 100
    whole = samples[: samples.size // size * size].reshape(-1, size)
    return np.asarray(np.einsum("ij,ij->i", whole, whole) / np.float32(size), dtype=np.float32)


def speech_level_dbfs(power: Power) -> float | None:
    """RMS of the frames that carry the speech, in dB re full scale: short pauses, 15.9 dB below the mean, do not count."""
    if not power.size or float(power.mean()) < _SILENCE:
        return None
    loud = power[power > power.mean(dtype=np.float64) * 10 ** (-_MARGIN_DB / 10)]
    return float(10 * np.log10(loud.mean(dtype=np.float64)))


def clipped_share(samples: Samples) -> float | None:
    """Share (0-1) of samples that stand at full scale three or more in a row; None where there are no samples."""
    if not samples.size:
        return None
    full = np.abs(samples) >= _FULL_SCALE
    if full.size < _RUN or not full.any():
        return 0.0
    starts = full[:-2] & full[1:-1] & full[2:]
    inside = np.zeros(full.size, dtype=np.bool_)
    for shift in range(_RUN):
        inside[shift : shift + starts.size] |= starts
    return float(np.count_nonzero(inside) / inside.size)
