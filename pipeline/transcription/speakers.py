"""Who speaks on a mono recording: two clusters of voices, one of them the agent, with a stated confidence.

Each stretch of speech becomes its mean and spread of 20 mel-cepstra and its pitch; Ward clustering splits the stretches
in two. The agent is the one who talks more and uses a company's words (您, 我是…, 移动, 客服, 为您). Confidence is how much
nearer a stretch lies to its own cluster than to the other, times how clearly the clusters' roles differ: under the
standard's limit the speaker is unknown, and nothing said there counts by itself.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct
from scipy.signal import stft
from sklearn.cluster import AgglomerativeClustering

from pipeline.records.recording import RATE_HZ, Samples
from pipeline.records.span import Span
from pipeline.records.turn import Speaker

SURE = 0.7
_SHORTEST_MS, _MELS, _CEPSTRA = 400, 32, 20
_COMPANY = re.compile("您|移动|客服|公司|为您|给您|我是|套餐|优惠|活动|请问|感谢")


def assign(samples: Samples, speech: Sequence[Span], texts: Sequence[str]) -> list[tuple[Speaker, float]]:
    """Speaker and confidence (0-1) for each stretch of speech with the words heard in it."""
    long = [i for i, span in enumerate(speech) if span.length_ms >= _SHORTEST_MS]
    if len(long) < 2:
        return [(Speaker.UNKNOWN, 0.0)] * len(speech)
    voices = np.array([_voice(samples, speech[i]) for i in long])
    voices = (voices - voices.mean(0)) / (voices.std(0) + 1e-6)
    labels = AgglomerativeClustering(n_clusters=2).fit_predict(voices)
    centres = [voices[labels == k].mean(0) for k in (0, 1)]
    agent, clear = _agent(labels, [speech[i] for i in long], [texts[i] for i in long])
    result = [(Speaker.UNKNOWN, 0.0)] * len(speech)
    for index, voice, label in zip(long, voices, labels, strict=True):
        own, other = np.linalg.norm(voice - centres[label]), np.linalg.norm(voice - centres[1 - label])
        near = float(np.clip(0.5 + (other - own) / (other + own + 1e-9), 0, 1))
        confidence = round(min(1.0, near * 1.25) * clear, 3)
        speaker = Speaker.AGENT if label == agent else Speaker.CUSTOMER
        result[index] = (speaker if confidence >= SURE else Speaker.UNKNOWN, confidence)
    return result


def _agent(labels: NDArray[np.int64], speech: Sequence[Span], texts: Sequence[str]) -> tuple[int, float]:
    """Which cluster is the agent, and how clear that is (0.5-1)."""
    talk, words = [1.0, 1.0], [1.0, 1.0]
    for label, span, text in zip(labels, speech, texts, strict=True):
        talk[label] += span.length_ms / 1000
        words[label] += 3 * len(_COMPANY.findall(text))
    odds = [talk[k] * words[k] ** 2 for k in (0, 1)]
    agent = int(odds[1] > odds[0])
    return agent, odds[agent] / sum(odds)


def _voice(samples: Samples, span: Span) -> NDArray[np.float64]:
    """Cepstra without the first, mean and spread over the frames, and the pitch twice over (it separates best)."""
    part = samples[span.start_ms * RATE_HZ // 1000 : span.end_ms * RATE_HZ // 1000]
    _, _, spectrum = stft(part, RATE_HZ, nperseg=400, noverlap=240, boundary=None)
    power = np.abs(spectrum) ** 2
    bands = np.log(_filters(power.shape[0]) @ power + 1e-10)
    loud = bands.mean(0) > np.median(bands.mean(0)) - 1
    cepstra = dct(bands, axis=0, norm="ortho")[1 : _CEPSTRA + 1, loud]
    pitch = np.log(_pitch_hz(part))
    return np.concatenate([cepstra.mean(1), 0.5 * cepstra.std(1), [pitch] * 8])


def _filters(bins: int) -> NDArray[np.float64]:
    """Triangles on a mel scale from 200 to 3,600 Hz: what a telephone lets through."""
    mel = np.linspace(2595 * np.log10(1 + 200 / 700), 2595 * np.log10(1 + 3600 / 700), _MELS + 2)
    edges = 700 * (10 ** (mel / 2595) - 1) / (RATE_HZ / 2) * (bins - 1)
    at = np.arange(bins)[None]
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    return np.clip(np.minimum((at - low) / (middle - low), (high - at) / (high - middle)), 0, None)


def _pitch_hz(part: Samples) -> float:
    """Median pitch by autocorrelation over the louder 40 ms frames."""
    frames = np.lib.stride_tricks.sliding_window_view(part, 640)[::320]
    if not len(frames):
        return 150.0
    energy = (frames**2).sum(1)
    frames = frames[energy >= np.median(energy)] * np.hanning(640)
    spectrum = np.fft.rfft(frames, 2048)
    similar = np.fft.irfft(np.abs(spectrum) ** 2)[:, 40:267]  # 400 to 60 Hz
    return float(np.median(RATE_HZ / (similar.argmax(1) + 40)))
