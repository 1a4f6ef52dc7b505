import os
import signal
import socket
import subprocess
import sys

import pytest

from flows.worker import is_gone, worker_name
from tests.flows.conftest import DAY

HOST = socket.gethostname()


def test_a_living_process_is_not_gone():
    assert worker_name().startswith(f"{HOST}-{os.getpid()}-")
    assert not is_gone(worker_name())


def test_a_killed_process_is_gone_even_before_its_parent_looks():
    told = "import time, flows.worker; print(flows.worker.worker_name(), flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", told], stdout=subprocess.PIPE, text=True)
    owner = process.stdout.readline().strip()
    assert not is_gone(owner)
    process.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert is_gone(owner)
    process.wait()
    process.stdout.close()
    assert is_gone(owner)


def test_a_number_given_to_another_process_is_not_the_old_one():
    place, _, start = worker_name().rpartition("-")
    assert is_gone(f"{place}-{int(start) - 1}")


def test_of_other_hosts_and_other_names_nothing_is_known():
    assert not is_gone("elsewhere-1-1")
    assert not is_gone(f"{HOST}-x-1")
    assert not is_gone("worker")
    assert not is_gone("")


@pytest.mark.slow
def test_workers_hear_what_was_drawn_each_call_once(drop, callqa):
    callqa("ingest", drop / "manifest.csv")
    drawn = callqa.json("sample", "--date", DAY)
    workers = [callqa.start("worker", "--until-empty") for _ in range(2)]
    assert {worker.wait(timeout=600) for worker in workers} <= {0, 1}
    states = callqa.json("nightly", "--date", DAY)
    assert states["calls"]["drawn"] == 0 and states["run"] == {}, "nothing is left for the night"
    assert states["calls"]["inspected"] == sum(len(draw["calls"]) for draw in drawn)
