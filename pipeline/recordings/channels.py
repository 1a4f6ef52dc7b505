"""Who is on which channel.

Two channels are agent and customer only where they really differ. Recorders that write one mixed line twice, even a few samples apart
or louder on one side, would have every word transcribed twice and the customer's words counted as the agent's:

    left = right, or left(t) = g · right(t + 3 ms)     → mono, both voices on it
    right is digital silence                           → mono, and `customer_channel_silent`: who speaks on left cannot be known
"""

from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft, rfft

from pipeline.records.call import AgentChannel
from pipeline.records.recording import RATE_HZ, Samples

SAME_CORRELATION = 0.98
LONGEST_DELAY_MS = 10
SILENT_SWING = 32 / 32_768
"""Peak to peak: the idle codes of A-law and µ-law stay within it, breath on a line does not."""

_LAGS = RATE_HZ * LONGEST_DELAY_MS // 1000
_BLOCK = 8192
_BLOCKS_AT_ONCE = 64


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The agent's samples, the customer's (None on mono), and what is odd."""

    agent: Samples
    customer: Samples | None
    reasons: tuple[str, ...] = ()


def assign(channels: tuple[Samples, ...], silent: tuple[bool, ...], agent_channel: AgentChannel | None) -> Lines:
    """Give each channel its speaker. None as `agent_channel`: the agent is on the left of two channels."""
    if len(channels) == 1:
        return Lines(channels[0], None)
    agent = 1 if agent_channel is AgentChannel.RIGHT else 0
    customer = 1 - agent
    if silent[agent] or silent[customer]:
        heard = customer if silent[agent] else agent
        return Lines(channels[heard], None, ("agent_channel_silent" if silent[agent] else "customer_channel_silent",))
    if same(channels[0], channels[1]):
        return Lines(channels[0], None)
    if agent_channel is AgentChannel.MONO:
        return Lines((channels[0] + channels[1]) * np.float32(0.5), None)
    return Lines(channels[agent], channels[customer])


def same(left: Samples, right: Samples) -> bool:
    """Whether both channels carry one signal: correlated beyond 0.98, of either sign, within ± 10 ms."""
    lag = _best_lag(left, right)
    a, b = (left[lag:], right[: right.size - lag]) if lag >= 0 else (left[:lag], right[-lag:])
    return abs(_correlation(a, b)) > SAME_CORRELATION


def _best_lag(left: Samples, right: Samples) -> int:
    """By how many samples `left` runs behind `right`, from cross spectra averaged over blocks."""
    total = np.zeros(_BLOCK + 1, dtype=np.complex128)
    step = _BLOCK * _BLOCKS_AT_ONCE
    for start in range(0, left.size, step):
        a, b = (rfft(_blocks(channel[start : start + step]), 2 * _BLOCK) for channel in (left, right))
        total += (a * b.conj()).sum(axis=0)
    correlation = np.abs(irfft(total))
    lags = np.r_[0 : _LAGS + 1, -_LAGS:0]
    return int(lags[np.argmax(correlation[lags])])


def _blocks(samples: Samples) -> Samples:
    """Rows of one block each, the last filled with zeros."""
    rows = np.zeros((-(-samples.size // _BLOCK), _BLOCK), dtype=np.float32)
    rows.reshape(-1)[: samples.size] = samples
    return rows


def _correlation(a: Samples, b: Samples) -> float:
    """Normalised correlation, 0 where a side has no energy."""
    energy = float(np.dot(a, a)) * float(np.dot(b, b))
    return float(np.dot(a, b)) / energy**0.5 if energy > 0 else 0.0
