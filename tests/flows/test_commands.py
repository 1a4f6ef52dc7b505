"""Bad input: one clear line, the right exit code, nothing lost, the other calls go on."""

import errno
import json
import os
import shutil
import sqlite3
import struct
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.commands import hearing
from flows.commands.hearing import inspect_all
from flows.inspection import Job
from pipeline.checks.ruleset import load_ruleset
from pipeline.settings import CHECKOUT, load
from tests.flows.conftest import DAY, Callqa

pytestmark = pytest.mark.slow

HUMAN = CHECKOUT.parent / "shared" / "audio"


def one_line(done, code):
    assert done.returncode == code, done.stdout + done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


def test_a_command_without_a_database_says_how_to_make_one(tmp_path):
    assert "run `callqa init`" in one_line(Callqa(tmp_path).run("nightly", "--date", DAY), 1)


def test_an_old_database_says_what_to_run(callqa):
    with sqlite3.connect(callqa.root / "callqa.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '0000'")
    line = one_line(callqa.run("nightly", "--date", DAY), 1)
    assert "callqa.db" in line
    assert "revision" in line


def test_a_database_that_is_none_is_named(callqa):
    (callqa.root / "callqa.db").write_bytes(b"this is no database" * 100)
    assert "callqa.db" in one_line(callqa.run("nightly", "--date", DAY), 1)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nightly", "--date", "yesterday"), "'yesterday' is not a day"),
        (("sample",), "exactly one of"),
        (("inspect", "x.wav", "--project", "no-such"), "no-such"),
        (("simulate", "d", "--calls", "1", "--seed", "1", "--codecs", ""), "no codec given"),
        (("simulate", "d", "--calls", "1", "--seed", "1", "--snr-db", "nan"), "nan dB: choose"),
        (("inspect", "x.wav", "--project", "survey", "--script", "survey"), "give one of them"),
    ],
)
def test_wrong_usage_ends_with_2(callqa, arguments, says):
    assert says in one_line(callqa.run(*arguments), 2)


def test_an_unknown_setting_is_named(callqa):
    (callqa.root / "callqa.toml").write_text("modle = 1\n", encoding="utf-8")
    assert "unknown setting 'modle'" in one_line(callqa.run("doctor"), 2)


def test_an_unreadable_manifest_is_one_line(callqa, tmp_path):
    for name, content in (("empty.csv", b""), ("binary.csv", bytes(range(256)) * 9), ("no-header.csv", b"1,2,3\n")):
        path = tmp_path / name
        path.write_bytes(content)
        assert name in one_line(callqa.run("ingest", path), 1)
    assert "absent.csv" in one_line(callqa.run("ingest", tmp_path / "absent.csv"), 1)


