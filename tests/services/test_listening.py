"""Copies to listen to: made once, ahead of who will hear them, and thrown away after a week."""

import hashlib
import json
import time

import pytest

from pipeline.errors import AudioError, StorageError
from pipeline.records.call import AgentChannel
from pipeline.services.listening import FOLDER, KEPT_S, Sounds
from pipeline.settings import Settings
from tests.dialogue import turns
from tests.recordings.sounds import two_voices, wav_bytes


@pytest.fixture
def sounds(tmp_path):
    made = Sounds(Settings(tmp_path, keep_free_mb=0))
    yield made
    made.close()


def archived(tmp_path, content):
    sha256 = hashlib.sha256(content).hexdigest()
    file = tmp_path / "archive" / "sha256" / sha256[:2] / sha256[2:]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return sha256


def test_a_copy_is_made_once(sounds, tmp_path):
    sha256 = archived(tmp_path, wav_bytes(two_voices(2)))
    first = sounds.copy(sha256)
    made = first.stat().st_ino
    assert sounds.copy(sha256).stat().st_ino == made
    assert json.loads(sounds.peaks(sha256).read_text())["duration_ms"] == 2000


def test_voices_are_measured_once_for_an_inspection(sounds, tmp_path):
    sha256 = archived(tmp_path, wav_bytes(two_voices(3)))
    said = turns("agent 0.0-3.0 您好我是移动客服")
    left = json.loads(sounds.voice(sha256, AgentChannel.LEFT, 1, said).read_text())
    right = json.loads(sounds.voice(sha256, AgentChannel.RIGHT, 2, said).read_text())
    assert left["level_dbfs"] == right["customer_level_dbfs"]
    assert left["pitch_hz"] != right["pitch_hz"]


def test_what_is_likely_to_be_heard_is_made_ahead_and_what_cannot_be_is_passed_over(sounds, tmp_path):
    good, bad = archived(tmp_path, wav_bytes(two_voices(1))), archived(tmp_path, b"no sound" * 50)
    assert sounds.ahead([bad, "0" * 64, good]) == 1
    assert sounds.ahead([good]) == 0
    with pytest.raises(AudioError):
        sounds.copy(bad)


def test_a_week_without_a_listener_ends_a_copy(sounds, tmp_path):
    sha256 = archived(tmp_path, wav_bytes(two_voices(1)))
    sounds.copy(sha256)
    assert sounds.sweep(time.time() + KEPT_S - 60) == 0
    assert sounds.sweep(time.time() + KEPT_S + 60) == 2
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_a_full_disk_is_left_alone(tmp_path):
    sounds = Sounds(Settings(tmp_path, keep_free_mb=1 << 40))
    with pytest.raises(StorageError, match="must stay free"):
        sounds.copy(archived(tmp_path, wav_bytes(two_voices(1))))


def test_what_is_closed_starts_nothing_any_more(tmp_path):
    sounds = Sounds(Settings(tmp_path, keep_free_mb=0))
    sha256 = archived(tmp_path, wav_bytes(two_voices(1)))
    sounds.close()
    assert sounds.ahead([sha256]) == 0
    with pytest.raises(StorageError, match="closing"):
        sounds.copy(sha256)
