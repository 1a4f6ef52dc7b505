"""The decoder's process as its owner sees it: started once, serves many files, replaced when it dies or hangs."""

import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import AudioError, DataError
from pipeline.recordings import limits
from pipeline.recordings.decoder_child import MESSAGE, READY, Message

_SCRIPT = Path(__file__).with_name("decoder_child.py")
_CPU_USED_UP = signal.SIGXCPU.name
_START_S = 60.0
_MAX_PAYLOAD_BYTES = 1 << 26


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one file may cost: memory of the process, processor seconds, wall-clock seconds."""

    memory_bytes: int = limits.DECODER_MEMORY_BYTES
    cpu_s: int = limits.DECODER_CPU_S
    wall_s: float = limits.DECODER_WALL_S

    def as_argument(self) -> str:
        """What the process is told at its start."""
        return json.dumps(
            {
                "memory_bytes": self.memory_bytes,
                "cpu_s": self.cpu_s,
                "max_ms": limits.MAX_MS,
                "min_rate_hz": limits.MIN_RATE_HZ,
                "max_rate_hz": limits.MAX_RATE_HZ,
                "max_channels": limits.MAX_CHANNELS,
            }
        )


class DecoderProcess:
    """One decoder process. Not for two threads at once."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._process: subprocess.Popen[bytes] | None = None
        self._link: socket.socket | None = None
        self._answering = False

    def heard(self, fd: int) -> Generator[Message, None, None]:
        """The messages for an open file up to its end, see `decoder_child`.

        Raises AudioError `decoder_crashed` or `timed_out`, and DataError where no decoder can be started at all. An iterator that is
        left early and closed ends the process, too: what it still has to say belongs to no other file.
        """
        if self._answering:
            self.close()
        link = self._started()
        deadline = time.monotonic() + self._bounds.wall_s
        ended, self._answering = False, True
        try:
            socket.send_fds(link, [b"D"], [fd])
            while not ended:
                kind, length = MESSAGE.unpack(_receive(link, MESSAGE.size, deadline))
                if length > _MAX_PAYLOAD_BYTES:
                    raise AudioError("decoder_crashed", "the decoder answered out of turn")
                payload = _receive(link, length, deadline)
                ended = kind in (b"E", b"X")
                yield kind, payload
        except TimeoutError as error:
            raise AudioError("timed_out", f"not decoded within {self._bounds.wall_s:.0f} s") from error
        except OSError as error:
            how = self._end()
            reason = "timed_out" if how == _CPU_USED_UP else "decoder_crashed"
            raise AudioError(reason, f"the decoder died ({how})") from error
        finally:
            if self._link is link:
                self._answering = False
                if not ended:
                    self.close()

    def close(self) -> None:
        """End the process; the next file starts another."""
        self._end()

    def _end(self) -> str:
        """How the process ended."""
        if self._link is not None:
            self._link.close()
        process, self._process, self._link = self._process, None, None
        if process is None:
            return "not running"
        try:
            # A process that died says how; one that hangs, or is in the middle of a file, is killed.
            code = process.wait(0.2)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        return signal.Signals(-code).name if code < 0 else f"exit {code}"

    def _started(self) -> socket.socket:
        if self._link is not None and self._process is not None and self._process.poll() is None:
            return self._link
        self.close()
        ours, theirs = socket.socketpair()
        with theirs, tempfile.TemporaryFile() as complaints:
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(_SCRIPT), self._bounds.as_argument()],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                env=_environment(),
            )
            theirs.close()
            self._link = ours
            try:
                _receive(ours, len(READY), time.monotonic() + _START_S)
            except OSError as error:
                how = self._end()
                complaints.seek(0)
                last = complaints.read().decode(errors="replace").strip().splitlines()[-1:]
                raise DataError(f"the audio decoder does not start ({how}): {' '.join(last) or error}") from error
        return ours


def refusal_of(payload: bytes) -> AudioError:
    """What the process says of a file that it does not decode."""
    refusal = json.loads(payload)
    return AudioError(str(refusal["reason"]), str(refusal["detail"]))


def _environment() -> dict[str, str]:
    """Nothing of ours but where Python finds its packages; one thread."""
    return {
        "PYTHONPATH": ":".join(path for path in sys.path if path),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _receive(link: socket.socket, size: int, deadline: float) -> bytes:
    """Exactly `size` bytes. Raises TimeoutError at the deadline, ConnectionError where the other side is gone."""
    data = bytearray()
    while len(data) < size:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        link.settimeout(left)
        got = link.recv(min(size - len(data), 1 << 20))
        if not got:
            raise ConnectionResetError("the decoder hung up")
        data += got
    return bytes(data)
