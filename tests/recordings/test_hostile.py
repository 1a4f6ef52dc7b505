"""Files as nobody should send them: each ends with a reason, none hangs, none opens another file."""

import hashlib
import os
import socket
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import AudioError, StorageError
from pipeline.recordings.decode import Decoder
from pipeline.recordings.source import digest_of

from .sounds import encode, two_voices, voice, wav_bytes, write_float_wav, write_gsm, write_wav


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(4))) + chunk(b"IEND", b"")


def _with_tag(data: bytes, tag: int) -> bytes:
    return data[:20] + struct.pack("<H", tag) + data[22:]


def _concat(path: Path) -> None:
    write_wav(path.with_name("other.wav"), voice(2))
    path.write_text("ffconcat version 1.0\nfile other.wav\n")


def _sparse(path: Path) -> None:
    path.write_bytes(wav_bytes(voice(1), data_bytes=0xFFFFFF00))
    os.truncate(path, 4 << 30)


def _link(path: Path) -> None:
    path.symlink_to(write_wav(path.with_name("target.wav"), voice(1)))


def _silence(path: Path) -> None:
    write_wav(path, np.zeros(16_000, dtype=np.int16))


def _idle_line(path: Path) -> None:
    encode(path, np.tile(np.array([8, -8], dtype=np.int16), 8000), "pcm_alaw", "wav")


def _day_of_silence(path: Path) -> None:
    minute = encode(path.with_name("minute.flac"), np.zeros(480_000, dtype=np.int16), "flac", "flac").read_bytes()
    # Bytes 18-25 of the STREAMINFO end in the number of samples, 36 bits: say 24 hours.
    told = int.from_bytes(minute[18:26], "big") & ~((1 << 36) - 1) | 24 * 3600 * 8000
    path.write_bytes(minute[:18] + told.to_bytes(8, "big") + minute[26:])


HOSTILE: list[tuple[str, Callable[[Path], object]]] = [
    ("not_found", lambda path: None),
    ("empty", lambda path: path.touch()),
    ("not_audio", _concat),
    ("not_audio", lambda path: path.write_bytes(_png())),
    ("not_audio", lambda path: path.write_bytes(b"#!/bin/sh\nexit 0\n")),
    ("not_audio", lambda path: path.write_bytes(wav_bytes(voice(1))[:20])),
    ("not_audio", lambda path: path.write_bytes(bytes(100_000))),
    ("not_audio", lambda path: encode(path, voice(1), "pcm_mulaw", "mulaw")),
    ("not_audio", lambda path: encode(path, voice(1), "pcm_s16be", "aiff")),
    ("not_audio", lambda path: write_wav(path, voice(1), rate_hz=0)),
    ("zero_length", lambda path: write_wav(path, voice(0))),
    ("zero_length", lambda path: write_wav(path, voice(0), data_bytes=960_000)),
    ("bad_rate", lambda path: write_wav(path, voice(1), rate_hz=1)),
    ("bad_rate", lambda path: write_wav(path, voice(1), rate_hz=3_999)),
    ("bad_rate", lambda path: write_wav(path, voice(1), rate_hz=96_001)),
    ("too_many_channels", lambda path: write_wav(path, np.stack([voice(1)] * 6, axis=1))),
    ("too_many_channels", lambda path: write_wav(path, np.stack([voice(0.2)] * 1024, axis=1))),
    ("unknown_codec", lambda path: path.write_bytes(_with_tag(wav_bytes(voice(1)), 0x7777))),
    ("not_finite", lambda path: write_float_wav(path, np.full(8000, np.nan, dtype=np.float32))),
    ("not_finite", lambda path: write_float_wav(path, np.r_[voice(1) / 32768, np.inf].astype(np.float32))),
    ("too_large", _sparse),
    ("too_long", lambda path: write_wav(path, np.zeros(4 * 3600 * 4000 + 4000, dtype=np.int16), rate_hz=4000)),
    ("too_long", _day_of_silence),
    ("silent", _silence),
    ("silent", _idle_line),
    ("not_a_file", os.mkfifo),
    ("not_a_file", lambda path: path.mkdir()),
    ("not_a_file", _link),
]


