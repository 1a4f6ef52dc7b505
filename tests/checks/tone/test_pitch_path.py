"""The likeliest path, against all paths."""

from itertools import groupby, pairwise, product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks.tone.pitch_path import best_path

OCTAVE_JUMP_COST = 0.35


def path(*candidates: tuple[int, float, float]) -> list[float]:
    """The pitches taken of (frame, Hz, strength)."""
    frame, hz, strength = (np.array(column) for column in zip(*candidates, strict=True))
    return hz[best_path(frame, np.log2(hz).astype(np.float32), strength.astype(np.float32))].tolist()


def test_a_frame_whose_double_is_a_little_stronger_stays_with_its_neighbours() -> None:
    assert path((0, 200, 0.9), (1, 400, 0.92), (1, 201, 0.88), (2, 202, 0.9)) == [200, 201, 202]
    assert path((1, 400, 0.92), (1, 201, 0.88)) == [400]


def test_an_octave_that_lasts_is_followed() -> None:
    shout = [(frame, hz, strength) for frame in range(5, 15) for hz, strength in ((200, 0.8), (400, 0.95))]
    assert path(*((frame, 200, 0.95) for frame in range(5)), *shout) == [200] * 5 + [400] * 10


def test_a_pause_ends_the_memory() -> None:
    assert path((0, 200, 0.9), (2, 400, 0.92), (2, 201, 0.88)) == [200, 400]


def test_nothing_gives_nothing() -> None:
    nothing = np.zeros(0, dtype=np.float32)
    assert best_path(np.zeros(0, dtype=np.int64), nothing, nothing).size == 0


Candidate = tuple[int, int, int]  # frame, twelfths of an octave, hundredths of strength
CANDIDATES = st.lists(
    st.tuples(st.integers(0, 6), st.integers(70, 105), st.integers(45, 100)),
    min_size=1,
    max_size=14,
    unique_by=lambda candidate: candidate[:2],
).map(sorted)


def worth(taken: tuple[Candidate, ...]) -> float:
    cost = sum(OCTAVE_JUMP_COST * abs(a[1] - b[1]) / 12 for a, b in pairwise(taken) if b[0] == a[0] + 1)
    return sum(candidate[2] for candidate in taken) / 100 - cost


@given(CANDIDATES)
def test_no_path_is_worth_more(candidates: list[Candidate]) -> None:
    frame, octaves, score = (np.array(column) for column in zip(*candidates, strict=True))
    chosen = best_path(frame, (octaves / 12).astype(np.float32), (score / 100).astype(np.float32))
    frames = [list(group) for _, group in groupby(candidates, key=lambda candidate: candidate[0])]
    # More than six in one frame are cut to the best six on purpose.
    if max(map(len, frames)) <= 6:
        ours = tuple(candidates[at] for at in chosen)
        assert [one[0] for one in ours] == sorted({one[0] for one in candidates})
        assert worth(ours) >= max(map(worth, product(*frames))) - 1e-4
