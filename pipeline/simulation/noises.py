"""Sounds that have nothing to do with work 与工作无关的声音: music, hammering, an alarm, a ringing telephone."""

import numpy as np
from numpy.typing import NDArray

from pipeline.records.recording import Samples
from pipeline.simulation.voice import RATE_HZ

NOISES = ("music", "hammering", "alarm", "ringing")
_LEVEL = 0.2


def sound(name: str, length: int, chance: np.random.Generator) -> Samples:
    """`length` samples of one of NOISES, RMS 0.2."""
    time = np.arange(length) / RATE_HZ
    made = {"music": _music, "hammering": _hammering, "alarm": _alarm, "ringing": _ringing}[name](time, chance)
    return np.asarray(made * (_LEVEL / np.sqrt(np.mean(made**2))), np.float32)


def _music(time: NDArray[np.float64], chance: np.random.Generator) -> NDArray[np.float64]:
    """Three-part chords on a pentatonic scale, four notes a second."""
    scale = 330 * 2 ** (np.array([0, 2, 4, 7, 9, 12]) / 12)
    notes = chance.choice(scale, (int(time[-1] * 4) + 1, 3))
    frequency = notes[(time * 4).astype(int)]
    phase = 2 * np.pi * np.cumsum(frequency, axis=0) / RATE_HZ
    decay = np.exp(-3 * ((time * 4) % 1))
    return np.asarray(decay * (np.sin(phase) + 0.5 * np.sin(2 * phase) + 0.3 * np.sin(3 * phase)).sum(axis=1))


def _hammering(time: NDArray[np.float64], chance: np.random.Generator) -> NDArray[np.float64]:
    """Five dull blows a second."""
    blow = np.exp(-18 * ((time * 5) % 1))
    return np.asarray(blow * (chance.normal(size=len(time)) + 2 * np.sin(2 * np.pi * 420 * time)))


def _alarm(time: NDArray[np.float64], chance: np.random.Generator) -> NDArray[np.float64]:
    """Two tones in turn, twice a second."""
    low = chance.uniform(650, 850)
    frequency = np.where((time * 2) % 1 < 0.5, low, low * 1.5)
    return np.asarray(np.sin(2 * np.pi * np.cumsum(frequency) / RATE_HZ))


def _ringing(time: NDArray[np.float64], chance: np.random.Generator) -> NDArray[np.float64]:
    """A bell of two close tones, one second on and a quarter off."""
    tone = chance.uniform(900, 1300)
    on = time % 1.25 < 1
    return np.asarray(on * (np.sin(2 * np.pi * tone * time) + np.sin(2 * np.pi * tone * 1.06 * time)))
