import random

from pipeline.records.estimate import Interval
from pipeline.scoring.comparison import rank


def ranks(**measured: tuple[float, float, float]) -> dict[str, int]:
    return {one.name: one.rank for one in rank({name: Interval(*values) for name, values in measured.items()})}


def test_the_worked_example() -> None:
    assert ranks(甲=(94, 93, 95), 乙=(93.2, 92, 94.4), 丙=(88, 86.5, 89.5)) == {"甲": 1, "乙": 1, "丙": 3}


def test_who_is_worse_than_whom() -> None:
    ranked = rank({"a": Interval(90, 89, 91), "b": Interval(80, 79, 81)})
    assert [(one.name, one.rank, one.worse_than) for one in ranked] == [("a", 1, ()), ("b", 2, ("a",))]


def test_the_interval_of_the_difference_decides_not_whether_intervals_overlap() -> None:
    """1.5 apart with arms of 1: the arm of the difference is √2 = 1.414, though the intervals overlap."""
    assert ranks(a=(91.5, 90.5, 92.5), b=(90, 89, 91)) == {"a": 1, "b": 2}
    assert ranks(a=(91.4, 90.4, 92.4), b=(90, 89, 91)) == {"a": 1, "b": 1}


def test_the_arms_that_face_each_other_decide() -> None:
    assert ranks(a=(93, 92, 99), b=(90, 80, 91)) == {"a": 1, "b": 2}
    assert ranks(a=(93, 86, 94), b=(90, 89, 99)) == {"a": 1, "b": 1}


def test_with_many_pairs_each_has_to_be_more_certain() -> None:
    """The pair that passes alone fails among nine others of which nothing is certain."""
    pair = {"a": (91.5, 90.5, 92.5), "b": (90.0, 89.0, 91.0)}
    others = {f"c{n}": (90.7, 60.0, 99.0) for n in range(9)}
    assert ranks(**pair)["b"] == 2
    assert set(ranks(**pair, **others).values()) == {1}


def test_equal_ones_are_told_apart_in_no_more_than_5_of_100_comparisons() -> None:
    chance = random.Random(3)
    wrong = 0
    for _ in range(1000):
        values = {f"v{n}": chance.gauss(90, 1) for n in range(10)}
        wrong += (
            max(ranks(**{name: (value, value - 1.96, value + 1.96) for name, value in values.items()}).values()) > 1
        )
    assert wrong <= 65


def test_nobody_and_one() -> None:
    assert ranks() == {}
    assert ranks(a=(90, 80, 95)) == {"a": 1}
    assert ranks(a=(90, 90, 90), b=(90, 90, 90)) == {"a": 1, "b": 1}
