"""A file's sound on its way from the decoder to 16 kHz, and the account of what was lost."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import soxr

from pipeline.errors import AudioError
from pipeline.recordings import limits
from pipeline.recordings.channels import SILENT_SWING
from pipeline.recordings.decoder import refusal_of
from pipeline.recordings.decoder_child import Message
from pipeline.records.recording import RATE_HZ, Samples


@dataclass(slots=True)
class Sound:
    """`low` and `high` are each channel's extremes at the file's own rate, `taken` the samples of each channel, `pieces` (samples,
    channels) at 16 kHz; `gaps` counts places where time is missing between packets, `streams` the sound streams of the file.
    """

    codec: str
    container: str
    rate_hz: int
    channels: int
    container_ms: int | None
    resampler: soxr.ResampleStream
    low: Samples
    high: Samples
    taken: int = 0
    pieces: list[Samples] = field(default_factory=list)
    bad_packets: int = 0
    last_packet_bad: bool = False
    gaps: int = 0
    streams: int = 1

    @classmethod
    def collect(cls, messages: Iterable[Message]) -> Self:
        """All of a file's messages. Raises AudioError where the decoder refuses or the samples are no sound."""
        sound: Self | None = None
        for kind, payload in messages:
            if kind == b"X":
                raise refusal_of(payload)
            if kind == b"H":
                sound = cls._begun(json.loads(payload))
            elif sound is None:
                break
            elif kind == b"S":
                sound._take(np.frombuffer(payload, dtype=np.float32).reshape(-1, sound.channels))
            else:
                sound._end(json.loads(payload))
        if sound is None:
            raise AudioError("decoder_crashed", "the decoder answered out of turn")
        return sound

    @property
    def decoded_ms(self) -> int:
        """How much was really decoded."""
        return self.taken * 1000 // self.rate_hz

    @property
    def peak(self) -> float:
        """The largest sample, full scale = 1."""
        return float(max(self.high.max(), -self.low.min()))

    def lines(self) -> tuple[Samples, ...]:
        """Each channel at 16 kHz within [-1, 1]."""
        return tuple(
            np.clip(np.concatenate([piece[:, channel] for piece in self.pieces]), -1.0, 1.0)
            for channel in range(self.channels)
        )

    def silent(self) -> tuple[bool, ...]:
        """For each channel whether it is digital silence."""
        return tuple(bool(swing <= SILENT_SWING) for swing in self.high - self.low)

    @classmethod
    def _begun(cls, head: dict[str, str | int | None]) -> Self:
        rate_hz, channels = int(head["rate_hz"] or 0), int(head["channels"] or 0)
        return cls(
            codec=str(head["codec"]),
            container=str(head["container"]),
            rate_hz=rate_hz,
            channels=channels,
            container_ms=None if head["container_ms"] is None else int(head["container_ms"]),
            resampler=soxr.ResampleStream(rate_hz, RATE_HZ, channels, dtype="float32", quality="HQ"),
            low=np.full(channels, np.inf, dtype=np.float32),
            high=np.full(channels, -np.inf, dtype=np.float32),
        )

    def _take(self, samples: Samples) -> None:
        if not np.isfinite(samples).all():
            raise AudioError("not_finite", "holds samples that are no finite numbers")
        self.taken += len(samples)
        if self.taken * 1000 > limits.MAX_MS * self.rate_hz:
            raise AudioError("too_long", "more sound than is read")
        self.low = np.minimum(self.low, samples.min(axis=0))
        self.high = np.maximum(self.high, samples.max(axis=0))
        self.pieces.append(self._resampled(samples, last=False))

    def _end(self, account: dict[str, int]) -> None:
        self.pieces.append(self._resampled(np.zeros((0, self.channels), dtype=np.float32), last=True))
        self.bad_packets, self.gaps, self.streams = account["bad_packets"], account["gaps"], account["streams"]
        self.last_packet_bad = bool(account["last_packet_bad"])

    def _resampled(self, samples: Samples, *, last: bool) -> Samples:
        if self.rate_hz == RATE_HZ:
            return samples
        return np.asarray(self.resampler.resample_chunk(samples, last=last), dtype=np.float32)
