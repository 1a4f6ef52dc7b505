"""Pitch by autocorrelation (Boersma 1993), made for many frames of telephone speech at once.

A telephone cuts off the fundamental; the autocorrelation finds it again from the harmonics. It is the inverse transform of a frame's
power spectrum, divided by that of the window; zero padding of the spectrum makes the lag step four times finer
and a parabola does the rest.

    a 200 Hz pulse train, 300-3400 Hz, 8 kHz → 200 Hz ± 1 Hz        noise → NaN
"""

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft
from scipy.ndimage import median_filter

LOWEST_HZ = 75.0
HIGHEST_HZ = 500.0
_VOICED = 0.45
_OCTAVE_COST = 0.03
_UPSAMPLED = 4
_HUM_HZ = 60.0
_STEADY_ST = 3.0
_NEIGHBOURS = 5
_RANGE = 0.75, 2.5

Spectra = NDArray[np.float32]


def pitch_hz(power: Spectra, window_power: Spectra, rate_hz: int) -> NDArray[np.float32]:
    """Pitch of each frame in Hz, NaN where it is not voiced.

    `power` (frames, bins) are power spectra, `window_power` (bins,) that of the window that was used.
    """
    size = (power.shape[1] - 1) * 2 * _UPSAMPLED
    shortest = int(rate_hz * _UPSAMPLED / HIGHEST_HZ)
    longest = int(rate_hz * _UPSAMPLED / LOWEST_HZ) + 2
    heard = power.copy()
    heard[:, : int(_HUM_HZ / rate_hz * (power.shape[1] - 1) * 2) + 1] = 0.0
    found = irfft(heard, n=size, axis=1)
    scale = np.maximum(found[:, :1], np.float32(1e-12))
    window = irfft(window_power, n=size)
    strength = found[:, shortest:longest] / scale / (window[shortest:longest] / window[0])
    lags, best = _best_peak(strength, shortest)
    return np.where(best >= _VOICED, np.float32(rate_hz * _UPSAMPLED) / lags, np.float32(np.nan)).astype(np.float32)


def _best_peak(strength: Spectra, shortest: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Lag and strength of the best local maximum of each frame; of nearly equal ones the shortest lag."""
    left, middle, right = strength[:, :-2], strength[:, 1:-1], strength[:, 2:]
    rows, at = np.nonzero((middle > left) & (middle >= right) & (middle > _VOICED / 2))
    before, peak, after = left[rows, at], middle[rows, at], right[rows, at]
    # Without the parabola a multiple of the period that falls nearer to a sample would win.
    shift = 0.5 * (before - after) / (before - 2 * peak + after)
    lag, height = shortest + 1 + at + shift, peak - 0.25 * (before - after) * shift
    order = np.lexsort((height - _OCTAVE_COST * np.log2(lag), rows))
    best = order[np.flatnonzero(np.diff(rows[order], append=-1))]
    lags, heights = np.ones(len(strength), dtype=np.float32), np.zeros(len(strength), dtype=np.float32)
    lags[rows[best]], heights[rows[best]] = lag[best], height[best]
    return lags, heights


def keep_steady(hz: NDArray[np.float32]) -> NDArray[np.float32]:
    """The voiced frames without slips of an octave: those that leap from their neighbours or lie outside this voice's range.

    The range is 0.75 of the lower quartile to 2.5 times the upper one (De Looze and Hirst 2008, wide enough for a raised voice).
    """
    voiced = np.flatnonzero(~np.isnan(hz))
    kept = np.full_like(hz, np.nan)
    if voiced.size < _NEIGHBOURS:
        return kept
    found = hz[voiced]
    lower, upper = np.percentile(found, (25, 75))
    semitones = 12 * np.log2(found)
    steady = np.abs(semitones - median_filter(semitones, _NEIGHBOURS, mode="nearest")) <= _STEADY_ST
    sound = voiced[steady & (found >= _RANGE[0] * lower) & (found <= _RANGE[1] * upper)]
    kept[sound] = hz[sound]
    return kept
