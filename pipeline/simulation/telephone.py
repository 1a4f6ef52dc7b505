"""A telephone line: the band of 300 to 3,400 Hz, levels, line noise, the echo of the other side, an overdriven recorder."""

from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, sosfilt

from pipeline.records.recording import Samples
from pipeline.simulation.voice import RATE_HZ

_BAND = butter(4, [300, 3400], "band", fs=RATE_HZ, output="sos")
_FRAME = RATE_HZ // 50
_MARGIN_DB = 15.9
_SOFT_LIMIT = 0.93
_HEADROOM = 0.97
DRIVES = ("clean", "soft", "hard")


@dataclass(frozen=True, slots=True)
class Circuit:
    """The condition of one call's line. Levels are active speech levels in dBFS, `snr_db` each side's level over its line noise.

    `echo_db` is how loud the other side is heard on one's own channel (None = not at all), `echo_ms` how late. `drive` of the agent's
    recorder: clean, soft (limited, loud) or hard (clipped).
    """

    agent_dbfs: float = -23
    customer_dbfs: float = -24
    snr_db: float = 35
    echo_db: float | None = None
    echo_ms: int = 40
    drive: str = "clean"


def narrowed(samples: Samples) -> Samples:
    """What a telephone passes on."""
    return np.asarray(sosfilt(_BAND, samples), np.float32)


def active_level_dbfs(samples: Samples) -> float:
    """Mean level of the frames within 15.9 dB of itself, after ITU-T P.56; -120 for silence."""
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1)
    level = power.max(initial=0)
    for _ in range(8):
        level = power[power > level * 10 ** (-_MARGIN_DB / 10)].mean() if level > 0 else 0
    return float(10 * np.log10(level)) if level > 1e-12 else -120.0


def transmitted(
    agent: Samples, customer: Samples, noise: Samples, circuit: Circuit, chance: np.random.Generator
) -> tuple[Samples, Samples]:
    """Both channels as recorded, from tracks at 0 dBFS active level; `noise` joins the agent's at speech level."""
    agent, customer = (agent + noise) * _ratio(circuit.agent_dbfs), customer * _ratio(circuit.customer_dbfs)
    sides = []
    for own, other, level in ((agent, customer, circuit.agent_dbfs), (customer, agent, circuit.customer_dbfs)):
        hiss = narrowed(chance.standard_normal(len(own), np.float32))
        heard = own + hiss * (_ratio(level - circuit.snr_db) / float(np.sqrt(np.mean(hiss**2))))
        if circuit.echo_db is not None:
            late = circuit.echo_ms * RATE_HZ // 1000
            heard[late:] += other[:-late] * _ratio(circuit.echo_db)
        sides.append(heard)
    return _driven(sides[0], circuit.drive), _driven(sides[1], "clean")


def mixed(agent: Samples, customer: Samples) -> Samples:
    """Both sides on one channel."""
    return _driven(agent + customer, "clean")


def _driven(samples: Samples, drive: str) -> Samples:
    if drive == "soft":
        return np.asarray(_SOFT_LIMIT * np.tanh(samples / _SOFT_LIMIT), np.float32)
    if drive == "hard":
        return np.clip(samples, -1, 1)
    return samples * min(1.0, _HEADROOM / max(float(np.abs(samples).max()), 1e-9))


def _ratio(gain_db: float) -> float:
    return float(10 ** (gain_db / 20))
