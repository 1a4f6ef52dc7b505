"""Scripts and elements are read whole or refused with file, line and reason."""

import shutil
from pathlib import Path

import pytest

from pipeline.checks.ruleset import check_lexicons
from tests.dialogue import LEXICONS


@pytest.fixture
def lexicons(tmp_path: Path) -> Path:
    """A copy with one small pack, quick to load."""
    folder = tmp_path / "lexicons"
    shutil.copytree(LEXICONS, folder, ignore=lambda _, names: [n for n in names if n.endswith("_refusal.toml")])
    for pack in (folder / "phrases").glob("*.toml"):
        pack.unlink()
    (folder / "phrases" / "abuse.toml").write_text(
        'rule = "phrase.abuse"\nversion = 1\nphrases = ["你有病"]\n', "utf-8"
    )
    return folder


def problem(folder: Path, file: str, old: str, new: str) -> str:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    (found,) = check_lexicons(folder)
    return found.removeprefix(str(folder) + "/")


def test_shipped_scripts_are_whole(lexicons: Path) -> None:
    assert check_lexicons(lexicons) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "scripts/survey.toml",
            'thanks = { required = "always" }',
            'thanks = { required = "sometimes" }',
            "must be always",
        ),
        ("scripts/survey.toml", 'required = ["callback"]', 'required = ["later"]', "outcomes are"),
        ("scripts/survey.toml", "thanks = {", "thank = {", "unknown key"),
        ("scripts/survey.toml", 'order = ["greeting"', 'order = ["greetings"', "not among the script's elements"),
        ("elements.toml", 'where = "closing"', 'where = "end"', "must be one of"),
        ("elements.toml", 'part = "closing"', 'part = "end"', "must be one of"),
        ("operators.toml", 'own = "移动"', 'own = "铁通"', "no entry"),
        ("phrases/abuse.toml", "phrase.abuse", "phrase.abus", "not in the catalogue"),
        ("standard.toml", "monologue_ms = 60000", 'monologue_ms = "a"', "whole number"),
        ("consent.toml", "[offer]", "[offers]", "unknown key"),
    ],
)
def test_mistakes_are_named(lexicons: Path, file: str, old: str, new: str, said: str) -> None:
    found = problem(lexicons, file, old, new)
    assert found.startswith(f"{file}:")
    assert said in found
