"""lexicons/README.md: every example loads, every example line is found or not as its comment says, every mistake is told in these words."""

import re
from pathlib import Path

import pytest

from pipeline.checks.phrases.conditions import ConditionMatcher
from pipeline.errors import LexiconError
from pipeline.text.conditions import CONDITION_KEYS, WINDOW_KEYS
from pipeline.text.lexicon import read
from pipeline.text.packs import Pack, load_operators, pack_of
from pipeline.text.phrases import PhraseMatcher
from tests.dialogue import LEXICONS, talk

README = (LEXICONS / "README.md").read_text(encoding="utf-8")
WORDS = load_operators(LEXICONS / "operators.toml").words()
HEAD = 'rule = "phrase.privacy"\nversion = 1\n'
PHRASES = 'phrases = ["你有病"]\n'
CONDITION = HEAD + '[[conditions]]\nname = "索要验证码"\nany = ["验证码"]\n'


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def mistakes(block: str) -> list[tuple[str, str]]:
    lines = block.splitlines()
    return [(wrong, told.removeprefix("  -> ")) for wrong, told in zip(lines[::2], lines[1::2], strict=True)]


def loaded(folder: Path, toml: str) -> Pack:
    file = folder / "my-pack.toml"
    file.write_text(toml if toml.startswith("rule") else HEAD + toml, encoding="utf-8")
    return pack_of(read(file), WORDS)


EXAMPLES = blocks("toml")
OF_PACKS, OF_CONDITIONS = map(mistakes, blocks("wrong"))


@pytest.mark.parametrize("toml", EXAMPLES)
def test_every_example_is_in_order(tmp_path: Path, toml: str) -> None:
    loaded(tmp_path, toml)


def refusal(folder: Path, toml: str) -> str:
    with pytest.raises(LexiconError) as caught:
        loaded(folder, toml)
    return str(caught.value).removeprefix(f"{folder}/")


@pytest.mark.parametrize(("wrong", "told"), OF_PACKS)
def test_mistakes_of_packs(tmp_path: Path, wrong: str, told: str) -> None:
    assert refusal(tmp_path, HEAD + ("" if wrong.startswith("phrases") else PHRASES) + wrong) == told


@pytest.mark.parametrize(("wrong", "told"), OF_CONDITIONS)
def test_mistakes_of_conditions(tmp_path: Path, wrong: str, told: str) -> None:
    key = wrong.partition(" ")[0]
    kept = "".join(line for line in CONDITION.splitlines(keepends=True) if not line.startswith(f"{key} "))
    assert refusal(tmp_path, kept + wrong) == told


def test_every_key_is_documented() -> None:
    text = " ".join(EXAMPLES)
    for key in (*CONDITION_KEYS, "within_s"):
        assert re.search(rf"\b{key} = ", text), key
    for key in WINDOW_KEYS:
        assert re.search(rf"\b{key}\b", README), key


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("把您那个密码现在告诉我", True),
        ("您有病", True),
        ("验证码现在是多少", True),
        ("不知道啊", True),
        ("我不知道您的意思", False),
    ],
)
def test_comments_on_phrases(tmp_path: Path, text: str, is_found: bool) -> None:
    toml = next(block for block in EXAMPLES if "weak = true" in block)
    assert bool(PhraseMatcher(loaded(tmp_path, toml).phrases).find(text)) is is_found


@pytest.mark.parametrize(
    "text",
    ["不会让您告诉我密码", "您说的那个人叫您告诉我密码", "告诉我密码的是骗子", "验证码不用给我", "你有病毒吗"],
)
def test_comments_on_exceptions(tmp_path: Path, text: str) -> None:
    toml = next(block for block in EXAMPLES if "有病毒" in block)
    assert PhraseMatcher(loaded(tmp_path, toml).phrases).find(text) == ()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("客户说不要", "customer 我不要"),
        ("反复催促", "agent 快点，赶紧的"),
        ("扣费和退订都提到", "agent 先扣费，以后可以退订"),
        ("报六位数字", "customer 382051"),
    ],
)
def test_comments_on_conditions(tmp_path: Path, name: str, line: str) -> None:
    toml = next(block for block in EXAMPLES if "反复催促" in block)
    told = [claim.explanation for claim in ConditionMatcher(loaded(tmp_path, toml).conditions).find(talk(line))]
    assert any(f"“{name}”" in explanation for explanation in told)
