"""Sounds with known properties, 16 kHz float32."""

import numpy as np
from scipy.signal import butter, sosfiltfilt

from pipeline.records.recording import RATE_HZ, Audio, Recording, Samples


def noise(seconds: float, dbfs: float, seed: int = 1) -> Samples:
    """White noise of a known RMS."""
    sound = np.random.default_rng(seed).normal(0, 1, round(seconds * RATE_HZ))
    return (sound / np.sqrt(np.mean(sound**2)) * 10 ** (dbfs / 20)).astype(np.float32)


def tone(seconds: float, hz: float, dbfs: float) -> Samples:
    """A sine of a known RMS."""
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (np.sin(2 * np.pi * hz * at) * 10 ** (dbfs / 20) * np.sqrt(2)).astype(np.float32)


def pulses(seconds: float, hz: float, dbfs: float = -20.0) -> Samples:
    """A pulse train through a telephone: only its harmonics between 300 and 3400 Hz, so the fundamental is not there."""
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    harmonics = [k for k in range(1, int(3400 / hz) + 1) if k * hz >= 300]
    sound = np.sum([np.cos(2 * np.pi * k * hz * at) for k in harmonics], axis=0)
    return (sound / np.sqrt(np.mean(sound**2)) * 10 ** (dbfs / 20)).astype(np.float32)


def telephone(samples: Samples) -> Samples:
    """Only 300-3400 Hz."""
    band = butter(4, [300, 3400], "bandpass", fs=RATE_HZ, output="sos")
    return sosfiltfilt(band, samples).astype(np.float32)


def silence(seconds: float) -> Samples:
    """Digital silence."""
    return np.zeros(round(seconds * RATE_HZ), dtype=np.float32)


def audio(agent: Samples, customer: Samples | None) -> Audio:
    """A decoded recording; mono where there is no customer."""
    duration_ms = agent.size * 1000 // RATE_HZ
    recording = Recording("call.wav", "0" * 64, duration_ms, duration_ms, 1 if customer is None else 2, "pcm", 8000)
    return Audio(recording, agent, customer, customer is None, 8000)
