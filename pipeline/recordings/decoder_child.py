"""The decoder's own process: takes open files over a socket, gives back samples. Run as a script, imports nothing of callqa.

Everything that parses a vendor's bytes with FFmpeg happens here, under limits on memory, processor time, files and their size, with no
path, no network protocol and no format that opens other files. What comes out is numbers only. One request is one byte with the open
file; the answer is a row of messages, each a kind, a length and a payload:

    H  JSON: codec, container, rate_hz, channels, container_ms
    S  float32 samples, interleaved, at the file's own rate
    E  JSON: bad_packets, last_packet_bad, gaps, streams         the end
    X  JSON: reason, detail                                      the end: cannot be judged

A bad packet is counted and passed over, where most players stop without a word.
"""

import json
import os
import resource
import socket
import struct
import sys
import time
from collections.abc import Iterator
from typing import BinaryIO

import av

FORMATS = "wav,w64,mp3,amr,amrnb,amrwb,ogg,flac,mov,mp4,m4a,aac,gsm,au"
_CODECS = """
    aac aac_latm alac amrnb amrwb flac gsm gsm_ms mp2 mp2float mp3 mp3float opus speex vorbis
    libopencore_amrnb libopencore_amrwb libopus libspeex libvorbis
    adpcm_ima_wav adpcm_ms adpcm_g722 adpcm_g726 adpcm_g726le g722 g726 g726le pcm_alaw pcm_mulaw
    pcm_s8 pcm_u8 pcm_s16be pcm_s16le pcm_s24be pcm_s24le pcm_s32be pcm_s32le pcm_f32be pcm_f32le pcm_f64be pcm_f64le
"""
CODECS = frozenset(_CODECS.split())
_BETTER_DECODERS = {"amrnb": "libopencore_amrnb", "amrwb": "libopencore_amrwb"}
# OpenCORE takes these for silence; they only come about where a file is damaged.
_RESERVED_FRAMES = {"amrnb": range(9, 15), "amrwb": range(10, 14)}
READY = b"R"
MESSAGE = struct.Struct("!cI")
_SEND_BYTES = 1 << 18
_OPEN_FILES = 16
_GAP_S = 0.01
_GSM_FRAME_BYTES, _GSM_FRAMES = 33, 50

Message = tuple[bytes, bytes]


class Refusal(Exception):
    """The file cannot be judged."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def heard(fd: int, max_ms: int, rates_hz: tuple[int, int], max_channels: int) -> Iterator[Message]:
    """The messages for one open file."""
    with os.fdopen(fd, "rb") as file:
        form = "gsm" if _is_bare_gsm(file) else None
        file.seek(0)
        try:
            container = av.open(
                file,
                format=form,
                options={"format_whitelist": FORMATS, "protocol_whitelist": "file"},
                metadata_errors="replace",
            )
        except (
            Exception
        ) as error:  # hostile headers end in IndexError, ValueError and others, not only in FFmpeg's own errors
            raise Refusal("not_audio", _complaint(error)) from error
        with container:
            yield from _stream(container, max_ms, rates_hz, max_channels)


def _is_bare_gsm(file: BinaryIO) -> bool:
    """Whether this is GSM 06.10 without any header, as Asterisk records it: frames of 33 bytes, each beginning with 0xD."""
    file.seek(0)
    starts = file.read(_GSM_FRAME_BYTES * _GSM_FRAMES)[::_GSM_FRAME_BYTES]
    return len(starts) == _GSM_FRAMES and all(start >> 4 == 0xD for start in starts)


def _complaint(error: Exception) -> str:
    """FFmpeg's reason without its file names and lists."""
    _, what, why = getattr(error, "log", None) or (0, "", "")
    if "not on whitelist" in why:
        return f"looks like {what}, which is not read"
    return f"no sound file of a known format{f' ({what}: {_one_line(why)})' if why else ''}"


def _stream(
    container: "av.container.InputContainer", max_ms: int, rates_hz: tuple[int, int], max_channels: int
) -> Iterator[Message]:
    streams = container.streams.audio
    if not streams:
        raise Refusal("not_audio", "holds no sound")
    codec = streams[0].codec_context
    if codec is None or codec.name not in CODECS:
        raise Refusal("unknown_codec", f"codec {codec.name if codec else 'unknown'} cannot be read")
    container_ms = None if container.duration is None else container.duration // 1000
    if container_ms is not None and container_ms > max_ms:
        raise Refusal(
            "too_long", f"{container_ms / 3_600_000:.1f} h by its header, at most {max_ms / 3_600_000:.0f} h are read"
        )
    _judge(codec.sample_rate, codec.channels, rates_hz, max_channels)
    codec.thread_count = 1
    sound = _Sound(container, max_ms)
    for samples in sound.samples():
        if not sound.told:
            _judge(sound.rate_hz, sound.channels, rates_hz, max_channels)
            sound.told = True
            head = {
                "codec": codec.name,
                "container": container.format.name,
                "rate_hz": sound.rate_hz,
                "channels": sound.channels,
                "container_ms": container_ms,
            }
            yield b"H", json.dumps(head).encode()
        yield b"S", samples
    yield b"E", json.dumps(sound.account(len(streams))).encode()


def _best(codec: "av.CodecContext") -> "av.CodecContext":
    """FFmpeg's own AMR decoders refuse the pauses of discontinuous transmission; OpenCORE's, where the build has it, fills them."""
    name = _BETTER_DECODERS.get(codec.name)
    if name is None or codec.channels != 1:
        return codec
    try:
        better = av.CodecContext.create(name, "r")
    except av.codec.codec.UnknownCodecError:
        return codec
    better.sample_rate, better.layout = codec.sample_rate, "mono"
    return better


