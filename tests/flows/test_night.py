import functools
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from hashlib import sha256
from pathlib import Path

import pytest

from flows.night import work_batch
from pipeline.errors import StorageError
from pipeline.services.drawing import open_store
from pipeline.settings import load
from tests.flows.conftest import DAY, Callqa

pytestmark = pytest.mark.slow

RESULTS = {
    "inspections": "SELECT c.vendor, c.call_id, i.status, i.ruleset, i.model, i.decoded_ms, i.codec FROM inspections i "
    "JOIN recordings r ON r.id = i.recording_id JOIN calls c ON c.id = r.call_pk",
    "findings": "SELECT c.call_id, f.rule, f.start_ms, f.end_ms, f.text, f.counts FROM findings f "
    "JOIN inspections i ON i.id = f.inspection_id JOIN recordings r ON r.id = i.recording_id JOIN calls c ON c.id = r.call_pk",
    "turns": "SELECT c.call_id, t.speaker, t.start_ms, t.end_ms, t.text FROM turns t "
    "JOIN inspections i ON i.id = t.inspection_id JOIN recordings r ON r.id = i.recording_id JOIN calls c ON c.id = r.call_pk",
    "states": "SELECT vendor, call_id, state FROM calls",
    "queue": "SELECT c.vendor, c.call_id, q.is_open, q.findings, q.turn, q.priority FROM queue q JOIN calls c ON c.id = q.call_pk",
    "draws": "SELECT vendor, project, day, seed, frame_sha256 FROM draws WHERE state = 'drawn'",
}


def results(root):
    with sqlite3.connect(root / "callqa.db") as database:
        return {name: sorted(database.execute(query).fetchall(), key=repr) for name, query in RESULTS.items()}


def count(root, table):
    with sqlite3.connect(root / "callqa.db") as database:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.fixture(scope="module")
def night(drop, tmp_path_factory):
    """One whole night, run once."""
    root = tmp_path_factory.mktemp("night")
    callqa = Callqa(root)
    callqa("init")
    callqa("ingest", drop / "manifest.csv")
    done = callqa.run("nightly", "--date", DAY, "--seed", "s", "--json")
    assert done.returncode in (0, 1), done.stderr
    return callqa, json.loads(done.stdout)


def test_every_call_is_accounted_for(night):
    callqa, report = night
    assert sum(report["calls"].values()) == count(callqa.root, "calls")
    assert report["calls"]["drawn"] == 0
    assert report["calls"]["inspected"] >= 10
    assert report["run"]["inspected"] == report["calls"]["inspected"]


def test_the_report_names_the_stages_and_they_fit_into_the_whole(night):
    _, report = night
    stages = report["stages_s"]
    assert {"draw", "pull", "decode", "vad", "transcribe", "check", "store", "whole"} <= set(stages)
    in_row = sum(stages[stage] for stage in ("draw", "pull", "store"))
    assert in_row <= stages["whole"] * 1.02
    side_by_side = sum(v for k, v in stages.items() if k != "whole") - in_row
    assert side_by_side <= stages["whole"] * min(os.cpu_count() or 1, 4) * 1.02


def test_a_second_run_changes_nothing(night):
    callqa, _ = night
    before = results(callqa.root)
    again = callqa.json("nightly", "--date", DAY, "--seed", "other")
    assert again["run"] == {}
    assert results(callqa.root) == before


def test_transcripts_and_findings_are_in_the_store(night):
    callqa, _ = night
    assert count(callqa.root, "turns") > 100
    assert count(callqa.root, "findings") > 5
    with sqlite3.connect(callqa.root / "callqa.db") as database:
        incomplete = database.execute("SELECT count(*) FROM findings WHERE plan = '' OR explanation = ''").fetchone()[0]
    assert incomplete == 0


def test_what_was_found_waits_in_the_queue_each_vendor_in_its_turn(night):
    callqa, _ = night
    found = results(callqa.root)
    faulty = "SELECT DISTINCT c.call_id FROM findings f JOIN inspections i ON i.id = f.inspection_id "
    faulty += "JOIN recordings r ON r.id = i.recording_id JOIN calls c ON c.id = r.call_pk WHERE f.severity <> 'notice'"
    with sqlite3.connect(callqa.root / "callqa.db") as database:
        flagged = {call_id for (call_id,) in database.execute(faulty)}
    assert {call_id for _, call_id, *_ in found["queue"]} == flagged
    assert flagged
    for vendor in {one[0] for one in found["queue"]}:
        turns = sorted(turn for whose, _, is_open, _, turn, _ in found["queue"] if whose == vendor and is_open)
        assert turns == list(range(len(turns)))


def test_the_stored_night_can_be_evaluated(night, drop):
    callqa, _ = night
    stored = callqa.json("evaluate", drop / "truth.jsonl", "--from-store")
    fresh = callqa.json("evaluate", drop / "truth.jsonl")
    assert stored["cer"] == fresh["cer"]
    assert stored["rules"] == fresh["rules"]
    assert stored["calls"] == 12


def test_a_working_folder_that_was_copied_elsewhere_names_its_own_recordings(night, tmp_path):
    made, _ = night
    callqa = Callqa(shutil.copytree(made.root, tmp_path / "elsewhere", symlinks=True))
    finding = callqa.json("review", "list", "--month", DAY[:7])[0]["finding"]
    recording = Path(callqa.json("review", "show", finding)["recording"]["path"])
    assert recording.is_relative_to(callqa.root)
    explained = callqa.json("explain", "finding", finding)["facts"]["recording"]
    assert explained.endswith("/".join(recording.parts[-3:]))
    with sqlite3.connect(callqa.root / "callqa.db") as database:
        (digest,) = database.execute(
            "SELECT r.sha256 FROM recordings r JOIN inspections i ON i.recording_id = r.id "
            "JOIN findings f ON f.inspection_id = i.id WHERE f.id = ?",
            (finding,),
        ).fetchone()
    assert sha256(recording.read_bytes()).hexdigest() == digest