def test_a_manifest_s_counts_add_up_to_its_rows(callqa, tmp_path):
    """The same row again is the same, a differing one a conflict, a contradictory one rejected."""
    head = "call_id,vendor,project,agent,customer_number,started_at,duration_s,outcome,file,agent_channel"
    good = "A1,华声,survey,张三,13800138000,2026-01-05 09:03:00,62,success,a1.wav,left"
    rows = [good, good, good.replace(",62,", ",61,"), good.replace("A1", "A2").replace("success", "no_answer")]
    (tmp_path / "calls.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    counts = callqa.json("ingest", tmp_path / "calls.csv", exits=1)
    assert (counts["accepted"], counts["same"]) == (1, 1)
    assert [c["call_id"] for c in counts["conflicts"]] == ["A1"]
    assert [r["line"] for r in counts["rejected"]] == [5]


def test_an_absent_model_says_how_to_bring_one(tmp_path, drop):
    callqa = Callqa(tmp_path, CALLQA_MODEL="nowhere")
    audio = next(drop.rglob("*.wav"))
    assert "bring a CTranslate2 Whisper model" in one_line(callqa.run("inspect", audio), 1)
    doctor = callqa.run("doctor")
    assert doctor.returncode == 1
    assert "BAD model" in doctor.stdout


def test_a_truth_whose_audio_is_missing_is_not_evaluated(callqa, tmp_path):
    row = {"call_id": "1", "file": "d/gone.wav", "turns": [], "faults": []}
    (tmp_path / "truth.jsonl").write_text(json.dumps(row), encoding="utf-8")
    line = one_line(callqa.run("evaluate", tmp_path / "truth.jsonl", "--json"), 1)
    assert f"1 of its 1 audio files are missing, first {tmp_path}/d/gone.wav" in line


def test_the_doctor_of_a_fresh_folder_finds_nothing_wrong(callqa):
    parts = {row["part"]: row for row in callqa.json("doctor")}
    assert all(row["ok"] for row in parts.values())
    assert "demo-asr@" in parts["model"]["says"]


def test_bad_recordings_do_not_stop_the_night(drop, tmp_path):
    """A missing file, a file that is no audio, an altered one and a cut one among good ones."""
    broken = tmp_path / "drop"
    shutil.copytree(drop, broken)
    rows = (broken / "manifest.csv").read_text(encoding="utf-8-sig").splitlines()
    columns = rows[0].split(",")
    calls = [dict(zip(columns, row.split(","), strict=True)) for row in rows[1:]]
    heard = [call for call in calls if call["outcome"] != "no_answer" and call["file"].endswith(".wav")]
    missing, no_audio, altered, cut = heard[:4]
    (broken / missing["file"]).unlink()
    (broken / no_audio["file"]).write_bytes(b"not audio at all" * 500)
    no_audio["sha256"] = ""
    data = bytearray((broken / altered["file"]).read_bytes())
    data[-100] ^= 0x55
    (broken / altered["file"]).write_bytes(data)
    whole = (broken / cut["file"]).read_bytes()
    (broken / cut["file"]).write_bytes(whole[: len(whole) // 2])
    cut["sha256"] = ""
    text = "\n".join([rows[0], *(",".join(call.values()) for call in calls)])
    (broken / "manifest.csv").write_text(text + "\n", encoding="utf-8")

    callqa = Callqa(tmp_path / "work")
    callqa("init")
    callqa("ingest", broken / "manifest.csv")
    report = callqa.json("nightly", "--date", DAY, exits=1)
    with sqlite3.connect(callqa.root / "callqa.db") as database:
        states = dict(database.execute("SELECT call_id, state FROM calls").fetchall())
        reasons = dict(
            database.execute("SELECT c.call_id, r.reason FROM reasons r JOIN calls c ON c.id = r.call_pk").fetchall()
        )
    assert states[missing["call_id"]] == "not_produced"
    assert states[no_audio["call_id"]] == "quarantined"
    assert states[altered["call_id"]] == "quarantined"
    assert reasons[altered["call_id"]].startswith("sha256_mismatch")
    assert reasons[no_audio["call_id"]].startswith(f"not_audio: {no_audio['file']}: ")
    assert "sha256/" not in "".join(reasons.values())
    assert states[cut["call_id"]] == "partial"
    assert report["calls"]["inspected"] >= 8
    assert report["calls"]["drawn"] == 0
    assert report["run"]["not_produced"] == 1


def test_inspect_gives_the_contract_for_good_and_bad_files(callqa, drop, tmp_path):
    good = next(drop.rglob("*.wav"))
    bad = tmp_path / "bad.wav"
    bad.write_bytes(struct.pack("<4sI4s", b"RIFF", 4, b"WAVE"))
    both = callqa.json("inspect", good, bad, "--project", "telemarketing", exits=1)
    assert [row["status"] for row in both] == ["inspected", "quarantined"]
    assert both[1]["reasons"][0].startswith(f"not_audio: {bad}: ")
    assert {e["state"] for e in both[1]["script"]} == {"not_assessable"}
    assert [e["element"] for e in both[1]["script"]] == [e["element"] for e in both[0]["script"]]
    missing = {name for name, value in both[1]["tone"].items() if value is None}
    assert missing == set(both[1]["tone"]["not_assessable"]) == set(both[0]["tone"]) - {"not_assessable"}
    assert set(both[1]["tone"]["not_assessable"].values()) == {"文件不是可识别的录音，无法评定"}
    row = both[0]
    assert set(row) >= {"status", "reasons", "recording", "transcript", "findings", "script", "tone", "versions"}
    assert set(row["recording"]) >= {"file", "sha256", "duration_ms", "channels", "codec", "decoded_ms"}
    assert set(row["transcript"][0]) == {"speaker", "start_ms", "end_ms", "text", "confidence"}
    assert {e["part"] for e in row["script"]} <= {"opening", "body", "closing", "throughout"}
    assert row["tone"]["active_level_dbfs"] < 0
    assert "not_assessable" in row["tone"]
    single = callqa.json("inspect", good)
    assert isinstance(single, dict)
    assert single["script"] == []


def test_files_that_cannot_be_read_stand_in_the_list_beside_good_ones(callqa, drop, tmp_path, monkeypatch):
    good = next(drop.rglob("*.wav"))
    (tmp_path / "link.wav").symlink_to(good)
    (tmp_path / "locked.wav").write_bytes(b"x")
    names = ("absent.wav", "link.wav", "locked.wav", "")

    def refuse(path, flags, *rest, **further):
        if str(path).endswith("locked.wav"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, flags, *rest, **further)

    real = os.open
    monkeypatch.setattr("pipeline.recordings.source.os.open", refuse)
    jobs = [Job(path, str(path)) for path in (*(tmp_path / name for name in names), good)]
    settings = load(callqa.root)
    results = inspect_all(settings, load_ruleset(settings.lexicons_path), jobs)
    assert [result.status.value for result in results] == ["quarantined"] * 4 + ["inspected"]
    reasons = [result.reasons[0] for result in results[:4]]
    assert [reason.split(": ")[0] for reason in reasons] == ["not_found", "not_a_file", "unreadable", "not_a_file"]
    assert "locked.wav" in reasons[2] and "Permission denied" in reasons[2]
    assert "a folder; name the recordings in it" in reasons[3]
    assert [result.recording.sha256 for result in results[:4]] == [""] * 4


def test_no_file_is_refused_before_the_others_are_heard(tmp_path, monkeypatch):
    """Typer itself would end with 2 at a file without the right to read it."""
    (tmp_path / "locked.wav").write_bytes(b"x")
    asked = []
    monkeypatch.setattr("os.access", lambda path, *_, **__: "locked" not in str(path))
    monkeypatch.setattr(hearing, "inspect_all", lambda _settings, _ruleset, jobs: asked.extend(jobs) or [])
    done = CliRunner().invoke(
        app, ["-C", str(CHECKOUT), "inspect", str(tmp_path / "locked.wav"), str(tmp_path), "--json"]
    )
    assert (done.exit_code, len(asked)) == (0, 2), done.output


@pytest.mark.skipif(not HUMAN.is_dir(), reason="the recordings of people are kept beside the checkout")
@pytest.mark.parametrize("name", ["mandarin_aishell_16k.wav", "wenet_long.wav", "stereo_two_speakers.wav", "jfk.flac"])
def test_human_recordings_are_decoded_and_measured(callqa, name):
    done = callqa.run("inspect", HUMAN / name, "--json")
    row = json.loads(done.stdout)
    assert row["recording"]["decoded_ms"] > 4000
    assert row["tone"]["active_level_dbfs"] is not None
    assert row["tone"]["pitch_median_hz"] is not None
    assert "demo-asr@" in row["versions"]["model"]


def test_same_seed_same_bytes(tmp_path):
    for name in ("a", "b"):
        Callqa(tmp_path)("simulate", tmp_path / name, "--calls", 3, "--seed", 5, "--minutes", 0.3)
    first, second = (
        {p.relative_to(f): p.read_bytes() for p in Path(f).rglob("*.*")} for f in (tmp_path / "a", tmp_path / "b")
    )
    assert first == second
