"""A Whisper model in CTranslate2 format as a folder on disk: is it whole, what is it, which version.

Models are never downloaded. A real one is brought on any medium:
    callqa.toml:  model = "models/large-v3-turbo"     (a folder with model.bin, config.json, tokenizer.json, vocabulary.json, …)
"""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ModelError

NEEDED = ("model.bin", "config.json", "tokenizer.json", "preprocessor_config.json")
VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
CHECKSUMS = "files.sha256"
STANDARD_WINDOW_MS = 25_000
_SUM = re.compile(r"([0-9a-f]{64})\s+\*?(\S.*)")
BRING_ONE = (
    "bring a CTranslate2 Whisper model (for example faster-whisper large-v3-turbo) on a disk, put its folder on this machine "
    'and set `model = "PATH"` in callqa.toml or CALLQA_MODEL'
)


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model folder found whole. `version` is its name and the start of model.bin's sha256; `checked` says its checksums were there and right.

    `longest_window_ms`: how much speech it is given at once, and what windows are padded to. A model says so with `longest_window_s` in
    preprocessor_config.json; the default suits OpenAI's models, which write at most 224 tokens a window: about 27 s of fast speech.
    """

    folder: Path
    version: str
    size_bytes: int
    vocabulary: int
    checked: bool
    longest_window_ms: int = STANDARD_WINDOW_MS


def inspect_model(folder: Path) -> ModelFiles:
    """Look at every file of a model.

    Raises ModelError naming the file that is absent, empty, cut or altered, and how to bring a model in.
    """
    if not folder.is_dir():
        raise ModelError(f"no model at {folder}: {BRING_ONE}")
    present = [name for name in VOCABULARIES if (folder / name).is_file()]
    for name in (*NEEDED, *(present[:1] or VOCABULARIES[:1])):
        file = folder / name
        if not file.is_file() or file.stat().st_size == 0:
            raise ModelError(
                f"the model at {folder} is broken: {name} is missing or empty; copy the folder again or {BRING_ONE}"
            )
    sums = _checksums(folder)
    for name, wanted in sums.items():
        if not (folder / name).is_file() or _sha256(folder / name) != wanted:
            raise ModelError(
                f"the model at {folder} is broken: {name} is not what {CHECKSUMS} says; copy the folder again"
            )
    _check_config(folder / "config.json")
    digest = sums.get("model.bin") or _sha256(folder / "model.bin")
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    return ModelFiles(
        folder,
        f"{folder.name}@{digest[:12]}",
        size,
        _vocabulary_size(folder / present[0]),
        bool(sums),
        _longest_window_ms(folder / "preprocessor_config.json"),
    )


def _checksums(folder: Path) -> dict[str, str]:
    file = folder / CHECKSUMS
    if not file.is_file():
        return {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except ValueError as error:
        raise ModelError(f"the model is broken: {file} is not text: {error}; copy the folder again") from error
    sums: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if not (match := _SUM.fullmatch(line.strip())):
            raise ModelError(
                f"the model is broken: {file}:{number}: {line[:60]!r} is not a sha256 and a file name; copy the folder again"
            )
        sums[match[2]] = match[1]
    return sums


def _check_config(file: Path) -> None:
    """Without these CTranslate2 loads a model and fails, or takes it for English, at the first call."""
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"the model is broken: {file} is not readable: {error}; copy the folder again") from error
    if not isinstance(config, dict):
        raise ModelError(f"the model is broken: {file} is no JSON object; copy the folder again")
    for name, what in (("alignment_heads", _is_pair), ("lang_ids", _is_id)):
        value = config.get(name)
        if not isinstance(value, list) or not value or not all(map(what, value)):
            raise ModelError(
                f"the model is broken: {file}: {name} is missing or wrong; "
                "convert a multilingual Whisper model again with ct2-transformers-converter"
            )


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_id, value))


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _vocabulary_size(file: Path) -> int:
    try:
        text = file.read_text(encoding="utf-8")
        return len(json.loads(text)) if file.suffix == ".json" else len(text.splitlines())
    except (ValueError, TypeError) as error:
        raise ModelError(f"the model is broken: {file} is not readable: {error}; copy the folder again") from error


def _longest_window_ms(file: Path) -> int:
    try:
        seconds = json.loads(file.read_text(encoding="utf-8")).get("longest_window_s", STANDARD_WINDOW_MS / 1000)
        if isinstance(seconds, int | float) and 1 <= seconds <= STANDARD_WINDOW_MS / 1000:
            return int(seconds * 1000)
        problem = f"longest_window_s = {seconds!r} is not between 1 and {STANDARD_WINDOW_MS // 1000}"
    except (ValueError, AttributeError) as error:
        problem = f"not readable: {error}"
    raise ModelError(f"the model is broken: {file}: {problem}; copy the folder again")
