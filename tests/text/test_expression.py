"""Expressions of the packs: what they find, and that none is let in that could keep the search busy."""

import pytest

from pipeline.text.expression import LONGEST, MOST_STEPS, expression


def found(text: str, condensed: str) -> list[str]:
    return [condensed[start:end] for start, end in expression(text).find(condensed)]


def test_found_and_near_miss() -> None:
    assert found("验证码.{0,3}(告诉|念给)我", "把验证码一二三告诉我") == ["验证码一二三告诉我"]
    assert found("验证码.{0,3}(告诉|念给)我", "把验证码一二三四告诉我") == []


@pytest.mark.parametrize(
    ("text", "condensed", "is_found"),
    [
        ("^[零一二三]{4}$", "一二三零", True),
        ("^[零一二三]{4}$", "一二三零一", False),
        ("[^不]要", "我要", True),
        ("[^不]要", "不要", False),
        ("要不?(要|行)", "要行", True),
        ("vip[一-龥]", "vip客", True),
        ("(好){2,3}$", "好", False),
    ],
)
def test_signs(text: str, condensed: str, is_found: bool) -> None:
    assert bool(found(text, condensed)) is is_found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("验证码.*我", "has no end"),
        ("验证码.+我", "has no end"),
        ("一{2,}", r"write how many at most, such as \{2,9\}"),
        ("一{3,2}", "from the smaller to the larger"),
        ("你(有病", "never closed"),
        ("你有病)", "never opened"),
        ("(?=我)你", "plain brackets"),
        (r"\d{6}", "is not known here"),
        ("[0-9]{6}", "write '零'"),
        ("ＶＩＰ", "write 'v'"),
        ("你，我", "is not known here"),
        ("你 我", "is not known here"),
        ("那个人", "hesitation"),
        ("[嗯好]", "hesitation is never looked at"),
        ("[好-一]", "bad character range"),
        ("我?", "where nothing is said"),
        ("(一(一){0,9}){0,9}二", "too many ways"),
        ("(((一{40}){40}){40}){2}", "too many ways"),
        ("(" * 11 + "一" + ")" * 11, "more than 10 deep"),
        ("你??", "is not known here"),
        ("", "where nothing is said"),
    ],
)
def test_refused_with_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        expression(text)


def test_length_to_the_sign() -> None:
    assert expression("一" * LONGEST)
    with pytest.raises(ValueError, match=f"longer than {LONGEST}"):
        expression("一" * (LONGEST + 1))


def test_steps_to_the_step() -> None:
    """一{0,k}二: k steps for the repeat and one for 二 from each of the k + 1 places where it may end."""
    most = (MOST_STEPS - 1) // 2
    assert expression(f"一{{0,{most}}}二")
    with pytest.raises(ValueError, match="too many ways"):
        expression(f"一{{0,{most + 1}}}二")
