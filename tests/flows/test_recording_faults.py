"""Recordings that are not what they should be, through the real commands."""

import csv
import shutil
import sqlite3
import wave
from datetime import UTC, date, datetime
from difflib import SequenceMatcher

import numpy as np
import pytest

from pipeline.records.project import BusinessType
from pipeline.records.registry import Fact, FactKind, project_value
from pipeline.services.drawing import open_store
from pipeline.settings import load
from pipeline.store.engine import writing
from pipeline.store.facts import record_fact
from tests.flows.conftest import DAY, Callqa, with_a_supervisor
from tests.flows.test_commands import one_line

pytestmark = pytest.mark.slow


def rows_of(drop):
    with (drop / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(folder, rows):
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def two_sided(tmp_path_factory):
    """A drop of calls on two channels."""
    folder = tmp_path_factory.mktemp("two-sided")
    options = ("--seed", 5, "--minutes", 0.4, "--vendors", 1, "--codecs", "pcm16", "--faults", "none")
    Callqa(folder)("simulate", folder, "--calls", 9, *options)
    return folder


def heard(drop):
    """The calls with a recording of two channels."""
    return [row for row in rows_of(drop) if row["file"] and row["agent_channel"] != "mono"]


def inspect(drop, file, channel, project):
    return Callqa(drop).json("inspect", drop / file, "--agent-channel", channel, "--project", project)


def said_by_agent(inspection):
    return "".join(turn["text"] for turn in inspection["transcript"] if turn["speaker"] == "agent")


def rules(inspection):
    return [finding["rule"] for finding in inspection["findings"]]


def test_swapped_channels_are_told_and_judged_the_right_way(two_sided):
    row = heard(two_sided)[0]
    other = "right" if row["agent_channel"] == "left" else "left"
    right = inspect(two_sided, row["file"], row["agent_channel"], row["project"])
    swapped = inspect(two_sided, row["file"], other, row["project"])
    assert "audio.swapped" in rules(swapped) and "audio.swapped" not in rules(right)
    # Windows are heard in another order, so a word may come out otherwise.
    assert SequenceMatcher(None, said_by_agent(swapped), said_by_agent(right)).ratio() > 0.9
    missing = [rule for rule in rules(swapped) if rule.startswith("script.missing.")]
    assert len(missing) <= sum(rule.startswith("script.missing.") for rule in rules(right)) + 1


def test_of_a_silent_agent_nothing_but_that_is_found(two_sided, tmp_path):
    row = heard(two_sided)[0]
    with wave.open(str(two_sided / row["file"])) as sound:
        setting, frames = sound.getparams(), sound.readframes(sound.getnframes())
    samples = np.frombuffer(frames, np.int16).reshape(-1, 2).copy()
    samples[:, 0 if row["agent_channel"] == "left" else 1] = 0
    with wave.open(str(tmp_path / "silent.wav"), "wb") as sound:
        sound.setparams(setting)
        sound.writeframes(samples.tobytes())
    arguments = ("--agent-channel", row["agent_channel"], "--project", row["project"])
    inspection = Callqa(tmp_path).json("inspect", tmp_path / "silent.wav", *arguments, exits=1)
    assert (inspection["status"], rules(inspection)) == ("partial", ["audio.silent"])
    assert {turn["speaker"] for turn in inspection["transcript"]} == {"customer"}
    assert {one["state"] for one in inspection["script"]} <= {"not_assessable", "not_required"}
    assert inspection["tone"]["speech_rate_cpm"] is None


@pytest.fixture
def night(two_sided, tmp_path):
    """A night of two calls of one recording, of a call whose manifest says more than its recording holds, and of a project of one's own name."""
    drop = shutil.copytree(two_sided, tmp_path / "drop")
    first, second, third, fourth = heard(drop)[:4]
    second |= {"file": first["file"], "sha256": first["sha256"], "duration_s": first["duration_s"], "project": first["project"]}  # fmt: skip
    third["duration_s"] = "600"
    fourth["project"] = "春季活动"
    first["started_at"], second["started_at"] = f"{DAY} 15:00:00", f"{DAY} 10:00:00"
    write(drop, [first, second, third, fourth])
    callqa = Callqa(tmp_path / "work")
    callqa("init", tmp_path / "work")
    with_a_supervisor(callqa)
    return callqa, drop, (first, second, third, fourth)


def test_a_night_finds_them(night):
    callqa, drop, (first, second, third, fourth) = night
    script = first["project"]
    value = project_value(BusinessType(script), script, 120)
    registered = Fact(
        fourth["vendor"], FactKind.PROJECT, value, date(2026, 1, 1), "李主任", datetime.now(UTC), "春季活动"
    )
    engine = open_store(load(callqa.root))
    with writing(engine) as session:
        record_fact(session, registered)
    engine.dispose()
    callqa("ingest", drop / "manifest.csv")
    callqa("nightly", "--date", DAY, exits=1)  # the third is partial
    with sqlite3.connect(callqa.root / "callqa.db") as database:
        found = database.execute(
            "SELECT c.call_id, f.rule, f.explanation FROM findings f JOIN inspections i ON i.id = f.inspection_id "
            "JOIN recordings r ON r.id = i.recording_id JOIN calls c ON c.id = r.call_pk WHERE f.rule LIKE 'audio.%'"
        ).fetchall()
        states = dict(database.execute("SELECT call_id, state FROM calls").fetchall())
        reasons = [text for (text,) in database.execute("SELECT reason FROM reasons")]
    named = {(call_id, rule): told for call_id, rule, told in found}
    assert set(named) == {(first["call_id"], "audio.duplicate"), (third["call_id"], "audio.truncated")}
    assert f"通话 {second['call_id']} 的录音逐字节相同" in named[first["call_id"], "audio.duplicate"], (
        "the later call's"
    )
    assert states[fourth["call_id"]] == "inspected" and not any(text.startswith("no_script") for text in reasons)

    audio = drop / fourth["file"]
    shown = callqa.json("inspect", audio, "--project", "春季活动", "--agent-channel", fourth["agent_channel"])
    by_name = callqa.json("inspect", audio, "--script", script, "--agent-channel", fourth["agent_channel"])
    assert shown["script"] == by_name["script"] != []


def test_a_call_is_withdrawn_once_and_by_a_supervisor(night):
    callqa, drop, (first, *_) = night
    callqa("ingest", drop / "manifest.csv")
    name = f"{first['vendor']}/{first['call_id']}"
    done = callqa("withdraw", name, "--reason", "客户要求删除", "--as", "李主任")
    assert f"call {first['call_id']} of {first['vendor']} is withdrawn" in done
    with sqlite3.connect(callqa.root / "callqa.db") as database:
        (state,) = database.execute("SELECT state FROM calls WHERE call_id = ?", (first["call_id"],)).fetchone()
    assert state == "withdrawn"
    again = one_line(callqa.run("withdraw", name, "--reason", "再来", "--as", "李主任"), 1)
    assert "is withdrawn already; nothing was withdrawn" in again


def test_what_cannot_be_judged_is_no_good_evaluation(two_sided, tmp_path):
    drop = shutil.copytree(two_sided, tmp_path / "drop")
    (drop / heard(drop)[0]["file"]).write_bytes(b"no sound at all" * 500)
    evaluated = Callqa(drop).json("evaluate", drop / "truth.jsonl", exits=1)
    assert evaluated["status"]["quarantined"] == 1


def test_a_truth_reaches_for_no_file_elsewhere(tmp_path):
    (tmp_path / "truth.jsonl").write_text(
        '{"call_id": "c1", "file": "../../etc/passwd", "turns": [], "faults": []}\n', encoding="utf-8"
    )
    line = one_line(Callqa(tmp_path).run("evaluate", tmp_path / "truth.jsonl", "--json"), 1)
    assert "does not lie beside the truth file" in line


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("inspect",), "Missing argument 'FILE…'"),
        (("inspect", "x.wav", "--agent-channel", "middle"), "'middle' is not one of 'left', 'right', 'mono'"),
        (("export", "2026-04"), "Missing option '--out'"),
        (("nope",), "No such command 'nope'"),
    ],
)
def test_wrong_usage_is_one_line(arguments, says, tmp_path):
    assert says in one_line(Callqa(tmp_path).run(*arguments), 2)
