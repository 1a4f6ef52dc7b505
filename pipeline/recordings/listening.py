"""A copy to listen to, for browsers, which play neither GSM nor AMR nor µ-law: PCM of 16 bits at the recording's own rate, both channels.

    write_copy(archived, sha256, folder)      folder/<sha256>.wav and folder/<sha256>.peaks.json, made by the decoder that judged the recording

The recording in the archive stays the evidence; a copy may be thrown away at any time and is made anew. Peaks are what a waveform is drawn from:
the largest sample of each channel in so many equal stretches, 0-1000.
"""

import json
import os
import tempfile
import wave
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import AudioError, StorageError
from pipeline.recordings.decoder import DecoderProcess, refusal_of
from pipeline.recordings.source import opened, sha256_of
from pipeline.records.recording import Samples

PEAKS_A_SECOND = 25
MOST_PEAKS = 6_000
FULL_PEAK = 1_000
_LOUDEST = 32_767

Pcm = NDArray[np.int16]


def copy_path(folder: Path, sha256: str) -> Path:
    """Where the copy of a recording lies, or would lie."""
    return folder / f"{sha256}.wav"


def peaks_path(folder: Path, sha256: str) -> Path:
    """Where its peaks lie: JSON of duration_ms, rate_hz and peaks, a list for each channel."""
    return folder / f"{sha256}.peaks.json"


def write_copy(source: Path, sha256: str, folder: Path, process: DecoderProcess) -> None:
    """Make the copy and the peaks of an archived recording, the peaks last: where they are, the copy is whole.

    Raises AudioError where the file is not there, is no longer what was archived, or cannot be decoded; StorageError where the copy cannot be kept.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with opened(source) as (fd, _):
        if (digest := sha256_of(fd)) != sha256:
            raise AudioError("sha256_mismatch", f"{source}: its sha256 is {digest}, archived was {sha256}")
        try:
            with _replacing(copy_path(folder, sha256)) as target:
                rate_hz, frames, loudest = _decode(fd, target, process)
            peaks = [_peaks(channel, frames, rate_hz) for channel in loudest.T]
            said = {"duration_ms": frames * 1000 // rate_hz, "rate_hz": rate_hz, "peaks": peaks}
            with _replacing(peaks_path(folder, sha256)) as target:
                target.write(json.dumps(said, separators=(",", ":")).encode())
        except OSError as error:
            raise StorageError(
                f"{folder}: the copy to listen to cannot be written: {error.strerror or error}"
            ) from error


def forget_copy(folder: Path, sha256: str) -> None:
    """Remove all that was made of a recording for listening."""
    for file in folder.glob(f"{sha256}.*"):
        file.unlink(missing_ok=True)


def _decode(fd: int, target: IO[bytes], process: DecoderProcess) -> tuple[int, int, Samples]:
    """Write the sound; its rate, its length in frames, and the largest sample of each 1/25 s or less of each channel (stretches, channels)."""
    with closing(process.heard(fd)) as messages:
        kind, payload = next(messages)
        if kind != b"H":
            raise _refused(kind, payload)
        head = json.loads(payload)
        rate_hz, channels = int(head["rate_hz"]), int(head["channels"])
        step = max(1, rate_hz // PEAKS_A_SECOND)
        frames, left, loudest = 0, np.zeros((0, channels), dtype=np.int16), []
        with wave.open(target, "wb") as copy:
            copy.setnchannels(channels)
            copy.setsampwidth(2)
            copy.setframerate(rate_hz)
            for kind, payload in messages:
                if kind == b"X":
                    raise _refused(kind, payload)
                if kind == b"S":
                    pcm = _as_pcm(np.frombuffer(payload, dtype=np.float32).reshape(-1, channels))
                    copy.writeframes(pcm.tobytes())
                    frames += len(pcm)
                    left = np.concatenate((left, pcm))
                    whole = len(left) // step * step
                    loudest.append(_loudest(left[:whole], step))
                    left = left[whole:]
    if len(left):
        loudest.append(_loudest(left, len(left)))
    if not frames:
        raise AudioError("empty", "nothing in it can be heard")
    return rate_hz, frames, np.concatenate(loudest)


def _as_pcm(samples: Samples) -> Pcm:
    return np.asarray(np.rint(np.clip(np.nan_to_num(samples), -1.0, 1.0) * np.float32(_LOUDEST)), dtype="<i2")


def _loudest(pcm: Pcm, step: int) -> Samples:
    # Channel by channel in memory: the largest of neighbours is found ten times as fast.
    blocks = np.ascontiguousarray(pcm.reshape(-1, step, pcm.shape[1]).transpose(0, 2, 1)).astype(np.int32)
    largest = np.maximum(blocks.max(axis=2), -blocks.min(axis=2))
    return np.asarray(largest / np.float32(_LOUDEST), dtype=np.float32)


def _peaks(loudest: Samples, frames: int, rate_hz: int) -> list[int]:
    """At most MOST_PEAKS of them, 0-1000."""
    together = -(-len(loudest) // MOST_PEAKS)
    padded = np.pad(loudest, (0, -len(loudest) % together))
    return [int(peak) for peak in np.rint(padded.reshape(-1, together).max(axis=1) * FULL_PEAK)]


def _refused(kind: bytes, payload: bytes) -> AudioError:
    if kind != b"X":
        return AudioError("decoder_crashed", "the decoder answered out of turn")
    return refusal_of(payload)


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name when it is whole."""
    fd, name = tempfile.mkstemp(suffix=".part", dir=path.parent)
    try:
        with os.fdopen(fd, "wb") as target:
            yield target
        Path(name).rename(path)
    finally:
        with suppress(FileNotFoundError):
            Path(name).unlink()
