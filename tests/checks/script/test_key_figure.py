"""Key figures are said twice."""

import pytest

from pipeline.checks.script.figures import Kind, figures
from pipeline.checks.script.key_figure import unrepeated_figures

TOLD = "agent 这个套餐每个月三十八元，里面有三百分钟通话"
AGREED = ("agent 那我现在就帮您办理，可以吗", "customer 好，办吧")
CONFIRMED = "agent 那我跟您确认一下，办的是畅享套餐"
END = ("customer 对", "agent 谢谢您，再见")


def words(held, *lines: str, outcome: str = "success", **facts: object) -> list[str]:
    facts.setdefault("decoded_ms", 40_000)
    return [claim.matched for claim in unrepeated_figures(held(*lines, outcome=outcome, **facts))]


def test_a_price_told_once_is_claimed_with_its_words(held) -> None:
    call = held(TOLD, *AGREED, CONFIRMED, *END, outcome="success", decoded_ms=40_000)
    (claim,) = unrepeated_figures(call)
    assert claim.matched == "三十八元" and claim.text.startswith("这个套餐")
    assert claim.span is not None and call.call.turns[0].span.overlap_ms(claim.span) == claim.span.length_ms


@pytest.mark.parametrize(
    "again",
    ["agent 每月三十八元", "agent 三十八一个月", "agent 月租38块", "agent 是三十把一个月", "agent 一共是四十八元"],
)
def test_said_again_by_value_or_sound_or_as_another_price_is_enough(held, again: str) -> None:
    assert words(held, TOLD, *AGREED, CONFIRMED, again, *END) == []


@pytest.mark.parametrize("again", ["customer 三十八块是吧", "agent 办三百分钟的那个", "agent 信号这一块您放心"])
def test_the_customers_word_and_other_figures_are_no_repetition(held, again: str) -> None:
    assert words(held, TOLD, *AGREED, CONFIRMED, again, *END) == ["三十八元"]


def test_twice_in_one_breath_is_told_once(held) -> None:
    line = "agent 现在回来预存五十元，就返还五十元话费"
    assert words(held, line, *AGREED, CONFIRMED, *END, project="win-back") == ["五十元"]


def test_where_the_confirmation_is_missing_that_is_the_fault(held) -> None:
    assert words(held, TOLD, *AGREED, "agent 您稍等", *END) == []


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({}, 1),
        ({"outcome": "refused"}, 0),
        ({"complete": False}, 0),
        ({"decoded_ms": 19_999}, 0),
        ({"decoded_ms": 20_000}, 1),
    ],
)
def test_only_whole_successes_must_repeat(held, facts: dict[str, object], found: int) -> None:
    assert len(words(held, TOLD, *AGREED, CONFIRMED, *END, **facts)) == found


def test_a_survey_has_no_key_figure(held) -> None:
    assert words(held, TOLD, *AGREED, CONFIRMED, *END, project="survey") == []


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("每月一百二十八元，送两百块", Kind.MONEY, [128, 200]),
        ("月租幺二八员", Kind.MONEY, [128]),
        ("一分钱都不花，信号这一块，两个人一块儿用", Kind.MONEY, []),
        ("用满十二个月，送一百分钟", Kind.MONTHS, [12]),
        ("送一百分钟和两千兆", Kind.DATA, [2000]),
        ("六百五十个积分", Kind.POINTS, [650]),
        ("三分钟", Kind.MINUTES, [3]),
    ],
)
def test_figures_have_kinds(text: str, kind: Kind, values: list[int]) -> None:
    assert [figure.value for figure in figures(text, kind)] == values
