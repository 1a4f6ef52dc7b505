"""Where an utterance may be cut into sentences: at its pauses, for a transcript has no punctuation.

    好的我帮您看一下 (0.3 s) 你烦不烦啊 (0.2 s) 都问了三遍了     each piece, each two neighbours, and so on up to the longest sentence

A person's breath holds several sentences, and a sentence has pauses inside it, so every run of pieces of a sentence's length is offered.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.text.likeness import Likeness
from pipeline.text.utterances import Utterance

PAUSE_MS = 150
SHORTEST_HANZI, LONGEST_HANZI = 3, 30
# A piece longer than the longest sentence is offered in windows that overlap by half.
_WINDOW_HANZI = 20


@dataclass(frozen=True, slots=True)
class Likely:
    """Half-open [start, end) of an utterance's text, the kind it is most like, and how surely (0-1)."""

    start: int
    end: int
    kind: str
    probability: float


def pieces(utterance: Utterance) -> tuple[tuple[int, int], ...]:
    """Half-open stretches [start, end) of the utterance's text between its pauses, all of it, in order."""
    spans, cuts = utterance.spans, [0]
    for at in range(1, len(spans)):
        if spans[at].start_ms - spans[at - 1].end_ms >= PAUSE_MS:
            cuts.append(at)
    return tuple(zip(cuts, [*cuts[1:], len(spans)], strict=True))


def sentences(utterance: Utterance) -> Iterator[tuple[int, int]]:
    """Every stretch [start, end) that may be a sentence."""
    parts = pieces(utterance)
    for first, (start, end) in enumerate(parts):
        if end - start > LONGEST_HANZI:
            step = _WINDOW_HANZI // 2
            yield from ((at, min(at + _WINDOW_HANZI, end)) for at in range(start, end - step, step))
            continue
        for _, until in parts[first:]:
            if until - start > LONGEST_HANZI:
                break
            if until - start >= SHORTEST_HANZI:
                yield start, until


def most_like(utterance: Utterance, model: Likeness, kind: str) -> Likely | None:
    """The utterance's sentence that is most like one kind's examples; None where none reaches the model's limit."""
    if kind not in model.kinds:
        return None
    at = model.kinds.index(kind)
    likely = (
        Likely(start, end, kind, float(model(utterance.text[start:end])[at])) for start, end in sentences(utterance)
    )
    best = max(likely, key=lambda one: one.probability, default=None)
    return best if best is not None and best.probability >= model.limit else None
