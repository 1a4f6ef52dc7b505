"""What a confirmed fault costs in reviewers' minutes.

    10 calls opened and finished in 30 minutes, 6 faults confirmed or added in them     5.0 minutes a fault

Calls in which nothing was confirmed were heard too, so their minutes count.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import fsum, inf, sqrt
from statistics import median

from scipy.special import stdtrit

from pipeline.records.estimate import Interval
from pipeline.records.quality import Effort, Sitting

_UPPER_95 = 0.975
_MINUTE_MS = 60_000


def efforts(sittings: Sequence[Sitting]) -> tuple[Effort, ...]:
    """Everybody's together, then each person's."""
    if not sittings:
        return ()
    by_person: dict[str, list[Sitting]] = defaultdict(list)
    for sitting in sittings:
        by_person[sitting.person].append(sitting)
    return (_effort(None, sittings), *(_effort(name, own) for name, own in sorted(by_person.items())))


def _effort(person: str | None, sittings: Sequence[Sitting]) -> Effort:
    lengths = [sitting.length_ms for sitting in sittings]
    faults = sum(sitting.faults for sitting in sittings)
    return Effort(
        person,
        len(sittings),
        sum(lengths) / _MINUTE_MS,
        median(lengths) / 1000,
        faults,
        ratio([length / _MINUTE_MS for length in lengths], [sitting.faults for sitting in sittings]),
    )


def ratio(amounts: Sequence[float], counts: Sequence[float]) -> Interval | None:
    """Σ amounts / Σ counts with Student's interval on its linearised variance; None where nothing was counted.

    Source: W. G. Cochran, Sampling Techniques (1977), chapter 6.
    """
    if not (total := fsum(counts)):
        return None
    value, number = fsum(amounts) / total, len(amounts)
    if number < 2:
        return Interval(value, 0, inf)
    squares = fsum((amount - value * count) ** 2 for amount, count in zip(amounts, counts, strict=True))
    half = float(stdtrit(number - 1, _UPPER_95)) * sqrt(number / (number - 1) * squares) / total
    return Interval(value, max(0.0, value - half), value + half)
