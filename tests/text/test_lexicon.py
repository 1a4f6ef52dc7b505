"""Wrong lexicons are told with file, line and reason."""

from pathlib import Path

import pytest

from pipeline.errors import LexiconError
from pipeline.text.lexicon import read
from pipeline.text.packs import pack_of

HEAD = 'rule = "phrase.abuse"\nversion = 1\n'


def refusal(folder: Path, toml: str) -> str:
    file = folder / "pack.toml"
    file.write_text(HEAD + toml, encoding="utf-8")
    with pytest.raises(LexiconError) as caught:
        pack_of(read(file), {"他网": ("联通",)})
    return str(caught.value).removeprefix(f"{file}")


@pytest.mark.parametrize(
    ("toml", "line", "reason"),
    [
        ('phrases = [\n  "好",\n]', 4, "single hanzi"),
        ('phrases = [\n  "你(有病",\n]', 4, "brackets must be closed"),
        ('phrases = [\n  "你有病！",\n]', 4, "not what can be heard"),
        ('phrases = [\n  "你有1个病",\n]', 4, "digits as hanzi"),
        ('phrases = [\n  "…你有病",\n]', 4, "cannot begin with …"),
        ('phrases = [\n  "你有病…",\n]', 4, "cannot end with …"),
        ('phrases = [\n  "(你有病)?",\n]', 4, "optional"),
        ('phrases = [\n  "<本店>有病",\n]', 4, "no word group"),
        ('phrases = [\n  "(你|那个)有病",\n]', 4, "hesitation"),
        ('phrases = [\n  { text = "你…病", weak = true },\n]', 4, "cannot have gaps"),
        ('phrases = [\n  { text = "你有病", severty = "minor" },\n]', 4, "unknown key"),
        ('phrases = ["你有病"]\nseverity = "deadly"', 4, "must be one of"),
        ('phrases = ["你有病"]\nexceptions = ["………您说"]', 4, "at one end"),
        ('phrases = ["你有病"]\nexceptions = ["您…说…"]', 4, "no gap within"),
        ('phrases = ["你有病"]\nexceptions = ["那个…"]', 4, "hesitation"),
        ("phrases = []", 3, "no phrase"),
        ('phrases = "你有病"', 3, "list"),
        ('phrase = ["你有病"]', 3, "unknown key"),
    ],
)
def test_mistakes_are_named_with_line_and_reason(tmp_path: Path, toml: str, line: int, reason: str) -> None:
    said = refusal(tmp_path, toml)
    assert said.startswith(f":{line}: ")
    assert reason in said


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="no such file"):
        read(tmp_path / "none.toml")
    (tmp_path / "gb.toml").write_bytes("规则".encode("gb18030"))
    with pytest.raises(LexiconError, match="UTF-8"):
        read(tmp_path / "gb.toml")
    (tmp_path / "bad.toml").write_text("a = [", encoding="utf-8")
    with pytest.raises(LexiconError, match="not valid TOML"):
        read(tmp_path / "bad.toml")


def test_words_and_own_severity(tmp_path: Path) -> None:
    file = tmp_path / "pack.toml"
    file.write_text(HEAD + '[words]\n"骂" = ["滚", "滚蛋"]\n', encoding="utf-8")
    file.write_text(HEAD + 'phrases = ["你<骂>"]\n[words]\n"骂" = ["滚蛋", "去死"]\n', encoding="utf-8")
    pack = pack_of(read(file), {})
    assert pack.phrases[0].groups[1].choices == ("滚蛋", "去死")
    assert pack.severity is None
