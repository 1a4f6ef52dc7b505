"""All phrasings of a lexicon in three automata: as written, by sound, and the pieces of the long ones for near matches.

Each text is passed once by each automaton, however many phrases there are (ahocorasick-rs: some 25 million characters a second).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from pipeline.records.finding import Match
from pipeline.text.near import closest, edits_allowed, pieces
from pipeline.text.pinyin import encode

EXACT, SAME_SOUND, SIMILAR_SOUND, NEAR = 1.0, 0.9, 0.8, 0.6
_NEGATIONS = "不没别未无"


@dataclass(frozen=True, slots=True)
class Form:
    """One phrasing of group number `group` of phrase number `phrase`; looked for by sound or approximately only where said so."""

    text: str
    phrase: int
    group: int
    by_sound: bool
    nearly: bool


@dataclass(frozen=True, slots=True)
class FormHit:
    """A form found at [start, end) of the searched text; `confidence` says how."""

    form: Form
    start: int
    end: int
    match: Match
    confidence: float


class FormIndex:
    """Finds forms in a text."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self._exact = _Automaton((form.text, form, 0) for form in forms)
        self._sounds = _Automaton((encode(form.text, is_fuzzy=True), form, 0) for form in forms if form.by_sound)
        self._pieces = _Automaton(
            (piece, form, offset)
            for form in forms
            if form.nearly and edits_allowed(len(form.text))
            for offset, piece in pieces(encode(form.text, is_fuzzy=True))
        )

    def find(self, text: str) -> Iterator[FormHit]:
        """Every hit, overlapping ones and the same words several ways included."""
        for form, start in self._exact.find(text):
            yield FormHit(form, start, start + len(form.text), Match.EXACT, EXACT)
        sounds = encode(text, is_fuzzy=True)
        strict = encode(text)
        for form, start in self._sounds.find(sounds):
            end = start + len(form.text)
            if text[start:end] != form.text:
                same = strict[start:end] == encode(form.text)
                yield FormHit(form, start, end, Match.PHONETIC, SAME_SOUND if same else SIMILAR_SOUND)
        yield from self._near(text, sounds)

    def _near(self, text: str, sounds: str) -> Iterator[FormHit]:
        seen: set[tuple[Form, int]] = set()
        for form, start in self._pieces.find(sounds):
            if (form, start) in seen:
                continue
            seen.add((form, start))
            length, allowed = len(form.text), edits_allowed(len(form.text))
            left = max(0, start - allowed)
            edits, first, last = closest(encode(form.text, is_fuzzy=True), sounds[left : start + length + allowed])
            heard = text[left + first : left + last]
            # A dropped or added 不 turns the meaning round: that is no slip of the recogniser one may overlook.
            if 0 < edits <= allowed and all(heard.count(no) == form.text.count(no) for no in _NEGATIONS):
                yield FormHit(form, left + first, left + last, Match.NEAR, NEAR)


class _Automaton:
    """Patterns that may stand for several forms; `find` gives the form and where its first character would be."""

    def __init__(self, patterns: Iterator[tuple[str, Form, int]]) -> None:
        owners: defaultdict[str, list[tuple[Form, int]]] = defaultdict(list)
        for pattern, form, offset in patterns:
            owners[pattern].append((form, offset))
        self._owners = tuple(tuple(dict.fromkeys(forms)) for forms in owners.values())
        self._automaton = AhoCorasick(list(owners)) if owners else None

    def find(self, text: str) -> Iterator[tuple[Form, int]]:
        if self._automaton is None:
            return
        for pattern, start, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            for form, offset in self._owners[pattern]:
                yield form, max(0, start - offset)
