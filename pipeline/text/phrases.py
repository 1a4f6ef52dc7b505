"""Finding phrases in what a recogniser heard: exact, by sound, nearly, and not where they are quoted or negated.

| phrase of          | is found                                                             |
|--------------------|----------------------------------------------------------------------|
| 1-3 hanzi          | as written only: by sound nearly every false alarm is that short     |
| weak               | only where it is the whole utterance (不知道)                         |
| 4                  | also with one hanzi of the same toneless pinyin: match `phonetic`    |
| 5 and more         | also all of them of the same pinyin                                  |
| 5 and more         | also without the difference of zh/z, n/l, ang/an and the like        |
| 6 and more         | also with one other syllable inside (two edits from 9 on): `near`    |

Measured on simulated recognition errors: 10 % wrong characters leave exact search 58 % of phrases, sounds 85 %, near 95 %.
Words with gaps (把…验证码…告诉我) count together, what stands between them does not; by sound they need two hanzi more.

An exception names words that take the phrase's meaning away, … standing for the phrase: 不会… (at most 4 hanzi before it), 您说的……
(at most 12), …是骗子 (behind it), …不用… (between its words). Without … it is a word that the phrase is only a part of or only sounds like:
有病毒 for 你有病, 有什么事 for 又什么事.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache

from pipeline.records.finding import Match, Severity
from pipeline.text.automaton import Automaton
from pipeline.text.condensed import Condensed, condense, condense_form
from pipeline.text.near import NearIndex
from pipeline.text.notation import Group, count_forms, expand
from pipeline.text.pattern import Found, Pattern
from pipeline.text.pinyin import encode

SOUND_FROM = 4
EXACT, SAME_SOUND, SIMILAR_SOUND, NEAR = 1.0, 0.9, 0.8, 0.6
_MOST_NEAR_FORMS = 200
_CLOSE, _FAR = 4, 12
_TAIL = "吧呢嘛呀哦了的哈喽"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A lexicon's line. `key` says what a hit is for (a rule, an element); `severity` None = the rule's own."""

    text: str
    groups: tuple[Group, ...]
    key: str = ""
    is_weak: bool = False
    exceptions: tuple[str, ...] = ()
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found at characters [start, end) of the original text. `form` is the phrasing meant, `heard` the words taken for it."""

    phrase: Phrase
    start: int
    end: int
    form: str
    heard: str
    match: Match
    confidence: float


class PhraseMatcher:
    """All phrases at once; from `sound_from` hanzi on they are compared by sound."""

    def __init__(self, phrases: Sequence[Phrase], *, sound_from: int = SOUND_FROM) -> None:
        self._phrases = tuple(phrases)
        self._sound_from = sound_from
        self._readings = tuple(_Reading(self._phrases, which) for which in (0, 1))

    def find(self, text: str) -> tuple[Hit, ...]:
        """Hits in the order of the text, the best one where the same phrase is found several ways."""
        return self._all(text, is_excused=False)

    def excused(self, text: str) -> tuple[Hit, ...]:
        """What would be hits but for the exceptions: words that were said and are right as they were said."""
        return self._all(text, is_excused=True)

    def _all(self, text: str, is_excused: bool) -> tuple[Hit, ...]:
        plain, collapsed = condense(text)
        hits = list(self._find(self._readings[0], plain, is_excused))
        if collapsed.text != plain.text:
            hits += self._find(self._readings[1], collapsed, is_excused)
        return _best_of_each(hits)

    def _find(self, reading: "_Reading", condensed: Condensed, is_excused: bool) -> Iterator[Hit]:
        text, sounds, not_excused = condensed.text, encode(condensed.text, is_fuzzy=True), not is_excused
        for number, found in reading.patterns(text, sounds):
            match, confidence = self._judge(found)
            if match and self._stands(reading, number, text, found.start, found.end) is not_excused:
                start, end = condensed.original(found.start, found.end)
                yield Hit(self._phrases[number], start, end, found.form, found.heard, match, confidence)
        for form, first, last in reading.near.find(text, sounds):
            if self._stands(reading, form.phrase, text, first, last) is not_excused:
                start, end = condensed.original(first, last)
                yield Hit(self._phrases[form.phrase], start, end, form.text, text[first:last], Match.NEAR, NEAR)

    def _judge(self, found: Found) -> tuple[Match | None, float]:
        # 谢谢 written once is 谢, a surname: short words with a repeated hanzi are looked for as they are only.
        if found.shortened and found.size < SOUND_FROM:
            return None, 0.0
        if found.form == found.heard:
            return Match.EXACT, EXACT
        is_same = encode(found.form) == encode(found.heard)
        if found.size < self._least_by_sound(found, is_same) or self._is_chance(found):
            return None, 0.0
        return Match.PHONETIC, SAME_SOUND if is_same else SIMILAR_SOUND

    def _is_chance(self, found: Found) -> bool:
        """Of four syllables two other words are one too many: 老师戴着 is no 老实待着."""
        differing = sum(meant != heard for meant, heard in zip(found.form.replace("…", ""), found.heard, strict=False))
        return self._sound_from >= SOUND_FROM and found.size <= SOUND_FROM and differing > 1

    def _least_by_sound(self, found: Found, is_same: bool) -> int:
        """Looser comparisons need more to go by: a similar sound one hanzi more, words with gaps two."""
        return self._sound_from + (0 if is_same else 1) + (2 if "…" in found.form else 0)

    def _stands(self, reading: "_Reading", number: int, text: str, start: int, end: int) -> bool | None:
        """Whether no exception covers the words; None of a weak phrase that is not the whole utterance, which is nothing said and nothing excused."""
        is_whole = start == 0 and not text[end:].strip(_TAIL)
        if self._phrases[number].is_weak and not is_whole:
            return None
        return not any(exception.covers(text, start, end) for exception in reading.exceptions[number])


class _Reading:
    """The phrases as one of the two readings of a text (without fillers, also without stutters) has them."""

    def __init__(self, phrases: tuple[Phrase, ...], which: int) -> None:
        def condensed(words: str) -> str:
            return condense_form(words)[which]

        self.exceptions = tuple(_exceptions(phrase.exceptions, which) for phrase in phrases)
        self._patterns = tuple(Pattern(phrase.groups, condensed) for phrase in phrases)
        self._anchors = Automaton(
            (anchor, number) for number, pattern in enumerate(self._patterns) for anchor in pattern.anchors
        )
        self.near = NearIndex(
            (condensed(form), number)
            for number, phrase in enumerate(phrases)
            if not phrase.is_weak and not any(group.after_gap for group in phrase.groups)
            if count_forms(phrase.groups) <= _MOST_NEAR_FORMS
            for form in expand(phrase.groups)
        )

    def patterns(self, text: str, sounds: str) -> Iterator[tuple[int, Found]]:
        """What the phrases' patterns find, tried only where one of their anchors is heard."""
        for number in sorted({number for number, _ in self._anchors.find(sounds)}):
            for found in self._patterns[number].find(text, sounds):
                yield number, found


