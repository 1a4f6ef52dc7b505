"""How fast: hanzi a minute of articulation.

Pauses are not articulation, and an engine often lets the word beside a pause swallow it. So a word counts for at most 0.8 s a
hanzi, and a gap between words counts while it is at most 300 ms. Spoken digits written as figures are syllables too.

    您 0.00-0.20 好 0.20-0.40 (1 s) 请 1.40-1.60 问 1.60-1.80      4 hanzi in 0.8 s: 300 a minute
"""

import re
from collections.abc import Iterable
from itertools import pairwise

from pipeline.records.turn import Turn, Word

_PAUSE_MS = 300
_SLOWEST_HANZI_MS = 800
_SYLLABLE = re.compile(r"[\u3007\u3400-\u9fff0-9]")


def count_hanzi(text: str) -> int:
    """Hanzi and digits of a text."""
    return len(_SYLLABLE.findall(text))


def articulation_ms(words: tuple[Word, ...]) -> int:
    """Time of the words with hanzi, pauses over 300 ms left out."""
    spoken = [(word, count) for word in words if (count := count_hanzi(word.text))]
    held = sum(min(word.span.length_ms, _SLOWEST_HANZI_MS * count) for word, count in spoken)
    between = [after.span.start_ms - before.span.end_ms for (before, _), (after, _) in pairwise(spoken)]
    return held + sum(gap for gap in between if 0 < gap <= _PAUSE_MS)


def speech_rate_cpm(turns: Iterable[Turn]) -> float | None:
    """Hanzi a minute of articulation over the turns; None without timed words."""
    hanzi = articulated_ms = 0
    for turn in turns:
        hanzi += sum(count_hanzi(word.text) for word in turn.words)
        articulated_ms += articulation_ms(turn.words)
    return hanzi * 60_000 / articulated_ms if articulated_ms else None
