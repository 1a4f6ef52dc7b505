"""Call and opening against the script's time limits."""

import pytest

from pipeline.checks.script.overtime import overtime
from pipeline.checks.script.throughout import Limits
from pipeline.records.span import Span

LIMITS = Limits(call_ms=120_000, opening_ms=30_000)
CALL = """
    agent     1.0-4.0      您好，我是移动公司的客服
    customer  4.5-5.0      你说
    agent     {content}-{content_end}  每个月三十八元，里面有三百分钟通话
    customer  {last}-{end}  再见
"""


def claims(held, *, content: float = 10, end: float = 100, limits: Limits = LIMITS, **facts):
    dialogue = CALL.format(content=content, content_end=content + 4, last=end - 1, end=end)
    return list(overtime(held.timed(dialogue, limits=limits, **facts)))


@pytest.mark.parametrize(("end", "found"), [(121.0, 0), (121.001, 1), (110.0, 0)])
def test_a_call_may_last_as_long_as_its_limit(held, end: float, found: int) -> None:
    assert len(claims(held, end=end)) == found


def test_what_is_beyond_the_limit_is_the_span(held) -> None:
    (claim,) = claims(held, end=196.0)
    assert claim.span == Span(121_000, 196_000)
    assert "通话用了 3 分 15 秒" in claim.explanation and "2 分 0 秒" in claim.explanation


@pytest.mark.parametrize(("content", "found"), [(31.0, 0), (31.001, 1)])
def test_an_opening_lasts_until_the_content(held, content: float, found: int) -> None:
    found_claims = claims(held, content=content)
    assert len(found_claims) == found
    assert all("开场白" in claim.explanation for claim in found_claims)


def test_without_content_the_opening_has_no_length(held) -> None:
    call = "agent 1.0-4.0 您好，我是移动公司的客服\ncustomer 60.0-61.0 再见"
    assert list(overtime(held.timed(call, limits=LIMITS))) == []


def test_without_limits_or_of_a_cut_call_nothing_is_overtime(held) -> None:
    assert claims(held, content=90, end=900, limits=Limits()) == []
    assert claims(held, content=90, end=900, complete=False) == []
