"""Called again after 别再打了: found, in time, and by whom it was said."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.checks.check import CallFacts
from pipeline.checks.run import check_against_others, run_checks
from pipeline.records.finding import Finding, Match, Severity
from pipeline.records.optout import KnownOptOut, names_one_customer
from tests.dialogue import heard, shipped, talk

# 10:00 in Shanghai.
EARLIER = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
GRACE = timedelta(hours=12)


def said(words: str, at_s: float, call_id: str = "c1", confidence: float = 0.95) -> KnownOptOut:
    call = heard(f"customer {at_s}-{at_s + 2} {words}", confidence=confidence)
    (optout,) = run_checks(call, shipped()).optouts
    return KnownOptOut("华声外呼", call_id, EARLIER, optout)


def findings(after: timedelta, *known: KnownOptOut) -> tuple[Finding, ...]:
    return check_against_others(CallFacts(started_at=EARLIER + after, optouts=known), shipped())


def test_a_call_on_the_next_day_is_found_and_names_the_earlier_one() -> None:
    (found,) = findings(timedelta(days=1), said("别再打了", 12))
    assert (found.rule, found.severity, found.plan, found.span) == (
        "call.after_optout",
        Severity.MAJOR,
        "P-24",
        None,
    )
    assert found.counts
    assert found.explanation == (
        "客户在 2026-03-02 10:00 的通话 c1（华声外呼）第 12 秒说过“别再打了”，12 小时以后这个号码仍被呼叫。"
    )


@pytest.mark.parametrize(("more_s", "found"), [(0, 0), (12, 0), (12.001, 1)])
def test_the_grace_counts_from_the_words_and_its_end_is_in_time(more_s: float, found: int) -> None:
    assert len(findings(GRACE + timedelta(seconds=more_s), said("别再打了", 12))) == found


def test_what_is_said_later_says_nothing_of_this_call() -> None:
    assert findings(timedelta(days=-1), said("别再打了", 12)) == ()
    assert findings(timedelta(), said("别再打了", 12)) == ()
    assert findings(timedelta(days=1)) == ()
    assert check_against_others(CallFacts(optouts=(said("别再打了", 12),)), shipped()) == ()


def test_the_earliest_that_was_surely_heard_is_named() -> None:
    unsure, second = said("别再打了", 3, "c0", confidence=0.69), said("别再打来了", 40, "c2")
    (found,) = findings(timedelta(days=1), second, said("别再打了", 12), unsure)
    assert "c1" in found.explanation and found.counts
    (doubtful,) = findings(timedelta(days=1), unsure)
    assert not doubtful.counts


def test_words_only_like_an_optout_are_for_a_reviewer_alone() -> None:
    likely = said("请贵司把联系我的权限收回，不再来扰", 12)
    assert likely.optout.match is Match.NEAR
    (doubtful,) = findings(timedelta(days=1), likely)
    assert (doubtful.match, doubtful.counts) == (Match.NEAR, False)
    assert doubtful.explanation.endswith("这句话不在词表中，只是与拒绝来电的例句相近，只作复核线索。")
    (found,) = findings(timedelta(days=1), likely, said("别再打了", 50, "c2"))
    assert "c2" in found.explanation and found.counts, "what is listed counts, though it was said later"


def test_a_call_by_itself_is_never_claimed() -> None:
    late = "2026-03-05T10:00:00+08:00"
    result = run_checks(talk("agent 您好", "customer 别再打了", "agent 好的", started_at=late), shipped())
    assert [f.rule for f in result.findings if f.rule.startswith("call.")] == []
    assert len(result.optouts) == 1


@pytest.mark.parametrize(
    ("number", "one"),
    [("13800138000", True), ("0731-84112233", True), ("138****8000", False), ("138xxxx8000", False), ("10086", False)],
)
def test_a_masked_number_is_many_peoples(number: str, one: bool) -> None:
    assert names_one_customer(number) is one
