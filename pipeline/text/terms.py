"""What a transcript is searched by: pairs of neighbouring characters, as written and as they sound.

    words of 验证码     验证 证码 码0                         found by 验证码, by 验证, and by 码 alone (码0 begins with it)
    sounds of 验正码    yan1zen zen1ma ma1                    found by 验证码 too, which sounds the same

Pairs need no dictionary and miss nothing: a name that no segmenter knows is found like any other. Digits are hanzi in a normalised text, so 0 and 1
are free to mark a pair's kind. Sounds are toneless and without the differences many speakers do not make (`pinyin.fuzzy`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise

from pipeline.text.normal import normalize
from pipeline.text.pinyin import FIRST, LAST, encode, fuzzy, syllables

LONGEST_QUERY = 60


class Likeness(StrEnum):
    """How what was said is like what is looked for."""

    WORDS = "words"
    SAME_SOUND = "same_sound"
    SIMILAR_SOUND = "similar_sound"


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for: all of the `wordings` in one turn, normalised. `by_sound`: what sounds like them will do."""

    wordings: tuple[str, ...]
    by_sound: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Characters [start, end) of a normalised text that are a wording."""

    start: int
    end: int
    likeness: Likeness


def sought(query: str, *, by_sound: bool) -> Sought:
    """What a typed query looks for; its parts are separated by spaces. By sound, pinyin is understood too: yanzhengma.

    A query of nothing that can be heard looks for nothing.
    """
    parts = query[:LONGEST_QUERY].split()
    if by_sound:
        parts = _joined_pinyin(parts)
    return Sought(tuple(dict.fromkeys(part for part in map(normalize, parts) if part)), by_sound)


def terms(plain: str) -> Iterator[str]:
    """Every term of a normalised text."""
    yield from _pairs(list(plain), "0")
    yield from _pairs(_sounds(plain), "1")


def needed(wanted: Sought) -> list[tuple[str, bool]]:
    """The terms that a turn must have, each with whether it is only the beginning of one."""
    found: dict[tuple[str, bool], None] = {}
    for wording in wanted.wordings:
        parts, mark = (_sounds(wording), "1") if wanted.by_sound else (list(wording), "0")
        if len(parts) == 1:
            # Words of one character begin with it alone; a syllable ends where its mark stands: ya is no yan.
            found[parts[0] + (mark if wanted.by_sound else ""), True] = None
        found.update(((term, False), None) for term in _pairs(parts, mark, is_closed=False))
    return list(found)


def places(wanted: Sought, plain: str) -> tuple[Place, ...]:
    """Where a normalised text has the wordings, in order; nothing where one of them is missing."""
    found: list[Place] = []
    text = encode(plain, is_fuzzy=True) if wanted.by_sound else plain
    for wording in wanted.wordings:
        looked_for = encode(wording, is_fuzzy=True) if wanted.by_sound else wording
        at = text.find(looked_for)
        if at < 0:
            return ()
        while at >= 0:
            end = at + len(looked_for)
            found.append(Place(at, end, _likeness(wording, plain[at:end])))
            at = text.find(looked_for, end)
    return tuple(sorted(found, key=lambda place: (place.start, place.end)))


def _likeness(wording: str, heard: str) -> Likeness:
    if wording == heard:
        return Likeness.WORDS
    return Likeness.SAME_SOUND if encode(wording) == encode(heard) else Likeness.SIMILAR_SOUND


def _pairs(parts: list[str], mark: str, *, is_closed: bool = True) -> Iterator[str]:
    between = mark if mark == "1" else ""
    yield from [one + between + other for one, other in pairwise(parts)]
    if is_closed and parts:
        yield parts[-1] + mark


def _sounds(plain: str) -> list[str]:
    return list(map(_sound, plain))


@cache
def _sound(char: str) -> str:
    """A character's syllable. There are no more of them than characters, and every one is asked for thousands of times."""
    return fuzzy(syllables(char)[0])


def _joined_pinyin(parts: list[str]) -> list[str]:
    """Parts with pinyin as hanzi of that sound; pinyin parts in a row are one wording: yan zheng ma."""
    found: list[str] = []
    was_pinyin = False
    for part in parts:
        hanzi = _hanzi_of_pinyin(part.lower())
        if hanzi and was_pinyin:
            found[-1] += hanzi
        else:
            found.append(hanzi or part)
        was_pinyin = bool(hanzi)
    return found


def _hanzi_of_pinyin(letters: str) -> str:
    """Some hanzi of these syllables, the longest ones first; empty where the letters are no pinyin."""
    plain = letters.translate({ord(digit): None for digit in "12345'"}).replace("ü", "v")
    known = _hanzi_by_syllable()
    # Read from the end: for each place, the syllables of the rest.
    rests: list[str | None] = [None] * len(plain) + [""]
    for at in range(len(plain) - 1, -1, -1):
        for size in range(6, 0, -1):
            rest = rests[at + size] if at + size <= len(plain) else None
            if rest is not None and plain[at : at + size] in known:
                rests[at] = known[plain[at : at + size]] + rest
                break
    return rests[0] or ""


@cache
def _hanzi_by_syllable() -> dict[str, str]:
    hanzi = "".join(map(chr, range(FIRST, LAST + 1)))
    return {syllable: char for char, syllable in zip(hanzi, syllables(hanzi), strict=True) if syllable.isascii()}
