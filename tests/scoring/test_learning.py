"""Learning from labels; the worked example of the module is checked here."""

import random

import pytest

from pipeline.scoring.learning import area, fit, is_held_out, precision_at

RANKED = [True, True, False, True, False, False, True, False]


def test_precision_of_the_first():
    points = list(range(8, 0, -1))
    assert precision_at(4, points, RANKED) == 0.75
    assert precision_at(8, points, RANKED) == 0.5
    assert precision_at(3, [9, 8, 7, 7, 5, 4, 3, 2], RANKED) == pytest.approx(2.5 / 3)


def test_where_all_are_alike_precision_is_what_chance_gives():
    assert precision_at(1, [0] * 8, RANKED) == precision_at(5, [0] * 8, RANKED) == 0.5


@pytest.mark.parametrize("most", [0, 9])
def test_more_than_there_are_cannot_be_ranked(most):
    with pytest.raises(ValueError, match="there are 8 to rank"):
        precision_at(most, range(8), RANKED)


def test_a_regression_finds_what_was_planted():
    dice = random.Random(7)
    rows = [{"rule a": 1.0, "snr": dice.gauss(0, 1)} if dice.random() < 0.5 else {"rule b": 1.0} for _ in range(600)]
    labels = [dice.random() < (0.9 if "rule a" in row else 0.1) for row in rows]
    found = fit(rows, labels, 1.0)
    assert found.weights["rule a"] > 1 > -1 > found.weights["rule b"]
    assert abs(found.weights["snr"]) < 0.5
    assert fit(rows, labels, 1.0) == found


def test_labels_of_one_kind_teach_nothing():
    with pytest.raises(ValueError, match="both kinds"):
        fit([{"a": 1.0}, {"b": 1.0}], [True, True], 1.0)


def test_a_quarter_of_calls_is_held_out_and_always_the_same():
    held = [n for n in range(4000) if is_held_out("华声", f"c{n}")]
    assert 900 < len(held) < 1100
    assert held == [n for n in range(4000) if is_held_out("华声", f"c{n}")]
    assert held != [n for n in range(4000) if is_held_out("华声", f"c{n}", "another seed")]
    assert held != [n for n in range(4000) if is_held_out("远达", f"c{n}")]


def test_the_area_is_how_often_a_true_one_is_before_another():
    assert area([3, 2, 1], [True, False, False]) == 1
    assert area([1, 1, 1], [True, False, False]) == 0.5
    assert area([3, 2, 1], [True, True, True]) is None
