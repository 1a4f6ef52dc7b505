"""Scripts and elements are read whole or refused with file, line and reason."""

import shutil
from pathlib import Path

import pytest

from pipeline.checks.ruleset import check_lexicons, read_script
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


@pytest.mark.parametrize("key", ["asked", "answer"])
def test_an_answer_needs_both_sides(lexicons: Path, key: str) -> None:
    path = lexicons / "scripts" / "survey.toml"
    sides = {"asked": '["要多久"]', "answer": '["两分钟"]', key: "[]"}
    written = "".join(f"{name} = {value}\n" for name, value in sides.items())
    path.write_text(path.read_text(encoding="utf-8") + f'\n[[answers]]\nname = "几点"\n{written}', encoding="utf-8")
    (found,) = check_lexicons(lexicons)
    assert f"answers: '几点': has no {key}" in found and "survey.toml:" in found


def test_a_scripts_own_answer_takes_the_shared_ones_place(lexicons: Path) -> None:
    path = lexicons / "scripts" / "survey.toml"
    own = '\n[[answers]]\nname = "哪里投诉"\nasked = ["怎么投诉"]\nanswer = ["找班长"]\n'
    path.write_text(path.read_text(encoding="utf-8") + own, encoding="utf-8")
    answers = read_script(path, lexicons).throughout.answers
    (mine,) = [answer for answer in answers if answer.name == "哪里投诉"]
    assert [phrase.text for phrase in mine.answer] == ["找班长"]


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
        ("scripts/survey.toml", "call_s = 600", "call_s = 0", "must be 1 or more"),
        ("scripts/survey.toml", "call_s = 600", 'call_s = "ten"', "must be a whole number"),
        ("scripts/survey.toml", "opening_s", "openings_s", "unknown key"),
        ("scripts/win-back.toml", "money =", "cash =", "unknown key"),
        ("scripts/win-back.toml", 'money = ["success"]', 'money = "sometimes"', "must be always"),
        ("scripts/win-back.toml", 'jargon = ["', 'jargon = ["单", "', "a single hanzi"),
        ("scripts/win-back.toml", 'name = "违约金"', 'name = "在网多久"', "two answers of this name"),
        ("scripts/win-back.toml", "asked = [", "asks = [", "unknown key"),
        ("scripts/vip-care.toml", "asked = [", "asked = []\nanswered = [", "unknown key"),
        ("throughout.toml", 'name = "哪里投诉"', 'name = "deferred"', "a name that is taken"),
        ("throughout.toml", "jargon = [", 'jargon = ["(互斥", ', "brackets must be closed"),
        ("throughout.toml", "deferrals = [", "defer = [", "unknown key"),
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
