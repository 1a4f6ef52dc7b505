"""The measures of whole calls: spoken by espeak-ng, by people, and of calls in which there is nothing."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from pipeline.checks.tone import measure
from pipeline.records.recording import RATE_HZ, Samples
from pipeline.records.span import Span
from pipeline.records.tone import Tone
from pipeline.records.turn import Speaker, Turn, Word
from pipeline.simulation import voice
from pipeline.simulation.voice import Engine, Person

from .dialogue import turns
from .sounds_of import audio, noise, pulses, silence, telephone

PEOPLE = Path(__file__).parents[4] / "shared" / "audio"
TEXT = "现在办理就送十个吉字节流量"


def spoken(words_per_minute: int, pitch: int) -> Samples:
    """One sentence by espeak-ng through a telephone, without the silence around it."""
    with Engine() as engine:
        said = engine.say(TEXT, Person("f2", words_per_minute, pitch, 50))
    sound = telephone(soxr.resample(said, voice.RATE_HZ, RATE_HZ))
    loud = np.flatnonzero(np.abs(sound) > 0.01)
    return sound[loud[0] : loud[-1]]


def said_at(start_ms: int, sound: Samples) -> Turn:
    edges = np.linspace(start_ms, start_ms + sound.size * 1000 // RATE_HZ, len(TEXT) + 1).astype(int).tolist()
    words = tuple(Word(c, Span(a, b), 1.0) for c, a, b in zip(TEXT, edges, edges[1:], strict=False))
    return Turn(Speaker.AGENT, Span(edges[0], edges[-1]), TEXT, 1.0, words)


def test_espeak_fast_and_high_is_told_from_slow_and_low() -> None:
    slow, fast = spoken(170, 30), spoken(320, 80)
    agent = np.concatenate(
        [noise(1, -70), slow * np.float32(0.4), noise(1, -70), fast * np.float32(0.8), noise(1, -70)]
    )
    said = said_at(1000, slow), said_at(2000 + slow.size // 16, fast)
    measured = measure(audio(agent, silence(agent.size / RATE_HZ)), said, tuple(t.span for t in said), ())
    low, high = measured.turns
    assert high.pitch_median_hz > 1.15 * low.pitch_median_hz
    assert high.speech_rate_cpm > 1.4 * low.speech_rate_cpm
    assert 4 < high.level_dbfs - low.level_dbfs < 9
    assert 100 < low.pitch_median_hz < 300
    assert measured.tone.clipped_share == 0
    assert measured.tone.longest_silence_ms == pytest.approx(1000, abs=2)


def test_two_channels_give_every_figure() -> None:
    said = turns("agent 1.0-3.0 您好请问\ncustomer 3.5-5.5 你是谁啊怎么\nagent 6.5-8.5 我是客服小王")
    agent, customer = noise(10, -60), noise(10, -60, seed=2)
    for start in (1.0, 6.5):
        agent[round(start * RATE_HZ) :][: 2 * RATE_HZ] += pulses(2, 220, -20)
    customer[round(3.5 * RATE_HZ) :][: 2 * RATE_HZ] += pulses(2, 110, -30)
    tone = measure(
        audio(agent, customer), said, tuple(t.span for t in said if t.speaker is Speaker.AGENT), (said[1].span,)
    ).tone
    assert tone.not_assessable == ()
    assert tone.active_level_dbfs == pytest.approx(-20, abs=0.5)
    assert tone.customer_level_dbfs == pytest.approx(-30, abs=0.5)
    assert tone.pitch_median_hz == pytest.approx(220, rel=0.01)
    assert tone.speech_rate_cpm == pytest.approx(150)
    assert (tone.longest_silence_ms, tone.response_delay_ms, tone.interruptions) == (1000, 1000, 0)
    assert tone.agent_talk_share == pytest.approx(2 / 3)


def test_interruptions_are_counted_by_the_norm() -> None:
    said = turns("customer 0.0-4.0 我已经说过不要了\nagent 3.0-5.0 您先听我说一下吧\nagent 8.0-9.0 好的")
    spans = tuple(t.span for t in said)
    voice = measure(audio(noise(9, -20), noise(9, -20)), said, spans[1:], spans[:1])
    assert voice.tone.interruptions == 1
    shorter = turns("customer 0.0-4.0 我已经说过不要了\nagent 3.001-5.0 您先听我说一下吧")
    spans = tuple(t.span for t in shorter)
    assert measure(audio(noise(9, -20), noise(9, -20)), shorter, spans[1:], spans[:1]).tone.interruptions == 0


def test_mono_leaves_open_what_needs_both_voices_apart() -> None:
    said = turns("agent 0.5-2.5 您好请问一下\nunknown 3.0-4.0 不要")
    sound = noise(5, -70)
    sound[: 3 * RATE_HZ] += pulses(3, 200, -20)
    voice = measure(audio(sound, None), said, (Span(500, 4000),), None)
    reasons = dict(voice.tone.not_assessable)
    assert set(reasons) == {"customer_level_dbfs", "interruptions", "response_delay_ms", "agent_talk_share"}
    assert "单声道" in reasons["interruptions"] and "说话人" in reasons["agent_talk_share"]
    assert voice.tone.pitch_median_hz == pytest.approx(200, rel=0.01)


def test_mono_with_known_speakers_gives_share_and_delay() -> None:
    said = turns("agent 0.5-2.5 您好请问一下\ncustomer 3.0-4.0 不要\nagent 4.8-5.0 好")
    tone = measure(audio(noise(5, -20), None), said, (), None).tone
    assert tone.response_delay_ms == 800
    assert tone.agent_talk_share == pytest.approx(2.2 / 3.2)


def test_mono_without_a_known_agent_measures_all_speech_and_says_so() -> None:
    sound = noise(5, -70)
    sound[: 3 * RATE_HZ] += pulses(3, 200, -20)
    said = turns("unknown 0.5-2.5 您好请问一下")
    tone = measure(audio(sound, None), said, (Span(500, 2500),), None).tone
    assert tone.pitch_median_hz == pytest.approx(200, rel=0.01)
    assert tone.active_level_dbfs is not None
    assert tone.speaker is Speaker.UNKNOWN
    assert "全部说话" in dict(tone.not_assessable)["speaker"]
    assert "单声道" in dict(tone.not_assessable)["speech_rate_cpm"]


@pytest.mark.parametrize("mono", [True, False])
@pytest.mark.parametrize("seconds", [0.0, 0.004, 3.0])
def test_an_empty_call_has_a_reason_for_every_figure(mono: bool, seconds: float) -> None:
    nothing = silence(seconds)
    voice = measure(audio(nothing, None if mono else nothing), (), (), None if mono else ())
    assert {name for name, _ in voice.tone.not_assessable} == {f.name for f in fields(Tone)} - {"not_assessable"}
    assert all(reason for _, reason in voice.tone.not_assessable)
    assert (voice.turns, voice.noises) == ((), ())


def test_a_turn_past_the_end_of_the_sound_does_no_harm() -> None:
    said = turns("agent 2.0-4.0 您好请问一下")
    voice = measure(audio(noise(1, -20), noise(1, -20)), said, (), ())
    assert voice.turns[0].level_dbfs is None
    assert voice.tone.speech_rate_cpm is not None


@pytest.mark.skipif(not PEOPLE.is_dir(), reason="the recordings of people are not here")
@pytest.mark.parametrize(
    ("file", "pitch_hz"),
    [
        ("mandarin_aishell_16k.wav", (140, 210)),
        ("wenet_mid.wav", (225, 275)),
        ("wenet_long.wav", (220, 270)),
        ("jfk.flac", (150, 260)),
    ],
)
def test_people_have_a_voice(file: str, pitch_hz: tuple[float, float]) -> None:
    samples, rate_hz = soundfile.read(PEOPLE / file, dtype="float32", always_2d=True)
    sound = soxr.resample(samples[:, 0], rate_hz, RATE_HZ)
    whole = Span(0, sound.size * 1000 // RATE_HZ)
    said = Turn(Speaker.AGENT, whole, "", 1.0)
    tone = measure(audio(sound, silence(sound.size / RATE_HZ)), (said,), (whole,), ()).tone
    assert pitch_hz[0] < tone.pitch_median_hz < pitch_hz[1]
    assert 1.5 < tone.pitch_sd_st < 6
    assert -40 < tone.active_level_dbfs < -8
    assert tone.speech_rate_cpm is None and "语速" in dict(tone.not_assessable)["speech_rate_cpm"]
