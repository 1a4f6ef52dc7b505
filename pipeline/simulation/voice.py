"""The voices of the simulation: espeak-ng in a process of its own, spoken to over a pipe.

espeak-ng is GPL-3.0 and may crash, so it never shares a process with the application. A request is a 4-byte little-endian length and
a JSON object (`text`, `variant`, `words_per_minute`, `pitch`, `pitch_range`); the answer is a length and int16 samples at 22,050 Hz.
"""

import importlib.util
import json
import random
import struct
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

import numpy as np
from scipy.signal import firwin, resample_poly

from pipeline.errors import UsageError
from pipeline.records.recording import Samples

RATE_HZ = 8_000
_ENGINE_UP, _ENGINE_DOWN = 160, 441  # 22,050 Hz to RATE_HZ
_LOW_PASS = firwin(2 * 10 * _ENGINE_DOWN + 1, 1 / _ENGINE_DOWN, window=("kaiser", 5.0)).astype(
    np.float32
)  # resample_poly's own
_CHECKOUT = Path(__file__).resolve().parents[2]
_LENGTH = struct.Struct("<I")

# People of a set of their own (see variants.py): the speech model's training hears none of them.
_PEOPLE = 10_000


@dataclass(frozen=True, slots=True)
class Person:
    """A voice with its habits: espeak-ng variant (`variants.py`), words a minute, pitch and pitch range 0-99."""

    variant: str
    words_per_minute: int
    pitch: int
    pitch_range: int


def agent(chance: random.Random) -> Person:
    """Somebody of even pace (about 240-310 hanzi a minute) and middle pitch, so that a planted voice fault stands out."""
    return Person(_somebody(chance), chance.randint(190, 220), chance.randint(40, 54), chance.randint(50, 75))


def customer(chance: random.Random, beside: Person) -> Person:
    """Anybody who does not have the voice of the person they speak with."""
    variant = _somebody(chance)
    while variant == beside.variant:
        variant = _somebody(chance)
    return Person(variant, chance.randint(190, 260), chance.randint(30, 70), chance.randint(50, 75))


def _somebody(chance: random.Random) -> str:
    return f"sim-{chance.randrange(_PEOPLE)}"


class Engine:
    """A running espeak-ng. The same requests in the same order give the same samples.

    Raises UsageError where the extra is not installed or the process has died.
    """

    def __init__(self) -> None:
        if importlib.util.find_spec("espeakng_loader") is None:
            raise UsageError("simulated calls need the extra `simulate`: pip install -e '.[simulate]'")
        self._folder = tempfile.TemporaryDirectory(prefix="callqa-voices-")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.simulation.espeak", self._folder.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_CHECKOUT,
        )

    def __enter__(self) -> "Engine":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process; a closed engine says nothing more."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe and not pipe.closed:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue  # the process died with a request unread
        self._folder.cleanup()

    def say(self, text: str, person: Person) -> Samples:
        """The utterance at 8 kHz, float32, without the silence around it."""
        request = json.dumps({"text": text, **asdict(person)}).encode()
        try:
            raw = self._exchange(_LENGTH.pack(len(request)) + request)
        except (OSError, EOFError, ValueError) as error:
            raise UsageError(
                f"the voice espeak-ng stopped at {text!r} ({person.variant}); "
                "reinstall it: pip install --force-reinstall espeakng-loader"
            ) from error
        samples = np.frombuffer(raw, np.int16).astype(np.float32) / 32768
        return _trimmed(np.asarray(resample_poly(samples, _ENGINE_UP, _ENGINE_DOWN, window=_LOW_PASS), np.float32))

    def _exchange(self, request: bytes) -> bytes:
        if self._process.stdin is None or self._process.stdout is None:
            raise EOFError("no pipe")
        self._process.stdin.write(request)
        self._process.stdin.flush()
        (length,) = _LENGTH.unpack(_exactly(self._process.stdout, _LENGTH.size))
        return _exactly(self._process.stdout, length)


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    raw = pipe.read(length)
    if len(raw) < length:
        raise EOFError("the pipe ended")
    return raw


def _trimmed(samples: Samples) -> Samples:
    """What lies between the first and the last sample within 40 dB of the loudest."""
    loud = np.flatnonzero(np.abs(samples) > np.abs(samples).max(initial=0) / 100)
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples
