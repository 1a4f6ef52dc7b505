import csv
import hashlib
import json
from datetime import date, datetime
from pathlib import Path

import pytest

from pipeline.errors import StorageError, UsageError
from pipeline.simulation.drop import simulate
from pipeline.simulation.faults import Rates
from tests.simulation.conftest import decoded

DAY = date(2026, 3, 2)
HEADER = "call_id,vendor,project,agent,customer_number,started_at,duration_s,outcome,file,agent_channel,sha256"


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "manifest.csv").read_text(encoding="utf-8-sig").splitlines()))


def truths(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def drop(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("drop")
    simulate(folder, 10, 7, day=DAY, seconds=5, rates=Rates(faulty=1, further=0.5, no_answer=0.2))
    return folder


def test_the_same_seed_gives_the_same_bytes_whatever_came_before(tmp_path):
    for name, seed in (("one", 3), ("other", 4), ("again", 3)):
        simulate(tmp_path / name, 2, seed, day=DAY, seconds=5)
    one, other, again = (files(tmp_path / name) for name in ("one", "other", "again"))
    assert one == again
    assert one["truth.jsonl"] != other["truth.jsonl"] and one["manifest.csv"] != other["manifest.csv"]


def test_the_manifest_is_a_vendors(drop):
    raw = (drop / "manifest.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf" + HEADER.encode())
    table = rows(drop)
    assert len({row["call_id"] for row in table}) == len(table)
    assert {row["vendor"] for row in table} == {"华声外呼", "远达呼叫", "明信通信"}
    for row in table:
        started = datetime.fromisoformat(row["started_at"])
        assert started.date() == DAY and started.utcoffset().total_seconds() == 8 * 3600
        assert row["agent_channel"] in ("left", "right", "mono") and row["agent"].startswith("A0")


def test_calls_without_an_answer_have_no_recording(drop):
    unanswered = [row for row in rows(drop) if row["outcome"] == "no_answer"]
    assert unanswered
    assert {(row["duration_s"], row["file"], row["sha256"]) for row in unanswered} == {("0", "", "")}
    assert not {row["call_id"] for row in unanswered} & {truth["call_id"] for truth in truths(drop)}


def test_recordings_are_the_committed_ones_and_as_long_as_they_say(drop):
    connected = [row for row in rows(drop) if row["file"]]
    assert len(connected) == 10
    for row in connected:
        data = (drop / row["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == row["sha256"]
        heard = decoded(drop / row["file"])
        assert heard.shape[1] / 8000 == pytest.approx(int(row["duration_s"]), abs=0.1)
        assert len(heard) == (1 if row["agent_channel"] == "mono" else 2)


# Faults of the whole call.
_WHOLE = ("script.missing.", "script.overtime", "call.", "outcome.unsupported", "voice.level", "voice.clipped")


def test_truth_lies_inside_the_audio_and_names_known_rules(drop):
    durations = {row["call_id"]: int(row["duration_s"]) * 1000 for row in rows(drop)}
    outcome = {row["call_id"]: row["outcome"] for row in rows(drop)}
    for truth in truths(drop):
        assert set(truth) == {"call_id", "file", "turns", "faults"} and truth["faults"]
        for turn in truth["turns"]:
            assert 0 <= turn["start_ms"] < turn["end_ms"] <= durations[truth["call_id"]]
            assert turn["text"] and "，" not in turn["text"]
        for fault in truth["faults"]:
            whole = fault["rule"].startswith(_WHOLE)
            assert (fault["start_ms"] is None) is (fault["end_ms"] is None) is whole
            assert whole or 0 <= fault["start_ms"] < fault["end_ms"] <= durations[truth["call_id"]]
            if fault["rule"].startswith("phrase."):
                said = {"speaker": "agent", **{key: fault[key] for key in ("start_ms", "end_ms", "text")}}
                assert said in truth["turns"]
            if fault["rule"] == "outcome.unsupported_success":
                assert outcome[truth["call_id"]] == "success"


def test_codecs_vendors_and_progress_are_as_asked(tmp_path):
    seen = []
    simulate(
        tmp_path,
        2,
        2,
        day=DAY,
        seconds=1,
        vendors=1,
        codecs=("gsm", "amr"),
        on_progress=lambda done, of: seen.append((done, of)),
    )
    assert seen == [(1, 2), (2, 2)]
    connected = [row for row in rows(tmp_path) if row["file"]]
    assert {Path(row["file"]).suffix for row in connected} <= {".wav", ".amr"}
    assert {(row["vendor"], row["agent_channel"]) for row in connected} == {("华声外呼", "mono")}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"calls": 0}, "at least one"),
        ({"seconds": 0}, "1 s or more"),
        ({"vendors": 99}, "choose 1 to"),
        ({"codecs": ("opus",)}, "unknown codec 'opus'"),
        ({"codecs": ()}, "no codec given"),
        ({"seconds": float("nan")}, "1 s or more"),
        ({"snr_db": float("nan")}, "nan dB: choose -20 to 100"),
        ({"snr_db": float("inf")}, "inf dB: choose"),
        ({"snr_db": 100.1}, "100.1 dB: choose"),
        ({"snr_db": -20.1}, "-20.1 dB: choose"),
    ],
)
def test_what_cannot_be_simulated_is_said_at_once(tmp_path, change, said):
    with pytest.raises(UsageError, match=said):
        simulate(**{"out": tmp_path, "calls": 1, "seed": 1, "day": DAY, **change})


