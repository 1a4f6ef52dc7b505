"""Every value of the policy decides something, and what: one table, the plan's rule beside each value.

A row says: under the shipped policy the question comes out so, and with this one value changed it comes out otherwise. The questions are asked in
`outcomes/`, through the code that the nights, the months and people go through. A row whose key has `*` stands for every entry of a list; each of
them is changed by itself, and each must make a difference. A value of `policy.toml` that no row names fails the test, and so does a row whose value
nobody reads.
"""

import re
from copy import deepcopy
from typing import NamedTuple

import pytest

from pipeline.errors import LexiconError
from pipeline.policy.policy import Policy, parse_policy
from pipeline.records.finding import Severity
from pipeline.records.project import BusinessType, Mode
from tests.policy.changes import SHIPPED
from tests.policy.documents import Change, exchanged, leaves, less, matches, policy_of, shipped, swapped, to, up
from tests.policy.outcomes import calls, desk, money, vendors
from tests.policy.outcomes.cases import Case


class Row(NamedTuple):
    """`shipped` and `changed`: what the question comes out as; `...` in rows of lists, which are compared only."""

    plan: str
    key: str
    change: Change
    question: Case
    shipped: object = ...
    changed: object = ...


GENERAL, EXCLUSIVE, SPECIALIST = Mode.GENERAL, Mode.EXCLUSIVE, Mode.SPECIALIST
CARE, SALES, WIN_BACK, SURVEY = (
    BusinessType.VIP_CARE,
    BusinessType.TELEMARKETING,
    BusinessType.WIN_BACK,
    BusinessType.SURVEY,
)
NOTICE, MINOR, MAJOR = Severity.NOTICE, Severity.MINOR, Severity.MAJOR
REFUSED = "must fall from one to the next and end with 0"

