"""Questions with an approved answer."""

import pytest

from pipeline.checks.script.answer import unapproved_answers
from pipeline.records.finding import Match

BEFORE = ("agent 您好，我是移动公司的客服，跟您介绍一个套餐", "customer 你说")
ASKED = "customer 那中途不用有没有违约金"
DODGED = "agent 这个您先不用管，办了就知道"
ON = ("agent 那我给您登记上可以吗", "customer 我再想想吧", "agent 好的那不打扰您了祝您愉快")


def names(held, *lines: str, **facts: object) -> list[str]:
    facts.setdefault("decoded_ms", 60_000)
    return [claim.matched for claim in unapproved_answers(held(*BEFORE, *lines, **facts))]


def test_a_dodged_question_is_claimed_with_question_and_answer(held) -> None:
    call = held(*BEFORE, ASKED, DODGED, *ON, decoded_ms=60_000)
    (claim,) = unapproved_answers(call)
    assert "客户问“那中途不用有没有违约金”" in claim.explanation and "“这个您先不用管" in claim.explanation
    assert claim.matched == "有没有违约金" and claim.text.startswith("这个您先")
    assert claim.span is not None and claim.span.overlap_ms(call.call.turns[3].span) > 0


@pytest.mark.parametrize(
    "answer",
    ["agent 没有违约金，提前说就行", "agent 按剩下的月份算", "agent 我帮您核实一下再给您回复", "agent 没有为约金的"],
)
def test_an_approved_or_deferred_answer_is_enough(held, answer: str) -> None:
    assert names(held, ASKED, answer, *ON) == []


@pytest.mark.parametrize(
    "line",
    ["customer 我知道不收违约金", "agent 您是不是问有没有违约金", "customer 违约金的事以前说过了", "customer 多少钱"],
)
def test_what_is_no_such_question_wants_no_answer(held, line: str) -> None:
    assert names(held, line, DODGED, *ON) == []


def test_the_hotline_that_closes_every_call_answers_nothing(held) -> None:
    dodged = "agent 您消消气，别想这些了，那我给您登记上可以吗"
    closing = ("customer 我再想想", "agent 有问题可以拨打一零零八六，谢谢您，再见")
    assert names(held, "customer 去哪里投诉", dodged, *closing) == ["去哪里投诉"]
    assert names(held, "customer 去哪里投诉", "agent 您打一零零八六就行", *closing) == []


def test_a_question_in_words_that_nobody_listed_is_a_near_match_for_a_reviewer(held) -> None:
    (claim,) = unapproved_answers(
        held(*BEFORE, "customer 我半道上不想要了得赔你们多少", DODGED, *ON, decoded_ms=60_000)
    )
    assert (claim.match, claim.matched) == (Match.NEAR, "我半道上不想要了得赔你们多少")
    assert "问法不在列表中" in claim.explanation and 0.4 <= claim.confidence <= 1
    assert names(held, "customer 我半道上不想要了得赔你们多少", "agent 没有违约金，提前说就行", *ON) == []
    assert names(held, "customer 你们公司在什么地方", DODGED, *ON) == []


def test_of_two_listed_questions_in_the_same_words_the_longer_is_asked(held) -> None:
    asked = "customer 预存的钱能不能退"
    assert names(held, asked, "agent 存进去的都当话费用不提现", *ON, project="win-back") == []
    (claim,) = unapproved_answers(held(*BEFORE, asked, DODGED, *ON, project="win-back", decoded_ms=60_000))
    assert "“预存能不能退”" in claim.explanation


HUMS = ("agent 嗯", "customer 那要不要嘛")
LATE = "agent 没有违约金您放心"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((DODGED, LATE), 0),
        ((DODGED, "customer 啊", "agent 很多人都没问过这件事情的呀您先听我说完好不好呢", "customer 哦", LATE), 1),
        (("agent 好的", "customer 啊", DODGED, "customer 哦", LATE), 0),
    ],
)
def test_the_answer_may_take_two_turns_hums_not_counted(held, lines: tuple[str, ...], found: int) -> None:
    assert len(names(held, ASKED, *lines)) == found


@pytest.mark.parametrize(("answered_at", "found"), [(26.0, 0), (26.001, 1)])
def test_and_any_number_of_turns_within_the_seconds(held, answered_at: float, found: int) -> None:
    call = f"""
        agent     0.0-3.0    您好，我是移动公司的客服
        customer  15.0-20.0  有没有违约金
        agent     20.5-21.0  这个不好说
        agent     22.0-23.0  您听我讲完
        agent     {answered_at}-{answered_at + 2:.3f}  没有违约金
        customer  40.0-41.0  再见
    """
    assert len(list(unapproved_answers(held.timed(call)))) == found


def test_asked_twice_in_a_row_is_one_fault_and_one_answer_is_enough(held) -> None:
    assert names(held, ASKED, DODGED, ASKED, DODGED, *ON) == ["有没有违约金"]
    assert names(held, ASKED, DODGED, ASKED, LATE, *ON) == []


def test_two_questions_are_two_faults(held) -> None:
    found = names(held, ASKED, DODGED, "customer 什么时候生效", "agent 您放心很快的", *ON[:1])
    assert found == ["有没有违约金", "什么时候生效"]


def test_who_hangs_up_gets_no_answer(held) -> None:
    assert names(held, ASKED) == []


@pytest.mark.parametrize("facts", [{"mono": True}, {"complete": False}, {"decoded_ms": 19_999}])
def test_nothing_is_claimed_where_nobody_can_say(held, facts: dict[str, object]) -> None:
    assert names(held, ASKED, DODGED, *ON, **facts) == []
    assert names(held, ASKED.replace("customer", "unknown"), DODGED, *ON) == []


@pytest.mark.parametrize(
    ("project", "question", "dodge"),
    [
        ("telemarketing", "我怎么知道你是移动公司的", "您信就信吧"),
        ("vip-care", "要不要手续费", "您先听我讲"),
        ("win-back", "我的老号码还在吗", "先听我讲完吧"),
        ("survey", "要问多久", "您先听我讲"),
    ],
)
def test_every_script_has_answers_and_the_shared_ones(held, project: str, question: str, dodge: str) -> None:
    assert len(names(held, f"customer {question}", f"agent {dodge}", project=project)) == 1
