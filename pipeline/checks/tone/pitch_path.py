"""The likeliest way through the candidates of consecutive frames (Viterbi, with the transition cost of Boersma 1993).

A voice glides and does not leap, so a leap of an octave costs as much as a third of a perfect period: a frame in which double the pitch
repeats a little better stays with its neighbours. All unbroken runs of voiced frames are walked at once, frame by frame.

    200 Hz 0.90 | 400 Hz 0.92, 201 Hz 0.88 | 202 Hz 0.90      → 200, 201, 202 Hz
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_OCTAVE_JUMP_COST = 0.35
_MOST_CANDIDATES = 6

Indices = NDArray[np.int64]
Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """Unbroken runs of rows, longest first: the first row and the length of each."""

    start: Indices
    length: Indices

    def rows_at(self, step: int) -> Indices:
        """The rows that lie `step` after the start of their run."""
        return self.start[: np.searchsorted(-self.length, -step)] + step


def best_path(frame: Indices, octaves: Numbers, score: Numbers) -> Indices:
    """Which candidates to take, one for each frame that has any. `frame` ascends; `octaves` is the pitch as log2."""
    if not frame.size:
        return np.zeros(0, dtype=np.int64)
    frames, table = _table(frame, score)
    there = table >= 0
    height = np.where(there, octaves[table], np.float32(0))
    total = np.where(there, score[table], np.float32(-np.inf))
    runs = _runs(frames)
    back = np.zeros(table.shape, dtype=np.int64)
    for step in range(1, int(runs.length[0])):
        rows = runs.rows_at(step)
        leap = np.abs(height[rows - 1][:, :, None] - height[rows][:, None, :])
        arriving = total[rows - 1][:, :, None] - np.float32(_OCTAVE_JUMP_COST) * leap
        back[rows] = arriving.argmax(axis=1)
        total[rows] += arriving.max(axis=1)
    return np.asarray(table[np.arange(frames.size), _walk_back(runs, back, total)])


def _table(frame: Indices, score: Numbers) -> tuple[Indices, Indices]:
    """The frames that have candidates, and a row for each with the numbers of its best candidates, filled up with -1."""
    order = np.lexsort((-score, frame))
    frames, first, row = np.unique(frame[order], return_index=True, return_inverse=True)
    rank = np.arange(frame.size) - first[row]
    kept = rank < _MOST_CANDIDATES
    table = np.full((frames.size, _MOST_CANDIDATES), -1, dtype=np.int64)
    table[row[kept], rank[kept]] = order[kept]
    return frames, table


def _runs(frames: Indices) -> _Runs:
    start = np.flatnonzero(np.diff(frames, prepend=frames[0] - 2) != 1)
    length = np.diff(start, append=frames.size)
    longest_first = np.argsort(-length, kind="stable")
    return _Runs(start[longest_first], length[longest_first])


def _walk_back(runs: _Runs, back: Indices, total: Numbers) -> Indices:
    """The column taken in each row: the best at the end of a run, and before it the one from which it was reached."""
    taken = np.zeros(len(total), dtype=np.int64)
    ends = runs.start + runs.length - 1
    taken[ends] = total[ends].argmax(axis=1)
    for step in range(int(runs.length[0]) - 1, 0, -1):
        rows = runs.rows_at(step)
        taken[rows - 1] = back[rows, taken[rows]]
    return taken
