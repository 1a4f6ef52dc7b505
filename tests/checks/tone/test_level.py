import numpy as np
import pytest

from pipeline.checks.tone.level import active_level_dbfs, clipped_share, frame_power, speech_level_dbfs

from .sounds_of import noise, pulses, silence, tone


def test_a_steady_tone_has_its_rms() -> None:
    assert active_level_dbfs(tone(10, 1000, -26)) == pytest.approx(-26, abs=0.1)


@pytest.mark.parametrize("dbfs", [-60.0, -40.0, -26.0, -12.0])
@pytest.mark.parametrize("active_s", [0.8, 3.0])
def test_speech_with_pauses_keeps_the_level_of_its_speech(dbfs: float, active_s: float) -> None:
    # P.56 counts the 200 ms after each burst as active: over 3 s bursts that is 0.3 dB, over 0.8 s bursts 1.0 dB.
    signal = np.concatenate([part for _ in range(6) for part in (noise(active_s, dbfs), silence(3.0))])
    hangover_db = 10 * np.log10(1 + 0.2 / active_s)
    assert active_level_dbfs(signal) == pytest.approx(dbfs - hangover_db, abs=0.3)


def test_known_activity_is_found_within_half_a_decibel() -> None:
    signal = np.concatenate([part for _ in range(5) for part in (noise(4.0, -22), silence(6.0))])
    rms_dbfs = 10 * np.log10(np.mean(signal.astype(np.float64) ** 2))
    assert rms_dbfs == pytest.approx(-26, abs=0.1)
    assert active_level_dbfs(signal) == pytest.approx(-22, abs=0.5)


def test_line_noise_in_the_pauses_changes_nothing() -> None:
    speech = np.concatenate([part for _ in range(5) for part in (pulses(2.0, 200, -22), silence(4.0))])
    noisy = speech + noise(30.0, -55)
    assert active_level_dbfs(noisy) == pytest.approx(active_level_dbfs(speech), abs=0.1)


def test_the_level_follows_the_gain() -> None:
    signal = np.concatenate([noise(1.0, -20), silence(1.0)])
    louder, softer = active_level_dbfs(signal), active_level_dbfs(signal * np.float32(0.1))
    assert louder - softer == pytest.approx(20, abs=0.01)


def test_blocks_do_not_show() -> None:
    minute = noise(61.0, -20)
    assert active_level_dbfs(minute) == pytest.approx(-20, abs=0.1)


@pytest.mark.parametrize("nothing", [silence(0), silence(2.0)])
def test_no_sound_has_no_level(nothing: np.ndarray) -> None:
    assert active_level_dbfs(nothing) is None
    assert speech_level_dbfs(frame_power(nothing)) is None


def test_a_click_is_no_speech() -> None:
    click = silence(5.0)
    click[40_000] = 1.0
    assert active_level_dbfs(click) is None


def test_short_pauses_do_not_lower_the_level_of_a_turn() -> None:
    signal = np.concatenate([noise(0.5, -20), noise(0.5, -60), noise(0.5, -20)])
    assert speech_level_dbfs(frame_power(signal)) == pytest.approx(-20, abs=0.2)


def test_clipping_is_three_samples_at_full_scale_in_a_row() -> None:
    signal = np.zeros(1000, dtype=np.float32)
    signal[100:102] = 1.0
    signal[200:205] = -0.98
    signal[300:310] = 0.969
    assert clipped_share(signal) == 5 / 1000
    assert clipped_share(signal[:200]) == 0.0
    assert clipped_share(silence(0)) is None


def test_a_clipped_tone_is_seen_and_a_loud_one_is_not() -> None:
    assert clipped_share(np.clip(tone(1, 400, 0), -1, 1)) > 0.3
    assert clipped_share(tone(1, 400, -3.5)) == 0.0
