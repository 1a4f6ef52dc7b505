"""Prefect, kept to itself: set up before it is first imported, offline, quiet, with its files in the working folder.

Prefect starts, retries and shows runs; what was inspected is told by our own tables alone. Run parameters are ids and dates, never personal data.
"""

import os
from pathlib import Path


def prepare(root: Path, api_url: str | None = None) -> None:
    """Set Prefect's environment for this process and its children. Call it before anything imports prefect.

    Without `api_url` a run brings its own in-process server; that one cannot schedule.
    """
    home = root / ".prefect"
    home.mkdir(parents=True, exist_ok=True)
    values = {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_CLI_PROMPT": "false",
    }
    if api_url:
        values["PREFECT_API_URL"] = api_url
    os.environ.update(values)