TABLE = [
    #   plan    value                                     changed     question                                  shipped      changed
    Row("P-40", "sampling.minimum_calls",                 to(40),     calls.drawn_of(200),                      30,          40),
    Row("P-40", "sampling.share_bp",                      to(2000),   calls.drawn_of(1000),                     100,         200),
    Row("P-42", "sampling.formal_calls_per_month",        to(30),     calls.formal_by_the_tenth,                20,          10),
    Row("P-40", "sampling.duration_bands_s",              to([30]),   calls.strata_of_three_lengths,            3,           2),
    Row("P-12", "sampling.late_wait_days",                to(5),      calls.late_rows_drawn_after,              4,           6),
    Row("P-42", "calendar.first_grade",                   to(2),      calls.grade_of_a_new_vendor,              3,           2),
    Row("P-42", "calendar.grade_1_months",                to(12),     calls.months_inspected(1),                2,           1),
    Row("P-42", "calendar.grade_2_months",                to(6),      calls.months_inspected(2),                4,           2),
    Row("P-42", "calendar.grade_3_months",                to(2),      calls.months_inspected(3),                12,          6),
    Row("P-72", "retention.keep_months",                  to(4),      calls.kept_until("2026-05-31"),           "2026-08-31", "2026-09-30"),
    Row("P-72", "retention.keep_min_days",                to(100),    calls.kept_until("2025-11-30"),           "2026-03-02", "2026-03-10"),
    Row("P-72", "retention.keep_max_days",                to(200),    calls.destroyed_from("2026-01-05"),       "2026-07-05", "2026-07-25"),
    Row("P-72", "retention.limitation_years",             to(5),      calls.held_until_after("2026-12-31"),     "2029-12-31", "2031-12-31"),

    Row("P-02", "registry.tax_city",                      to("株洲"), vendors.lacking(GENERAL),                 "",          "tax_registration"),
    Row("P-02", "registry.capital_yuan",                  to(500_001), vendors.lacking(GENERAL),                "",          "capital_yuan"),
    Row("P-02", "registry.seats",                         to(11),     vendors.lacking(GENERAL),                 "",          "seats"),
    Row("P-02", "registry.agents",                        to(16),     vendors.lacking(GENERAL),                 "",          "agent_count"),
    Row("P-02", "registry.area_m2",                       to(51),     vendors.lacking(GENERAL),                 "",          "area_m2"),
    Row("P-02", "registry.recordings_months",             to(4),      vendors.lacking(GENERAL),                 "",          "recordings_months"),
    Row("P-03", "registry.experience_years.general",      to(4),      vendors.lacking(GENERAL),                 "",          "experience_years"),
    Row("P-03", "registry.experience_years.exclusive",    to(2),      vendors.lacking(EXCLUSIVE),               "",          "experience_years"),
    Row("P-03", "registry.experience_years.specialist",   to(3),      vendors.lacking(SPECIALIST),              "",          "experience_years"),
    Row("P-01", "registry.term_years.general",            to(5),      vendors.qualified_until(GENERAL),         "2028-12-31", "2030-12-31"),
    Row("P-01", "registry.term_years.exclusive",          to(1),      vendors.qualified_until(EXCLUSIVE),       "2027-12-31", "2026-12-31"),
    Row("P-01", "registry.term_years.specialist",         to(2),      vendors.qualified_until(SPECIALIST),      "2026-12-31", "2027-12-31"),
    Row("P-04", "registry.check_month",                   to(10),     vendors.visit_in_november,                "due",       "overdue"),
    Row("P-50", "registry.script_s.vip-care",             to(121),    vendors.script_of("vip-care"),            120,         121),
    Row("P-50", "registry.script_s.telemarketing",        to(300),    vendors.script_of("telemarketing"),       180,         300),
    Row("P-50", "registry.script_s.win-back",             to(240),    vendors.script_of("win-back"),            180,         240),
    Row("P-50", "registry.script_s.survey",               to(121),    vendors.script_of("survey"),              120,         121),

    Row("P-50", "score.smallest_sample",                  to(20),     calls.status_of(25),                      "too_few",   "scored"),
    Row("P-50", "score.item[*].name",                     up,         calls.sheet),
    Row("P-50", "score.item[*].points",                   exchanged,  calls.sheet),
    Row("P-50", "score.item[*].rules",                    less,       calls.sheet),
    Row("P-20", "score.deduct.notice",                    to(1),      calls.points_with("script.order", NOTICE), 100,        99),
    Row("P-50", "score.deduct.minor",                     to(4),      calls.points_with("voice.dead_air", MINOR), 97,        96),
    Row("P-50", "score.deduct.major",                     to(12),     calls.points_with("phrase.taunt", MAJOR), 90,          88),
    Row("P-21", "score.rule.script.missing.content",      to(9),      calls.points_missing("content"),          92,          91),
    Row("P-22", "score.rule.script.missing.confirmation", to(4),      calls.points_missing("confirmation"),     95,          96),
    Row("P-22", "score.rule.script.missing.thanks",       to(3),      calls.points_missing("thanks"),           98,          97),
    Row("P-24", "posting.by_machine",                     less,       calls.points_unreviewed("call.out_of_hours"), 95,      100),
    Row("P-40", "review.control_bp",                      to(1000),   desk.handed_at(700),                      "second",    "control"),
    Row("P-40", "review.second_bp",                       to(1000),   desk.handed_at(1200),                     "flagged",   "second"),
    Row("P-40", "review.desk_minutes",                    to(60),     desk.taken_over_after(45),                True,        False),

    Row("P-60", "warning.score_line",                     to(78),     vendors.warned_of(78.4, 0.02),            ["score"],   []),
    Row("P-60", "warning.rate_line_bp",                   to(3000),   vendors.warned_of(81.0, 0.25),            ["rate"],    []),
    Row("P-60", "warning.breaches",                       less,       vendors.warned_for("phrase.abuse"),       1,           0),
    Row("P-60", "warning.breach_calls",                   to(2),      vendors.warned_for("phrase.insult"),      1,           0),
    Row("P-61", "warning.to_exit",                        to(4),      vendors.cases_after_three("华声"),        1,           0),
    Row("P-61", "warning.rectification_days",             to(20),     vendors.in_time_until,                    "2026-03-19", "2026-03-25"),
    Row("P-03", "warning.exclusive_a_year",               to(3),      vendors.exclusive_over_the_year,          True,        False),
    Row("P-01", "warning.subcontractors",                 to(False),  vendors.cases_after_three("子甲"),        1,           0),
    Row("P-42", "grade.faults",                           to(["fatal"]), vendors.faults_of_a_major,             1,           0),
    Row("P-42", "grade.grade_2_from",                     to(3),      vendors.graded(2),                        2,           1),
    Row("P-42", "grade.grade_3_from",                     to(11),     vendors.graded(10),                       3,           2),
    Row("P-01", "grade.subcontractors",                   to(False),  vendors.agents_faults,                    3,           1),
    Row("P-61", "appeal.window_days",                     to(15),     vendors.appeal_until,                     "2026-03-15", "2026-03-20"),
    Row("P-40", "feedback.acknowledge_days",              to(5),      vendors.acknowledged_until,               "2026-03-11", "2026-03-14"),
    Row("P-62", "exit.approvals",                         less,       vendors.first_to_approve,                 "supervisor", "marketing"),
    Row("P-63", "exit.bar_vendor_years",                  to(3),      vendors.barred_after_leaving("survey win-back"), "2028-03-10", "2029-03-10"),
    Row("P-63", "exit.bar_type_years",                    to(2),      vendors.barred_after_leaving("survey"),   "2027-03-10", "2028-03-10"),
    Row("P-71", "exit.handover",                          less,       vendors.to_hand_over,                     5,           4),

    Row("P-43", "incentive.band[*].from_score",           up,         money.points_by_score),
    Row("P-43", "incentive.band[*].points",               up,         money.points_by_score),
    Row("P-43", "incentive.fen_per_point",                to(5000),   money.worth_of_ten_points,                100_000,     50_000),
    Row("P-43", "incentive.shift_bp",                     to(300),    money.advised_to_the_last,                4500,        4700),
    Row("P-51", "settlement.tolerance_bp",                to(50),     money.agreed(1000, 1008),                 1000,        0),
    Row("P-51", "settlement.tolerance_calls",             to(4),      money.agreed(100, 104),                   0,           100),
    Row("P-50", "settlement.tax_basis",                   to("不含税"), money.tax_on_the_statement,             "含税",      "不含税"),
    Row("P-50", "settlement.band[*].from_score",          up,         money.factors_by_score),
    Row("P-50", "settlement.band[*].factor_bp",           up,         money.factors_by_score),
    Row("P-50", "settlement.price[*].type",               swapped,    money.prices),
    Row("P-50", "settlement.price[*].up_to_s",            up,         money.prices),
    Row("P-50", "settlement.price[*].fen",                up,         money.prices),
    Row("P-50", "settlement.usage_share_bp.vip-care",     to(100),    money.share_of_fees(CARE),                0,           100),
    Row("P-50", "settlement.usage_share_bp.telemarketing", to(400),   money.share_of_fees(SALES),               300,         400),
    Row("P-50", "settlement.usage_share_bp.win-back",     to(400),    money.share_of_fees(WIN_BACK),            500,         400),
    Row("P-50", "settlement.usage_share_bp.survey",       to(100),    money.share_of_fees(SURVEY),              0,           100),
]  # fmt: skip