def _judge(rate_hz: int, channels: int, rates_hz: tuple[int, int], max_channels: int) -> None:
    if not rates_hz[0] <= rate_hz <= rates_hz[1]:
        raise Refusal("bad_rate", f"{rate_hz} samples a second, {rates_hz[0]}-{rates_hz[1]} are read")
    if not 1 <= channels <= max_channels:
        raise Refusal("too_many_channels", f"{channels} channels, at most {max_channels} are read")


class _Sound:
    """One sound stream, packet by packet, with an account of what could not be decoded."""

    def __init__(self, container: "av.container.InputContainer", max_ms: int) -> None:
        self._container = container
        self._codec = _best(container.streams.audio[0].codec_context)
        self._reserved = _RESERVED_FRAMES.get(container.streams.audio[0].codec_context.name, range(0))
        self._max_ms = max_ms
        self._resampler = av.AudioResampler(format="flt")
        self.rate_hz = self.channels = self._taken = 0
        self._packets = self._bad = self._gaps = 0
        self._last_bad = self.told = False
        self._reached_s: float | None = None

    def account(self, streams: int) -> dict[str, object]:
        """What the end message says."""
        return {"bad_packets": self._bad, "last_packet_bad": self._last_bad, "gaps": self._gaps, "streams": streams}

    def samples(self) -> Iterator[bytes]:
        """Interleaved float32 in pieces of about `_SEND_BYTES`."""
        piece = bytearray()
        for frame in self._frames():
            piece += self._plain(frame)
            if len(piece) >= _SEND_BYTES:
                yield bytes(piece)
                piece.clear()
        if self._bad * 2 > self._packets:
            raise Refusal("not_audio", f"{self._bad} of its {self._packets} packets cannot be decoded")
        if not self._taken:
            raise Refusal("zero_length", "a header without any sound")
        if piece:
            yield bytes(piece)

    def _frames(self) -> Iterator["av.AudioFrame"]:
        """Every frame that decodes."""
        for packet in self._sent():
            try:
                if self._reserved and packet is not None and bytes(packet)[0] >> 3 & 15 in self._reserved:
                    raise av.InvalidDataError(0, "a frame type that does not exist")
                frames = self._codec.decode(packet)
            except av.FFmpegError:
                self._bad += 1
                self._last_bad = True
                continue
            if packet is not None:
                self._last_bad = False
            yield from frames

    def _sent(self) -> Iterator["av.Packet | None"]:
        """The packets, then None to flush the decoder. A demuxer that breaks off counts as a bad last packet."""
        try:
            for packet in self._container.demux(self._container.streams.audio[0]):
                if packet.size:
                    self._packets += 1
                    self._gaps += self._jumps(packet)
                    yield packet
        except av.FFmpegError:
            self._bad += 1
            self._last_bad = True
        yield None

    def _jumps(self, packet: "av.Packet") -> bool:
        """Whether time is missing before this packet: Ogg drops damaged pages without an error."""
        if packet.pts is None or packet.time_base is None:
            return False
        at_s = float(packet.pts * packet.time_base)
        before_s, self._reached_s = self._reached_s, at_s + float((packet.duration or 0) * packet.time_base)
        return before_s is not None and at_s - before_s > _GAP_S

    def _plain(self, frame: "av.AudioFrame") -> bytes:
        """A frame as interleaved float32; one of another rate or channel count is a bad packet."""
        channels = len(frame.layout.channels)
        if not self.rate_hz:
            self.rate_hz, self.channels = frame.sample_rate, channels
        if (frame.sample_rate, channels) != (self.rate_hz, self.channels):
            self._bad += 1
            return b""
        self._taken += frame.samples
        if self._taken * 1000 > self._max_ms * self.rate_hz:
            raise Refusal("too_long", f"more than {self._max_ms / 3_600_000:.0f} h")
        return b"".join(bytes(out.planes[0])[: out.samples * 4 * channels] for out in self._resampler.resample(frame))


def _one_line(error: object) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _limit(memory_bytes: int) -> None:
    """No new files, no core dumps of people's calls, a bounded memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _limit_cpu(seconds: int) -> None:
    """At most so much processor time from now on."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds + 1, hard))


def serve(link: socket.socket, limits: dict[str, int]) -> None:
    """Answer until the other side hangs up."""
    _limit(limits["memory_bytes"])
    link.sendall(READY)
    while True:
        request, files, _, _ = socket.recv_fds(link, 1, 1)
        if not request:
            return
        _limit_cpu(limits["cpu_s"])
        try:
            rates_hz = limits["min_rate_hz"], limits["max_rate_hz"]
            for kind, payload in heard(files[0], limits["max_ms"], rates_hz, limits["max_channels"]):
                link.sendall(MESSAGE.pack(kind, len(payload)) + payload)
        except Refusal as refusal:
            _send_refusal(link, refusal.reason, str(refusal))
        except ConnectionError:
            return
        except Exception as error:  # whatever a hostile file brings about ends as this file's reason
            _send_refusal(link, "decoder_crashed", f"{type(error).__name__}: {_one_line(error)}")


def _send_refusal(link: socket.socket, reason: str, detail: str) -> None:
    payload = json.dumps({"reason": reason, "detail": detail}).encode()
    link.sendall(MESSAGE.pack(b"X", len(payload)) + payload)


if __name__ == "__main__":
    av.logging.set_level(av.logging.PANIC)
    serve(socket.socket(fileno=0), json.loads(sys.argv[1]))
