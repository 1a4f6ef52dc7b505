import importlib.util
import random
import re

import numpy as np
import pytest

from pipeline.errors import UsageError
from pipeline.settings import CHECKOUT
from pipeline.simulation import voice
from pipeline.simulation.variants import text_of
from pipeline.simulation.voice import Engine, Person

CALM = Person("f3", 200, 45, 50)


def test_it_speaks_at_a_telephones_rate_without_silence_around(engine):
    said = engine.say("您好，我是移动公司的客服", CALM)
    assert 1.5 * voice.RATE_HZ < len(said) < 4 * voice.RATE_HZ
    assert np.abs(said[:80]).max() > 0.001 and 0.1 < np.abs(said).max() < 1.5


def test_words_a_minute_and_pitch_change_the_voice(engine):
    text = "这个活动从下个月开始"
    slow, fast = (len(engine.say(text, Person("f3", pace, 45, 50))) for pace in (100, 300))
    assert slow > 3 * fast


def test_a_fresh_engine_says_the_same():
    said = []
    for _ in range(2):
        with Engine() as fresh:
            said.append([fresh.say(text, CALM).tobytes() for text in ("您好", "再见", "您好")])
    assert said[0] == said[1]


def test_an_engine_that_died_gives_one_line():
    with Engine() as dying:
        dying.say("您好", CALM)
        dying._process.kill()
        dying._process.wait()
        with pytest.raises(UsageError, match="espeak-ng stopped at '再见'") as caught:
            dying.say("再见", CALM)
    assert "\n" not in str(caught.value)


def test_an_engine_that_is_not_installed_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install -e '\.\[simulate\]'"):
        Engine()


def test_people_are_a_set_that_training_never_hears():
    recipe = (CHECKOUT / "models/demo-asr/recipe/render.py").read_text("utf-8")
    sets = {name.partition("-")[0] for name in re.findall(r'f"(\w+-)\{', recipe)}
    chance = random.Random(1)
    people = {voice.agent(chance).variant.partition("-")[0] for _ in range(20)}
    assert (sets, people) == ({"train"}, {"sim"})


def test_a_name_is_a_voice():
    assert text_of("sim-17") == text_of("sim-17") != text_of("sim-18")


def test_tones_lie_far_enough_apart_to_be_heard(engine):
    """妈 and 马 four semitones apart and more, in the voices of most people (an octave may be mistaken now and then)."""
    apart = []
    for number in range(9):
        person = Person(f"sim-{number}", 200, 47, 60)
        high, low = (pitch_hz(engine.say(text, person)) for text in ("妈妈妈妈", "马"))
        apart.append(12 * np.log2(high / low))
    assert np.median(apart) > 4, apart


def pitch_hz(samples):
    """The strongest periodicity of the loudest 50 ms, 60 to 500 Hz."""
    at = int(np.argmax(np.convolve(samples**2, np.ones(400), "valid")))
    frame = samples[at : at + 400] * np.hanning(400)
    similar = np.fft.irfft(np.abs(np.fft.rfft(frame, 4096)) ** 2)
    return 8000 / (16 + int(np.argmax(similar[16:134])))


def test_two_people_never_share_a_voice():
    for seed in range(200):
        chance = random.Random(seed)
        one = voice.agent(chance)
        other = voice.customer(chance, one)
        assert one.variant != other.variant
        assert 190 <= one.words_per_minute <= 220 and 30 <= other.pitch <= 70
