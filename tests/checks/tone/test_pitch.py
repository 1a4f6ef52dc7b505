import numpy as np
import pytest

from pipeline.checks.tone.features import Frames, analyse, high_band_db, pitch_median_hz, pitch_sd_st
from pipeline.checks.tone.pitch import keep_steady

from .sounds_of import noise, pulses, silence, tone


def everywhere(samples: np.ndarray) -> Frames:
    return analyse(samples, np.ones(samples.size // 160, dtype=np.bool_))


def cents(hz: float | None, truth: float) -> float:
    assert hz is not None
    return float(1200 * np.log2(hz / truth))


@pytest.mark.parametrize("hz", [80.0, 110.0, 171.0, 233.0, 310.0, 480.0])
def test_a_telephone_without_the_fundamental_keeps_its_pitch(hz: float) -> None:
    pitch = everywhere(pulses(1.0, hz)).pitch_hz
    assert abs(cents(pitch_median_hz(pitch), hz)) < 20
    assert np.mean(~np.isnan(pitch)) > 0.9


def test_pitch_survives_line_noise_of_15_db() -> None:
    pitch = everywhere(pulses(2.0, 190, -20) + noise(2.0, -35)).pitch_hz
    assert abs(cents(pitch_median_hz(pitch), 190)) < 20
    assert (pitch_sd_st(pitch) or 0) < 0.5


def test_a_vowel_in_which_one_harmonic_drowns_the_others_keeps_the_voices_pitch() -> None:
    dark = pulses(1.0, 100, -42) + tone(1.0, 300, -20) + noise(1.0, -34)
    alone = everywhere(dark).pitch_hz
    in_a_voice = everywhere(np.concatenate([pulses(2.0, 100), dark])).pitch_hz
    assert pitch_median_hz(alone) == pytest.approx(300, rel=0.02)
    assert pitch_median_hz(in_a_voice[200:]) == pytest.approx(100, rel=0.02)


def test_a_shout_an_octave_up_is_heard_as_such() -> None:
    pitch = everywhere(np.concatenate([pulses(3.0, 200), pulses(1.0, 400)])).pitch_hz
    assert abs(cents(pitch_median_hz(pitch[305:395]), 400)) < 20


def test_noise_and_silence_have_no_pitch() -> None:
    assert pitch_median_hz(everywhere(noise(2.0, -20)).pitch_hz) is None
    assert pitch_median_hz(everywhere(silence(2.0)).pitch_hz) is None
    assert pitch_sd_st(everywhere(silence(0)).pitch_hz) is None


def test_spread_is_in_semitones() -> None:
    halves = np.concatenate([pulses(1.0, 200), pulses(1.0, 200 * 2 ** (4 / 12))])
    assert pitch_sd_st(everywhere(halves).pitch_hz) == pytest.approx(2.0, abs=0.1)


def test_only_frames_of_speech_are_looked_at() -> None:
    speech = np.zeros(200, dtype=np.bool_)
    speech[110:190] = True
    frames = analyse(np.concatenate([pulses(1.0, 120), pulses(1.0, 240)]), speech)
    assert abs(cents(pitch_median_hz(frames.pitch_hz), 240)) < 20
    assert frames.low[:110].sum() == 0


def test_frames_of_long_calls_keep_their_place() -> None:
    samples = np.concatenate([silence(60.5), pulses(1.0, 150), silence(0.5)])
    voiced = np.flatnonzero(~np.isnan(everywhere(samples).pitch_hz))
    assert (voiced[0], voiced[-1]) == (pytest.approx(6050, abs=3), pytest.approx(6149, abs=3))


def test_a_frame_that_leaps_from_its_neighbours_is_dropped() -> None:
    pitch = np.array([200, 201, 100, 202, 203, 204, np.nan, 205], dtype=np.float32)
    assert np.flatnonzero(np.isnan(keep_steady(pitch))).tolist() == [2, 6]


def test_high_band_compares_the_energy_above_and_below_1_khz() -> None:
    def mixed(high_dbfs: float) -> float | None:
        frames = everywhere(tone(1.0, 400, -30) + tone(1.0, 2000, high_dbfs))
        return high_band_db(frames, np.ones(100, dtype=np.bool_))

    assert mixed(-30) == pytest.approx(0, abs=0.2)
    assert mixed(-36) == pytest.approx(-6, abs=0.2)
    assert high_band_db(everywhere(silence(1.0)), np.ones(100, dtype=np.bool_)) is None
