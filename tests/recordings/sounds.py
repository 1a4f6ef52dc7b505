"""Sound files for the tests: whole ones by PyAV and soundfile, odd ones byte by byte."""

import struct
from pathlib import Path

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

Pcm = NDArray[np.int16]


def voice(seconds: float, rate_hz: int = 8000, pitch_hz: float = 150, seed: int = 0) -> Pcm:
    """Something that swells like syllables over a little noise."""
    at = np.arange(round(seconds * rate_hz)) / rate_hz
    swell = np.clip(np.sin(2 * np.pi * 2.5 * at + seed), 0, 1)
    noise = np.random.default_rng(seed).standard_normal(at.size)
    return ((0.3 * swell * np.sin(2 * np.pi * pitch_hz * at) + 0.01 * noise) * 32767).astype(np.int16)


def two_voices(seconds: float, rate_hz: int = 8000) -> Pcm:
    """(samples, 2): different people left and right."""
    return np.stack([voice(seconds, rate_hz, 120, 1), voice(seconds, rate_hz, 220, 2)], axis=1)


def wav_bytes(pcm: Pcm, rate_hz: int = 8000, data_bytes: int | None = None) -> bytes:
    """A 16-bit WAV; `data_bytes` is what its header says, whatever it holds."""
    channels = 1 if pcm.ndim == 1 else pcm.shape[1]
    data = pcm.astype("<i2").tobytes()
    told = len(data) if data_bytes is None else data_bytes
    form = struct.pack("<HHIIHH", 1, channels, rate_hz, rate_hz * 2 * channels, 2 * channels, 16)
    riff = struct.pack("<4sI4s4sI", b"RIFF", min(36 + told, 2**32 - 1), b"WAVE", b"fmt ", len(form))
    return riff + form + struct.pack("<4sI", b"data", told) + data


def write_wav(path: Path, pcm: Pcm, rate_hz: int = 8000, data_bytes: int | None = None) -> Path:
    path.write_bytes(wav_bytes(pcm, rate_hz, data_bytes))
    return path


def write_float_wav(path: Path, samples: NDArray[np.float32]) -> Path:
    soundfile.write(path, samples, 8000, subtype="FLOAT", format="WAV")
    return path


def write_gsm(path: Path, pcm: Pcm) -> Path:
    soundfile.write(path, pcm, 8000, subtype="GSM610", format="WAV")
    return path


def encode(path: Path, pcm: Pcm, codec: str, container: str, rate_hz: int = 8000) -> Path:
    """The sound in a codec and container that PyAV can write."""
    layout = "mono" if pcm.ndim == 1 else "stereo"
    with av.open(path, "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate_hz, layout=layout)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm.reshape(1, -1)), format="s16", layout=layout)
        frame.rate = rate_hz
        context = stream.codec_context
        resampler = av.AudioResampler(context.format, layout, rate_hz, frame_size=context.frame_size or 1024)
        for piece in [*resampler.resample(frame), *resampler.resample(None), None]:
            for packet in stream.encode(piece):
                file.mux(packet)
    return path
