import av
import numpy as np
import pytest

from pipeline.errors import UsageError
from pipeline.simulation.codecs import CODECS, encoded
from tests.simulation.conftest import decoded

SPEECH = (0.3 * np.sin(2 * np.pi * 700 * np.arange(16_000) / 8000)).astype(np.float32)
FFMPEG = {
    "mulaw": "pcm_mulaw",
    "alaw": "pcm_alaw",
    "pcm16": "pcm_s16le",
    "gsm": "gsm_ms",
    "amr": "amrnb",
    "mp3": "mp3float",
}


@pytest.mark.parametrize("codec", CODECS)
def test_pyav_decodes_what_was_written(tmp_path, codec):
    channels = SPEECH if CODECS[codec].mono_only else np.stack([SPEECH, SPEECH / 10], axis=1)
    path = tmp_path / f"call{CODECS[codec].suffix}"
    path.write_bytes(encoded(channels, codec))
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.rate) == (FFMPEG[codec], 8000)
    heard = decoded(path)
    assert len(heard) == (1 if CODECS[codec].mono_only else 2)
    assert heard.shape[1] == pytest.approx(16_000, abs=320)
    assert np.std(heard[0, 4000:12_000]) == pytest.approx(np.std(SPEECH), rel=0.25)
    assert len(heard) == 1 or np.std(heard[1]) < np.std(heard[0]) / 5


@pytest.mark.parametrize("codec", CODECS)
def test_the_same_sound_gives_the_same_bytes(codec):
    assert encoded(SPEECH, codec) == encoded(SPEECH, codec)


@pytest.mark.parametrize("codec", ["gsm", "amr"])
def test_a_mono_codec_takes_one_channel(codec):
    with pytest.raises(UsageError, match="one channel"):
        encoded(np.stack([SPEECH, SPEECH], axis=1), codec)


def test_an_unknown_codec_is_named():
    with pytest.raises(UsageError, match="unknown codec 'opus'"):
        encoded(SPEECH, "opus")
