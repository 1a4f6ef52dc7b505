"""Specialist words said to customers."""

import pytest

from pipeline.checks.script.jargon import specialist_words
from pipeline.records.finding import Match
from pipeline.records.turn import Speaker


def words(held, *lines: str, **facts: object) -> list[str]:
    return [claim.matched for claim in specialist_words(held(*lines, **facts))]


def test_a_specialist_word_is_claimed_where_it_is_said(held) -> None:
    (claim,) = specialist_words(held("agent 您这个要走携入的灰度流程"))
    assert (claim.matched, claim.match, claim.speaker) == ("携入；灰度流程", Match.EXACT, Speaker.AGENT)
    assert claim.span is not None and claim.span.start_ms > 0
    assert "行话“携入；灰度流程”" in claim.explanation


def test_each_word_counts_once_a_call(held) -> None:
    assert words(held, "agent 您是灰度用户", "customer 哦", "agent 灰度用户先用", "agent 互斥的") == [
        "灰度用户",
        "互斥",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "agent 这个套餐有三百分钟通话和一千兆流量",
        "agent 呼转就是把电话转到别的手机上",
        "agent 您说的呼转我给您看一下",
        "agent 您可以携号转网，副卡也能用",
        "customer 什么叫达量限速",
    ],
)
def test_plain_explained_and_quoted_words_are_not_claimed(held, line: str) -> None:
    assert words(held, line) == []


def test_the_customers_own_word_may_be_answered(held) -> None:
    assert words(held, "customer 达量限速要多久", "agent 达量限速到月底") == []
    assert words(held, "agent 达量限速到月底", "customer 达量限速是什么") == ["达量限速"]


def test_a_words_script_is_its_own(held) -> None:
    assert words(held, "agent 您的授权码在途", "agent 您属于策反用户", project="win-back") == ["策反用户"]
    assert words(held, "agent 您属于策反用户", project="survey") == []


def test_a_cut_call_and_an_unknown_speaker_are_heard_as_well(held) -> None:
    assert words(held, "agent 您是灰度用户", complete=False) == ["灰度用户"]
    (claim,) = specialist_words(held("unknown 您是灰度用户"))
    assert claim.speaker is Speaker.UNKNOWN
