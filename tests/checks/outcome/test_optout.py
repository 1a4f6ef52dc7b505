"""A customer who wants no more calls, and those who only sound like it."""

import pytest

from pipeline.checks.outcome.optout import heard_optouts
from pipeline.checks.run import run_checks
from pipeline.records.finding import Match
from pipeline.records.optout import OptOut
from tests.dialogue import heard, shipped, talk


def optouts(*lines: str, **facts: object) -> list[OptOut]:
    return list(heard_optouts(talk(*lines, **facts), shipped()))


@pytest.mark.parametrize(
    "said",
    [
        "别再打了",
        "别在打了",
        "不要再给我打电话了",
        "你们别再打来了行不行",
        "以后别打了",
        "别再打给我了",
        "不用给我打电话了",
        "请不要再打这个电话了",
        "我不想再接到你们的电话",
        "把我加入免打扰",
        "能不能把我加到免打扰名单",
        "你把我的号码拉进黑名单吧",
        "帮我登记一下免打扰",
        "麻烦把我的电话从名单里去掉",
        "不要再骚扰我了",
        "今天都打了三次了，你们别再打了",
        "我不是让你们别再打了吗",
        "别再打了，我老公在睡觉",
        "把我的号从你们名单上划掉",
        "今后不许再往我这个号上打",
        "你们内部记一笔，别再找我了",
        "我正式跟你讲，不同意你们再打给我",
    ],
)
def test_a_customer_who_wants_no_more_calls(said: str) -> None:
    (found,) = optouts("agent 您好，我是移动客服", f"customer {said}")
    assert found.text == said
    assert found.confidence >= 0.7 and found.match is not Match.NEAR


@pytest.mark.parametrize(
    "said",
    [
        "不用了谢谢",
        "别打折",
        "以后别打折了",
        "别打断我",
        "不要再说了，我不办",
        "别再打给我儿子了",
        "别再打电话给我儿子了",
        "别再打扰我妈休息了",
        "我叫他别再打了",
        "现在别再打了，我在开会",
        "晚上别再打了",
        "先别打电话过来",
        "别再打了，晚点再打给我",
        "你明天再打吧",
        "不要再打这个号码了，打我另外一个",
        "别把我加入黑名单啊",
        "是不是把我加到免打扰了",
        "把我加入免打扰是什么意思",
        "我手机开了免打扰",
        "我没让你们别再打电话",
        "声音别再大了",
        "不要再答了吧",
        "别再打麻将了",
        "我同事的座机别再拨了",
        "给我爷爷登记一下免打扰吧",
        "可别把我从名单里删了啊",
        "以后别给我打折了，直接送话费",
    ],
)
def test_what_only_sounds_like_it(said: str) -> None:
    assert optouts("agent 您好，我是移动客服", f"customer {said}") == []


@pytest.mark.parametrize("speaker", ["agent", "unknown"])
def test_only_the_customer_can_ask_for_it(speaker: str) -> None:
    assert optouts(f"{speaker} 别再打了") == []


def test_it_has_the_time_and_the_confidence_of_its_words() -> None:
    call = heard("customer 10.0-13.0 我很忙别再打了", confidence=0.6)
    (found,) = run_checks(call, shipped()).optouts
    assert (found.matched, found.confidence) == ("别再打了", 0.6)
    assert (found.span.start_ms, found.span.end_ms) == (11_285, 13_000)


def test_nearly_matching_words_are_nobodys_wish() -> None:
    assert optouts("customer 不要再给我大店话了") != []
    assert optouts("customer 不要再给我买电话了") == []


def test_words_that_are_not_listed_are_weighed() -> None:
    (found,) = optouts("customer 麻烦你们往后别惦记我这个号了")
    assert (found.match, found.matched) == (Match.NEAR, "麻烦你们往后别惦记我这个号了")
    assert optouts("customer 声音小点别把孩子吵醒了") == []