@pytest.mark.parametrize(("reason", "make"), HOSTILE, ids=[f"{at}-{reason}" for at, (reason, _) in enumerate(HOSTILE)])
def test_ends_with_its_reason_in_one_line(
    decoder: Decoder, tmp_path: Path, reason: str, make: Callable[[Path], object]
) -> None:
    path = tmp_path / "call.wav"
    make(path)
    started = time.monotonic()
    with pytest.raises(AudioError) as raised:
        decoder.decode(path)
    assert raised.value.reason == reason, raised.value
    assert str(raised.value).startswith(f"{path}: ")
    assert "\n" not in str(raised.value)
    assert time.monotonic() - started < 5


def test_a_socket_and_an_impossible_name(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        with pytest.raises(AudioError) as raised:
            decoder.decode(path)
    assert raised.value.reason == "not_a_file"
    for name in ("a\0b.wav", "x" * 300, "call.wav/inside"):
        with pytest.raises(AudioError) as raised:
            decoder.decode(tmp_path / name)
        assert raised.value.reason == "not_found"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_our_trouble(decoder: Decoder, tmp_path: Path) -> None:
    path = write_wav(tmp_path / "call.wav", voice(1))
    path.chmod(0)
    with pytest.raises(StorageError, match="cannot be opened"):
        decoder.decode(path)


@pytest.mark.parametrize("rate_hz", [4_000, 96_000])
def test_the_outermost_rates_are_read(decoder: Decoder, tmp_path: Path, rate_hz: int) -> None:
    audio = decoder.decode(write_wav(tmp_path / "call.wav", voice(1, rate_hz), rate_hz))
    assert (audio.recording.decoded_ms, audio.agent.size, audio.reasons) == (1_000, 16_000, ())


def test_an_mp3_named_wav_is_read(decoder: Decoder, tmp_path: Path) -> None:
    audio = decoder.decode(encode(tmp_path / "call.wav", voice(2), "mp3", "mp3"))
    assert (audio.recording.codec, audio.reasons) == ("mp3float", ())


@pytest.mark.parametrize(
    ("held_s", "told_s", "reasons"),
    [
        (6.25, 60, ("truncated", "shorter_than_header")),
        (6.25, 7.25, ("truncated",)),
        (6.25, 6.4495, ()),  # a buffer that was not written
        (6.25, 6.45, ("truncated",)),
        (6.25, 6.25, ()),
    ],
)
def test_a_wav_that_ends_before_its_header_says(
    decoder: Decoder, tmp_path: Path, held_s: float, told_s: float, reasons: tuple[str, ...]
) -> None:
    path = write_wav(tmp_path / "call.wav", voice(held_s), data_bytes=round(told_s * 16_000))
    audio = decoder.decode(path)
    assert audio.recording.duration_ms == int(told_s * 1000)
    assert audio.recording.decoded_ms == held_s * 1000
    assert audio.reasons == reasons


@pytest.mark.parametrize("unknown", [0, 0xFFFFFFFF, 0x7FFFF000])
def test_a_wav_written_as_a_stream_is_whole(decoder: Decoder, tmp_path: Path, unknown: int) -> None:
    audio = decoder.decode(write_wav(tmp_path / "call.wav", voice(3), data_bytes=unknown))
    assert (audio.recording.decoded_ms, audio.reasons) == (3_000, ())


@pytest.mark.parametrize(
    ("codec", "container", "rate_hz"),
    [
        ("mp3", "mp3", 16_000),
        ("aac", "adts", 16_000),
        ("aac", "mp4", 16_000),
        ("libopencore_amrnb", "amr", 8_000),
        ("libopus", "ogg", 48_000),
        ("flac", "flac", 8_000),
    ],
)
def test_damage_in_the_middle_is_counted(
    decoder: Decoder, tmp_path: Path, codec: str, container: str, rate_hz: int
) -> None:
    path = encode(tmp_path / "call", voice(20, rate_hz), codec, container, rate_hz)
    data = bytearray(path.read_bytes())
    at = len(data) // 4
    data[at : at + 1000] = np.random.default_rng(1).bytes(1000)
    path.write_bytes(data)
    audio = decoder.decode(path)
    assert "bad_frames" in audio.reasons
    assert 10_000 < audio.recording.decoded_ms < 20_100


@pytest.mark.parametrize(
    ("codec", "container", "rate_hz"),
    [("mp3", "mp3", 16_000), ("flac", "flac", 8_000), ("pcm_mulaw", "au", 8_000), ("mp3", "wav", 8_000)],
)
def test_half_a_file_is_shorter_than_its_header(
    decoder: Decoder, tmp_path: Path, codec: str, container: str, rate_hz: int
) -> None:
    path = encode(tmp_path / "call", voice(20, rate_hz), codec, container, rate_hz)
    os.truncate(path, path.stat().st_size // 2)
    assert "shorter_than_header" in decoder.decode(path).reasons


def test_a_file_that_mostly_cannot_be_decoded_is_no_audio(decoder: Decoder, tmp_path: Path) -> None:
    path = encode(tmp_path / "call.amr", voice(2), "libopencore_amrnb", "amr")
    whole = path.read_bytes()
    good = decoder.decode(path).recording.decoded_ms // 20
    unknown = b"\x4c"  # a frame of type 9, which does not exist
    path.write_bytes(whole + unknown * good)
    assert decoder.decode(path).reasons == ("truncated", "bad_frames")
    path.write_bytes(whole + unknown * (good + 1))
    with pytest.raises(AudioError, match=f"{good + 1} of its {2 * good + 1} packets cannot be decoded") as raised:
        decoder.decode(path)
    assert raised.value.reason == "not_audio"


def test_half_a_frame_at_the_end_of_a_file_without_a_header_is_a_cut(decoder: Decoder, tmp_path: Path) -> None:
    for codec, container, rate_hz in (("aac", "adts", 16_000), ("libopencore_amrnb", "amr", 8_000)):
        path = encode(tmp_path / container, voice(5, rate_hz), codec, container, rate_hz)
        os.truncate(path, path.stat().st_size // 2 + 1)
        assert decoder.decode(path).reasons == ("truncated",)


def test_half_a_gsm_wav_is_truncated(decoder: Decoder, tmp_path: Path) -> None:
    path = write_gsm(tmp_path / "call.wav", voice(20))
    os.truncate(path, path.stat().st_size // 2)
    assert decoder.decode(path).reasons == ("truncated", "shorter_than_header")


def test_a_tag_or_junk_behind_an_mp3_lacks_nothing(decoder: Decoder, tmp_path: Path) -> None:
    path = encode(tmp_path / "call.mp3", voice(5, 16_000), "mp3", "mp3", 16_000)
    whole = path.read_bytes()
    for tail in (b"TAG" + b"x" * 125, b"\xff" * 300):
        path.write_bytes(whole + tail)
        assert decoder.decode(path).reasons == ()


def test_samples_far_beyond_full_scale_are_cut_and_told(decoder: Decoder, tmp_path: Path) -> None:
    samples = (voice(1) / 32_768).astype(np.float32)
    assert decoder.decode(write_float_wav(tmp_path / "a.wav", samples * 8)).reasons == ()
    audio = decoder.decode(write_float_wav(tmp_path / "b.wav", samples * 32_768))
    assert audio.reasons == ("out_of_range",)
    assert np.abs(audio.agent).max() == 1


def test_another_sound_stream_is_told(decoder: Decoder, tmp_path: Path) -> None:
    import av

    path = tmp_path / "call.m4a"
    with av.open(path, "w", format="mp4") as file:
        streams = [file.add_stream("aac", rate=16_000, layout="mono") for _ in range(2)]
        for stream in streams:
            frame = av.AudioFrame.from_ndarray(
                (voice(1, 16_000) / 32_768).astype(np.float32)[None, :1024], "fltp", "mono"
            )
            frame.rate = 16_000
            for packet in [*stream.encode(frame), *stream.encode(None)]:
                file.mux(packet)
    assert "more_streams" in decoder.decode(path).reasons


def test_stereo_that_is_hostile_leaves_the_decoder_fit_for_the_next(decoder: Decoder, tmp_path: Path) -> None:
    bad = write_float_wav(tmp_path / "nan.wav", np.full(1_000_000, np.nan, dtype=np.float32))
    good = write_wav(tmp_path / "good.wav", two_voices(2))
    for _ in range(3):
        with pytest.raises(AudioError):
            decoder.decode(bad)
        assert decoder.decode(good).recording.decoded_ms == 2_000


def test_a_hash_is_that_of_a_regular_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "empty.wav"
    path.touch()
    (tmp_path / "link.wav").symlink_to(path)
    assert digest_of(path) == hashlib.sha256(b"").hexdigest()
    assert [digest_of(p) for p in (tmp_path / "link.wav", tmp_path, tmp_path / "no.wav", Path("a\0b"))] == [""] * 4
