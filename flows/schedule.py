"""The nightly schedule on one machine: a local Prefect server on SQLite and one process that serves the flow.

Prefect's in-process server never fires a schedule, so `callqa schedule` starts a real one for itself on a free local port, and ends it with itself.
A night is planned from our own tables, never from "today": whatever was missed while the machine was off is filled by the next run.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flows.orchestration import prepare
from pipeline.errors import DataError, UsageError
from pipeline.settings import Settings

_START_S = 180


def keep_schedule(settings: Settings) -> None:
    """Serve the nightly flow at `nightly_at` in the configured zone until stopped."""
    cron = cron_of(settings.nightly_at)
    with local_server(settings.root):
        # Imported here because Prefect reads its environment when it is imported.
        from prefect.schedules import Cron

        from flows.nightly import nightly

        # Prefect's runner forgets to await its own end when it is terminated.
        warnings.filterwarnings("ignore", message="coroutine 'Runner.astop' was never awaited")
        nightly.serve(
            name="nightly",
            schedule=Cron(cron, timezone=settings.timezone),
            parameters={"root": str(settings.root)},
            limit=1,
            print_starting_message=False,
            pause_on_shutdown=False,
        )


def cron_of(at: str) -> str:
    """A time of day as cron has it: 01:30 → 30 1 * * *. Raises UsageError."""
    hour, _, minute = at.partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise UsageError(f"nightly_at = {at!r} is not a time of day; write HH:MM")
    return f"{int(minute)} {int(hour)} * * *"


@contextmanager
def local_server(root: Path) -> Iterator[str]:
    """A Prefect server of our own on a free port of this machine, its database in the working folder."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}/api"
    prepare(root, url)
    command = [
        sys.executable,
        "-m",
        "prefect",
        "server",
        "start",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-ui",
    ]
    log = (root / ".prefect" / "server.log").open("ab")
    # A process group of its own, so that its children end with it.
    server = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait(url, server, root / ".prefect" / "server.log")
        yield url
    finally:
        log.close()
        _end(server)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise DataError(f"the schedule's server ended with {server.returncode}; see {log}")
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):  # noqa: S310  our own address on this machine
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise DataError(f"the schedule's server did not answer within {_START_S} s; see {log}")


def _end(server: "subprocess.Popen[bytes]") -> None:
    """The server and whatever it started: its workers may outlive it."""
    with suppress(ProcessLookupError, subprocess.TimeoutExpired):
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=15)
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()