def _best_of_each(hits: list[Hit]) -> tuple[Hit, ...]:
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (-hit.confidence, hit.start - hit.end, hit.start)):
        if not any(hit.phrase is other.phrase and hit.start < other.end and other.start < hit.end for other in kept):
            kept.append(hit)
    return tuple(sorted(kept, key=lambda hit: (hit.start, hit.end)))


class _Side(Enum):
    BEFORE = "before"
    AROUND = "around"
    WITHIN = "within"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class _Exception:
    """Words on a side of a phrase; before and behind it at most `reach` characters away."""

    words: str
    side: _Side
    reach: int

    def covers(self, text: str, start: int, end: int) -> bool:
        size = len(self.words)
        if self.side is _Side.BEFORE:
            return text.find(self.words, max(0, start - size - self.reach), start) >= 0
        if self.side is _Side.BEHIND:
            return text.find(self.words, end, end + size + self.reach) >= 0
        if self.side is _Side.WITHIN:
            return text.find(self.words, start, end) >= 0
        at = text.find(self.words, max(0, start - size + 1), end + size - 1)
        while at >= 0 and start < at and at + size < end:
            at = text.find(self.words, at + 1, end + size - 1)
        return at >= 0


@cache
def _exceptions(lines: tuple[str, ...], which: int) -> tuple[_Exception, ...]:
    """Those of a phrase; nearly all phrases of a pack have the same ones."""
    return tuple(_exception(line, which) for line in lines)


@cache
def _exception(line: str, which: int) -> _Exception:
    words = condense_form(line.replace("…", ""))[which]
    is_before, is_behind = line.endswith("…"), line.startswith("…")
    side = _Side.WITHIN if is_before and is_behind else _Side.BEFORE if is_before else _Side.BEHIND
    return _Exception(words, side if is_before or is_behind else _Side.AROUND, _FAR if "……" in line else _CLOSE)
