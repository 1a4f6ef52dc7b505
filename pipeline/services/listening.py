"""Hearing a recording in a browser: its copy, its peaks and the course of its voices, each made once and kept in the working folder.

    sounds = Sounds(settings)
    sounds.copy(sha256)          listening/<sha256>.wav, made now where it is not there
    sounds.ahead(hashes)         those of the calls that reviewers hear next: a page is ready to play at once

A copy is no evidence and is thrown away after a week without a listener. Whoever destroys a recording calls `forget_copy`.
"""

import json
import os
import shutil
import threading
import time
import wave
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import numpy as np
import soxr

from pipeline.errors import AudioError, StorageError
from pipeline.export.files import write_bytes
from pipeline.recordings.archive import Archive
from pipeline.recordings.channels import SILENT_SWING, assign
from pipeline.recordings.decoder import Bounds, DecoderProcess
from pipeline.recordings.listening import copy_path, peaks_path, write_copy
from pipeline.records.call import AgentChannel
from pipeline.records.recording import RATE_HZ, Samples
from pipeline.records.turn import Turn
from pipeline.settings import Settings

FOLDER = "listening"
KEPT_S = 7 * 24 * 3600


class Sounds:
    """The copies of an installation. For any number of threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.root / FOLDER
        self._archive = Archive(settings.archive_path, settings.keep_free_mb)
        self._making: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        # Somebody who waits does not wait for what is made ahead.
        self._asked, self._ahead = _Maker(), _Maker()

    def is_archived(self, sha256: str) -> bool:
        """Whether the recording is there to be heard."""
        return self._archive.path(sha256).is_file()

    def copy(self, sha256: str) -> Path:
        """The copy to listen to. Raises AudioError where the recording is gone or cannot be decoded, StorageError where there is no room."""
        self._ready(sha256, self._asked)
        return copy_path(self._folder, sha256)

    def peaks(self, sha256: str) -> Path:
        """What the waveform is drawn from, see `recordings/listening.py`. Raises as `copy`."""
        self._ready(sha256, self._asked)
        return peaks_path(self._folder, sha256)

    def voice(self, sha256: str, agent_channel: AgentChannel, inspection_id: int, turns: tuple[Turn, ...]) -> Path:
        """The course of the voices as one inspection understood them: JSON of `checks/tone/course.py`'s fields. Raises as `copy`."""
        file = self._folder / f"{sha256}.voice-{inspection_id}.json"
        if not file.exists():
            # Takes a second to import, and only whoever looks at voices needs it.
            from pipeline.checks.tone.course import course

            lines = assign(*_read(self.copy(sha256)), agent_channel)
            write_bytes(file, json.dumps(asdict(course(lines.agent, lines.customer, turns))).encode())
        return file

    def ahead(self, hashes: Iterable[str]) -> int:
        """Make the copies that are not there yet, one after another; how many were made. What cannot be decoded is passed over."""
        made = 0
        for sha256 in hashes:
            if self._ahead.is_closed:
                break
            if not peaks_path(self._folder, sha256).exists() and self.is_archived(sha256):
                with suppress(AudioError):
                    self._ready(sha256, self._ahead)
                    made += 1
        return made

    def sweep(self, now_s: float | None = None) -> int:
        """Throw away what nobody has listened to for a week; how many files."""
        old = [
            file
            for file in (self._folder.iterdir() if self._folder.exists() else ())
            if (time.time() if now_s is None else now_s) - file.stat().st_mtime > KEPT_S
        ]
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)

    def close(self) -> None:
        """End the decoders' processes for good."""
        self._asked.close()
        self._ahead.close()

    def _ready(self, sha256: str, maker: "_Maker") -> None:
        with self._making[sha256]:
            files = copy_path(self._folder, sha256), peaks_path(self._folder, sha256)
            if all(file.exists() for file in files):
                for file in files:
                    os.utime(file)
                return
            self._leave_room()
            maker.make(self._archive.path(sha256), sha256, self._folder)

    def _leave_room(self) -> None:
        free_mb = shutil.disk_usage(self._settings.root).free >> 20
        if free_mb < self._settings.keep_free_mb:
            raise StorageError(
                f"{self._folder}: {free_mb} MiB free, {self._settings.keep_free_mb} MiB must stay free; make room or lower keep_free_mb"
            )


class _Maker:
    """A decoder process that makes one copy after another, until it is closed."""

    def __init__(self) -> None:
        self._process, self._busy, self.is_closed = DecoderProcess(Bounds()), threading.Lock(), False

    def make(self, source: Path, sha256: str, folder: Path) -> None:
        """Make a copy. Raises as `write_copy`, and StorageError once it is closed."""
        with self._busy:
            if self.is_closed:
                raise StorageError(f"{folder}: no more copies are made, the application is closing")
            write_copy(source, sha256, folder, self._process)

    def close(self) -> None:
        """End the process once it has made what it is at."""
        self.is_closed = True
        with self._busy:
            self._process.close()


def _read(copy: Path) -> tuple[tuple[Samples, ...], tuple[bool, ...]]:
    """The channels of a copy at 16 kHz, and which of them are digital silence."""
    with wave.open(str(copy), "rb") as file:
        rate_hz, channels = file.getframerate(), file.getnchannels()
        pcm = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, channels)
    samples = pcm.astype(np.float32) / np.float32(32_768)
    silent = tuple(bool(swing <= SILENT_SWING) for swing in samples.max(axis=0) - samples.min(axis=0))
    heard = samples if rate_hz == RATE_HZ else soxr.resample(samples, rate_hz, RATE_HZ)
    return tuple(np.ascontiguousarray(channel, dtype=np.float32) for channel in heard.T), silent
