from dataclasses import replace

import pytest

from pipeline.errors import DataError
from pipeline.policy.policy import load_policy
from pipeline.policy.settlement import Band, Price, SettlementPolicy
from pipeline.records.closed import SettlementLine
from pipeline.records.estimate import Interval, MonthEstimate, MonthStatus
from pipeline.records.month import Month
from pipeline.records.project import BusinessType, Project
from pipeline.scoring.settlement import (
    Audit,
    Counts,
    agree,
    half_up,
    quality_factor_bp,
    settle,
    statement_number,
)
from tests.policy.changes import SHIPPED

POLICY = load_policy(SHIPPED).settlement
MARCH = Month(2026, 3)
SALES = Project("华声外呼", "流量包", BusinessType.TELEMARKETING, "telemarketing", 300)
CARE = Project("华声外呼", "关怀", BusinessType.VIP_CARE, "vip-care", 120)


def line(policy: SettlementPolicy = POLICY, project: Project = SALES, **changes: object) -> SettlementLine:
    given: dict[str, object] = {
        "counts": Counts(1000, 1008, 1_234_550),
        "not_payable": 6,
        "factor_bp": 9500,
        "prior_month_fen": 0,
        "position": 1,
    }
    counts, *_ = (given | changes).values()
    rest = {name: value for name, value in (given | changes).items() if name != "counts"}
    return settle(project, MARCH, counts, policy, "v1", **rest)  # type: ignore[arg-type]


def test_the_worked_example() -> None:
    settled = line()
    assert (settled.difference, settled.tolerance, settled.not_payable, settled.count_accepted) == (8, 10, 6, 994)
    assert (settled.gross_fen, settled.usage_share_fen) == (1_491_000, 36_814)
    assert (settled.adjustment_fen, settled.net_fen) == (-76_390, 1_451_424)


def test_a_line_adds_up() -> None:
    for usage_fen in range(300):
        for factor_bp in (8000, 9500, 10_000, 10_500):
            settled = line(counts=Counts(7, 7, usage_fen), not_payable=0, factor_bp=factor_bp, prior_month_fen=-123)
            parts = (settled.gross_fen, settled.usage_share_fen, settled.adjustment_fen, settled.prior_month_fen)
            assert sum(parts) == settled.net_fen


def test_what_is_paid_is_rounded_once_half_up() -> None:
    """350 fen and a half of usage: 0.5 alone goes up; with 95 % it is 332.975, not 351 · 0.95 = 333.45."""
    half = {"counts": Counts(0, 0), "not_payable": 0}
    assert line(**half).net_fen == 0
    one = {"counts": Counts(1, 1, 50), "not_payable": 0}
    assert (line(factor_bp=10_000, **one).usage_share_fen, line(factor_bp=10_000, **one).net_fen) == (2, 1502)
    assert line(factor_bp=9500, **one).net_fen == 1426  # 1501.5 · 0.95 = 1426.425
    assert line(factor_bp=9500, **one).adjustment_fen == 1426 - 1500 - 2


@pytest.mark.parametrize(
    ("operator", "vendor", "agreed", "needs_audit"),
    [
        (1000, 1000, 1000, False),
        (1000, 1010, 1000, False),
        (1000, 990, 990, False),
        (1000, 1011, 0, True),
        (1000, 989, 0, True),
        (100, 103, 100, False),
        (100, 104, 0, True),
        (0, 3, 0, False),
        (0, 4, 0, True),
        (None, 1000, 0, True),
        (1000, None, 0, True),
        (None, 0, 0, True),
    ],
)
def test_the_smaller_count_within_the_tolerance(
    operator: int | None, vendor: int | None, agreed: int, needs_audit: bool
) -> None:
    agreement = agree(Counts(operator, vendor), POLICY)
    assert (agreement.count_agreed, agreement.needs_audit) == (agreed, needs_audit)


def test_an_audit_says_how_many_and_only_where_the_counts_do_not_agree() -> None:
    audit = Audit(950, "重复计数50笔", "周审计")
    beyond = agree(Counts(900, 1000, audit=audit), POLICY)
    assert (beyond.count_agreed, beyond.needs_audit, beyond.audited) == (950, False, "周审计: 重复计数50笔")
    within = agree(Counts(1000, 1001, audit=audit), POLICY)
    assert (within.count_agreed, within.audited) == (1000, "")


