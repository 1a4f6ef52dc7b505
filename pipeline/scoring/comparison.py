"""A fair order of vendors, projects or agents (产量评比, P-43, P-80): one stands before another only where chance cannot explain it.

    甲  94.0 (93.0-95.0)     rank 1
    乙  93.2 (92.0-94.4)     rank 1     0.8 apart, and the interval of that difference reaches from −0.8 to 2.4
    丙  88.0 (86.5-89.5)     rank 3     worse than both

The interval of a difference follows from those of the two. With many pairs some would differ by chance alone, so each has to pass Holm's test: of k
pairs the most certain at 5 % / k, the next at 5 % / (k − 1), and so on until one fails.

Sources: S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979); Zou and Donner as in
`estimates.py`.
"""

from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations
from math import erfc, hypot, inf, sqrt

from pipeline.records.estimate import Interval, Ranked
from pipeline.scoring.intervals import Z_95

_WRONG = 0.05


def rank(measured: Mapping[str, Interval]) -> tuple[Ranked, ...]:
    """Ranks by values of which more is better, the best first; within a rank by name."""
    worse_than = defaultdict(list)
    for better, worse in _certain(measured):
        worse_than[worse].append(better)
    ranked = [
        Ranked(name, at, 1 + len(worse_than[name]), tuple(sorted(worse_than[name]))) for name, at in measured.items()
    ]
    return tuple(sorted(ranked, key=lambda one: (one.rank, one.name)))


def chance_of(better: Interval, worse: Interval) -> float:
    """How likely chance alone makes a difference as large as this, in either direction."""
    difference = better.value - worse.value
    arm = hypot(better.value - better.low, worse.high - worse.value) / Z_95
    return erfc((difference / arm if arm else inf if difference else 0.0) / sqrt(2))


def _certain(measured: Mapping[str, Interval]) -> list[tuple[str, str]]:
    """Pairs (better, worse) that pass Holm's test."""
    tested = []
    for one, other in combinations(sorted(measured), 2):
        better, worse = sorted((one, other), key=lambda name: -measured[name].value)
        tested.append((chance_of(measured[better], measured[worse]), better, worse))
    certain = []
    for done, (chance, better, worse) in enumerate(sorted(tested)):
        if chance > _WRONG / (len(tested) - done):
            break
        certain.append((better, worse))
    return certain
