import numpy as np
import pytest

from pipeline.records.turn import Speaker
from pipeline.simulation.scripted import Line, write_call
from tests.simulation.conftest import decoded

CALL = [
    Line("agent", "您好，我是移动公司的客服"),
    Line("customer", "你好，什么事"),
    Line("agent", "给您介绍一个活动", pause_ms=1500),
]


def energy(samples, span):
    return float(np.std(samples[span.start_ms * 8 : span.end_ms * 8]))


def test_turns_are_where_they_say(tmp_path):
    turns = write_call(tmp_path / "call.wav", CALL)
    assert [turn.text for turn in turns] == ["您好我是移动公司的客服", "你好什么事", "给您介绍一个活动"]
    assert [turn.speaker for turn in turns] == [Speaker.AGENT, Speaker.CUSTOMER, Speaker.AGENT]
    assert turns[2].span.start_ms - turns[1].span.end_ms == 1500
    agent, customer = decoded(tmp_path / "call.wav")
    assert len(agent) % 8000 == 0 and turns[-1].span.end_ms <= len(agent) / 8
    assert energy(agent, turns[0].span) > 20 * energy(customer, turns[0].span)
    assert energy(customer, turns[1].span) > 20 * energy(agent, turns[1].span)


def test_the_agent_on_the_right(tmp_path):
    turns = write_call(tmp_path / "call.wav", CALL, agent_left=False)
    left, right = decoded(tmp_path / "call.wav")
    assert energy(right, turns[0].span) > 20 * energy(left, turns[0].span)


@pytest.mark.parametrize(
    ("codec", "mono", "channels"), [("mulaw", True, 1), ("amr", False, 1), ("gsm", False, 1), ("mp3", False, 2)]
)
def test_mono_mixes_and_other_codecs(tmp_path, codec, mono, channels):
    path = tmp_path / ("call.amr" if codec == "amr" else "call.mp3" if codec == "mp3" else "call.wav")
    turns = write_call(path, CALL, codec=codec, mono=mono)
    heard = decoded(path)
    assert len(heard) == channels
    both = heard.sum(axis=0)
    assert min(energy(both, turn.span) for turn in turns) > 0.02


def test_a_negative_pause_overlaps(tmp_path):
    lines = [
        Line("customer", "我跟你讲，我这个手机上个月就老是打不通电话，你说怎么办"),
        Line("agent", "这个您不用操心", pause_ms=-2000),
    ]
    turns = write_call(tmp_path / "call.wav", lines)
    assert turns[0].span.end_ms - turns[1].span.start_ms == 2000


def test_louder_faster_and_higher(tmp_path):
    text = "这个活动从下个月开始"
    lines = [Line("agent", text), Line("agent", text, gain_db=10), Line("agent", text, rate=320)]
    usual, loud, fast = write_call(tmp_path / "call.wav", lines)
    agent = decoded(tmp_path / "call.wav")[0]
    assert 20 * np.log10(energy(agent, loud.span) / energy(agent, usual.span)) == pytest.approx(10, abs=0.5)
    assert len(text) * 60_000 / fast.span.length_ms > 380 > len(text) * 60_000 / usual.span.length_ms


def test_a_sound_fills_the_pause(tmp_path):
    lines = [Line("agent", "请稍等"), Line("customer", "你那边什么声音", pause_ms=5500, noise="music")]
    first, second = write_call(tmp_path / "call.wav", lines)
    agent = decoded(tmp_path / "call.wav")[0]
    middle = agent[(first.span.end_ms + 600) * 8 : (second.span.start_ms - 600) * 8]
    assert np.std(middle) > 0.03


def test_the_seed_chooses_the_voices(tmp_path):
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        write_call(tmp_path / name, CALL, seed=seed)
    one, same, other = ((tmp_path / name).read_bytes() for name in ("one", "same", "other"))
    assert one == same != other
