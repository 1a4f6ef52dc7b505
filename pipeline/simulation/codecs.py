"""The formats vendors deliver in: WAV with µ-law, A-law, PCM or GSM 6.10, AMR-NB and MP3, all at 8 kHz."""

import io
from dataclasses import dataclass

import av
import numpy as np
import soundfile

from pipeline.errors import UsageError
from pipeline.records.recording import Samples
from pipeline.simulation.voice import RATE_HZ


@dataclass(frozen=True, slots=True)
class Codec:
    """A delivery format: file suffix, whether it has one channel only, its name in libsndfile or FFmpeg, bits a second, the encoder's own."""

    suffix: str
    mono_only: bool
    subtype: str | None = None
    encoder: str | None = None
    bit_rate: int = 0
    options: tuple[tuple[str, str], ...] = ()


CODECS = {
    "mulaw": Codec(".wav", False, subtype="ULAW"),
    "alaw": Codec(".wav", False, subtype="ALAW"),
    "pcm16": Codec(".wav", False, subtype="PCM_16"),
    "gsm": Codec(".wav", True, subtype="GSM610"),
    "amr": Codec(".amr", True, encoder="libopencore_amrnb", bit_rate=12_200),
    "mp3": Codec(".mp3", False, encoder="libmp3lame", bit_rate=32_000, options=(("compression_level", "7"),)),
}


def known(name: str) -> Codec:
    """The codec of a name. Raises UsageError naming those there are."""
    if name not in CODECS:
        raise UsageError(f"unknown codec {name!r}; known: {', '.join(CODECS)}")
    return CODECS[name]


def encoded(channels: Samples, codec: str) -> bytes:
    """A file of (samples,) or (samples, 2) at 8 kHz; the same samples give the same bytes."""
    kind = known(codec)
    if kind.mono_only and channels.ndim > 1:
        raise UsageError(f"{codec} holds one channel only; mix the call to mono")
    file = io.BytesIO()
    if kind.subtype:
        soundfile.write(file, channels, RATE_HZ, subtype=kind.subtype, format="WAV")
    else:
        _encode(file, channels, kind)
    return file.getvalue()


def _encode(file: io.BytesIO, channels: Samples, codec: Codec) -> None:
    planes = np.round(np.atleast_2d(channels.T) * 32767).astype(np.int16)
    layout = "stereo" if len(planes) == 2 else "mono"
    with av.open(file, "w", format=codec.suffix[1:]) as container:
        try:
            stream = container.add_stream(codec.encoder, rate=RATE_HZ, layout=layout, options=dict(codec.options))
        except av.codec.codec.UnknownCodecError as error:
            raise UsageError(f"this PyAV has no {codec.encoder} for {codec.suffix}; choose other codecs") from error
        stream.bit_rate = codec.bit_rate
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(planes), format="s16p", layout=layout)
        frame.sample_rate = RATE_HZ
        for packets in (stream.encode(frame), stream.encode(None)):
            container.mux(packets)
