"""The files that judge, where an installation keeps its own: what was approved is written there, and the shipped ones are never touched.

    callqa/lexicons/…        shipped, read by every installation that has none of its own
    work/lexicons/…          a copy of them, made when the first change is approved; from then on the ones that count

The approved text is in the database first, so a crash in between loses nothing: `follow_approved` writes what is missing, here and on every other
machine that hears. A file that somebody has changed by hand since then is left as it is.
"""

import shutil
import tempfile
from pathlib import Path

from sqlalchemy import Engine

from pipeline.errors import StorageError
from pipeline.export.files import write_bytes
from pipeline.records.rule_version import RuleVersion
from pipeline.settings import SHIPPED_LEXICONS, Settings
from pipeline.store.engine import reading
from pipeline.store.rule_versions import approved_chains, digest

PACKS, SCRIPTS, STANDARD = "phrases", "scripts", "standard.toml"


def rule_text(settings: Settings, file: str) -> str:
    """A file that counts now, by its path in the lexicons. Raises StorageError where it cannot be read."""
    place = settings.lexicons_path / file
    try:
        return place.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{place}: cannot be read: {error}") from error


def rule_names(settings: Settings, folder: str) -> tuple[str, ...]:
    """The packs or the scripts there are."""
    return tuple(sorted(file.stem for file in (settings.lexicons_path / folder).glob("*.toml")))


def write_rules(settings: Settings, file: str, content: str) -> None:
    """Let a text be the file that counts, at once and as a whole. Raises StorageError where it cannot be written."""
    write_bytes(_writable(settings) / file, content.encode())


def follow_approved(settings: Settings, engine: Engine) -> tuple[str, ...]:
    """Write every file whose approved version is not there yet; returns their names."""
    with reading(engine) as session:
        chains = approved_chains(session)
    written = []
    for newest, *earlier in chains:
        place = settings.lexicons_path / newest.file
        there = digest(rule_text(settings, newest.file)) if place.exists() else None
        if there != newest.sha256 and (there is None or there in {version.sha256 for version in earlier}):
            write_rules(settings, newest.file, newest.content)
            written.append(newest.file)
    return tuple(written)


def is_in_force(settings: Settings, version: RuleVersion) -> bool:
    """Whether a version is what lies in the folder."""
    return digest(rule_text(settings, version.file)) == version.sha256


def _writable(settings: Settings) -> Path:
    """The folder to write into: the one that is set, or the working folder's own copy of the shipped one."""
    place = settings.lexicons_path.resolve()
    if place != SHIPPED_LEXICONS.resolve():
        return place
    own = settings.own_lexicons_path
    if settings.lexicons != str(SHIPPED_LEXICONS) or own.resolve() == place:
        raise StorageError(
            f"{place}: the rules that are shipped are never changed: take `lexicons` out of callqa.toml, so that the working "
            "folder gets its own"
        )
    new = Path(tempfile.mkdtemp(dir=settings.root, prefix=".lexicons-"))
    try:
        shutil.copytree(place, new / own.name)
        if not own.is_dir():
            (new / own.name).replace(own)
    except OSError as error:
        raise StorageError(f"{own}: cannot be made: {error.strerror or error}") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return own
