"""The rules as they lie in the folder, loaded once for as long as no file changes: they take seconds, and pages ask for them often."""

import hashlib
from functools import lru_cache
from pathlib import Path
from threading import Lock

from pipeline.checks.ruleset import Ruleset, load_ruleset
from pipeline.settings import Settings

_loading = Lock()


def loaded_rules(settings: Settings) -> Ruleset:
    """The ruleset that the next night would judge by. Raises LexiconError where the files are wrong."""
    folder, attitude = settings.lexicons_path, settings.attitude_path
    files = sorted(folder.rglob("*.toml"))
    digest = hashlib.sha256()
    for file in (*files, attitude):
        digest.update(f"{file}\0".encode() + (file.read_bytes() if file.exists() else b""))
    with _loading:
        return _loaded(folder, attitude, digest.hexdigest())


@lru_cache(maxsize=1)
def _loaded(folder: Path, attitude: Path, _digest: str) -> Ruleset:
    return load_ruleset(folder, attitude=attitude)
