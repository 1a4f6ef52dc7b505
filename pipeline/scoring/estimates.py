"""Estimates from a stratified random sample, with intervals that hold for rare faults, too.

A mean is Hájek's: each call weighs 1/π, π its inclusion probability. Its variance is the stratified one with the finite population correction; a
stratum of which one call alone was heard says nothing of its spread, so such strata are put together, which errs on the wide side.

    1 of 10 drawn: 90 points    5 of 10 drawn: all 100 points     mean (10·90 + 2·5·100) / (10 + 10) = 95

A share has Wilson's interval on Kish's effective sample size (Σw)² / Σw²(1 − f): n unequal weights are worth fewer calls than n, and the part of
the population that was heard has no error. Amounts that seldom occur (a fault the machine missed) are a share, too: of calls that lose, times what
such a call loses, m = Σs² / Σs. Were none seen in 60 calls, a normal interval would have no width at all; this one reaches to m · 6 %.

Sources: C.-E. Särndal, B. Swensson, J. Wretman, Model Assisted Survey Sampling (1992), chapters 5 and 9; L. Kish, Survey Sampling (1965); for sums
of independent parts G. Y. Zou, A. Donner, Construction of confidence limits about effect measures, Statistics in Medicine 27 (2008).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum, inf, sqrt

from scipy.special import stdtrit

from pipeline.records.estimate import Interval
from pipeline.scoring.intervals import exact_of_share, wilson_of_share

_UPPER_95 = 0.975


@dataclass(slots=True)
class Moments:
    """Whole-number sums over the calls of a stratum; exact, so the order in which calls are added decides nothing."""

    calls: int = 0
    total: int = 0
    squares: int = 0

    def add(self, amount: int) -> None:
        """One more call."""
        self.calls += 1
        self.total += amount
        self.squares += amount * amount


@dataclass(frozen=True, slots=True)
class Stratum:
    """A call of it stands for `weight` calls; `unheard` is the share of its calls that were not heard (1 − f)."""

    weight: float
    unheard: float
    moments: Moments


def mean(strata: Iterable[Stratum]) -> float:
    """Hájek's mean of strata that hold calls."""
    heard = [stratum for stratum in strata if stratum.moments.calls]
    return fsum(s.weight * s.moments.total for s in heard) / fsum(s.weight * s.moments.calls for s in heard)


def mean_interval(strata: Iterable[Stratum]) -> Interval:
    """A mean with Student's interval on its design-based variance; one call alone, of more, has an infinite one."""
    heard = [stratum for stratum in strata if stratum.moments.calls]
    value = mean(heard)
    weight = fsum(s.weight * s.moments.calls for s in heard)
    variance, degrees = 0.0, 0
    for group in _groups(heard):
        calls = sum(s.moments.calls for s in group)
        # Σz and Σz² of z = w·√(1−f)·(y−ȳ), from whole sums.
        plain = fsum(s.weight * sqrt(s.unheard) * (s.moments.total - s.moments.calls * value) for s in group)
        squares = fsum(
            s.weight**2
            * s.unheard
            * (s.moments.squares - 2 * value * s.moments.total + s.moments.calls * value * value)
            for s in group
        )
        if calls > 1:
            variance += calls / (calls - 1) * max(0.0, squares - plain * plain / calls)
            degrees += calls - 1
        elif any(s.unheard for s in group):
            return Interval(value, -inf, inf)
    half = float(stdtrit(degrees, _UPPER_95)) * sqrt(variance) / weight if variance else 0.0
    return Interval(value, value - half, value + half)


def effective_calls(strata: Iterable[Stratum]) -> float:
    """Kish's effective sample size with the finite population correction: 0 where nothing was heard, infinite where everything was."""
    heard = [stratum for stratum in strata if stratum.moments.calls]
    if not heard:
        return 0.0
    loss = fsum(s.weight**2 * s.unheard * s.moments.calls for s in heard)
    return fsum(s.weight * s.moments.calls for s in heard) ** 2 / loss if loss else inf


def share_interval(strata: Sequence[Stratum]) -> Interval:
    """The share of calls with a mark (each call 0 or 1); of no calls 0, anywhere from 0 to 1."""
    if not (calls := effective_calls(strata)):
        return Interval(0.0, 0.0, 1.0)
    share = mean(strata)
    return _holding(share, *wilson_of_share(share, calls))


def seldom_interval(strata: Sequence[Stratum], unseen_amount: float) -> Interval:
    """The mean of an amount ≥ 0 that most calls have none of; `unseen_amount`: what it would be in a call, where none was seen."""
    if not (calls := effective_calls(strata)):
        return Interval(0.0, 0.0, unseen_amount)
    total = fsum(s.weight * s.moments.total for s in strata)
    amount = fsum(s.weight * s.moments.squares for s in strata) / total if total else unseen_amount
    value = mean(strata)
    low, high = exact_of_share(min(1.0, value / amount), calls) if amount else (0.0, 0.0)
    return _holding(value, low * amount, high * amount)


def summed(plus: Sequence[Interval], minus: Sequence[Interval]) -> Interval:
    """The sum of independent estimates, some of them subtracted, with the bounds that follow from theirs."""
    value = fsum(part.value for part in plus) - fsum(part.value for part in minus)
    down = [part.value - part.low for part in plus] + [part.high - part.value for part in minus]
    up = [part.high - part.value for part in plus] + [part.value - part.low for part in minus]
    return Interval(value, value - sqrt(fsum(arm * arm for arm in down)), value + sqrt(fsum(arm * arm for arm in up)))


def scaled(interval: Interval, factor: float) -> Interval:
    """An estimate times a number ≥ 0."""
    return Interval(interval.value * factor, interval.low * factor, interval.high * factor)


def bounded(interval: Interval, least: float, most: float) -> Interval:
    """An estimate of something that cannot lie outside these limits."""
    return Interval(*(min(most, max(least, bound)) for bound in (interval.value, interval.low, interval.high)))


def _groups(heard: Sequence[Stratum]) -> list[list[Stratum]]:
    """Strata one by one; those of a single call, of more, in one group, with the smallest of the others where there is but one of them."""
    single = [s for s in heard if s.moments.calls == 1 and s.unheard]
    firm = sorted((s for s in heard if not (s.moments.calls == 1 and s.unheard)), key=lambda s: s.moments.calls)
    if len(single) == 1 and firm:
        single.append(firm.pop(0))
    return [*([stratum] for stratum in firm), *([single] if single else [])]


def _holding(value: float, low: float, high: float) -> Interval:
    """Bounds that rounding may have put on the wrong side of the value by the last bit."""
    return Interval(value, min(low, value), max(high, value))
