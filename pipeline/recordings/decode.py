"""Decoding: a vendor's file to samples that can be judged, or a reason why not.

Nothing in the file is trusted (its name, header, length, codec), and nothing odd passes in silence. The file is opened without following
links, hashed, and decoded by a process of its own; what was decoded is held against the header and the manifest:

    header 60 s, file ends after 6.25 s           partial: truncated, shorter_than_header
    manifest 60 s, decoded 30 s                   partial: shorter_than_manifest
    a picture named .wav                          AudioError not_audio
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.errors import AudioError, StorageError
from pipeline.recordings.channels import Lines, assign
from pipeline.recordings.decoder import Bounds, DecoderProcess
from pipeline.recordings.headers import CUT_MS, Promise, promise
from pipeline.recordings.sound import Sound
from pipeline.recordings.source import opened, sha256_of
from pipeline.records.call import AgentChannel
from pipeline.records.recording import Audio, Recording

_LOUDEST = 8.0


class Decoder:
    """A decoder for many files, one after another; a context manager. Each thread needs its own."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._process = DecoderProcess(bounds or Bounds())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the decoder's process; another file would start a new one."""
        self._process.close()

    def decode(
        self,
        path: Path,
        agent_channel: AgentChannel | None = None,
        expected_ms: int | None = None,
        *,
        sha256: str | None = None,
        name: str | None = None,
    ) -> Audio:
        """The sound of `path` at 16 kHz, with `reasons` where it is not whole.

        `expected_ms` is the manifest's duration, `sha256` the vendor's commitment; without `agent_channel` the agent is on the left of
        two channels. `name` is what the recording and its AudioError are called, where `path` is a place in the archive.
        Raises AudioError with its reason where the file cannot be judged, StorageError where it cannot be read through no fault of its own,
        DataError where no decoder can be started.
        """
        try:
            with opened(path) as (fd, size_bytes):
                digest = sha256_of(fd)
                if sha256 is not None and digest != sha256.lower():
                    raise AudioError("sha256_mismatch", f"its sha256 is {digest}, committed was {sha256.lower()}")
                sound = self._sound(fd)
                promised = promise(fd, size_bytes, sound.container, sound.container_ms)
            return _audio(name or str(path), digest, sound, promised, agent_channel, expected_ms)
        except AudioError as error:
            raise AudioError(error.reason, f"{name or path}: {error}") from error
        except StorageError as error:
            raise StorageError(f"{path}: {error}") from error

    def _sound(self, fd: int) -> Sound:
        """What the decoder hears. One that died gets a second try: memory may have run out through no fault of the file."""
        try:
            return self._collected(fd)
        except AudioError as error:
            if error.reason != "decoder_crashed":
                raise
            return self._collected(fd)

    def _collected(self, fd: int) -> Sound:
        with closing(self._process.heard(fd)) as messages:
            return Sound.collect(messages)


def decode(
    path: Path, agent_channel: AgentChannel | None = None, expected_ms: int | None = None, *, sha256: str | None = None
) -> Audio:
    """As `Decoder.decode`, for a single file."""
    with Decoder() as decoder:
        return decoder.decode(path, agent_channel, expected_ms, sha256=sha256)


def tolerance_ms(duration_ms: int) -> int:
    """How far two durations of one recording may lie apart: 2 s or 5 %, whichever is more."""
    return max(2_000, duration_ms // 20)


def _audio(
    file: str, digest: str, sound: Sound, promised: Promise, agent_channel: AgentChannel | None, expected_ms: int | None
) -> Audio:
    silent = sound.silent()
    if all(silent):
        raise AudioError("silent", f"{sound.decoded_ms / 1000:.1f} s of digital silence")
    lines = assign(sound.lines(), silent, agent_channel)
    return Audio(
        recording=Recording(
            file=file,
            sha256=digest,
            duration_ms=promised.duration_ms,
            decoded_ms=sound.decoded_ms,
            channels=sound.channels,
            codec=sound.codec,
            rate_hz=sound.rate_hz,
        ),
        agent=lines.agent,
        customer=lines.customer,
        mono=lines.customer is None,
        native_rate_hz=sound.rate_hz,
        reasons=tuple(_reasons(sound, promised, expected_ms, lines)),
    )


def _reasons(sound: Sound, promised: Promise, expected_ms: int | None, lines: Lines) -> Iterator[str]:
    """What makes the recording partial."""
    last_only = sound.bad_packets == 1 and sound.last_packet_bad
    if promised.cut or (sound.last_packet_bad and not _complete(sound, promised)):
        yield "truncated"
    if sound.gaps or (sound.bad_packets and not last_only):
        yield "bad_frames"
    if promised.duration_ms is not None and _short(sound, promised.duration_ms):
        yield "shorter_than_header"
    if expected_ms is not None and _short(sound, expected_ms):
        yield "shorter_than_manifest"
    if expected_ms is not None and sound.decoded_ms - expected_ms > tolerance_ms(expected_ms):
        yield "longer_than_manifest"
    if sound.streams > 1:
        yield "more_streams"
    if sound.peak > _LOUDEST:
        yield "out_of_range"
    yield from lines.reasons


def _short(sound: Sound, duration_ms: int) -> bool:
    return duration_ms - sound.decoded_ms > tolerance_ms(duration_ms)


def _complete(sound: Sound, promised: Promise) -> bool:
    """Whether all that the header promises was decoded: stray bytes behind the last frame of an MP3 lack nothing."""
    return promised.duration_ms is not None and promised.duration_ms - sound.decoded_ms < CUT_MS
