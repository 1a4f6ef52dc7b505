from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.ledger.warnings import Ground, below_standard, breached, read_subject
from pipeline.policy.policy import load_policy
from pipeline.records.estimate import Interval, MonthEstimate, MonthStatus
from pipeline.records.month import Month
from tests.ledger.text import posted

POLICY = load_policy(Path(__file__).parents[2] / "lexicons" / "policy.toml").warning
MARCH = Month(2026, 3)


def month(score, rate=(0.05, 0.02, 0.09), status=MonthStatus.SCORED):
    return MonthEstimate(status, 120, 40, Interval(*score) if score else None, Interval(*rate) if rate else None)


def warned(estimate, policy=POLICY):
    return [(one.ground, one.reason) for one in below_standard(MARCH, "华声外呼", "survey", estimate, policy)]


def test_only_a_month_whose_favourable_bound_fails_is_warned() -> None:
    assert warned(month((71.2, 64.0, 78.4))) == [
        (Ground.SCORE, "2026-03 华声外呼 survey得分71.20分（95%区间64.00至78.40，检查120通），上限低于80分")
    ]
    assert warned(month((71.2, 61.0, 81.4))) == []
    assert warned(month((80.0, 80.0, 80.0))) == []


def test_a_bound_that_is_published_as_the_line_has_not_failed_it() -> None:
    assert warned(month((75, 70, 79.995))) == []
    assert [ground for ground, _ in warned(month((75, 70, 79.994)))] == [Ground.SCORE]
    assert warned(month(None, (0.3, 0.20004, 0.4))) == []
    assert [ground for ground, _ in warned(month(None, (0.3, 0.20005, 0.4)))] == [Ground.RATE]


def test_a_rate_warns_where_even_its_lower_bound_lies_over_the_line() -> None:
    assert warned(month((90, 85, 95), (0.3, 0.24, 0.37))) == [
        (Ground.RATE, "2026-03 华声外呼 survey重大问题率30.00%（95%区间24.00%至37.00%，检查120通），下限高于20.00%")
    ]
    assert warned(month((90, 85, 95), (0.3, 0.2, 0.37))) == []


def test_the_lines_are_the_policys() -> None:
    bad = month((71.2, 64.0, 78.4), (0.3, 0.24, 0.37))
    ((ground, reason),) = warned(bad)
    assert ground is Ground.SCORE, "a month below the standard is one warning"
    assert "上限低于80分；重大问题率30.00%" in reason
    assert [ground for ground, _ in warned(bad, replace(POLICY, score_line=78))] == [Ground.RATE]
    assert [ground for ground, _ in warned(bad, replace(POLICY, rate_line_bp=2400))] == [Ground.SCORE]


@pytest.mark.parametrize("status", [MonthStatus.TOO_FEW, MonthStatus.NOT_INSPECTED])
def test_a_month_that_says_too_little_warns_nobody(status: MonthStatus) -> None:
    assert warned(month((10, 5, 15), (0.9, 0.8, 0.95), status)) == []


BREACHES = posted("""
    2026-03-05  violation  华声外呼 survey     call 0007  phrase.insult fatal  by 王敏/reviewer
    2026-03-05  violation  华声外呼 survey     call 0007  phrase.abuse fatal   by 王敏/reviewer
    2026-03-06  violation  华声外呼 survey     call 0008  phrase.taunt major   by 王敏/reviewer   # no breach
    2026-03-07  violation  华声外呼 survey     call 0009  phrase.insult fatal                     # nobody has confirmed it
    2026-03-08  violation  华声外呼 vip-care   call 0010  phrase.privacy fatal by 王敏/reviewer
    2026-04-01  violation  华声外呼 survey     call 0011  phrase.insult fatal  by 王敏/reviewer
    2026-03-09  violation  远达呼叫 survey     call 0012  phrase.insult fatal  by 王敏/reviewer
""")


def breaches(policy=POLICY):
    return sorted((one.vendor, one.project, one.subject) for one in breached(BREACHES, policy))


def test_one_warning_a_vendor_project_and_month_for_confirmed_breaches() -> None:
    assert breaches() == [
        ("华声外呼", "survey", "breach 2026-03 1 2"),
        ("华声外呼", "survey", "breach 2026-04 6"),
        ("华声外呼", "vip-care", "breach 2026-03 5"),
        ("远达呼叫", "survey", "breach 2026-03 7"),
    ]


def test_what_is_a_breach_and_in_how_many_calls_is_the_policys() -> None:
    assert breaches(replace(POLICY, breach_calls=2)) == []
    assert breaches(replace(POLICY, breaches=("phrase.privacy",))) == [("华声外呼", "vip-care", "breach 2026-03 5")]
    taunts = replace(POLICY, breaches=("phrase.insult", "phrase.taunt"), breach_calls=2)
    assert breaches(taunts) == [("华声外呼", "survey", "breach 2026-03 1 3")]


def test_a_subject_is_read_as_it_was_written() -> None:
    assert read_subject("breach 2026-03 1 2") == (Ground.BREACH, MARCH, (1, 2))
    assert read_subject("score 2026-03") == (Ground.SCORE, MARCH, ())
    for wrong in ("", "score", "score 2026-13", "mood 2026-03", "breach 2026-03 x"):
        with pytest.raises(ValueError):
            read_subject(wrong)
