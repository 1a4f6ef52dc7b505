import hashlib
import time
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import AudioError
from pipeline.recordings.decode import Decoder, decode, tolerance_ms
from pipeline.records.call import AgentChannel

from .sounds import encode, two_voices, voice, wav_bytes, write_gsm, write_wav

HUMAN = Path(__file__).parents[2] / ".." / "shared" / "audio"


@pytest.mark.parametrize(
    ("codec", "container", "rate_hz", "channels"),
    [
        ("pcm_s16le", "wav", 8000, 2),
        ("pcm_alaw", "wav", 8000, 2),
        ("pcm_mulaw", "wav", 8000, 1),
        ("adpcm_ima_wav", "wav", 8000, 1),
        ("g722", "wav", 16000, 1),
        ("mp3", "wav", 8000, 1),
        ("pcm_s16le", "w64", 16000, 2),
        ("pcm_mulaw", "au", 8000, 2),
        ("mp3", "mp3", 16000, 2),
        ("libopencore_amrnb", "amr", 8000, 1),
        ("libopus", "ogg", 48000, 2),
        ("flac", "flac", 44100, 2),
        ("aac", "mp4", 16000, 2),
        ("aac", "adts", 16000, 1),
    ],
)
def test_telephone_codecs_decode_whole(
    decoder: Decoder, tmp_path: Path, codec: str, container: str, rate_hz: int, channels: int
) -> None:
    pcm = two_voices(3, rate_hz) if channels == 2 else voice(3, rate_hz)
    audio = decoder.decode(encode(tmp_path / "call", pcm, codec, container, rate_hz), expected_ms=3_000)
    assert audio.reasons == ()
    assert audio.recording.rate_hz == audio.native_rate_hz == rate_hz
    assert audio.recording.channels == channels
    assert audio.mono == (channels == 1)
    assert audio.recording.decoded_ms == pytest.approx(3_000, abs=200)
    assert audio.agent.size == pytest.approx(audio.recording.decoded_ms * 16, abs=32)
    assert audio.agent.dtype == np.float32
    assert 0.1 < np.abs(audio.agent).max() <= 1


def test_gsm_in_wav_and_bare_as_asterisk_writes_it(decoder: Decoder, tmp_path: Path) -> None:
    assert decoder.decode(write_gsm(tmp_path / "call.wav", voice(3))).recording.codec == "gsm_ms"
    bare = encode(tmp_path / "frames.gsm", voice(3), "libgsm", "gsm") if _writes_gsm() else None
    if bare is None:
        bare = tmp_path / "frames.gsm"
        bare.write_bytes((b"\xd2" + bytes(range(32))) * 100)
    audio = decoder.decode(bare)
    assert audio.recording.codec == "gsm"
    assert audio.recording.decoded_ms == pytest.approx(2_000 if not _writes_gsm() else 3_000, abs=100)


def _writes_gsm() -> bool:
    import av

    try:
        return bool(av.Codec("libgsm", "w"))
    except av.codec.codec.UnknownCodecError:
        return False


def test_amr_with_pauses_not_transmitted_keeps_its_time(decoder: Decoder, tmp_path: Path) -> None:
    path = encode(tmp_path / "call.amr", voice(2), "libopencore_amrnb", "amr")
    whole = path.read_bytes()
    speech_ms = decoder.decode(path).recording.decoded_ms
    pause = b"\x44" + bytes(5) + b"\x7c" * 7  # comfort noise, then seven frames that were not sent: 160 ms
    path.write_bytes(whole + pause * 50 + whole[6:])
    audio = decoder.decode(path)
    assert (audio.recording.codec, audio.reasons) == ("amrnb", ())
    assert audio.recording.decoded_ms == 2 * speech_ms + 8_000


def test_samples_keep_their_place_when_resampled(decoder: Decoder, tmp_path: Path) -> None:
    pcm = np.zeros(8000, dtype=np.int16)
    pcm[4000:4040] = 20_000
    audio = decoder.decode(write_wav(tmp_path / "click.wav", pcm))
    middle = float(np.average(np.arange(audio.agent.size), weights=audio.agent**2))
    assert audio.agent.size == 16_000
    assert middle == pytest.approx((4000 + 19.5) * 2 + 0.5, abs=1)
    assert audio.agent[8020:8060].mean() == pytest.approx(20_000 / 32_768, abs=0.01)


def test_the_file_is_hashed_and_described(decoder: Decoder, tmp_path: Path) -> None:
    path = write_wav(tmp_path / "通话 1.wav", two_voices(2.5))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    recording = decoder.decode(path, sha256=digest.upper()).recording
    assert (recording.file, recording.sha256, recording.codec) == (str(path), digest, "pcm_s16le")
    assert (recording.duration_ms, recording.decoded_ms, recording.channels, recording.rate_hz) == (2500, 2500, 2, 8000)


