import os
import signal
import sqlite3
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flows.schedule import cron_of
from pipeline.errors import UsageError
from tests.flows.conftest import Callqa


def test_a_time_of_day_as_cron():
    assert cron_of("01:30") == "30 1 * * *"
    assert cron_of("23:05") == "5 23 * * *"


@pytest.mark.parametrize("wrong", ["", "1", "24:00", "12:60", "noon", "1:2:3"])
def test_what_is_no_time_of_day_is_refused(wrong):
    with pytest.raises(UsageError, match="not a time of day"):
        cron_of(wrong)


@pytest.mark.slow
def test_the_schedule_really_fires(drop, tmp_path):
    """A real server, a real cron schedule a few minutes ahead, and the night is in our own tables."""
    at = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(seconds=150)
    callqa = Callqa(tmp_path, CALLQA_NIGHTLY_AT=f"{at:%H:%M}")
    callqa("init")
    callqa("ingest", drop / "manifest.csv")
    process = callqa.start("schedule")
    try:
        deadline = time.monotonic() + 600
        runs = []
        while time.monotonic() < deadline and not runs:
            assert process.poll() is None, "the schedule ended by itself"
            time.sleep(2)
            with sqlite3.connect(tmp_path / "callqa.db") as database:
                runs = database.execute("SELECT started_at FROM runs WHERE ended_at IS NOT NULL").fetchall()
        assert runs, "no run within ten minutes"
        with sqlite3.connect(tmp_path / "callqa.db") as database:
            open_calls = database.execute("SELECT count(*) FROM calls WHERE state = 'drawn'").fetchone()[0]
            inspected = database.execute("SELECT count(*) FROM inspections").fetchone()[0]
        assert (open_calls, inspected > 0) == (0, True)
    finally:
        process.terminate()
        try:
            process.wait(timeout=120)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    # A process that was killed is still seen for a moment, until init has taken it.
    deadline = time.monotonic() + 30
    while (left := servers_of(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert not left, "the schedule left its server running"


def servers_of(root):
    """Processes that have the working folder as Prefect's home, and what they run."""
    mark = f"PREFECT_HOME={root / '.prefect'}".encode()
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in environment.read_bytes().split(b"\0"):
                command = (environment.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                found.append(f"{environment.parent.name}: {command}")
        except OSError:
            continue
    return found
