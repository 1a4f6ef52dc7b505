"""Approximate search for long phrases by sound: one other syllable among 6-8, edit distance 2 from 9 on.

A phrase with at most k edits has one of k + 1 equal pieces unharmed. The pieces of all phrases are searched for in one pass; only where one
is found is the distance worked out, so the cost hardly grows with the lexicon.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from operator import ne

from pipeline.text.automaton import Automaton
from pipeline.text.pinyin import are_alike, encode, syllables

NEAR_FROM = 6
_TWO_EDITS_FROM = 9
# Words that turn a sentence round or give it to somebody else: no slip of the recogniser one may overlook.
_DECISIVE = "不没别未无我他"


@dataclass(frozen=True, slots=True)
class NearForm:
    """One phrasing of phrase number `phrase`, `sounds` its fuzzy pinyin, one character a syllable."""

    text: str
    sounds: str
    phrase: int


def edits_allowed(length: int) -> int:
    """How many syllables may differ, be missing or be too many."""
    return 0 if length < NEAR_FROM else 1 if length < _TWO_EDITS_FROM else 2


class NearIndex:
    """All long phrasings, given as (text, number of the phrase)."""

    def __init__(self, forms: Iterable[tuple[str, int]]) -> None:
        long = (
            NearForm(text, encode(text, is_fuzzy=True), phrase) for text, phrase in forms if edits_allowed(len(text))
        )
        self._pieces = Automaton((piece, (form, offset)) for form in long for offset, piece in _pieces(form.sounds))

    def find(self, text: str, sounds: str) -> Iterator[tuple[NearForm, int, int]]:
        """(form, start, end) of each stretch with at least one edit and no more than allowed."""
        tried: set[tuple[NearForm, int]] = set()
        for (form, offset), found in self._pieces.find(sounds):
            start = max(0, found - offset)
            if (form, start) in tried:
                continue
            tried.add((form, start))
            edits, first, last = _aligned(form, sounds, start)
            if 0 < edits <= edits_allowed(len(form.text)) and _is_slip(
                form, edits, text[first:last], sounds[first:last]
            ):
                yield form, first, last


def _aligned(form: NearForm, sounds: str, start: int) -> tuple[int, int, int]:
    """(edits, start, end) of the stretch about `start` that is closest to a form."""
    size, allowed = len(form.sounds), edits_allowed(len(form.sounds))
    if size < _TWO_EDITS_FROM:
        # Nothing may be missing, so that the stretch lies just there and counting is enough.
        heard = sounds[start : start + size]
        edits = sum(map(ne, form.sounds, heard)) if len(heard) == size else size
        return edits, start, start + size
    left = max(0, start - allowed)
    edits, first, last = closest(form.sounds, sounds[left : start + size + allowed])
    return edits, left + first, left + last


def _is_slip(form: NearForm, edits: int, heard: str, sounds: str) -> bool:
    """Whether the difference may be a recogniser's.

    Beginning, end and decisive words agree (from 9 syllables on the beginning may be the one slip); of a phrase under 9 none is missing; and a
    syllable heard for another has its initial or its final (看法 for 办法, never 便宜点 for 简单点).
    """
    first, last = sounds[0] == form.sounds[0], sounds[-1] == form.sounds[-1]
    is_long = len(form.text) >= _TWO_EDITS_FROM
    framed = last and (first or (is_long and edits == 1))
    complete = is_long or len(heard) == len(form.text)
    agrees = all(heard.count(word) == form.text.count(word) for word in _DECISIVE)
    alike = len(heard) != len(form.text) or all(map(are_alike, syllables(form.text), syllables(heard)))
    return framed and complete and agrees and alike


def closest(sounds: str, text: str) -> tuple[int, int, int]:
    """(edits, start, end) of the stretch of `text` that is closest to `sounds` (Sellers' algorithm; the leftmost of equals)."""
    # One row per syllable of the phrase: edits so far and where in the text the stretch began.
    row = [(0, at) for at in range(len(text) + 1)]
    for n, sound in enumerate(sounds, 1):
        following = [(n, 0)]
        for at, heard in enumerate(text, 1):
            changed = (row[at - 1][0] + (sound != heard), row[at - 1][1])
            missing = (row[at][0] + 1, row[at][1])
            added = (following[at - 1][0] + 1, following[at - 1][1])
            following.append(min(changed, missing, added, key=lambda cell: cell[0]))
        row = following
    end = min(range(len(row)), key=lambda at: row[at][0])
    return row[end][0], row[end][1], end


def _pieces(sounds: str) -> tuple[tuple[int, str], ...]:
    """Offset and text of the k + 1 pieces of a phrase."""
    return tuple((start, sounds[start:end]) for start, end in _cuts(len(sounds)))


@cache
def _cuts(length: int) -> tuple[tuple[int, int], ...]:
    count = edits_allowed(length) + 1
    return tuple(pairwise(length * n // count for n in range(count + 1)))
