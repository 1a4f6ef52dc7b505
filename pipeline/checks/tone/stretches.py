"""Arithmetic on stretches of time: joined, cut, shared, widened, and as a mask over frames.

join((0-3, 2-5, 9-10)) → 0-5, 9-10        cut((0-10,), (4-6,)) → 0-4, 6-10
"""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.records.span import Span

FRAME_MS = 10
Mask = NDArray[np.bool_]


def join(spans: Iterable[Span], gap_ms: int = 0) -> tuple[Span, ...]:
    """Sorted stretches, those at most `gap_ms` apart made one; empty ones vanish."""
    joined: list[Span] = []
    for span in sorted(span for span in spans if span.length_ms):
        if joined and span.start_ms - joined[-1].end_ms <= gap_ms:
            joined[-1] = Span(joined[-1].start_ms, max(joined[-1].end_ms, span.end_ms))
        else:
            joined.append(span)
    return tuple(joined)


def cut(spans: Iterable[Span], away: Iterable[Span]) -> tuple[Span, ...]:
    """What is left of `spans` outside `away`."""
    holes, left = join(away), []
    for span in join(spans):
        start_ms = span.start_ms
        for hole in holes:
            if span.overlap_ms(hole):
                left.append(Span(start_ms, max(start_ms, hole.start_ms)))
                start_ms = hole.end_ms
        left.append(Span(min(start_ms, span.end_ms), span.end_ms))
    return tuple(span for span in left if span.length_ms)


def shared(one: Iterable[Span], other: Iterable[Span]) -> tuple[Span, ...]:
    """The stretches that lie in both."""
    others = join(other)
    return tuple(
        Span(max(a.start_ms, b.start_ms), min(a.end_ms, b.end_ms)) for a in join(one) for b in others if a.overlap_ms(b)
    )


def widen(spans: Iterable[Span], by_ms: int) -> tuple[Span, ...]:
    """Each stretch made longer by `by_ms` at both ends, never before 0."""
    return tuple(Span(max(0, span.start_ms - by_ms), span.end_ms + by_ms) for span in spans)


def gaps(spans: Iterable[Span]) -> tuple[Span, ...]:
    """What lies between the stretches."""
    joined = join(spans)
    return tuple(Span(a.end_ms, b.start_ms) for a, b in pairwise(joined))


def total_ms(spans: Iterable[Span]) -> int:
    """Length of all stretches together, doubly covered time counted once."""
    return sum(span.length_ms for span in join(spans))


def mask(spans: Iterable[Span], frames: int) -> Mask:
    """True for each of `frames` frames of FRAME_MS whose middle lies in a stretch."""
    covered = np.zeros(frames, dtype=np.bool_)
    for span in spans:
        covered[(span.start_ms + FRAME_MS // 2) // FRAME_MS : (span.end_ms + FRAME_MS // 2) // FRAME_MS] = True
    return covered


def runs(covered: Mask) -> tuple[Span, ...]:
    """The stretches of a mask over frames."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], covered.astype(np.int8), [0])))) * FRAME_MS
    return tuple(Span(int(start), int(end)) for start, end in edges.reshape(-1, 2))
