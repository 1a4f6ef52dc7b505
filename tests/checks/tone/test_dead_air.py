from dataclasses import replace

from pipeline.checks.tone.dead_air import dead_air
from pipeline.records.span import Span

from .dialogue import STANDARD, heard, spans


def test_silence_between_turns_is_claimed() -> None:
    call = heard("agent 0.0-3.0 请您稍等。\ncustomer 9.5-11.0 喂？")
    (claim,) = dead_air(call, STANDARD)
    assert claim.span == Span(3000, 9500)
    assert "6.5 秒" in claim.explanation and "6.0 秒" in claim.explanation


def test_exactly_the_limit_is_not_claimed() -> None:
    assert spans(dead_air, heard("agent 0.0-3.0 请您稍等。\ncustomer 9.0-11.0 喂？")) == []
    assert spans(dead_air, heard("agent 0.0-3.0 请您稍等。\ncustomer 9.001-11.0 喂？")) == [(3000, 9001)]


def test_a_short_turn_inside_a_longer_one_does_not_begin_a_silence() -> None:
    assert spans(dead_air, heard("agent 0.0-8.0 我给您介绍一下\ncustomer 1.0-1.5 嗯\ncustomer 12.0-13.0 好的")) == []


def test_speech_that_was_not_transcribed_is_no_silence() -> None:
    call = heard("agent 0.0-3.0 请您稍等。\ncustomer 11.0-12.0 喂？")
    assert spans(dead_air, call) == [(3000, 11000)]
    voice = replace(call.voice, customer_speech=(Span(6500, 7500), Span(11000, 12000)))
    assert spans(dead_air, replace(call, voice=voice)) == []


def test_the_padding_of_vad_does_not_shorten_a_silence() -> None:
    call = heard("agent 0.0-3.0 请您稍等。\ncustomer 9.5-11.0 喂？")
    voice = replace(call.voice, agent_speech=(Span(0, 3400),), customer_speech=(Span(9100, 11400),))
    assert spans(dead_air, replace(call, voice=voice)) == [(3000, 9500)]


def test_in_a_broken_recording_the_silence_is_a_guess() -> None:
    (claim,) = dead_air(heard("agent 0.0-3.0 请您稍等\ncustomer 19.5-21.0 喂", complete=False), STANDARD)
    assert claim.confidence == 0.5
    assert "录音不完整" in claim.explanation


def test_an_empty_call_has_no_silence() -> None:
    assert spans(dead_air, heard("")) == []
