"""Sounds: one character a syllable, fuzzy where many speakers make no difference."""

import pytest

from pipeline.text.pinyin import are_alike, encode, fuzzy, syllables


def test_homophones_are_one_character() -> None:
    assert encode("他又病") == encode("她有并")
    assert encode("他又病") != encode("他又瓶")
    assert len(encode("10086您好")) == 7


def test_fuzzy_sounds_only_where_asked() -> None:
    assert encode("知", is_fuzzy=True) == encode("资", is_fuzzy=True)
    assert encode("知") != encode("资")
    assert [fuzzy(s) for s in ("zhang", "nan", "lang", "jing", "en")] == ["zan", "lan", "lan", "jin", "en"]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("kan", "ban", True), ("zhang", "zi", True), ("bian", "jian", True), ("pian", "jie", False), ("an", "ou", False)],
)
def test_alike_by_initial_or_final(one: str, other: str, alike: bool) -> None:
    assert are_alike(one, other) is alike


def test_syllables_for_people() -> None:
    assert syllables("你a好") == ("ni", "a", "hao")
