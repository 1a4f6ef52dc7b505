"""How long a file's own header says it is.

FFmpeg quietly replaces a WAV header's promise by what the file holds, so a recording cut off in the middle looks whole. The promise is
read here instead:

    RIFF … fmt  (16,000 bytes a second) data (960,000 bytes), then only 100,000 bytes    → 60,000 ms, cut

And for MP3 without a Xing or VBRI tag, ADTS and AMR, FFmpeg guesses from the bit rate; a guess is no promise.
"""

import os
import struct
from dataclasses import dataclass

_GUESSED = frozenset({"aac", "amr", "amrnb", "amrwb", "gsm", "g722"})
_MP3_TAGS = (b"Xing", b"Info", b"VBRI")
_MP3_HEAD_BYTES = 4096
_MAX_CHUNKS = 64
_SAMPLE_BY_SAMPLE = frozenset({0x0001, 0x0003, 0x0006, 0x0007, 0xFFFE})  # PCM, float, A-law, µ-law, extensible
# Recorders that stream write 0, 0xFFFFFFFF or (sox) 0x7FFFF000 and more for "not known yet".
_UNKNOWN_FROM_BYTES = 0x7FFFF000
# Recorders lose up to one buffer at the end; less than this is no cut.
CUT_MS = 200


@dataclass(frozen=True, slots=True)
class Promise:
    """`duration_ms` None = the header does not say; `cut`: the file ends before what its header promises."""

    duration_ms: int | None
    cut: bool = False


def promise(fd: int, size_bytes: int, container: str, container_ms: int | None) -> Promise:
    """The header's promise. `container` and `container_ms` are FFmpeg's name of the format and its word on the duration."""
    if container == "wav":
        return _riff(fd, size_bytes) or Promise(container_ms)
    if container in _GUESSED:
        return Promise(None)
    if container == "mp3" and not any(tag in _mp3_head(fd) for tag in _MP3_TAGS):
        return Promise(None)
    return Promise(container_ms)


def _mp3_head(fd: int) -> bytes:
    """The first frames, behind an ID3v2 tag where there is one."""
    head = os.pread(fd, 10, 0)
    start = 0
    if head[:3] == b"ID3" and len(head) == 10:
        start = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
    return os.pread(fd, _MP3_HEAD_BYTES, start)


def _riff(fd: int, size_bytes: int) -> Promise | None:
    """The promise of a RIFF/WAVE header, None where it is another WAV (RF64, big-endian) or makes no sense."""
    head = os.pread(fd, 12, 0)
    if head[:4] != b"RIFF" or head[8:] != b"WAVE":
        return None
    at, bytes_a_second = 12, 0
    for _ in range(_MAX_CHUNKS):
        chunk = os.pread(fd, 8, at)
        if len(chunk) < 8:
            return None
        length = int.from_bytes(chunk[4:], "little")
        if chunk[:4] == b"fmt ":
            bytes_a_second = _bytes_a_second(os.pread(fd, 14, at + 8))
        if chunk[:4] == b"data":
            return _data_promise(length, size_bytes - at - 8, bytes_a_second)
        at += 8 + length + length % 2
    return None


def _bytes_a_second(form: bytes) -> int:
    """The rate of a `fmt ` chunk; where every sample has its own bytes it follows from the block, which recorders get right more often."""
    if len(form) < 14:
        return 0
    tag, _, rate_hz, bytes_a_second, block_bytes = struct.unpack("<HHIIH", form)
    return int(rate_hz * block_bytes if tag in _SAMPLE_BY_SAMPLE else bytes_a_second)


def _data_promise(promised_bytes: int, held_bytes: int, bytes_a_second: int) -> Promise | None:
    if bytes_a_second == 0 or promised_bytes == 0 or promised_bytes >= _UNKNOWN_FROM_BYTES:
        return None
    missing_ms = (promised_bytes - held_bytes) * 1000 // bytes_a_second
    return Promise(promised_bytes * 1000 // bytes_a_second, cut=missing_ms >= CUT_MS)
