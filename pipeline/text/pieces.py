"""Where an utterance may be cut into sentences: at its pauses, for a transcript has no punctuation.

    好的我帮您看一下 (0.3 s) 你烦不烦啊 (0.2 s) 都问了三遍了     each piece, each two neighbours, and so on up to the longest sentence

A person's breath holds several sentences, and a sentence has pauses inside it, so every run of pieces of a sentence's length is offered.
"""

from collections.abc import Iterator

from pipeline.text.utterances import Utterance

PAUSE_MS = 150
SHORTEST_HANZI, LONGEST_HANZI = 3, 30
# A piece longer than the longest sentence is offered in windows that overlap by half.
_WINDOW_HANZI = 20


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
