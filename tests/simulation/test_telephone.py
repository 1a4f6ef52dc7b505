import numpy as np
import pytest

from pipeline.simulation.noises import NOISES, sound
from pipeline.simulation.telephone import Circuit, active_level_dbfs, mixed, narrowed, transmitted

RATE = 8000
SILENCE = np.zeros(4 * RATE, np.float32)


def tone(hz, seconds=4.0):
    return np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE).astype(np.float32) * np.sqrt(
        2, dtype=np.float32
    )


def chance():
    return np.random.default_rng(1)


def gain_db(hz):
    return 20 * np.log10(np.std(narrowed(tone(hz))[RATE:]) / np.std(tone(hz)))


@pytest.mark.parametrize(
    ("hz", "low", "high"), [(100, -200, -30), (300, -4, -2), (1000, -0.5, 0.5), (3400, -4, -2), (3900, -200, -30)]
)
def test_the_band_of_a_telephone(hz, low, high):
    assert low < gain_db(hz) < high


def test_pauses_do_not_make_a_speaker_softer():
    speech = tone(1000, 2) * 0.1
    assert active_level_dbfs(speech) == pytest.approx(-20, abs=0.1)
    assert active_level_dbfs(np.concatenate([speech, SILENCE, SILENCE])) == pytest.approx(-20, abs=0.1)
    assert active_level_dbfs(SILENCE) == -120


def test_levels_and_line_noise_are_as_asked():
    agent, customer = transmitted(
        tone(1000), SILENCE, SILENCE, Circuit(agent_dbfs=-20, customer_dbfs=-30, snr_db=25), chance()
    )
    assert active_level_dbfs(agent) == pytest.approx(-20, abs=0.2)
    assert 20 * np.log10(np.std(customer)) == pytest.approx(-55, abs=0.5)


def test_the_echo_of_the_other_side():
    dry, wet = (
        transmitted(tone(1000), SILENCE, SILENCE, Circuit(agent_dbfs=-20, snr_db=90, echo_db=echo), chance())[1]
        for echo in (None, -30)
    )
    assert 20 * np.log10(np.std(dry)) < -100
    assert 20 * np.log10(np.std(wet)) == pytest.approx(-50, abs=0.5)


def test_a_hard_recorder_clips_and_a_soft_one_does_not():
    loud = {
        d: transmitted(tone(1000), SILENCE, SILENCE, Circuit(agent_dbfs=0, drive=d), chance())[0]
        for d in ("hard", "soft", "clean")
    }
    assert np.mean(np.abs(loud["hard"]) >= 1) > 0.2 and np.abs(loud["hard"]).max() == 1
    assert np.abs(loud["soft"]).max() < 0.95
    assert np.abs(loud["clean"]).max() == pytest.approx(0.97, abs=0.001)


def test_a_mix_never_runs_over():
    assert np.abs(mixed(tone(1000), tone(1000))).max() < 1


@pytest.mark.parametrize("name", NOISES)
def test_a_noise_is_loud_throughout_and_seeded(name):
    made = sound(name, 5 * RATE, np.random.default_rng(2))
    assert len(made) == 5 * RATE and np.sqrt(np.mean(made**2)) == pytest.approx(0.2, rel=0.01)
    assert min(np.std(half) for half in np.split(made, 10)) > 0.05
    assert np.array_equal(made, sound(name, 5 * RATE, np.random.default_rng(2)))
