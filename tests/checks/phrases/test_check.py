"""Forbidden phrases of the agent: what is claimed, of whom, under which name."""

import pytest

from pipeline.checks.catalogue import entry
from pipeline.checks.phrases.check import find_phrases
from pipeline.records.finding import Claim, Match, Severity
from pipeline.records.turn import Speaker
from tests.dialogue import shipped, talk


def claims(*lines: str, mono: bool = False) -> list[Claim]:
    return list(find_phrases(talk(*lines, mono=mono), shipped()))


def rules(*lines: str) -> list[str]:
    return [(claim.rule or "").removeprefix("phrase.") for claim in claims(*lines)]


# Found, and a near miss that says something like it in good faith.
CASES = [
    ("scolding", "这么大个人了怎么连密码都记不住", "密码记不住没关系，我们可以重新设"),
    ("abuse", "你脑子进水了吧", "手机进水了是吧，那得先送修"),
    ("insult", "你怎么这么笨", "我嘴笨，没讲明白"),
    ("sarcasm", "您可真会算账", "您真会过日子"),
    ("taunt", "用不起就别用", "用不完可以转到下个月"),
    ("shirking", "这个不归我们管，你找别人去", "这个归网络部管，我帮您转过去"),
    ("impatience", "你有完没完", "您看完没有，不着急"),
    ("coldness", "爱办不办", "办不办都没关系，您慢慢考虑"),
    ("bluntness", "不行就是不行", "行不行您都说一声"),
    ("rudeness", "你吼什么吼", "您声音大一点，我这边听不清"),
    ("overpromise", "我保证永远不涨价", "我不能保证以后不涨价"),
    ("privacy", "把您收到的验证码念给我", "验证码您千万不要念给我"),
    ("competitor", "我给您办一张联通的卡", "您刚才提到联通，我记下来"),
    ("coercion", "您不换的话就给您停机", "您不换也不会停机"),
    ("after_refusal", "您先别急着拒绝嘛", "您不需要的话我就不打扰了"),
]


@pytest.mark.parametrize(("category", "fault", "innocent"), CASES)
def test_each_category(category: str, fault: str, innocent: str) -> None:
    assert rules(f"agent {fault}") == [category]
    assert rules(f"agent {innocent}") == []


def test_customers_may_say_what_they_like() -> None:
    assert rules("customer 你有病吧，滚") == []


def test_unknown_speaker_is_claimed_as_such() -> None:
    (claim,) = claims("unknown 你有病吧")
    assert claim.speaker is Speaker.UNKNOWN


@pytest.mark.parametrize(
    ("line", "claimed"),
    [
        ("customer 我打了好几次都没人管这个不归我们管你找别人去", ["phrase.shirking"]),
        ("customer 谁呀", []),  # fewer than four hanzi: what people say on answering
    ],
)
def test_on_mono_the_customers_turn_is_a_guess_and_its_phrases_go_to_a_reviewer(line: str, claimed: list[str]) -> None:
    found = claims("agent 您好", line, mono=True)
    assert [claim.rule for claim in found] == claimed
    assert all(claim.speaker is Speaker.UNKNOWN for claim in found)
    assert claims("agent 您好", line) == []


def test_span_is_that_of_the_words() -> None:
    (claim,) = claims("agent 好的好的你有病吧")
    assert claim.span is not None
    assert claim.span.start_ms == 1980 * 4 // 9
    assert claim.text == "好的好的你有病吧"


def test_quoting_the_customer_is_no_fault() -> None:
    assert rules("agent 您反映有人跟您说这个不归我管，我向您道歉") == []


def test_one_outburst_is_one_fault_under_its_gravest_name() -> None:
    (claim,) = claims("agent 滚蛋，懒得理你")
    assert claim.rule == "phrase.abuse"
    assert "无礼" in claim.explanation


def test_outbursts_three_seconds_apart_are_two() -> None:
    quiet = "这个套餐每个月三十八块钱里面有三百分钟"
    assert rules(f"agent 你有完没完{quiet}你烦不烦") == ["impatience", "impatience"]
    assert rules("agent 你有完没完我说你烦不烦") == ["impatience"]


def test_what_is_asked_for_is_claimed_beside_the_manner() -> None:
    assert sorted(rules("agent 快把验证码念给我，你烦不烦")) == ["impatience", "privacy"]


def test_by_sound_is_told_from_as_written() -> None:
    written, heard = claims("agent 把您收到的验证码念给我")[0], claims("agent 把您收到的验正码念给我")[0]
    assert (written.match, heard.match) == (Match.EXACT, Match.PHONETIC)
    assert heard.confidence < written.confidence
    assert "yan zheng ma" in heard.explanation


def test_severity_is_the_packs() -> None:
    assert claims("agent 爱办不办")[0].severity is Severity.MINOR
    assert claims("agent 你有病吧")[0].severity is Severity.FATAL


@pytest.mark.parametrize("category", [category for category, *_ in CASES if category != "after_refusal"])
def test_the_catalogues_example_is_found_under_its_name(category: str) -> None:
    assert category in rules(f"agent {entry(f'phrase.{category}').example}")
