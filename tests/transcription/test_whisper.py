"""The real model on real simulated sound."""

import numpy as np
import pytest

from pipeline.errors import ModelError
from pipeline.recordings.decode import Decoder
from pipeline.records.recording import RATE_HZ
from pipeline.records.turn import Speaker
from pipeline.settings import CHECKOUT
from pipeline.simulation.scripted import Line, write_call
from pipeline.transcription.transcript import Speech, transcribe
from pipeline.transcription.whisper import WhisperEngine, speech_spans

pytestmark = pytest.mark.slow

LINES = (
    Line("agent", "您好，我是移动公司的客户经理，工号二零三五"),
    Line("customer", "你好，有什么事情"),
    Line("agent", "给您介绍一个优惠套餐，请问您现在方便接听电话吗"),
    Line("customer", "方便，你说吧"),
)


@pytest.fixture(scope="module")
def engine():
    return WhisperEngine(CHECKOUT / "models" / "demo-asr", threads=2)


@pytest.fixture(scope="module")
def call(tmp_path_factory):
    """A call of two voices as decoded sound, and what was said in it."""
    path = tmp_path_factory.mktemp("call") / "call.wav"
    said = write_call(path, LINES, seed=3)
    with Decoder() as decoder:
        return decoder.decode(path), said


def speech_of(audio, engine):
    return Speech(*(speech_spans(side, engine.longest_window_ms) for side in (audio.agent, audio.customer)))


@pytest.fixture(scope="module")
def heard(engine, call):
    audio, _ = call
    return transcribe(audio, speech_of(audio, engine), engine)


def test_each_channel_is_heard_where_its_speaker_speaks(heard, call):
    _, said = call
    for speaker in (Speaker.AGENT, Speaker.CUSTOMER):
        spoken = [t.span for t in said if t.speaker is speaker]
        times = [word.span for turn in heard if turn.speaker is speaker for word in turn.words]
        assert times
        inside = sum(any(s.start_ms - 300 <= t.start_ms and t.end_ms <= s.end_ms + 300 for s in spoken) for t in times)
        assert inside >= 0.8 * len(times)


def test_as_many_hanzi_are_heard_as_were_said(heard, call):
    _, said = call
    true, found = (sum(len(turn.text) for turn in turns) for turns in (said, heard))
    assert 0.7 * true < found < 1.3 * true


def test_turns_are_in_time_order_and_words_make_up_the_text(heard):
    assert [t.span for t in heard] == sorted(t.span for t in heard)
    for turn in heard:
        assert "".join(word.text for word in turn.words) == turn.text
        assert all(0 < word.confidence <= 1 for word in turn.words)
        assert all(a.span.start_ms <= b.span.start_ms for a, b in zip(turn.words, turn.words[1:], strict=False))


def test_a_call_is_heard_the_same_again_to_the_last_digit(engine, call, heard):
    audio, _ = call
    assert transcribe(audio, speech_of(audio, engine), engine) == heard


def test_silence_and_faint_noise_say_nothing(engine):
    silence = np.zeros(10 * RATE_HZ, np.float32)
    noise = np.random.default_rng(1).normal(0, 1e-3, 10 * RATE_HZ).astype(np.float32)
    assert speech_spans(silence) == ()
    assert speech_spans(noise) == ()
    assert engine.hear([]) == []


@pytest.mark.parametrize(("softer_db", "is_speech"), [(12, True), (34, False)])
def test_what_is_much_softer_than_the_speaker_is_the_other_side(call, softer_db, is_speech):
    audio, _ = call
    loud = audio.agent[: 8 * RATE_HZ]
    found = speech_spans(np.concatenate([loud, loud * 10 ** (-softer_db / 20)]).astype(np.float32))
    assert any(span.end_ms <= 8000 for span in found)
    assert any(span.start_ms >= 8000 for span in found) is is_speech


def test_a_number_format_the_device_lacks_is_one_clear_line():
    with pytest.raises(ModelError, match="does not load on cpu as int3"):
        WhisperEngine(CHECKOUT / "models" / "demo-asr", compute_type="int3")
