from datetime import date
from pathlib import Path

import pytest

from pipeline.policy.policy import Policy, load_policy
from pipeline.sampling.plan import formal_due, inspected_months, plan_night


@pytest.fixture
def policy() -> Policy:
    return load_policy(Path(__file__).parents[2] / "lexicons" / "policy.toml")


def test_the_formal_sample_fills_evenly_and_carries_over(policy: Policy) -> None:
    assert formal_due(policy, date(2025, 6, 1), 0) == 2
    assert formal_due(policy, date(2025, 6, 4), 2) == 6
    assert formal_due(policy, date(2025, 6, 4), 8) == 0
    assert formal_due(policy, date(2025, 6, 4), 9) == 0
    assert formal_due(policy, date(2025, 6, 30), 58) == 2


@pytest.mark.parametrize("month", range(1, 13))
def test_a_month_with_enough_calls_gives_exactly_the_formal_number(policy: Policy, month: int) -> None:
    taken = 0
    for day in range(1, 29 if month == 2 else 31):
        plans = plan_night(policy, date(2025, month, day), {"vip-care": 40, "survey": 3}, taken)
        taken += sum(plan.formal_calls for plan in plans.values())
    if month in (1, 3, 5, 7, 8, 10, 12):
        taken += sum(p.formal_calls for p in plan_night(policy, date(2025, month, 31), {"survey": 100}, taken).values())
    assert taken == 60


def test_formal_calls_are_shared_by_what_is_drawn(policy: Policy) -> None:
    plans = plan_night(policy, date(2025, 6, 15), {"survey": 15, "vip-care": 600, "idle": 0}, 0)
    assert {project: plan.formal_calls for project, plan in plans.items()} == {"survey": 6, "vip-care": 24, "idle": 0}
    assert {plan.policy_version for plan in plans.values()} == {policy.version}


def test_no_more_is_formal_than_is_drawn(policy: Policy) -> None:
    plans = plan_night(policy, date(2025, 6, 30), {"survey": 4, "vip-care": 5}, 0)
    assert {project: plan.formal_calls for project, plan in plans.items()} == {"survey": 4, "vip-care": 5}
    assert plan_night(policy, date(2025, 6, 30), {"survey": 0}, 0)["survey"].formal_calls == 0


def test_an_exempt_month_is_drawn_without_a_formal_sample(policy: Policy) -> None:
    plan = plan_night(policy, date(2025, 6, 15), {"survey": 15}, 0, inspected=False)["survey"]
    assert plan.formal_calls == 0
    assert plan.minimum_calls == policy.sampling.minimum_calls


def test_the_calendar_draws_one_month_from_each_stretch(policy: Policy) -> None:
    for seed in ("a", "b", "c", "d"):
        halves = sorted(inspected_months(policy, "华声", 2025, 1, seed))
        assert len(halves) == 2
        assert halves[0] <= 6 < halves[1]
        quarters = sorted(inspected_months(policy, "华声", 2025, 2, seed))
        assert [(month - 1) // 3 for month in quarters] == [0, 1, 2, 3]
        assert inspected_months(policy, "华声", 2025, 3, seed) == frozenset(range(1, 13))


def test_the_calendar_is_the_seed_s_and_differs_by_vendor_and_year(policy: Policy) -> None:
    seen = {
        inspected_months(policy, vendor, year, 1, "s")
        for vendor in ("甲", "乙", "丙", "丁")
        for year in range(2020, 2030)
    }
    assert len(seen) > 10
    assert inspected_months(policy, "甲", 2025, 1, "s") == inspected_months(policy, "甲", 2025, 1, "s")
