"""The other side taken out of a channel: on sound whose parts are known, and through the real model."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.recordings.decode import Decoder
from pipeline.records.recording import RATE_HZ, Audio, Recording
from pipeline.records.turn import Speaker
from pipeline.settings import CHECKOUT
from pipeline.simulation.scripted import Line, write_call
from pipeline.simulation.telephone import Circuit
from pipeline.transcription.echo import without_echo
from pipeline.transcription.transcript import Speech, transcribe
from pipeline.transcription.whisper import WhisperEngine, speech_spans

SECONDS = 30
LATE = RATE_HZ * 40 // 1000


def talk(turns, seed, level=0.1):
    """Noise that swells like syllables within the seconds given by `turns`."""
    chance = np.random.default_rng(seed)
    at = np.arange(SECONDS * RATE_HZ) / RATE_HZ
    swell = np.clip(np.sin(2 * np.pi * 3 * at + seed), 0, 1)
    inside = np.any([(at >= a) & (at < b) for a, b in turns], axis=0)
    return (level * inside * swell * chance.standard_normal(at.size)).astype(np.float32)


AGENT = talk([(1, 9), (12, 18), (21, 28)], 1)
CUSTOMER = talk([(9.5, 11.5), (17, 20.5), (28.5, 29.5)], 2)
FLOOR = np.random.default_rng(3).normal(0, 1e-4, AGENT.size).astype(np.float32)


def echo_of(samples, db):
    late = np.zeros_like(samples)
    late[LATE:] = samples[:-LATE] * 10 ** (db / 20)
    return late


def audio_of(agent, customer):
    return Audio(Recording("call.wav", "", None, SECONDS * 1000, 2, "pcm", RATE_HZ), agent, customer, False, RATE_HZ)


def power_db(samples):
    return 10 * np.log10(np.mean(samples.astype(np.float64) ** 2) + 1e-20)


@pytest.mark.parametrize("echo_db", [-20, -30, -38])
def test_an_echo_goes_and_what_the_speaker_says_stays(echo_db):
    clean = without_echo(audio_of(AGENT + FLOOR, CUSTOMER + FLOOR[::-1] + echo_of(AGENT, echo_db))).customer
    waits, speaks = slice(RATE_HZ, 9 * RATE_HZ), slice(int(9.6 * RATE_HZ), int(11.4 * RATE_HZ))
    before = power_db(CUSTOMER[waits] + echo_of(AGENT, echo_db)[waits])
    assert power_db(clean[waits]) < max(before - 15, power_db(FLOOR) + 2)
    assert power_db(clean[speaks] - CUSTOMER[speaks]) < power_db(CUSTOMER[speaks]) - 30


def test_both_speaking_at_once_are_both_kept():
    clean = without_echo(audio_of(AGENT + FLOOR, CUSTOMER + echo_of(AGENT, -30))).customer
    together = slice(17 * RATE_HZ, 18 * RATE_HZ)
    assert power_db(clean[together] - CUSTOMER[together]) < power_db(CUSTOMER[together]) - 20


def test_the_echo_of_a_long_call_goes_too():
    agent, customer = np.tile(AGENT, 12), np.tile(CUSTOMER, 12)
    clean = without_echo(audio_of(agent + np.tile(FLOOR, 12), customer + echo_of(agent, -30))).customer
    waits, speaks = slice(RATE_HZ, 9 * RATE_HZ), slice(int(9.6 * RATE_HZ), int(11.4 * RATE_HZ))
    last = 11 * SECONDS * RATE_HZ
    assert power_db(clean[last:][waits]) < power_db(echo_of(AGENT, -30)[waits]) - 15
    assert power_db(clean[last:][speaks] - CUSTOMER[speaks]) < power_db(CUSTOMER[speaks]) - 30


def test_without_an_echo_nothing_is_touched():
    audio = audio_of(AGENT + FLOOR, CUSTOMER + FLOOR[::-1])
    clean = without_echo(audio)
    assert clean.agent is audio.agent
    assert clean.customer is audio.customer


def test_a_recorder_that_mixes_both_sides_is_left_alone():
    audio = audio_of(AGENT + CUSTOMER * 0.5, CUSTOMER + AGENT * 0.5)
    assert np.array_equal(without_echo(audio).customer, audio.customer)


def test_mono_and_very_short_recordings_are_left_alone():
    mono = replace(audio_of(AGENT, CUSTOMER), customer=None, mono=True)
    assert without_echo(mono) is mono
    short = audio_of(AGENT[:4000], echo_of(AGENT, -20)[:4000])
    assert np.array_equal(without_echo(short).customer, short.customer)


def test_a_silent_channel_stays_silent():
    audio = audio_of(AGENT, np.zeros_like(AGENT))
    assert not without_echo(audio).customer.any()


@pytest.mark.slow
def test_the_agents_words_are_not_the_customers(tmp_path):
    lines = [
        Line("agent", "您好，我是移动公司的客户经理，工号二零三五"),
        Line("customer", "你好，有什么事情", pause_ms=600),
        Line("agent", "给您介绍一个优惠套餐，请问您现在方便接听电话吗", pause_ms=600),
        Line("customer", "方便，你说吧", pause_ms=600),
        Line("agent", "这个套餐每个月三十九元，包含三百分钟通话", pause_ms=600),
    ]
    path = tmp_path / "call.wav"
    said = write_call(path, lines, seed=3, circuit=Circuit(agent_dbfs=-20, customer_dbfs=-29, echo_db=-30))
    engine = WhisperEngine(CHECKOUT / "models" / "demo-asr", threads=2)
    with Decoder() as decoder:
        heard_as = decoder.decode(path)

    def customer_of(audio):
        speech = Speech(*(speech_spans(side, engine.longest_window_ms) for side in (audio.agent, audio.customer)))
        turns = transcribe(audio, speech, engine)
        return [turn for turn in turns if turn.speaker is Speaker.CUSTOMER]

    spoken = [turn.span for turn in said if turn.speaker is Speaker.CUSTOMER]
    assert sum(len(turn.text) for turn in customer_of(heard_as)) > 20  # so it matters
    for turn in customer_of(without_echo(heard_as)):
        for word in turn.words:
            assert any(s.start_ms - 400 <= word.span.start_ms and word.span.end_ms <= s.end_ms + 400 for s in spoken)
