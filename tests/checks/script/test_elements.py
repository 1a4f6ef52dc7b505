"""Script elements: present, missing, not required, not assessable."""

import pytest

from pipeline.checks.script.elements import find_elements, missing_claims
from pipeline.records.finding import Claim, Element, ElementState
from tests.dialogue import shipped, talk

CALL = {
    "greeting": "agent 您好",
    "self_introduction": "agent 我是中国移动的客服李丽",
    "identity": "agent 请问您是王先生吗",
    "me": "customer 是我",
    "convenience": "agent 您现在说话方便吗",
    "yes": "customer 方便",
    "recording_notice": "agent 本次通话会录音",
    "purpose": "agent 这次打电话是想给您介绍一个新套餐",
    "go_on": "customer 你说",
    "content": "agent 每个月三十八元，里面有三百分钟通话",
    "opinion": "agent 您觉得怎么样",
    "view": "customer 还可以",
    "value": "agent 比您现在用的划算多了",
    "request": "agent 那我现在就帮您办理，可以吗",
    "agreed": "customer 好，办吧",
    "confirmation": "agent 那我跟您确认一下，办的是三十八元的套餐",
    "right": "customer 对",
    "enquiry_channel": "agent 以后有问题可以拨打一零零八六",
    "thanks": "agent 谢谢您，再见",
}
ELEMENTS = [name for name, line in CALL.items() if line.startswith("agent") and name != "request"]


def elements(
    without: str = "", more: tuple[str, ...] = (), outcome: str | None = "success", **facts: object
) -> dict[str, Element]:
    lines = [line for name, line in CALL.items() if name != without] + list(more)
    call = talk(*lines, outcome=outcome, **facts) if outcome else talk(*lines, **facts)
    script = shipped().script("telemarketing")
    assert script is not None
    return {element.element: element for element in find_elements(call, script, shipped())}


def claims(without: str = "") -> list[Claim]:
    call = talk(*(line for name, line in CALL.items() if name != without), outcome="success")
    script = shipped().script("telemarketing")
    assert script is not None
    return list(missing_claims(find_elements(call, script, shipped()), script, call))


def test_a_whole_call_lacks_nothing() -> None:
    found = elements()
    assert [name for name in ELEMENTS if found[name].state is not ElementState.PRESENT] == []
    assert claims() == []


@pytest.mark.parametrize("name", ELEMENTS)
def test_each_element_left_out_is_missing(name: str) -> None:
    assert [claim.rule for claim in claims(without=name)] == [f"script.missing.{name}"]


def test_a_claim_says_where_it_was_looked_for() -> None:
    (opening,), (closing,) = claims(without="greeting"), claims(without="thanks")
    assert "开头（0-40 秒）没有听到" in opening.explanation and "结束前（" in closing.explanation


def test_an_element_in_words_that_no_cue_lists_is_there_by_likeness() -> None:
    lines = [line for name, line in CALL.items() if name != "opinion"]
    at = lines.index(CALL["value"])
    script = shipped().script("telemarketing")
    assert script is not None
    call = talk(*lines[:at], "agent 您心里中意不中意呢", *lines[at:], outcome="success")
    assert not list(script.matcher.find("您心里中意不中意呢"))
    found = {e.element: e for e in find_elements(call, script, shipped())}["opinion"]
    assert found.state is ElementState.PRESENT and "中意" in found.text


def test_present_elements_show_their_words() -> None:
    thanks = elements()["thanks"]
    assert thanks.span is not None
    assert "谢谢您" in thanks.text


def test_thanks_at_the_start_are_no_thanks_at_the_end() -> None:
    lines = ["agent 感谢您接听，您好", *[line for name, line in CALL.items() if name not in ("greeting", "thanks")]]
    script = shipped().script("telemarketing")
    assert script is not None
    found = {e.element: e for e in find_elements(talk(*lines, outcome="success"), script, shipped())}
    assert found["thanks"].state is ElementState.MISSING


def test_what_a_confirmation_repeats_is_no_content() -> None:
    assert elements(without="content")["content"].state is ElementState.MISSING


def test_what_a_confirmation_far_away_repeats_is_content() -> None:
    told = "agent 每月送五百兆流量" + "您听我慢慢说" * 10 + "跟您确认一下"
    script = shipped().script("telemarketing")
    assert script is not None
    found = {e.element: e.state for e in find_elements(talk(told, outcome="success"), script, shipped())}
    assert found["content"] is ElementState.PRESENT


def test_an_agent_heard_badly_lacks_nothing() -> None:
    assert elements(without="thanks", confidence=0.79)["thanks"].state is ElementState.NOT_ASSESSABLE
    assert elements(without="thanks", confidence=0.81)["thanks"].state is ElementState.MISSING


def test_on_mono_what_a_turn_of_a_guessed_customer_shows_is_not_missing() -> None:
    lines = [line for name, line in CALL.items() if name != "thanks"]
    script = shipped().script("telemarketing")
    assert script is not None
    for mono, last, state in (
        (True, "customer 谢谢您再见", ElementState.NOT_ASSESSABLE),
        (True, "customer 再见", ElementState.MISSING),
        (False, "customer 谢谢您再见", ElementState.MISSING),
    ):
        found = find_elements(talk(*lines, last, outcome="success", mono=mono), script, shipped())
        assert {e.element: e.state for e in found}["thanks"] is state


def test_asking_to_do_it_confirms_nothing() -> None:
    assert elements(without="confirmation")["confirmation"].state is ElementState.MISSING


def test_outcome_decides_what_is_required() -> None:
    refused = elements(without="confirmation", outcome="refused")
    assert refused["confirmation"].state is ElementState.NOT_REQUIRED
    assert refused["thanks"].state is ElementState.PRESENT
    assert elements(outcome="callback")["callback_time"].state is ElementState.MISSING
    asked = ("agent 那我明天下午三点再给您打电话可以吗",)
    assert elements(more=asked, outcome="callback")["callback_time"].state is ElementState.PRESENT
    assert elements()["callback_time"].state is ElementState.NOT_REQUIRED


def test_without_a_manifest_the_customers_words_are_the_outcome() -> None:
    assert elements(without="confirmation", outcome=None)["confirmation"].state is ElementState.MISSING
    script = shipped().script("telemarketing")
    assert script is not None
    undecided = find_elements(talk(CALL["greeting"], CALL["request"], "customer 再说吧"), script, shipped())
    assert {e.element: e.state for e in undecided}["callback_time"] is ElementState.NOT_ASSESSABLE


def test_a_cut_or_short_call_lacks_nothing() -> None:
    assert elements(without="thanks", complete=False)["thanks"].state is ElementState.NOT_ASSESSABLE
    assert elements(without="thanks", decoded_ms=19_999)["thanks"].state is ElementState.NOT_ASSESSABLE
    assert elements(without="thanks", decoded_ms=20_000)["thanks"].state is ElementState.MISSING