def test_another_hash_than_the_committed_one_is_refused(decoder: Decoder, tmp_path: Path) -> None:
    path = write_wav(tmp_path / "call.wav", two_voices(1))
    with pytest.raises(AudioError, match=r"call\.wav: its sha256 is .* committed was 0000") as raised:
        decoder.decode(path, sha256="0" * 64)
    assert raised.value.reason == "sha256_mismatch"


@pytest.mark.parametrize(("channel", "agent_is"), [(None, 0), (AgentChannel.LEFT, 0), (AgentChannel.RIGHT, 1)])
def test_the_agent_is_where_the_manifest_says(
    decoder: Decoder, tmp_path: Path, channel: AgentChannel | None, agent_is: int
) -> None:
    pcm = two_voices(2, 16_000)
    audio = decoder.decode(write_wav(tmp_path / "call.wav", pcm, 16_000), channel)
    assert audio.customer is not None
    np.testing.assert_allclose(audio.agent, pcm[:, agent_is] / 32_768, atol=1e-6)
    np.testing.assert_allclose(audio.customer, pcm[:, 1 - agent_is] / 32_768, atol=1e-6)


def test_two_channels_told_to_be_mono_are_mixed(decoder: Decoder, tmp_path: Path) -> None:
    pcm = two_voices(2, 16_000)
    audio = decoder.decode(write_wav(tmp_path / "call.wav", pcm, 16_000), AgentChannel.MONO)
    assert audio.mono
    assert audio.customer is None
    np.testing.assert_allclose(audio.agent, pcm.mean(axis=1) / 32_768, atol=1e-6)


@pytest.mark.parametrize(
    ("expected_ms", "reasons"),
    [
        (5_000, ()),
        (7_000, ()),  # exactly 2 s short of the manifest
        (7_001, ("shorter_than_manifest",)),
        (3_000, ()),  # exactly 2 s over
        (2_999, ("longer_than_manifest",)),
        (60_000, ("shorter_than_manifest",)),
    ],
)
def test_the_manifest_s_duration_is_checked(
    decoder: Decoder, tmp_path: Path, expected_ms: int, reasons: tuple[str, ...]
) -> None:
    path = write_wav(tmp_path / "call.wav", two_voices(5))
    assert decoder.decode(path, expected_ms=expected_ms).reasons == reasons


def test_the_tolerance_is_two_seconds_or_five_percent() -> None:
    assert [tolerance_ms(ms) for ms in (0, 39_999, 40_000, 40_020, 600_000)] == [2_000, 2_000, 2_000, 2_001, 30_000]


def test_a_minute_takes_far_less_than_its_share_of_time(decoder: Decoder, tmp_path: Path) -> None:
    path = encode(tmp_path / "call.wav", two_voices(60), "pcm_alaw", "wav")
    decoder.decode(path)
    started = time.process_time()
    decoder.decode(path)
    assert time.process_time() - started < 0.3


def test_a_single_file_needs_no_decoder_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(wav_bytes(two_voices(1)))
    assert decode(path).recording.decoded_ms == 1_000


@pytest.mark.skipif(not HUMAN.is_dir(), reason="the human recordings are not part of the repository")
@pytest.mark.parametrize(
    ("name", "decoded_ms", "mono"),
    [
        ("mandarin_aishell_16k.wav", 4_281, True),
        ("wenet_mid.wav", 4_992, True),
        ("wenet_long.wav", 8_000, True),
        ("stereo_two_speakers.wav", 5_000, False),
        ("multilingual.mp3", 59_900, True),
        ("jfk.flac", 11_000, True),
    ],
)
def test_people_are_decoded(decoder: Decoder, name: str, decoded_ms: int, mono: bool) -> None:
    audio = decoder.decode((HUMAN / name).resolve())
    assert (audio.reasons, audio.recording.decoded_ms, audio.mono) == ((), decoded_ms, mono)
    assert float(np.sqrt(np.mean(audio.agent**2))) > 0.01


def test_a_recording_goes_by_its_own_name_and_not_by_its_place_in_the_archive(decoder: Decoder, tmp_path: Path) -> None:
    path = write_wav(tmp_path / "f00d", voice(1))
    assert decoder.decode(path, name="d/a.wav").recording.file == "d/a.wav"
    path.write_bytes(b"no sound at all" * 100)
    with pytest.raises(AudioError) as raised:
        decoder.decode(path, name="d/a.wav")
    assert str(raised.value).startswith("d/a.wav: ")
    assert "f00d" not in str(raised.value)
