from pipeline.checks.tone.turn_taking import overlaps, silences, talk_share, waits
from pipeline.records.span import Span

from .dialogue import heard, turns


def test_silences_lie_between_speech_of_anybody() -> None:
    said = turns("agent 0.0-2.0 您好\ncustomer 1.0-3.0 你好\nagent 7.0-8.0 请问")
    assert silences(said, ()) == (Span(3000, 7000),)
    assert silences(said, (Span(4000, 5000),)) == (Span(3000, 4000), Span(5000, 7000))


def test_vad_beside_a_turn_is_that_turn_and_a_blip_is_nothing() -> None:
    said = turns("agent 0.0-2.0 您好\nagent 7.0-8.0 请问")
    assert silences(said, (Span(0, 2500), Span(4000, 4199))) == (Span(2000, 7000),)
    assert silences(said, (Span(0, 3000),)) == (Span(2000, 2500), Span(3000, 7000))


def test_waits_are_those_for_the_agent_and_zero_where_the_agent_is_there_at_once() -> None:
    said = turns("customer 0.0-2.0 喂\nagent 3.5-5.0 您好\ncustomer 6.0-9.0 什么事\nagent 8.5-9.5 是这样的")
    assert [wait.length_ms for wait in waits(said, ())] == [1500, 0]


def test_overlap_counts_the_words_said_over_the_customer() -> None:
    call = heard("customer 0.0-4.0 我说过了\nagent 3.0-5.0 您先听我")
    (one,) = overlaps(call.turns, call.voice.agent_speech, call.voice.customer_speech or ())
    assert (one.span, one.heard_ms, one.hanzi) == (Span(3000, 4000), 1000, 2)


def test_talk_share_counts_time_once() -> None:
    assert talk_share((Span(0, 3000), Span(2000, 3000)), (Span(3000, 4000),)) == 0.75
    assert talk_share((), ()) is None
