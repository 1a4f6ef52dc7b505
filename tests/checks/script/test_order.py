"""Another order than the script's is a notice."""

from pipeline.checks.script.order import disorder

OPENING = ("agent 您好", "agent 我是中国移动的客服李丽", "agent 这次打电话是想给您介绍一个新套餐")
REST = ("customer 你说", "agent 每个月三十八元，里面有三百分钟通话", "customer 我再想想", "agent 谢谢您，再见")


def test_a_greeting_after_the_name_is_told_with_its_words(held) -> None:
    (claim,) = disorder(held(OPENING[1], OPENING[0], *OPENING[2:], *REST, decoded_ms=40_000))
    assert "“自报家门”（0.0 秒）说在“问候”（3.1 秒）之前" in claim.explanation
    assert claim.rule == "script.order" and claim.span is not None and "移动" in claim.text


def test_the_scripts_order_and_what_is_missing_are_no_disorder(held) -> None:
    assert list(disorder(held(*OPENING, *REST, decoded_ms=40_000))) == []
    assert list(disorder(held(OPENING[1], OPENING[2], *REST, decoded_ms=40_000))) == []


def test_two_elements_at_once_are_in_order(held) -> None:
    assert list(disorder(held("agent 您好我是中国移动的客服李丽", OPENING[2], *REST, decoded_ms=40_000))) == []


def test_of_a_cut_call_no_order_is_told(held) -> None:
    lines = (OPENING[1], OPENING[0], *OPENING[2:], *REST)
    assert list(disorder(held(*lines, complete=False))) == []
    assert list(disorder(held(*lines, decoded_ms=19_999))) == []
    assert len(list(disorder(held(*lines, decoded_ms=20_000)))) == 1


def test_what_is_said_again_in_its_place_is_in_order(held) -> None:
    early = "agent 想给您介绍一个新套餐"
    assert len(list(disorder(held(early, *OPENING[:2], *REST, decoded_ms=40_000)))) == 1
    assert list(disorder(held(early, *OPENING, *REST, decoded_ms=40_000))) == []


def test_a_greeting_within_the_sentence_that_names_the_caller_is_in_order(held) -> None:
    """The cue of the greeting begins after the sentence of the introduction, which only the second vote knows."""
    lines = ("agent 尊敬的客户下午好给您通话的是中国移动零一四号", "agent 请问是张先生吗", OPENING[2], *REST)
    call = held(*lines, decoded_ms=40_000)
    found = {element.element: element.span for element in call.elements}
    assert found["self_introduction"].start_ms < found["greeting"].start_ms
    assert list(disorder(call)) == []
