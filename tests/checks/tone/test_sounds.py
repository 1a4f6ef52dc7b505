import numpy as np
import pytest

from pipeline.checks.tone import measure
from pipeline.records.span import Span
from pipeline.records.tone import Voice

from .dialogue import turns
from .sounds_of import audio, noise, pulses, silence, tone

SAID = turns("agent 1.0-3.0 请您稍等一下\nagent 8.0-10.0 让您久等了吧")


def voice(sound: np.ndarray, customer: np.ndarray | None = None) -> Voice:
    """A call with agent speech at 1-3 s and 8-10 s over line noise of -60 dBFS; `sound` is what else is on the agent's channel."""
    agent = noise(12.0, -60)
    for start in (1, 8):
        agent[start * 16000 : (start + 2) * 16000] += pulses(2.0, 200, -20)
    agent += sound
    return measure(audio(agent, silence(12.0) if customer is None else customer), SAID, tuple(t.span for t in SAID), ())


def at(start_s: float, sound: np.ndarray) -> np.ndarray:
    whole = silence(12.0)
    whole[round(start_s * 16000) :][: sound.size] = sound
    return whole


def test_music_while_nobody_speaks_is_found_where_it_is() -> None:
    (found,) = voice(at(4.0, tone(2.0, 880, -35) + tone(2.0, 1320, -35))).noises
    assert found.start_ms == pytest.approx(4000, abs=20) and found.end_ms == pytest.approx(6000, abs=20)


def test_knocking_is_one_sound() -> None:
    knocks = sum(at(4.0 + 0.4 * i, noise(0.03, -20, seed=i)) for i in range(5))
    (found,) = voice(knocks).noises
    assert found.start_ms == pytest.approx(4000, abs=20) and found.end_ms == pytest.approx(5630, abs=20)


def test_a_sound_25_db_below_the_voice_is_still_heard_and_a_softer_one_is_not() -> None:
    assert voice(at(4.0, tone(1.0, 880, -43))).noises
    assert not voice(at(4.0, tone(1.0, 880, -47))).noises


def test_ringing_before_the_first_word_and_after_the_last_is_the_line() -> None:
    assert not voice(at(0.0, tone(0.8, 450, -25)) + at(10.5, tone(1.0, 450, -25))).noises


def test_the_customer_leaking_over_is_no_noise_of_the_agent() -> None:
    customer = at(4.0, pulses(2.0, 120, -15))
    assert not voice(at(4.03, pulses(2.0, 120, -30)), customer).noises
    assert voice(at(4.03, pulses(2.0, 120, -22)), customer).noises


def test_transcribed_speech_that_vad_missed_is_no_noise() -> None:
    assert voice(silence(12.0)).noises == ()


def test_snr_is_the_voice_over_the_line() -> None:
    assert voice(silence(12.0)).tone.snr_db == pytest.approx(40, abs=1.5)


def test_a_span_of_noise_is_never_inside_speech() -> None:
    (found,) = voice(at(3.0, tone(5.0, 880, -30))).noises
    assert found.overlap_ms(Span(1000, 3000)) == 0 and found.overlap_ms(Span(8000, 10000)) == 0
    assert found.length_ms > 4500
