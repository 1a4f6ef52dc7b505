"""Turns of a speaker are joined where the pause is under half a second."""

from pipeline.records.turn import Speaker
from pipeline.text.utterances import utterances
from tests.dialogue import turns


def test_joined_under_half_a_second() -> None:
    joined = utterances(turns("agent 0.0-1.0 把验证码\nagent 1.499-2.0 告诉我"), Speaker.AGENT)
    assert [u.text for u in joined] == ["把验证码告诉我"]
    apart = utterances(turns("agent 0.0-1.0 把验证码\nagent 1.5-2.0 告诉我"), Speaker.AGENT)
    assert [u.text for u in apart] == ["把验证码", "告诉我"]


def test_a_hum_of_the_other_does_not_part() -> None:
    joined = utterances(turns("agent 0.0-1.0 把验证码\ncustomer 0.9-1.2 嗯\nagent 1.3-2.0 告诉我"), Speaker.AGENT)
    assert [u.text for u in joined] == ["把验证码告诉我"]


def test_characters_keep_their_times() -> None:
    (one,) = utterances(turns("agent 0.0-1.0 一二三四\nagent 1.2-2.2 五六七八"))
    assert one.span_of(3, 5).start_ms == 750
    assert one.span_of(3, 5).end_ms == 1450
    assert one.span.end_ms == 2200
