"""Limits proposed from a store with some inspected calls."""

import json
import shutil
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.commands.setup import initialise
from pipeline.checks.ruleset import load_ruleset
from pipeline.errors import DataError, UsageError
from pipeline.records.inspection import Inspection, Status
from pipeline.records.recording import Recording
from pipeline.records.tone import Tone
from pipeline.services.drawing import open_store
from pipeline.settings import CHECKOUT, load
from pipeline.store.engine import writing
from pipeline.store.inspections import save_inspection
from pipeline.store.work import claim
from tests.dialogue import turns
from tests.store.samples import ARCHIVED, DAY, NOW, draw_all, draw_named, inspection, register, row

DIALOGUE = """
    agent     0.0-3.0   您现在办理就送十个吉字节的流量
    customer  3.5-5.5   我想问一下话费
    agent     7.0-9.0   好的我帮您看一下请您稍等
"""


@pytest.fixture
def root(tmp_path):
    """An installation of its own, with its own lexicons."""
    made = initialise(tmp_path / "work").root
    shutil.copytree(CHECKOUT / "lexicons", made / "lexicons")
    with (made / "callqa.toml").open("a", encoding="utf-8") as settings:
        settings.write('\nlexicons = "lexicons"\n')
    return made


def said(name, number, status=Status.INSPECTED):
    """Call number n is n x 100 ms of silence and n - 60 dBFS."""
    tone = Tone(longest_silence_ms=1500 + 100 * number, active_level_dbfs=number / 2 - 60, interruptions=0)
    recording = Recording(name, f"{number:064x}", 9000, 9000, 2, "pcm_s16le", 8000)
    return replace(
        inspection(), status=status, reasons=(), recording=recording, turns=turns(DIALOGUE), findings=(), script=(), tone=tone
    )  # fmt: skip


def heard(root, project, count, **changes):
    """So many drawn and inspected calls of a project."""
    engine = open_store(load(root))
    register(engine, *(row(f"{project}{n}", project=project) for n in range(count)), name=f"{project}.csv")
    draw_all(engine, project=project)
    save_all(engine, **changes)


def save_all(engine, status=Status.INSPECTED, tone=None):
    with writing(engine) as session:
        for number, work in enumerate(claim(session, "w", 200, 60, NOW)):
            found: Inspection = said(work.row.call_id, number, status)
            save_inspection(session, work, found if tone is None else replace(found, tone=tone), ARCHIVED, NOW)


def calibrate(root, *arguments, exits=0):
    done = CliRunner().invoke(app, ["-C", str(root), "calibrate", "--out", str(root / "new"), *map(str, arguments)])
    assert done.exit_code == exits, (done.output, done.exception)
    return done.stdout


def refused(root, *arguments):
    return CliRunner().invoke(app, ["-C", str(root), "calibrate", *map(str, arguments)]).exception


def test_a_standard_and_plots_are_written_and_nothing_changes_before_they_are_copied(root):
    heard(root, "survey", 60)
    before = load_ruleset(root / "lexicons")
    told = calibrate(root)
    assert "Nothing has changed yet" in told and f"cp {root}/new/standard.toml {root}/lexicons/standard.toml" in told
    assert load_ruleset(root / "lexicons").version == before.version
    pictures = {file.name for file in (root / "new").glob("*.png")}
    assert {"longest_silence_ms.png", "rate_max_cpm.png", "level_low_dbfs.png", "slow_response_ms.png"} <= pictures
    shutil.copy(root / "new" / "standard.toml", root / "lexicons" / "standard.toml")
    after = load_ruleset(root / "lexicons").standard
    # The 95th percentile of 0 … 59 is 56.05, the 5th 2.95; a level is half a dB a call.
    assert (after.longest_silence_ms, after.level_low_dbfs) == (7200, -59.0)
    assert (after.slow_response_ms, after.monologue_ms) == (1500, 3000)
    # No call had a figure of clipping.
    assert after.clipped_share == before.standard.clipped_share


def test_figures_are_given_by_project_and_one_with_too_few_calls_has_none(root):
    heard(root, "survey", 60)
    heard(root, "win-back", 49, tone=Tone(longest_silence_ms=60_000))
    found = json.loads(calibrate(root, "--json"))
    assert found["too_few"] == [{"project": "win-back", "calls": 49}]
    limits = {(one["project"], one["limit"]): one for one in found["limits"]}
    assert {project for project, _ in limits} == {"survey", None}
    silence = limits["survey", "longest_silence_ms"]
    assert (silence["n"], silence["p50"], silence["present"], silence["present_claims"]["calls"]) == (60, 4450, 8000, 0)
    assert silence["proposed"] == limits[None, "longest_silence_ms"]["proposed"] == 7200
    assert found["files"][0] == str(root / "new" / "standard.toml")
    told = calibrate(root)
    assert "win-back: 49 calls with figures, at least 50 are needed" in told


def test_nothing_is_written_where_no_project_has_enough(root):
    heard(root, "survey", 49)
    told = calibrate(root, exits=1)
    assert "at least 50 are needed" in told and "Nothing was written" in told
    assert not (root / "new").exists()


def test_partial_calls_and_calls_drawn_on_purpose_do_not_count(root):
    heard(root, "survey", 55)
    heard(root, "vip-care", 55, status=Status.PARTIAL)
    engine = open_store(load(root))
    register(engine, row("x1", project="survey"), name="x.csv")
    draw_named(engine, "华声", "x1")
    save_all(engine, tone=Tone(longest_silence_ms=60_000))
    found = json.loads(calibrate(root, "--json"))
    assert {one["project"] for one in found["limits"]} == {"survey", None}
    assert next(one["n"] for one in found["limits"] if one["limit"] == "longest_silence_ms") == 55


def test_one_project_and_a_time_can_be_chosen(root):
    heard(root, "survey", 50)
    heard(root, "vip-care", 50)
    found = json.loads(calibrate(root, "--json", "--project", "survey", "--since", DAY))
    assert {one["project"] for one in found["limits"]} == {"survey", None}
    missing = refused(root, "--out", root / "new", "--project", "nobody")
    assert isinstance(missing, DataError) and "'nobody'" in str(missing) and "survey, vip-care" in str(missing)
    later = refused(root, "--out", root / "new", "--since", "2025-06-03")
    assert isinstance(later, DataError) and "no inspected calls of that time" in str(later)


def test_the_limits_in_force_are_not_written_over(root):
    error = refused(root, "--out", root / "lexicons")
    assert isinstance(error, UsageError) and "limits in force" in str(error)