def test_a_folder_holds_one_drop(tmp_path):
    made = {"out": tmp_path, "calls": 1, "seed": 1, "day": DAY, "seconds": 1, "snr_db": -20}
    simulate(**made)
    before = files(tmp_path)
    for change in ({"seed": 2}, {"calls": 2}, {"snr_db": 100}, {"vendors": 2}):
        with pytest.raises(UsageError, match=r"holds another drop .* choose an empty folder"):
            simulate(**made | change)
    assert files(tmp_path) == before
    simulate(**made)
    assert files(tmp_path) == before


def test_a_vendor_s_own_drop_is_not_written_into(tmp_path):
    (tmp_path / "manifest.csv").write_text(HEADER, encoding="utf-8")
    with pytest.raises(UsageError, match="holds another drop"):
        simulate(tmp_path, 1, 1, day=DAY, seconds=1)
    assert files(tmp_path) == {"manifest.csv": HEADER.encode()}


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot write the simulated calls"):
        simulate(tmp_path / "file", 1, 1, day=DAY, seconds=1)


def test_clipping_makes_a_call_too_loud_as_well(tmp_path):
    voices = Rates(faulty=1, further=0, phrase=0, missing=0, call=0, script=0, voice=1, no_answer=0)
    simulate(tmp_path, 11, 3, day=DAY, seconds=1, codecs=("pcm16",), rates=voices)
    rules = [[fault["rule"] for fault in truth["faults"]] for truth in truths(tmp_path)]
    assert [found for found in rules if "voice.clipped" in found] == [["voice.clipped", "voice.level_high"]]


def test_a_call_after_an_opt_out_comes_a_day_after_it_to_the_same_number(tmp_path):
    calls = Rates(faulty=1, further=0, phrase=0, missing=0, call=1, script=0, voice=0, no_answer=0)
    simulate(tmp_path, 12, 5, day=DAY, seconds=1, codecs=("gsm",), rates=calls)
    told = {row["call_id"]: row for row in rows(tmp_path)}
    ignored = [t["call_id"] for t in truths(tmp_path) if any(f["rule"] == "call.after_optout" for f in t["faults"])]
    assert len(told) == 12 and ignored
    for call_id in ignored:
        number, began = told[call_id]["customer_number"], told[call_id]["started_at"]
        (earlier,) = [r for r in told.values() if r["customer_number"] == number and r["call_id"] != call_id]
        assert earlier["started_at"][:10] == "2026-03-01" < began[:10] and earlier["outcome"] == "refused"
