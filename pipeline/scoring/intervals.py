"""Intervals for published rates: no rate without its sample size and interval.

wilson(0, 2)     → (0.0, 0.658)    two calls without a fault say next to nothing
wilson(0, 300)   → (0.0, 0.0126)
"""

from math import sqrt

Z_95 = 1.959963984540054


def wilson(found: int, of: int, z: float = Z_95) -> tuple[float, float]:
    """Wilson's score interval of a proportion; (0, 1) where nothing was counted.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
    """
    if of == 0:
        return 0.0, 1.0
    share, zz = found / of, z * z / of
    middle = (share + zz / 2) / (1 + zz)
    half = z * sqrt(share * (1 - share) / of + zz / (4 * of)) / (1 + zz)
    return max(0.0, middle - half), min(1.0, middle + half)
