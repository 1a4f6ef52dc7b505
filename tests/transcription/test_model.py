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


@pytest.mark.parametrize("line", ["garbage", f"{'a' * 63}  model.bin", "a" * 64, f"{'g' * 64}  model.bin"])
def test_a_line_of_the_checksums_that_is_none_is_named(copy, line):
    sums = (copy / CHECKSUMS).read_text(encoding="utf-8")
    (copy / CHECKSUMS).write_text(f"{sums}\n{line}\n", encoding="utf-8")
    with pytest.raises(ModelError, match=rf"{CHECKSUMS}:7: '{line[:10]}.* is not a sha256 and a file name; copy"):
        inspect_model(copy)


def test_checksums_that_are_no_text(copy):
    (copy / CHECKSUMS).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match=f"{CHECKSUMS} is not text"):
        inspect_model(copy)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("[]", "config.json is no JSON object"),
        ("{", "config.json is not readable"),
        ("{}", "alignment_heads is missing or wrong; convert"),
        ({"alignment_heads": None}, "alignment_heads is missing or wrong"),
        ({"alignment_heads": []}, "alignment_heads is missing or wrong"),
        ({"alignment_heads": [[1]]}, "alignment_heads is missing or wrong"),
        ({"alignment_heads": [[1, -1]]}, "alignment_heads is missing or wrong"),
        ({"lang_ids": None}, "lang_ids is missing or wrong"),
        ({"lang_ids": ["zh"]}, "lang_ids is missing or wrong"),
    ],
)
def test_a_config_without_what_the_engine_needs_says_what_to_do(copy, change, says):
    (copy / CHECKSUMS).unlink()
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    text = change if isinstance(change, str) else json.dumps(config | change)
    (copy / "config.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=says) as raised:
        inspect_model(copy)
    assert "\n" not in str(raised.value)


def test_a_vocabulary_that_is_no_list(copy):
    (copy / CHECKSUMS).unlink()
    (copy / "vocabulary.json").write_text("5", encoding="utf-8")
    with pytest.raises(ModelError, match=r"vocabulary\.json is not readable"):
        inspect_model(copy)


def test_a_tokenizer_that_is_none_is_one_line(copy):
    from pipeline.transcription.whisper import WhisperEngine

    (copy / CHECKSUMS).unlink()
    (copy / "tokenizer.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match="does not load on cpu as int8") as raised:
        WhisperEngine(copy)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("compute_type", ["int3", "", 5, ["int8"]])
def test_a_number_format_that_is_none_is_one_line(compute_type):
    from pipeline.transcription.whisper import WhisperEngine

    with pytest.raises(ModelError, match="does not load on cpu as") as raised:
        WhisperEngine(DEMO, compute_type=compute_type)
    assert "\n" not in str(raised.value)


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
