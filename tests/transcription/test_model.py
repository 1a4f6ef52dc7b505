import json
import shutil
from pathlib import Path

import pytest

from pipeline.errors import ModelError
from pipeline.settings import CHECKOUT
from pipeline.transcription.model import CHECKSUMS, NEEDED, inspect_model

DEMO = CHECKOUT / "models" / "demo-asr"


@pytest.fixture
def copy(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    for file in DEMO.iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    return folder


def test_the_shipped_model_is_whole_and_small():
    files = inspect_model(DEMO)
    assert files.checked
    assert files.size_bytes < 12e6
    assert files.version.startswith("demo-asr@")


def test_its_vocabulary_is_one_token_a_character():
    tokens = json.loads((DEMO / "vocabulary.json").read_text(encoding="utf-8"))
    written = [t for t in tokens if not t.startswith("<")]
    assert len(written) > 3000
    assert all(len(t) <= 1 for t in written)


def test_an_absent_folder_says_how_to_bring_one(tmp_path):
    with pytest.raises(ModelError, match=r"no model at .*nowhere: bring a CTranslate2 Whisper model .*callqa\.toml"):
        inspect_model(tmp_path / "nowhere")


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_or_empty_file_is_named(copy, name):
    (copy / name).write_bytes(b"")
    with pytest.raises(ModelError, match=f"{name} is missing or empty"):
        inspect_model(copy)
    (copy / name).unlink()
    with pytest.raises(ModelError, match=f"{name} is missing or empty"):
        inspect_model(copy)


def test_one_changed_byte_is_found(copy):
    weights = bytearray((copy / "model.bin").read_bytes())
    weights[5000] ^= 1
    (copy / "model.bin").write_bytes(weights)
    with pytest.raises(ModelError, match=f"model.bin is not what {CHECKSUMS} says"):
        inspect_model(copy)


def test_a_model_without_checksums_is_taken_and_says_so(copy):
    Path(copy / CHECKSUMS).unlink()
    assert not inspect_model(copy).checked


def test_a_cut_model_does_not_load(copy):
    from pipeline.transcription.whisper import WhisperEngine

    (copy / CHECKSUMS).unlink()
    weights = (copy / "model.bin").read_bytes()
    (copy / "model.bin").write_bytes(weights[: len(weights) // 2])
    with pytest.raises(ModelError, match="does not load on cpu as int8"):
        WhisperEngine(copy)
