from pathlib import Path

import pytest

from pipeline.errors import DataError
from pipeline.ledger.incentives import advise, balance, exchange_entry, points_entry
from pipeline.policy.policy import Policy, load_policy
from pipeline.records.estimate import Interval, MonthEstimate, MonthStatus, Ranked
from pipeline.records.month import Month
from pipeline.records.person import Person, Role
from tests.ledger.text import at, posted, written
from tests.policy.changes import SHIPPED, changed

POLICY = load_policy(SHIPPED)
MARCH = Month(2026, 3)
CHIEF = Person("陈总", Role.VICE_PRESIDENT)


def scored(score: float) -> MonthEstimate:
    return MonthEstimate(MonthStatus.SCORED, 300, 60, Interval(score, score - 1, score + 1))


def points(estimate: MonthEstimate, policy: Policy = POLICY) -> int | None:
    entry = points_entry("华声外呼", "流量包", MARCH, estimate, policy, at("2026-04-02"))
    return entry.points if entry else None


@pytest.mark.parametrize(
    ("score", "earned"), [(95, 10), (94.995, 10), (94.99, 5), (90, 5), (89.99, None), (80, None), (79.99, -5)]
)
def test_points_by_the_published_score(score: float, earned: int | None) -> None:
    assert points(scored(score)) == earned


@pytest.mark.parametrize("status", [MonthStatus.TOO_FEW, MonthStatus.NOT_INSPECTED])
def test_a_month_whose_score_counts_for_nothing_earns_and_loses_nothing(status: MonthStatus) -> None:
    assert points(MonthEstimate(status, 5, 5, Interval(50, 40, 60))) is None


def test_points_are_entered_once_a_project_and_month() -> None:
    entry = points_entry("华声外呼", "流量包", MARCH, scored(96.1), POLICY, at("2026-04-02"))
    assert entry is not None
    assert written(entry) == "2026-04-02 points 华声外呼 流量包 +10 points for 2026-03 {score 2026-03} (月度得分96.10)"
    assert entry.key == "points 2026-03 '华声外呼' '流量包'"


LEDGER = """
    2026-03-31 points     华声外呼 流量包 +10 points {score 2026-03}
    2026-03-31 violation  华声外呼 流量包 -10 points phrase.taunt major
    2026-04-30 points     华声外呼 流量包 +5 points {score 2026-04}
    2026-05-31 points     华声外呼 流量包 -5 points {score 2026-05}
    2026-06-02 points     华声外呼 -      -8 points +800.00 yuan {exchange} by 陈总/vice_president
"""


def test_the_account_is_the_sum_of_its_entries() -> None:
    assert balance(posted(LEDGER)) == 2
    assert balance([]) == 0


def test_points_are_exchanged_for_cash_as_far_as_there_are_any() -> None:
    entry = exchange_entry("华声外呼", 8, 10, Month(2026, 6), CHIEF, POLICY, at("2026-06-02"))
    assert (entry.points, entry.amount_fen, entry.person) == (-8, 80_000, "陈总")
    for asked in (11, 0, -1):
        with pytest.raises(DataError, match="the account holds 10"):
            exchange_entry("华声外呼", asked, 10, Month(2026, 6), CHIEF, POLICY, at("2026-06-02"))


def ranked(text: str) -> tuple[Ranked, ...]:
    """`a 1` or `c 3 worse than a b` a line."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, place, *worse = line.split()
        found.append(Ranked(name, Interval(90, 80, 100), int(place), tuple(worse[2:])))
    return tuple(found)


def advised(places: str, policy: Policy = POLICY, **shares_bp: int) -> dict[str, int]:
    return {one.vendor: one.advised_bp for one in advise(ranked(places), shares_bp, policy.incentive)}


def test_work_moves_from_the_last_to_the_first() -> None:
    places = "a 1\nb 2 worse than a\nc 3 worse than a b"
    assert advised(places, a=3000, b=3000, c=4000) == {"a": 3500, "b": 3000, "c": 3500}


def test_nobody_gives_more_than_he_has() -> None:
    assert advised("a 1\nb 2 worse than a", a=9800, b=200) == {"a": 10_000, "b": 0}


def test_a_shared_place_shares() -> None:
    places = "a 1\nb 1\nc 1\nd 4 worse than a b c"
    assert advised(places, a=2000, b=2000, c=2000, d=4000) == {"a": 2167, "b": 2167, "c": 2166, "d": 3500}


def test_nothing_moves_where_chance_may_explain_it() -> None:
    assert advised("a 1\nb 1", a=5000, b=5000) == {"a": 5000, "b": 5000}
    # c is worse than a alone, and a shares its place with b.
    assert advised("a 1\nb 1\nc 2 worse than a", a=3000, b=3000, c=4000) == {"a": 3000, "b": 3000, "c": 4000}
    assert advise((), {}, POLICY.incentive) == ()


def test_who_gets_no_new_work_gives_up_all_of_it_and_the_places_are_those_of_the_others() -> None:
    places = ranked("a 1\nb 2 worse than a\nc 2 worse than a\nd 4 worse than a b c")
    shares_bp = {"a": 2000, "b": 2000, "c": 3000, "d": 3000}
    found = advise(places, shares_bp, POLICY.incentive, {"b": 4000, "c": 6000})
    assert [(one.share_bp, one.advised_bp, one.gets_work) for one in found] == [
        (2000, 0, False),
        (2000, 4000, True),
        (3000, 6000, True),
        (3000, 0, False),
    ], "b and c are left, and chance may explain which of them is better"
    found = advise(places, shares_bp, POLICY.incentive, {"b": 2500, "c": 3750, "d": 3750})
    assert [one.advised_bp for one in found] == [0, 2750, 4000, 3250]
    assert [one.advised_bp for one in advise(places, shares_bp, POLICY.incentive, {})] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("from_score = 95, points = 10", "from_score = 95, points = 9"),
        ("from_score = 95, points", "from_score = 97, points"),
    ],
)
def test_the_bands_are_the_policy_s(tmp_path: Path, old: str, new: str) -> None:
    assert points(scored(96), changed(tmp_path, old, new)) != points(scored(96))


def test_worth_and_shift_are_the_policy_s(tmp_path: Path) -> None:
    dear = changed(tmp_path, "fen_per_point = 10000", "fen_per_point = 1")
    assert exchange_entry("华声外呼", 8, 8, Month(2026, 6), CHIEF, dear, at("2026-06-02")).amount_fen == 8
    bold = changed(tmp_path, "shift_bp = 500", "shift_bp = 501")
    assert advised("a 1\nb 2 worse than a", bold, a=5000, b=5000)["a"] == 5501
