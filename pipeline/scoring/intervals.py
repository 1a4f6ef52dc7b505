"""Intervals for published rates: no rate without its sample size and interval.

wilson(0, 2)     → (0.0, 0.658)    two calls without a fault say next to nothing
wilson(0, 300)   → (0.0, 0.0126)
"""

from math import isinf, sqrt

from scipy.special import betaincinv

from pipeline.records.estimate import Interval

Z_95 = 1.959963984540054
OUTSIDE_95 = 0.05


def wilson(found: int, of: int, z: float = Z_95) -> tuple[float, float]:
    """Wilson's score interval of a proportion; (0, 1) where nothing was counted.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
    """
    return wilson_of_share(found / of, of, z) if of else (0.0, 1.0)


def proportion(found: int, of: int) -> Interval:
    """A proportion with Wilson's interval; 0 (0-1) where nothing was counted."""
    low, high = wilson(found, of)
    value = found / of if of else 0.0
    return Interval(value, min(low, value), max(high, value))


def wilson_of_share(share: float, of: float, z: float = Z_95) -> tuple[float, float]:
    """The same for a weighted share on an effective sample size above 0, which need not be whole; infinite = everything was counted."""
    zz = z * z / of
    middle = (share + zz / 2) / (1 + zz)
    half = z * sqrt(share * (1 - share) / of + zz / (4 * of)) / (1 + zz)
    return max(0.0, middle - half), min(1.0, middle + half)


def exact_of_share(share: float, of: float, outside: float = OUTSIDE_95) -> tuple[float, float]:
    """Clopper and Pearson's interval of a weighted share on an effective sample size above 0: never holds the truth less often than it says.

    For what hardly ever happens: had one fault in 2,000 calls occurred in 60 of them, Wilson's interval would begin at 0.3 %, this one at 0.04 %.
    Source: E. L. Korn, B. I. Graubard, Confidence intervals for proportions with small expected number of positive counts, Survey
    Methodology 24 (1998).
    """
    if isinf(of):
        return share, share
    found, others = share * of, (1 - share) * of
    low = float(betaincinv(found, others + 1, outside / 2)) if found > 0 else 0.0
    high = float(betaincinv(found + 1, others, 1 - outside / 2)) if others > 0 else 1.0
    return low, high