def test_draws_replay(night):
    callqa, _ = night
    draws = callqa.json("sample", "--date", DAY)
    assert draws
    for draw in draws:
        assert callqa.json("sample", "--replay", draw["draw"])["differences"] == []


def test_a_draw_that_was_tampered_with_does_not_replay(night, tmp_path):
    callqa, _ = night
    with sqlite3.connect(callqa.root / "callqa.db") as source, sqlite3.connect(tmp_path / "callqa.db") as copy:
        source.backup(copy)
        draw = copy.execute("SELECT id FROM draws WHERE state = 'drawn'").fetchone()[0]
        copy.execute("UPDATE calls SET agent = 'A9999' WHERE frame_draw_id = ?", (draw,))
    done = Callqa(tmp_path).run("sample", "--replay", draw)
    assert done.returncode == 1
    assert "does NOT replay" in done.stdout


def test_killed_and_run_again_ends_the_same(drop, tmp_path, night):
    whole, _ = night
    callqa = Callqa(tmp_path, CALLQA_BATCH_CALLS="2")
    callqa("init")
    callqa("ingest", drop / "manifest.csv")
    process = callqa.start("nightly", "--date", DAY, "--seed", "s")
    deadline = time.monotonic() + 300
    while count(tmp_path, "inspections") < 3:
        assert process.poll() is None, "the night ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert count(tmp_path, "inspections") < 12
    again = json.loads(callqa.run("nightly", "--date", DAY, "--seed", "s", "--json").stdout)
    assert again["open"] == 0
    assert results(tmp_path) == results(whole.root)


def test_stopped_by_the_keyboard_is_one_line_and_frees_the_work(drop, tmp_path):
    callqa = Callqa(tmp_path, CALLQA_BATCH_CALLS="4")
    callqa("init")
    callqa("ingest", drop / "manifest.csv")
    command = callqa.command("nightly", "--date", DAY)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
    # Where the tests run in the background, Ctrl-C is ignored, and children inherit that.
    heeding = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(command, env=callqa.environment, preexec_fn=heeding, **pipes)
    deadline = time.monotonic() + 300
    while count(tmp_path, "inspections") < 1:
        assert process.poll() is None, "the night ended before it could be stopped"
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process of the command
    _, stderr = process.communicate(timeout=300)
    assert process.returncode == 130, stderr
    # A library interrupted in the middle may count its leaks after our line.
    assert stderr.splitlines()[0] == "callqa: stopped by the keyboard; everything finished so far is kept"
    assert "Traceback" not in stderr
    with sqlite3.connect(tmp_path / "callqa.db") as database:
        held = database.execute("SELECT count(*) FROM work WHERE finished_at IS NULL AND owner IS NOT NULL").fetchone()
        error = database.execute("SELECT error FROM runs").fetchone()
    assert held == (0,)
    assert error == ("stopped by the keyboard",)


@pytest.mark.parametrize(
    ("environment", "day", "code", "says"),
    [
        ({"CALLQA_MODEL": "nowhere"}, DAY, 1, "no model at"),
        ({"CALLQA_LEXICONS": "nowhere"}, DAY, 1, "policy.toml"),
        ({"CALLQA_KEEP_FREE_MB": "900000000000"}, DAY, 1, "MB must stay"),
        ({}, "2999-01-01", 2, "is not over in Asia/Shanghai"),
    ],
)
def test_what_cannot_work_is_one_line_and_draws_nothing(drop, tmp_path, environment, day, code, says):
    callqa = Callqa(tmp_path, **environment)
    callqa("init")
    callqa("ingest", drop / "manifest.csv")
    done = callqa.run("nightly", "--date", day)
    assert done.returncode == code
    (line,) = done.stderr.splitlines()
    assert says in line
    assert count(tmp_path, "draws") == 0


class BrokenDisk:
    """An inspector whose machine gives it no recording."""

    at_once = 2

    def inspect(self, job):
        raise StorageError(f"{job.name}: Input/output error")


def test_a_recording_that_the_machine_does_not_give_is_left_for_a_later_run(drop, tmp_path):
    callqa = Callqa(tmp_path)
    callqa("init")
    callqa("ingest", drop / "manifest.csv")
    callqa("sample", "--date", DAY)
    settings = load(tmp_path)
    tally = work_batch(settings, open_store(settings), BrokenDisk(), "somebody")
    assert len(tally.deferred) == 12
    assert all(line.endswith("Input/output error") for line in tally.deferred)
    assert (count(tmp_path, "inspections"), tally.calls) == (0, {})
    assert work_batch(settings, open_store(settings), BrokenDisk(), "somebody") is None
    report = callqa.json("nightly", "--date", DAY, exits=1)
    assert report["open"] == 12  # "somebody" still holds them
    with sqlite3.connect(tmp_path / "callqa.db") as database:
        database.execute("UPDATE work SET expires_at = '2000-01-01 00:00:00'")
    report = json.loads(callqa.run("nightly", "--date", DAY, "--json").stdout)
    assert (report["open"], sum(report["run"].get(s, 0) for s in ("inspected", "partial", "quarantined"))) == (0, 12)
