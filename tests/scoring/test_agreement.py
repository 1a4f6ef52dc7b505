"""Agreement held against figures that were published with their tables."""

import pytest

from pipeline.scoring.agreement import ac1, alike, kappa, positive, table_of
from pipeline.scoring.intervals import Z_95


def error_of(interval):
    return (interval.value - interval.low) / Z_95


@pytest.mark.parametrize(
    ("table", "value"),
    [
        # Feinstein and Cicchetti, High agreement but low kappa I (1990): 85 of 100 alike both times.
        ([[40, 9], [6, 45]], 0.70),
        ([[80, 10], [5, 5]], 0.32),
        # Gwet (2008): nearly all are of one kind.
        ([[118, 5], [2, 0]], -0.02),
        # Fleiss, Statistical Methods for Rates and Proportions, 2nd edition (1981), chapter 13.
        ([[75, 1, 4], [5, 4, 1], [0, 0, 10]], 0.68),
    ],
)
def test_kappa_as_published(table, value):
    assert round(kappa(table).value, 2) == value


@pytest.mark.parametrize(
    ("table", "value"), [([[118, 5], [2, 0]], 0.941), ([[13, 0, 0], [0, 20, 7], [0, 4, 56]], 0.849)]
)
def test_ac1_as_published(table, value):
    assert round(ac1(table).value, 3) == value


def test_errors_as_published():
    # Gwet's own program irrCAC on its table cont3x3abstractors.
    abstractors = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
    assert error_of(kappa(abstractors)) == pytest.approx(0.05891072, abs=1e-6)
    assert error_of(ac1(abstractors)) == pytest.approx(0.04321747, abs=1e-6)


def test_positive_agreement_as_published():
    # Cicchetti and Feinstein, High agreement but low kappa II (1990).
    assert round(positive(80, 15).value, 2) == 0.91
    assert round(positive(5, 15).value, 2) == 0.40


def test_where_everything_is_one_kind_kappa_says_nothing_and_ac1_all():
    table = [[20, 0], [0, 0]]
    assert kappa(table) is None
    assert ac1(table).value == 1
    assert positive(20, 0).value == 1 and positive(20, 0).low == pytest.approx(0.912, abs=0.001)


def test_who_says_the_same_of_everything_has_no_kappa():
    for table in ([[12, 0], [5, 0]], [[12, 5], [0, 0]]):
        assert kappa(table) is None and alike(table).value == 12 / 17 and ac1(table).value > 0


def test_who_always_says_the_opposite():
    table = [[0, 10], [10, 0]]
    assert kappa(table).value == -1 and alike(table).value == 0 and positive(0, 20).value == 0


def test_of_nothing_judged_nothing_is_said():
    assert (kappa([[0, 0], [0, 0]]), ac1([[0, 0], [0, 0]]), positive(0, 0)) == (None, None, None)
    assert (alike([[0, 0], [0, 0]]).low, alike([[0, 0], [0, 0]]).high) == (0, 1)


def test_it_does_not_matter_who_is_first():
    there, back = [[30, 7], [2, 11]], [[30, 2], [7, 11]]
    assert kappa(there).value == pytest.approx(kappa(back).value)
    assert ac1(there).low == pytest.approx(ac1(back).low)


def test_a_table_holds_every_pair_once():
    assert table_of([(True, False), (True, True), (True, False)], (True, False)) == [[1, 2], [0, 0]]
    with pytest.raises(ValueError, match="'no'"):
        table_of([("yes", "no")], ("yes",))
