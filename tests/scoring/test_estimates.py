from math import inf

import pytest

from pipeline.records.estimate import Interval
from pipeline.scoring.estimates import (
    Moments,
    Stratum,
    effective_calls,
    mean_interval,
    seldom_interval,
    share_interval,
    summed,
)
from pipeline.scoring.intervals import exact_of_share, wilson


def stratum(weight: float, *amounts: int, unheard: float = 1.0) -> Stratum:
    moments = Moments()
    for amount in amounts:
        moments.add(amount)
    return Stratum(weight, unheard, moments)


def test_a_mean_of_one_stratum_is_the_plain_one_with_student_s_interval() -> None:
    """Five values of variance 2.5 of a large population: 3 ± 2.776 · √(2.5 / 5)."""
    interval = mean_interval([stratum(1000, 1, 2, 3, 4, 5)])
    assert interval.value == pytest.approx(3)
    assert interval.high - 3 == pytest.approx(2.776 * 0.5**0.5, abs=1e-3)


def test_what_was_heard_whole_has_no_error() -> None:
    whole = stratum(1, 1, 2, 3, unheard=0.0)
    assert mean_interval([whole]) == Interval(2, 2, 2)
    assert effective_calls([whole]) == inf
    assert share_interval([stratum(1, 0, 1, unheard=0.0)]) == Interval(0.5, 0.5, 0.5)


def test_strata_that_differ_add_nothing_to_the_error() -> None:
    """All spread lies between the strata, and both are in the sample."""
    interval = mean_interval([stratum(10, 50, 50, 50), stratum(10, 90, 90, 90)])
    assert (interval.low, interval.high) == pytest.approx((70, 70))


def test_strata_of_one_call_are_put_together_on_the_wide_side() -> None:
    interval = mean_interval([stratum(10, 50), stratum(10, 90)])
    assert interval.value == 70
    assert interval.high > 90


def test_a_single_call_of_more_says_nothing_of_its_error() -> None:
    assert mean_interval([stratum(10, 50)]) == Interval(50, -inf, inf)


def test_unequal_weights_are_worth_fewer_calls() -> None:
    """Kish: (10·1 + 1·10)² / (10·1² + 1·10²) = 400 / 110."""
    assert effective_calls([stratum(1, *[0] * 10), stratum(10, 0)]) == pytest.approx(400 / 110)
    assert effective_calls([stratum(7, *[0] * 20)]) == pytest.approx(20)


def test_a_share_of_equal_weights_is_wilson_s() -> None:
    interval = share_interval([stratum(50, *[1] * 3, *[0] * 57)])
    assert (interval.low, interval.high) == pytest.approx(wilson(3, 60))


def test_nothing_seen_in_60_calls_still_may_be() -> None:
    """Up to 6 % of the calls may have lost what such a call loses."""
    interval = seldom_interval([stratum(100, *[0] * 60)], unseen_amount=10)
    assert (interval.value, interval.low) == (0, 0)
    assert interval.high == pytest.approx(0.6, abs=0.01)


def test_one_large_amount_is_one_event() -> None:
    """90 points lost in one call of 60: 1.5 on average, and by Clopper and Pearson from 0.04 % to 8.9 % of the calls."""
    interval = seldom_interval([stratum(100, 90, *[0] * 59)], unseen_amount=10)
    low, high = exact_of_share(1 / 60, 60)
    assert (low, high) == pytest.approx((0.00042, 0.0894), abs=1e-4)
    assert (interval.value, interval.low, interval.high) == pytest.approx((1.5, 90 * low, 90 * high))


def test_arms_of_independent_parts_add_up_as_squares() -> None:
    total = summed([Interval(100, 100, 100), Interval(5, 2, 6)], [Interval(20, 19, 24)])
    assert (total.value, total.low, total.high) == pytest.approx((85, 80, 85 + 2**0.5))


@pytest.mark.parametrize("low", [1.1, 3.0])
def test_an_interval_holds_its_value(low: float) -> None:
    with pytest.raises(ValueError, match="holds its value"):
        Interval(1.0, low, 2.0)


def test_whole_parts_are_rounded_half_up() -> None:
    assert Interval(0.12345, 0.1, 0.2).whole(10_000) == (1235, 1000, 2000)
    assert Interval(89.995, 89.994999, 90.0).whole(100) == (9000, 8999, 9000)
