"""A number that is called again after 别再打了, whichever of the two calls is heard first."""

import csv
import sqlite3
import wave
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.commands.setup import initialise
from flows.night import work_batch
from flows.optouts import claim_among
from pipeline.checks.check import CallFacts
from pipeline.checks.run import run_checks
from pipeline.findings.merge import merge
from pipeline.recordings.manifest import read_manifest
from pipeline.records.inspection import Inspection, Status, Versions
from pipeline.records.recording import Recording
from pipeline.records.tone import Tone
from pipeline.services.drawing import open_store
from pipeline.settings import load
from tests.dialogue import shipped, talk
from tests.store.samples import NOW, draw_named

RULE = "call.after_optout"
HEAD = "call_id vendor project agent customer_number started_at duration_s outcome file agent_channel"
SAID = {
    "asked": ("2026-03-01 10:00", "华声外呼", "13800138000", ("customer 喂", "agent 您好", "customer 别再打了")),
    "same_day": ("2026-03-01 18:00", "华声外呼", "13800138000", ("agent 您好", "customer 怎么又打")),
    "again": ("2026-03-02 10:00", "远达呼叫", "13800138000", ("agent 您好", "customer 你们以后别打了")),
    "other": ("2026-03-02 11:00", "远达呼叫", "13900139000", ("agent 您好", "customer 你好")),
    "masked": ("2026-03-02 12:00", "远达呼叫", "138****8000", ("agent 您好", "customer 你好")),
}


class Reader:
    """An inspector that is told what was said, by the file's name."""

    at_once = 2

    def __init__(self, ruleset_version="r1"):
        self.ruleset = shipped()
        self.versions = Versions(ruleset_version, "reader", "0")

    def inspect(self, job):
        call = talk(*SAID[job.name.removesuffix(".wav")][3])
        result = run_checks(replace(call, facts=replace(job.facts, project=None)), self.ruleset)
        recording = Recording(job.name, job.name.encode().hex().ljust(64, "0"), 60_000, 60_000, 2, "pcm_s16le", 8000)
        findings = tuple(finding for finding in merge(result.findings) if finding.rule.startswith("call."))
        return Inspection(
            Status.INSPECTED, (), recording, call.turns, findings, (), Tone(), self.versions, optouts=result.optouts
        )


def dropped(folder, name):
    """A vendor's drop of one call."""
    folder.mkdir(parents=True, exist_ok=True)
    with wave.open(str(folder / f"{name}.wav"), "wb") as sound:
        sound.setparams((2, 2, 8000, 0, "NONE", ""))
        sound.writeframes(name.encode() * 64 + b"\0" * (-len(name) * 64 % 4))
    started_at, vendor, number, _ = SAID[name]
    row = [name, vendor, "survey", "A1", number, started_at, 60, "refused", f"{name}.wav", "left"]
    manifest = folder / f"{name}.csv"
    with manifest.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEAD.split(), row])
    return manifest


def found(root):
    with sqlite3.connect(root / "callqa.db") as database:
        return database.execute(
            "SELECT c.call_id, f.rule, f.start_ms, f.explanation, f.counts FROM findings f JOIN inspections i ON "
            "i.id = f.inspection_id JOIN recordings r ON r.id = i.recording_id JOIN calls c ON c.id = r.call_pk"
        ).fetchall()


@pytest.fixture
def root(tmp_path):
    """An installation of its own."""
    return initialise(tmp_path / "work").root


def callqa(root, *arguments):
    done = CliRunner().invoke(app, ["-C", str(root), *map(str, arguments)])
    assert done.exit_code == 0, done.output


def hear(root, name):
    callqa(root, "ingest", dropped(root.parent / "drop", name))
    settings = load(root)
    engine = open_store(settings)
    draw_named(engine, SAID[name][1], name)
    return work_batch(settings, engine, Reader(), "somebody")


EXPECTED = "客户在 2026-03-01 10:00 的通话 asked（华声外呼）第 {second} 秒说过“别再打了”，12 小时以后这个号码仍被呼叫。"


@pytest.mark.parametrize(
    "order", [("asked", "same_day", "again", "other", "masked"), ("masked", "other", "again", "same_day", "asked")]
)
def test_the_later_call_is_found_in_either_order(root, order):
    tallies = [hear(root, name) for name in order]
    assert found(root) == [("again", RULE, None, EXPECTED.format(second=2), 1)]
    assert sum(tally.calls["findings"] for tally in tallies) == 1


def test_hearing_a_call_again_adds_nothing(root):
    for name in ("asked", "again"):
        hear(root, name)
    before = found(root)
    for name in ("again", "asked"):
        draw_named(open_store(load(root)), SAID[name][1], name, NOW + timedelta(hours=1))
        with sqlite3.connect(root / "callqa.db") as database:
            database.execute("UPDATE work SET finished_at = NULL, owner = NULL, expires_at = NULL")
        settings = load(root)
        work_batch(settings, open_store(settings), Reader(), "somebody")
    assert found(root) == before
    assert len(before) == 1


def test_calls_heard_without_a_store_are_judged_by_each_other(tmp_path):
    rows = {}
    for name in SAID:
        ((_, rows[name]),) = read_manifest(str(dropped(tmp_path, name)), load(tmp_path).timezone).rows
    reader = Reader()
    for order in permutations(("asked", "again", "other")):
        heard = [(rows[name], inspect_row(reader, rows[name])) for name in order]
        judged = claim_among(heard, reader.ruleset)
        assert {
            name: [f.rule for f in one.findings] for name, one in zip(order, judged, strict=True) if one.findings
        } == {"again": [RULE]}
    alone = [(rows["again"], inspect_row(reader, rows["again"])), (None, inspect_row(reader, rows["asked"]))]
    assert [one.findings for one in claim_among(alone, reader.ruleset)] == [(), ()]


def inspect_row(reader, row):
    from flows.inspection import Job

    return reader.inspect(Job(row.file, row.file, CallFacts(None, row.outcome, row.started_at, row.duration_ms)))
