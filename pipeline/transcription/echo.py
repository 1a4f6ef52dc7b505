"""Taking the other side out of a channel.

On many recorders each channel also holds the other speaker, softer and a little late. Where the customer waits, that echo is all there is, and
its words would be taken for the customer's; where the customer answers, it stands in front of the answer:

    agent      您现在方便接听电话吗　　　　　　　      您现在方便接听电话吗
    customer   （您现在方便接听电话吗）可以你说   →    　　　　　　　　　　　可以你说

The echo's path is one linear filter for the whole call: the least-squares fit of this channel by the other one, in which a frame weighs the
less the louder this channel is in it (its own speaker is not to be explained). What the filter makes of the other channel is subtracted, and
where hardly anything is left of a stretch, that rest (an overdriven recorder, a codec: no filter explains them) is silenced.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft
from scipy.signal import oaconvolve

from pipeline.records.recording import RATE_HZ, Audio, Samples

_FRAME, _HOP, _MOST_FRAMES = 8192, 4096, 800  # 800: three and a half minutes
_EARLY, _LATE = RATE_HZ * 5 // 1000, RATE_HZ * 150 // 1000
_TAPS, _SHORTEST = _EARLY + _LATE, 4 * _FRAME
_LOUDEST_DB = -12.0  # louder than that it is no echo but a recorder that mixes both sides
_REST_DB, _STRETCH, _AROUND = -4.0, RATE_HZ // 50, 7
_EXPLAINED, _BY_CHANCE = 0.02, 4  # an echo explains so much of the quiet frames, and so many times what any fit does


def without_echo(audio: Audio) -> Audio:
    """The call with the other side taken out of each channel; a mono recording, or one without an echo, as it is."""
    if audio.customer is None or audio.agent.size < _SHORTEST:
        return audio
    agent, customer = _spectra(audio.agent), _spectra(audio.customer)
    return replace(
        audio,
        agent=_cleaned(audio.agent, audio.customer, _path(agent, customer)),
        customer=_cleaned(audio.customer, audio.agent, _path(customer, agent)),
    )


def _cleaned(own: Samples, other: Samples, path: Samples | None) -> Samples:
    if path is None:
        return own
    echo = oaconvolve(other, path)[_EARLY : _EARLY + own.size].astype(np.float32)
    rest: Samples = own - echo
    is_rest = _power(rest) < _power(echo) * 10 ** (_REST_DB / 10)
    rest[np.repeat(is_rest, _STRETCH)[: own.size]] = 0
    return rest


def _power(samples: Samples) -> NDArray[np.float64]:
    """Mean power around each stretch."""
    padded = np.pad(samples, (0, -samples.size % _STRETCH)).reshape(-1, _STRETCH)
    return np.convolve(np.einsum("ij,ij->i", padded, padded) / _STRETCH, np.ones(_AROUND) / _AROUND, "same")


def _path(y: NDArray[np.complex64], x: NDArray[np.complex64]) -> Samples | None:
    """(_TAPS,) the impulse response, from _EARLY samples before the sound on, of x's echo in y; None where there is none.

    Both are spectra of the same frames.
    """
    loud = (np.abs(y) ** 2).mean(axis=1, keepdims=True)
    weight = 1 / (loud + 1e-6 * loud.max() + 1e-12)
    energy = (weight * np.abs(x) ** 2).sum(axis=0)
    response = irfft((weight * x.conj() * y).sum(axis=0) / (energy + 1e-3 * energy.max() + 1e-12))
    response[_LATE:-_EARLY] = 0
    echo = x * rfft(response)
    total, gain = (float((weight * np.abs(part) ** 2).sum()) + 1e-12 for part in (y, echo))
    explained = 1 - float((weight * np.abs(y - echo) ** 2).sum()) / total
    if explained < max(_EXPLAINED, _BY_CHANCE * _TAPS / (len(y) * _HOP + _HOP)):
        return None
    if 10 * np.log10(gain / (float(energy.sum()) + 1e-12)) > _LOUDEST_DB:
        return None
    return np.concatenate([response[-_EARLY:], response[:_LATE]]).astype(np.float32)


def _spectra(samples: Samples) -> NDArray[np.complex64]:
    """(frames, bins) of half-overlapping windows, of a long call as many as tell the path, evenly apart: all would need gigabytes."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_HOP]
    frames = frames[:: -(-len(frames) // _MOST_FRAMES)]
    return np.asarray(rfft(frames * np.hanning(_FRAME).astype(np.float32), axis=1), np.complex64)
