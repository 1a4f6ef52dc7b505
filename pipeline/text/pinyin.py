"""Toneless pinyin by table: speech recognition errs by homophones, so phrases are also compared by sound.

    encode("他又病") == encode("她有冰")  with fuzzy=True: both ta you bin

Each syllable becomes one private-use character, so a pinyin text has the length of its hanzi text and every tool for strings works on
it at full speed. A hanzi has its commonest reading: text and phrases read the same table, so a second reading costs little.
"""

import re
from functools import cache

from pypinyin import lazy_pinyin

FIRST, LAST = 0x4E00, 0x9FFF
_PRIVATE = 0xE000
_COMMONER = {"长": "chang", "嗯": "en"}  # where pypinyin's first reading is not the one heard on the telephone


@cache
def _readings() -> dict[int, str]:
    """Toneless syllable of every hanzi that has one, by code point."""
    hanzi = {code: lazy_pinyin(chr(code), errors="ignore") for code in range(FIRST, LAST + 1)}
    known = {code: reading[0] for code, reading in hanzi.items() if reading}
    return known | {ord(char): reading for char, reading in _COMMONER.items()}


def fuzzy(syllable: str) -> str:
    """The syllable without the differences many speakers do not make: zh/z ch/c sh/s, n/l, ang/an eng/en ing/in."""
    flat = re.sub(r"^([zcs])h", r"\1", syllable)
    flat = re.sub(r"^n(?=[aeiouv])", "l", flat)
    return re.sub(r"(?<=[aei])ng$", "n", flat)


@cache
def _table(is_fuzzy: bool) -> dict[int, str]:
    """From hanzi to the private character of its syllable."""
    sounds = {code: fuzzy(reading) if is_fuzzy else reading for code, reading in _readings().items()}
    place = {sound: chr(_PRIVATE + at) for at, sound in enumerate(sorted(set(sounds.values())))}
    return {code: place[sound] for code, sound in sounds.items()}


def encode(text: str, *, is_fuzzy: bool = False) -> str:
    """One private-use character a syllable; what is no hanzi stays. Same length as `text`."""
    return text.translate(_table(is_fuzzy))


def syllables(text: str) -> tuple[str, ...]:
    """The toneless syllable of every hanzi of `text`, other characters as they are; for people to read."""
    readings = _readings()
    return tuple(readings.get(ord(char), char) for char in text)


def are_alike(one: str, other: str) -> bool:
    """Whether two syllables share their initial or their final, fuzzily: kan and ban, zhang and zan."""
    (start, end), (other_start, other_end) = _split(fuzzy(one)), _split(fuzzy(other))
    return (start == other_start and start != "") or end == other_end


def _split(syllable: str) -> tuple[str, str]:
    """Initial and final; a syllable without initial (an) has an empty one."""
    final = re.search(r"[aeiouv].*", syllable)
    return (syllable[: final.start()], final[0]) if final else ("", syllable)
