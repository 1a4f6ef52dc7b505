"""`callqa export`: a month's folder, made twice, changed, checked, restated."""

import csv
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.commands.setup import initialise
from pipeline.errors import CallqaError
from pipeline.policy.policy import parse_policy
from pipeline.records.month import Month
from pipeline.records.person import Person, Role
from pipeline.services.exporting import file_name
from pipeline.settings import CHECKOUT, load
from pipeline.store.engine import open_engine, writing
from pipeline.store.policies import propose_policy
from tests.export.closed_month import hear, store
from tests.export.march import CALLS, FEBRUARY, MARCH, RESTATED, VERDICTS
from tests.ledger.text import at

POLICY = (CHECKOUT / "lexicons" / "policy.toml").read_bytes()
VERSION = parse_policy(POLICY, "policy").version
FILES = [
    "differences.csv", "manifest.json", "report.xlsx", "scores.csv", "settlement.csv", "statements/华声.html",
    "statements/明信.html", "violations.csv",
]  # fmt: skip


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with two closed months, and March exported."""
    root = tmp_path_factory.mktemp("closed")
    engine = open_engine(initialise(root).database_url)
    hear(engine, CALLS, VERDICTS)
    with writing(engine) as session:
        propose_policy(session, POLICY, "policy", Month(2026, 1), Person("王敏", Role.SUPERVISOR), at("2026-01-01"))
    store(engine, *(replace(month, policy=VERSION) for month in (FEBRUARY, MARCH)))
    engine.dispose()
    callqa(root, "2026-03", "--out", root / "out")
    return root


@pytest.fixture
def root(closed: Path, tmp_path: Path) -> Path:
    shutil.copytree(closed, tmp_path / "work")
    return tmp_path / "work"


def callqa(root: Path, *arguments: object, exits: int = 0) -> str:
    """What a command prints."""
    done = CliRunner().invoke(app, ["-C", str(root), "export", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == exits, done.output
    return done.stdout


def refusal(root: Path, *arguments: object) -> str:
    """The one line a command ends with."""
    with pytest.raises(CallqaError) as refused:
        callqa(root, *arguments)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def content(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_a_month_is_exported_once_and_again_unchanged(root: Path) -> None:
    first = content(root / "out")
    assert sorted(first) == FILES
    (again,) = json.loads(callqa(root, "2026-03", "--out", root / "out", "--json"))
    assert again["was_there"] and again["files"] == FILES and content(root / "out") == first
    (other,) = json.loads(callqa(root, "2026-03", "--out", root / "elsewhere", "--json"))
    assert not other["was_there"] and content(root / "elsewhere") == first


def test_the_manifest_names_versions_and_place_in_the_chain(root: Path) -> None:
    manifest = json.loads((root / "out" / "manifest.json").read_text())
    assert (manifest["month"], manifest["revision"], manifest["chain"]["entry"]) == ("2026-03", 0, 8)
    assert set(manifest["files"]) == set(FILES) - {"manifest.json"}
    assert manifest["versions"]["policy"] == VERSION
    assert len(manifest["signature"]) == 128


def forge(out: Path) -> None:
    text = (out / "manifest.json").read_text()
    (out / "manifest.json").write_text(text.replace('"bytes": ', '"bytes": 1'))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda out: (out / "scores.csv").write_text("nothing"), "scores.csv: was changed"),
        (lambda out: (out / "violations.csv").unlink(), "violations.csv: is missing"),
        (lambda out: (out / "statements" / "x.html").write_text(""), "x.html: is not in the manifest"),
        (forge, "the signature is not that of the key"),
    ],
)
def test_what_was_changed_is_named(root: Path, change, says: str) -> None:
    assert "every file is what was signed" in callqa(root, "2026-03", "--out", root / "out", "--check")
    change(root / "out")
    assert says in callqa(root, "2026-03", "--out", root / "out", "--check", exits=1)


@pytest.mark.parametrize("name", ["scores.csv", "manifest.json", "statements/华声.html"])
def test_what_differs_is_never_overwritten(root: Path, name: str) -> None:
    with (root / "out" / name).open("a") as file:
        file.write(" ")
    before = content(root / "out")
    assert "export into another folder" in refusal(root, "2026-03", "--out", root / "out")
    assert content(root / "out") == before


def test_a_restatement_lies_beside_with_each_figure_it_changed(root: Path) -> None:
    before = content(root / "out")
    engine = open_engine(load(root).database_url)
    store(engine, replace(RESTATED, policy=VERSION))
    engine.dispose()
    first, second = json.loads(callqa(root, "2026-03", "--out", root / "out", "--json"))
    assert first["was_there"] and second["files"] == sorted([*FILES, "changes.csv"])
    after = content(root / "out")
    assert {name: after[name] for name in before} == before
    with (root / "out" / "r1" / "changes.csv").open(encoding="utf-8-sig") as opened:
        changes = [tuple(row.values()) for row in csv.DictReader(opened)]
    assert ("华声", "telemarketing", "fatal", "1", "0") in changes
    assert ("华声", "telemarketing", "score", "91.50", "92.30") in changes
    assert {vendor for vendor, *_ in changes} == {"华声"}
    assert "every file" in callqa(root, "2026-03", "--out", root / "out", "--check")


def test_what_a_killed_export_left_is_finished(root: Path) -> None:
    out = root / "out"
    whole = content(out)
    (out / "manifest.json").unlink()
    (out / "report.xlsx").write_bytes(b"half")
    (out / ".callqa-export-dead").mkdir()
    (out / ".callqa-export-dead" / "scores.csv").write_text("")
    os.utime(out / ".callqa-export-dead", (1, 1))
    callqa(root, "2026-03", "--out", out)
    assert content(out) == whole


def test_a_folder_of_another_month_and_an_open_month_are_refused(root: Path) -> None:
    before = content(root / "out")
    assert "holds 2026-03 r0" in refusal(root, "2026-02", "--out", root / "out")
    assert content(root / "out") == before
    assert "2026-04 is not closed" in refusal(root, "2026-04", "--out", root / "april")
    assert "2026-13" in refusal(root, "2026-13", "--out", root / "april")
    assert "no revision 3" in refusal(root, "2026-03", "--out", root / "april", "--revision", 3)
    assert not (root / "april").exists()


@pytest.mark.parametrize(
    ("vendor", "file"), [("华声外呼", "华声外呼"), ("A-1", "A-1"), ("../x", "___x-"), ("a b", "a_b-")]
)
def test_a_vendors_file_stays_in_its_folder(vendor: str, file: str) -> None:
    assert file_name(vendor).startswith(file) and "/" not in file_name(vendor)
    assert len({file_name(name) for name in ("a b", "a_b", "a/b", "a\nb")}) == 4


@pytest.mark.parametrize(
    ("now", "then", "said"),
    [
        ("score_line = 80", "score_line = 71", "警告线 71"),
        ("window_days = 10", "window_days = 8", "起 8 个日历日内申诉"),
    ],
)
def test_statements_say_the_numbers_of_the_policy_that_the_month_was_closed_under(
    root: Path, now: str, then: str, said: str
) -> None:
    changed = POLICY.replace(now.encode(), then.encode())
    engine = open_engine(load(root).database_url)
    with writing(engine) as session:
        propose_policy(session, changed, "policy", Month(2026, 4), Person("王敏", Role.SUPERVISOR), at("2026-03-20"))
    april = replace(FEBRUARY, month="2026-04", closed_on="2026-05-03", policy=parse_policy(changed, "policy").version)
    store(engine, april)
    engine.dispose()
    callqa(root, "2026-04", "--out", root / "april")
    statement = Path("statements") / "华声.html"
    assert said in (root / "april" / statement).read_text()
    assert said not in (root / "out" / statement).read_text()
