"""Prefect, kept to itself: set up before it is first imported, offline, quiet, with its files in the working folder.

Prefect starts, retries and shows runs; what was inspected is told by our own tables alone. Run parameters are ids and dates, never personal data.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from pipeline.settings import debugging


def prepare(root: Path, api_url: str | None = None) -> None:
    """Set Prefect's environment for this process and its children. Call it before anything imports prefect.

    Without `api_url` a run brings its own in-process server; that one cannot schedule. Prefect then says nothing of its own: the command that runs
    the night tells its failure in one line.
    """
    silent = api_url is None and not debugging()
    home = root / ".prefect"
    home.mkdir(parents=True, exist_ok=True)
    values = {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "CRITICAL" if silent else "ERROR",
        "PREFECT_LOGGING_ROOT_LEVEL": "CRITICAL" if silent else "WARNING",
        "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL" if silent else "ERROR",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_CLI_PROMPT": "false",
    }
    if api_url:
        values["PREFECT_API_URL"] = api_url
    os.environ.update(values)


@contextmanager
def starting(root: Path) -> Iterator[None]:
    """Let Prefect and its in-process server come up beside what is done within: they take ten seconds, where its database is new twenty."""
    prepare(root)
    thread = Thread(target=_start, name="prefect", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _start() -> None:
    shield_from_keyboard()
    with suppress(Exception):  # the flow that needs it tries again and tells why not
        from prefect.client.orchestration import get_client

        get_client(sync_client=True)


def shield_from_keyboard() -> None:
    """Put Ctrl-C off until heed_keyboard. A terminal sends it to Prefect's in-process server too, which would leave the run without one to end with;
    the server inherits the block and keeps it.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def heed_keyboard() -> None:
    """Let Ctrl-C through to this process again, also one that was put off."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
