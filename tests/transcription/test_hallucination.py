import pytest

from pipeline.records.span import Span
from pipeline.records.turn import Word
from pipeline.transcription.engine import WindowText
from pipeline.transcription.hallucination import believable


def heard(text, no_speech=0.0, log_probability=-0.1):
    words = tuple(Word(c, Span(i * 100, i * 100 + 100), 1.0) for i, c in enumerate(text))
    return WindowText(words, no_speech, log_probability)


def text_of(words):
    return "".join(word.text for word in words)


@pytest.mark.parametrize(
    "invented",
    [
        "字幕由Amaraorg社区提供",
        "字幕by索兰娅",
        "请不吝点赞订阅转发打赏支持明镜与点点栏目",
        "谢谢观看",
        "感谢收看",
        "字幕志愿者李宗盛",
    ],
)
def test_subtitle_credits_go_and_the_rest_stays(invented):
    assert text_of(believable(heard(invented))) == ""
    assert text_of(believable(heard(f"您好{invented}再见"))) == "您好再见"


@pytest.mark.parametrize(
    "said", ["谢谢", "好的再见", "谢谢您的接听", "字幕怎么关", "对对对对对", "好的好的好的好的", "感谢您的支持"]
)
def test_what_people_say_stays(said):
    assert text_of(believable(heard(said))) == said


def test_a_stuck_decoder_keeps_its_first_round():
    assert text_of(believable(heard("这个套餐" * 4 + "好"))) == "这个套餐好"
    assert text_of(believable(heard("这个套餐" * 3))) == "这个套餐" * 3


def test_a_window_goes_only_when_speech_and_words_are_both_doubted():
    assert believable(heard("您好", 0.9, -1.5)) == ()
    assert text_of(believable(heard("您好", 0.9, -0.5))) == "您好"
    assert text_of(believable(heard("您好", 0.5, -1.5))) == "您好"


def test_a_sentence_written_twice_in_the_time_of_one_is_one():
    (first, *_, last) = words = believable(heard("好的看您方便不方便看您方便不方便"))  # 100 ms a hanzi
    assert text_of(words) == "好的看您方便不方便"
    assert words[2].span.start_ms == 200 and last.span.end_ms == 1600 and first.span.end_ms == 100


def test_a_sentence_said_twice_at_a_human_pace_stays():
    words = tuple(Word(c, Span(i * 160, i * 160 + 160), 1.0) for i, c in enumerate("看您方便不方便看您方便不方便"))
    assert text_of(believable(WindowText(words, 0.0, -0.1))) == "看您方便不方便看您方便不方便"
