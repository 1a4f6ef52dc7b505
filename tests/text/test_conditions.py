"""Conditions as they are read: what is left out, and at which line a mistake is told where the file has several conditions."""

from pathlib import Path

import pytest

from pipeline.errors import LexiconError
from pipeline.records.finding import Severity
from pipeline.text.conditions import Condition, Role, Window
from pipeline.text.lexicon import read
from pipeline.text.packs import pack_of

HEAD = 'rule = "phrase.privacy"\nversion = 3\nseverity = "fatal"\nexceptions = ["不会…"]\n'


def conditions(folder: Path, toml: str) -> tuple[Condition, ...]:
    file = folder / "pack.toml"
    file.write_text(HEAD + toml, encoding="utf-8")
    return pack_of(read(file), {}).conditions


def refusal(folder: Path, toml: str) -> str:
    with pytest.raises(LexiconError) as caught:
        conditions(folder, toml)
    return str(caught.value).removeprefix(f"{folder / 'pack.toml'}")


def test_what_is_left_out(tmp_path: Path) -> None:
    (one,) = conditions(tmp_path, '[[conditions]]\nname = "甲"\nany = ["密码"]')
    assert (one.rule, one.name, one.severity) == ("phrase.privacy", "甲", Severity.FATAL)
    assert (one.wanted.role, one.wanted.minimum, one.wanted.window) == (Role.AGENT, 1, Window())
    assert (one.after, one.before, one.wanted.regex) == (None, None, None)


def test_the_packs_exceptions_hold_for_any_and_all_and_for_nothing_else(tmp_path: Path) -> None:
    toml = '[[conditions]]\nname = "甲"\nany = ["密码"]\nall = ["卡号"]\nnone = ["不用"]\nafter = { any = ["喂喂"] }'
    (one,) = conditions(tmp_path, toml)
    assert one.wanted.any[0].exceptions == one.wanted.all[0].exceptions == ("不会…",)
    assert one.wanted.none[0].exceptions == ()
    assert one.after is not None
    assert one.after.wanted.any[0].exceptions == ()


def test_windows_in_ms_and_basis_points(tmp_path: Path) -> None:
    toml = '[[conditions]]\nname = "甲"\nany = ["密码"]\nwindow = { first_turns = 3, last_s = 1.5, from_share = 0.25 }'
    (one,) = conditions(tmp_path, toml)
    assert one.wanted.window == Window(first_turns=3, last_ms=1500, from_bp=2500)


TWO = """[[conditions]]
name = "甲"
any = ["密码"]
minimum = 1
window = { first_turns = 2 }
[[conditions]]
name = "乙"
any = ["密码"]
"""


@pytest.mark.parametrize(
    ("line", "place", "reason"),
    [
        ("minimum = 0", 13, "minimum: 0: must be at least 1"),
        ("window = { first_turns = 0 }", 13, "first_turns: 0: must be at least 1"),
        ('role = "甲"', 13, "role: '甲': must be one of"),
        ('all = ["好"]', 13, "all: '好': a single hanzi"),
        ('none = [\n  "您好",\n  "密(码",\n]', 15, "none: '密(码': brackets"),
        ('[conditions.after]\nrole = "any"\nregex = "好*"', 15, "regex: '好*': * has no end"),
        ("[conditions.after]\nwithin_s = true", 14, "within_s: True: must be a number"),
        ("window = { first_s = inf }", 13, "first_s: inf: must be more than 0"),
        ('after = { after = { any = ["密码"] } }', 13, "after: unknown key"),
        ('name = "甲"', 11, "name: '甲': two conditions of this name"),
    ],
)
def test_the_line_is_that_of_the_right_condition(tmp_path: Path, line: str, place: int, reason: str) -> None:
    toml = TWO.replace('name = "乙"\n', f"{line}\n") if line.startswith("name") else TWO + line
    assert refusal(tmp_path, toml).startswith(f":{place}: {reason}")


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        ('none = ["密码"]', "any, all or regex is missing"),
        ('not_regex = "密码"', "any, all or regex is missing"),
        ('all = ["密码"]\nminimum = 2', "of all every one is needed"),
        ('any = "密码"', "must be a list"),
        ("any = [3]", "must be"),
    ],
)
def test_what_makes_no_condition(tmp_path: Path, toml: str, reason: str) -> None:
    assert reason in refusal(tmp_path, f'[[conditions]]\nname = "甲"\n{toml}')


def test_conditions_written_on_one_line(tmp_path: Path) -> None:
    assert refusal(tmp_path, 'conditions = [{ name = "甲", any = ["密(码"] }]').startswith(":5: any: '密(码'")
    assert refusal(tmp_path, "conditions = [3]").startswith(":5: conditions: must be written as [[conditions]]")
