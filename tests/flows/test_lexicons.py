"""Packs and scripts checked before they count, and a pack tried against what was heard already."""

import shutil

import pytest

from pipeline.settings import CHECKOUT
from tests.flows.conftest import DAY, Callqa
from tests.flows.test_commands import one_line

pytestmark = pytest.mark.slow


@pytest.fixture
def lexicons(callqa):
    """An installation with its own copy of the shipped lexicons."""
    shutil.copytree(CHECKOUT / "lexicons", callqa.root / "lexicons")
    own = Callqa(callqa.root, CALLQA_LEXICONS="lexicons")
    return own, callqa.root / "lexicons"


def spoil(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_shipped_lexicons_are_in_order(callqa):
    assert "15 packs" in callqa("lexicon", "check")


def test_every_mistake_is_told_with_file_and_line(lexicons):
    callqa, folder = lexicons
    spoil(folder / "phrases" / "abuse.toml", 'severity = "fatal"', 'severity = "deadly"')
    spoil(folder / "phrases" / "privacy.toml", "within_s = 20", "within = 20")
    spoil(folder / "scripts" / "survey.toml", "thanks = {", "thank = {")
    found = callqa.json("lexicon", "check", exits=1)
    assert found["ruleset"] is None
    assert [p.split(":")[0].rpartition("/")[2] for p in found["problems"]] == [
        "abuse.toml",
        "privacy.toml",
        "survey.toml",
    ]
    assert all(p.split(":")[1].isdigit() for p in found["problems"])


def test_a_folder_that_is_none_is_one_line(callqa, tmp_path):
    assert "no such folder" in one_line(callqa.run("lexicon", "check", tmp_path / "nowhere"), 1)


def test_a_script_is_checked_by_itself(lexicons, tmp_path):
    callqa, folder = lexicons
    file = tmp_path / "own.toml"
    shutil.copy(folder / "scripts" / "survey.toml", file)
    assert "script of survey, version" in callqa("script", "check", file)
    spoil(file, 'required = "always"', 'required = "sometimes"')
    line = one_line(callqa.run("script", "check", file), 1)
    assert "own.toml:" in line
    assert "must be always, policy or a list of outcomes" in line


def test_a_pack_is_tried_against_stored_calls(callqa, drop, tmp_path):
    callqa("ingest", drop / "manifest.csv")
    callqa.run("nightly", "--date", DAY, "--seed", "s")
    pack = tmp_path / "coldness.toml"
    pack.write_text('rule = "phrase.coldness"\nversion = 2\nphrases = ["您好"]\n', "utf-8")
    tried = callqa.json("lexicon", "try", pack, "--since", DAY)
    assert tried["rule"] == "phrase.coldness"
    assert tried["calls"] == 12
    assert len(tried["new"]) >= 6  # an agent says so in nearly every call
    assert all("您好" in claim["text"] or claim["match"] != "exact" for claim in tried["new"])
    assert callqa.json("lexicon", "try", pack, "--since", "2026-03-03")["calls"] == 0
    assert "Nothing was changed" in callqa("lexicon", "try", pack, "--since", DAY)
    pack.write_text('rule = "phrase.coldness"\nversion = 2\nphrases = ["（您好"]\n', "utf-8")
    assert "coldness.toml:3" in one_line(callqa.run("lexicon", "try", pack, "--since", DAY), 1)