def test_nothing_is_paid_before_the_audit_and_no_share_of_fees() -> None:
    settled = line(counts=Counts(900, 1000, 1_000_000))
    assert (settled.count_accepted, settled.gross_fen, settled.usage_share_fen, settled.net_fen) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("counts", "not_payable", "share_fen"),
    [
        (Counts(4, 4, 1_000), 0, 30),
        (Counts(4, 4, 1_000), 1, 23),  # 30 · 3/4 = 22.5
        (Counts(4, 4, 1_000), 3, 8),  # 30 · 1/4 = 7.5
        (Counts(4, 4, 1_000), 4, 0),
        (Counts(6, 5, 1_000), 0, 25),  # five are agreed of the six that brought the fees
        (Counts(5, 6, 1_000), 0, 30),  # what the vendor counts on top brought none
        (Counts(10, 20, 1_000, Audit(15, "", "")), 0, 30),
        (Counts(20, 10, 1_000, Audit(15, "", "")), 0, 23),
        (Counts(0, 20, 1_000, Audit(15, "", "")), 0, 30),
    ],
)
def test_usage_fees_are_shared_for_accepted_successes(counts: Counts, not_payable: int, share_fen: int) -> None:
    settled = line(counts=counts, not_payable=not_payable, factor_bp=10_000)
    assert settled.usage_share_fen == share_fen
    assert settled.net_fen == settled.gross_fen + share_fen


def test_no_more_leaves_the_count_than_is_in_it() -> None:
    settled = line(counts=Counts(5, 5), not_payable=9)
    assert (settled.not_payable, settled.count_accepted) == (5, 0)


@pytest.mark.parametrize(("script_s", "unit_price_fen"), [(1, 200), (120, 200), (121, 350), (300, 350), (900, 600)])
def test_the_price_goes_by_type_and_script_length(script_s: int, unit_price_fen: int) -> None:
    assert line(project=replace(CARE, script_s=script_s)).unit_price_fen == unit_price_fen


def test_a_script_too_long_for_the_prices_is_refused() -> None:
    with pytest.raises(DataError, match=r"华声外呼/关怀: no price for vip-care with a script of 901 s; add one"):
        line(project=replace(CARE, script_s=901))


@pytest.mark.parametrize(
    ("score", "factor_bp"),
    [(100.0, 10_500), (95.0, 10_500), (94.995, 10_500), (94.99, 10_000), (90.0, 10_000), (79.99, 9000), (0.0, 8000)],
)
def test_the_published_score_gives_the_factor(score: float, factor_bp: int) -> None:
    estimate = MonthEstimate(MonthStatus.SCORED, 300, 60, Interval(score, score, score))
    assert quality_factor_bp(estimate, POLICY) == factor_bp


@pytest.mark.parametrize("status", [MonthStatus.TOO_FEW, MonthStatus.NOT_INSPECTED])
def test_a_month_without_a_score_that_counts_moves_nothing(status: MonthStatus) -> None:
    assert quality_factor_bp(MonthEstimate(status, 10, 2, Interval(50, 40, 60)), POLICY) == 10_000


@pytest.mark.parametrize(
    "changed",
    [
        replace(POLICY, tolerance_bp=79, tolerance_calls=0),
        replace(
            POLICY, prices=tuple(replace(price, unit_price_fen=price.unit_price_fen + 1) for price in POLICY.prices)
        ),
        replace(POLICY, prices=(Price(BusinessType.TELEMARKETING, 300, 1499), *POLICY.prices)),
        replace(POLICY, usage_share_bp={**POLICY.usage_share_bp, BusinessType.TELEMARKETING: 299}),
        replace(POLICY, tax_basis="不含税"),
    ],
)
def test_every_number_is_the_policy_s(changed: SettlementPolicy) -> None:
    assert line(changed) != line()


def test_the_least_tolerance_and_the_bands_are_the_policy_s() -> None:
    assert agree(Counts(100, 104), replace(POLICY, tolerance_calls=4)).count_agreed == 100
    estimate = MonthEstimate(MonthStatus.SCORED, 300, 60, Interval(85, 80, 90))
    assert quality_factor_bp(estimate, POLICY) == 9500
    assert quality_factor_bp(estimate, replace(POLICY, bands=(Band(85, 9900), Band(0, 0)))) == 9900


def test_statements_are_numbered_by_month_place_and_revision() -> None:
    assert statement_number(MARCH, 7, 0) == "JS-202603-0007"
    assert statement_number(MARCH, 7, 1) == "JS-202603-0007-r1"
    assert line(position=2, revision=3).statement_no == "JS-202603-0002-r3"


def test_halves_go_away_from_zero() -> None:
    assert [half_up(n, 2) for n in (-3, -1, 0, 1, 3)] == [-2, -1, 0, 1, 2]
    assert [half_up(n, 4) for n in (1, 2, 3, -1, -2)] == [0, 1, 1, 0, -1]
