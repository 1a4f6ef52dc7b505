import hashlib
import json

import numpy as np
import pytest
import soundfile

from pipeline.errors import AudioError
from pipeline.recordings.decoder import Bounds, DecoderProcess
from pipeline.recordings.listening import copy_path, forget_copy, peaks_path, write_copy

from .sounds import encode, two_voices, voice, write_gsm, write_wav


@pytest.fixture(scope="module")
def process():
    process = DecoderProcess(Bounds())
    yield process
    process.close()


def copied(source, folder, process):
    sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
    write_copy(source, sha256, folder, process)
    sound, rate_hz = soundfile.read(copy_path(folder, sha256), dtype="int16", always_2d=True)
    return sound, rate_hz, json.loads(peaks_path(folder, sha256).read_text())


@pytest.mark.parametrize(
    ("codec", "container", "rate_hz", "stereo"),
    [("pcm_mulaw", "wav", 8000, True), ("pcm_s16le", "wav", 16000, True), ("libopencore_amrnb", "amr", 8000, False)],
)
def test_a_copy_has_the_recordings_own_rate_and_channels(tmp_path, process, codec, container, rate_hz, stereo):
    pcm = two_voices(3, rate_hz) if stereo else voice(3, rate_hz)
    sound, rate, peaks = copied(encode(tmp_path / "call", pcm, codec, container, rate_hz), tmp_path / "copies", process)
    assert (rate, sound.shape[1]) == (rate_hz, 2 if stereo else 1)
    assert sound.shape[0] / rate == pytest.approx(3, abs=0.05)
    assert (peaks["rate_hz"], len(peaks["peaks"])) == (rate_hz, sound.shape[1])
    assert peaks["duration_ms"] == pytest.approx(3000, abs=50)


def test_gsm_is_made_playable(tmp_path, process):
    sound, rate, _ = copied(write_gsm(tmp_path / "call.wav", voice(2)), tmp_path / "copies", process)
    assert rate == 8000
    assert np.abs(sound).max() > 3000


def test_peaks_are_the_largest_samples_of_each_channel(tmp_path, process):
    pcm = np.zeros((8000, 2), dtype=np.int16)
    pcm[100, 0], pcm[7900, 1] = 16384, -32768
    _, _, peaks = copied(write_wav(tmp_path / "call.wav", pcm), tmp_path / "copies", process)
    left, right = peaks["peaks"]
    assert len(left) == len(right) == 25
    assert (left[0], sum(left[1:])) == (500, 0)
    assert (right[-1], sum(right[:-1])) == (1000, 0)


def test_a_long_call_has_no_more_peaks_than_a_screen_needs(tmp_path, process):
    _, _, peaks = copied(write_wav(tmp_path / "call.wav", voice(400)), tmp_path / "copies", process)
    assert len(peaks["peaks"][0]) == 5000


def test_what_is_no_longer_what_was_archived_is_not_played(tmp_path, process):
    source = write_wav(tmp_path / "call.wav", voice(1))
    with pytest.raises(AudioError, match="archived was") as refused:
        write_copy(source, "0" * 64, tmp_path / "copies", process)
    assert refused.value.reason == "sha256_mismatch"
    assert list((tmp_path / "copies").iterdir()) == []


def test_what_cannot_be_decoded_leaves_nothing(tmp_path, process):
    source = tmp_path / "call.wav"
    source.write_bytes(b"no sound at all" * 100)
    with pytest.raises(AudioError):
        write_copy(source, hashlib.sha256(source.read_bytes()).hexdigest(), tmp_path / "copies", process)
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_copy_can_be_forgotten(tmp_path, process):
    source = write_wav(tmp_path / "call.wav", voice(1))
    copied(source, tmp_path / "copies", process)
    forget_copy(tmp_path / "copies", hashlib.sha256(source.read_bytes()).hexdigest())
    assert list((tmp_path / "copies").iterdir()) == []