# The lowest band begins at 0 in any policy: there is nothing to change.
FIXED = ("incentive.band[3].from_score", "settlement.band[4].from_score")


CHANGES = [
    pytest.param(row, path, id=f"{row.plan} {path}")
    for row in TABLE
    for path in leaves(shipped())
    if matches(path, row.key) and path not in FIXED
]


@pytest.mark.parametrize(("row", "path"), CHANGES)
def test_a_changed_value_changes_what_it_is_for(row: Row, path: str) -> None:
    changed = deepcopy(document := shipped())
    row.change(changed, path)
    before, after = row.question(policy_of(document)), row.question(policy_of(changed))
    assert before != after
    if row.shipped is not ...:
        assert (before, after) == (row.shipped, row.changed)


@pytest.mark.parametrize("path", FIXED)
def test_the_lowest_band_begins_at_nothing(path: str) -> None:
    changed = shipped()
    up(changed, path)
    with pytest.raises(LexiconError, match=REFUSED):
        policy_of(changed)


def test_every_value_of_the_policy_is_in_exactly_one_row() -> None:
    paths = [*leaves(shipped())]
    rows = {path: [row.key for row in TABLE if matches(path, row.key)] for path in paths}
    assert {path: found for path, found in rows.items() if len(found) != 1} == {}
    assert [row.key for row in TABLE if not any(matches(path, row.key) for path in paths)] == []
    assert set(FIXED) <= set(paths)


def test_every_rule_of_the_plan_that_the_policy_names_has_a_row() -> None:
    named = set(re.findall(r"P-\d\d", SHIPPED.read_text(encoding="utf-8")))
    assert named - {row.plan for row in TABLE} == set()


def test_the_document_says_what_the_file_says() -> None:
    again = policy_of(shipped())
    file = parse_policy(SHIPPED.read_bytes(), "policy")
    assert [getattr(again, name) for name in Policy.__slots__ if name != "version"] == [
        getattr(file, name) for name in Policy.__slots__ if name != "version"
    ]
