"""How phrases are found: as written, by sound, nearly, and where not."""

import pytest

from pipeline.records.finding import Match
from pipeline.text.notation import parse
from pipeline.text.phrases import NEAR, SAME_SOUND, SIMILAR_SOUND, Phrase, PhraseMatcher


def found(line: str, text: str, *exceptions: str, weak: bool = False) -> list[tuple[str, Match]]:
    hits = PhraseMatcher([Phrase(line, parse(line, {}), "k", weak, exceptions)]).find(text)
    return [(text[hit.start : hit.end], hit.match) for hit in hits]


def test_as_written_with_place() -> None:
    assert found("你有病", "我看你有病吧") == [("你有病", Match.EXACT)]
    assert found("你有病", "我看你没病吧") == []


def test_fillers_stutters_and_punctuation_hide_nothing() -> None:
    assert found("你有病", "你…呃…你你那个有，病") == [("你…呃…你你那个有，病", Match.EXACT)]
    assert found("谢谢您", "谢您") == []


def test_digits_are_spoken() -> None:
    assert found("一零零八六", "请拨10086") == [("10086", Match.EXACT)]
    assert found("一零零八六", "请拨幺零零八六") == [("幺零零八六", Match.EXACT)]


def test_three_hanzi_are_never_compared_by_sound() -> None:
    assert found("你有病", "你又病") == []


def test_four_hanzi_allow_one_homophone_not_two() -> None:
    assert found("老实待着", "老实戴着") == [("老实戴着", Match.PHONETIC)]
    assert found("老实待着", "老师戴着") == []


def test_five_hanzi_allow_the_whole_sound_and_similar_sounds() -> None:
    hits = PhraseMatcher([Phrase("你给我闭嘴", parse("你给我闭嘴", {}))])
    same, similar = hits.find("尼给窝必嘴"), hits.find("里给窝闭嘴")
    assert [(h.match, h.confidence) for h in same] == [(Match.PHONETIC, SAME_SOUND)]
    assert [(h.match, h.confidence) for h in similar] == [(Match.PHONETIC, SIMILAR_SOUND)]
    assert hits.find("你给他必嘴") == ()


def test_near_from_six_hanzi_with_one_like_syllable() -> None:
    assert found("把密码告诉我", "把密马高诉我") == [("把密马高诉我", Match.PHONETIC)]
    assert found("把密码告诉我", "把密码报诉我") == [("把密码报诉我", Match.NEAR)]
    assert found("能不能简单点", "能不能便宜点") == []
    assert found("五个字的话", "五个日的话") == []


def test_near_never_overlooks_a_decisive_word() -> None:
    assert found("这个不归我管理", "这个都归我管理") == []
    hits = PhraseMatcher([Phrase("x", parse("把密码告诉我", {}))]).find("把密码报诉我")
    assert hits[0].confidence == NEAR


def test_choices_options_and_gaps() -> None:
    line = "(把|将)(您)?验证码…(告诉|念给)我"
    assert found(line, "将验证码现在就念给我") == [("将验证码现在就念给我", Match.EXACT)]
    assert found(line, "把您验证码告诉我") == [("把您验证码告诉我", Match.EXACT)]
    assert found(line, "把验证码收好以后谁来问也不要告诉我") == []


@pytest.mark.parametrize(("between", "is_found"), [(8, True), (9, False)])
def test_gap_is_at_most_eight_hanzi(between: int, is_found: bool) -> None:
    assert bool(found("验证码…告诉我", "验证码" + "一二三四五六七八九"[:between] + "告诉我")) is is_found


def test_weak_phrase_is_a_whole_utterance() -> None:
    assert found("不知道", "不知道啊", weak=True) == [("不知道", Match.EXACT)]
    assert found("不知道", "我不知道您的意思", weak=True) == []


@pytest.mark.parametrize(
    ("exception", "text", "is_found"),
    [
        ("不会…", "不会停您的机", False),
        ("不会…", "不会一二三四停您的机", False),  # four hanzi away
        ("不会…", "不会一二三四五停您的机", True),
        ("您说……", "您说一二三四五六七八九十一二停您的机", False),  # twelve
        ("您说……", "您说一二三四五六七八九十一二三停您的机", True),
        ("…是骗子", "停您的机的都是骗子", False),
        ("…是骗子", "停您的机", True),
    ],
)
def test_exceptions_before_and_behind(exception: str, text: str, is_found: bool) -> None:
    assert bool(found("停您的机", text, exception)) is is_found


def test_exception_around_is_a_word_the_phrase_is_part_of() -> None:
    assert found("你有病", "你有病毒吗", "有病毒") == []
    assert found("你有病", "你有病吗", "有病毒") == [("你有病", Match.EXACT)]
    assert found("又什么事情", "有什么事情", "有什么事情") == []


def test_exception_within_stands_between_the_words() -> None:
    assert found("验证码…给我", "验证码不用报给我", "…不用…") == []
    assert found("验证码…给我", "验证码快报给我", "…不用…") == [("验证码快报给我", Match.EXACT)]
