import numpy as np

from pipeline.checks.tone.stretches import cut, gaps, join, mask, runs, shared, total_ms, widen
from pipeline.records.span import Span


def s(*edges: int) -> tuple[Span, ...]:
    return tuple(Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True))


def test_join_sorts_and_bridges_gaps_up_to_the_limit() -> None:
    assert join(s(9, 10, 0, 3, 2, 5, 7, 7)) == s(0, 5, 9, 10)
    assert join(s(0, 5, 9, 10), gap_ms=4) == s(0, 10)
    assert join(s(0, 5, 9, 10), gap_ms=3) == s(0, 5, 9, 10)


def test_cut_leaves_what_is_outside() -> None:
    assert cut(s(0, 10), s(4, 6)) == s(0, 4, 6, 10)
    assert cut(s(0, 10, 20, 30), s(5, 25)) == s(0, 5, 25, 30)
    assert cut(s(3, 4), s(0, 10)) == ()
    assert cut(s(3, 4), s(0, 3, 4, 9)) == s(3, 4)


def test_shared_and_gaps_and_total() -> None:
    assert shared(s(0, 10), s(5, 7, 9, 12)) == s(5, 7, 9, 10)
    assert gaps(s(0, 2, 1, 3, 8, 9)) == s(3, 8)
    assert total_ms(s(0, 2, 1, 3, 8, 9)) == 4
    assert widen(s(3, 8), 5) == s(0, 13)


def test_mask_and_runs_are_each_others_inverse() -> None:
    covered = mask(s(10, 30, 50, 60), 8)
    assert np.flatnonzero(covered).tolist() == [1, 2, 5]
    assert runs(covered) == s(10, 30, 50, 60)
    assert runs(np.zeros(0, dtype=np.bool_)) == ()
