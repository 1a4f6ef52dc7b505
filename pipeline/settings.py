"""Settings: `callqa.toml` in the working folder, then the environment (`CALLQA_MODEL=…`). The only reader of the environment.

A working folder holds everything of one installation: the file itself, the SQLite database, the archive of recordings. All paths in
the file are relative to it.
"""

import os
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields
from ipaddress import ip_address
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.errors import UsageError

CHECKOUT = Path(__file__).resolve().parent.parent
SHIPPED_LEXICONS = CHECKOUT / "lexicons"
FILE = "callqa.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation. `root` is the working folder.

    `model`: a directory with a CTranslate2 Whisper model, or a name that faster-whisper finds on this machine (never downloaded).
    `device`: cpu or cuda. `compute_type`: as CTranslate2 names them. `threads` 0 = all cores. `batch_calls`: calls claimed at once.
    `proxy`: the address of a reverse proxy before `callqa serve`, whose X-Forwarded-For and -Proto are believed; empty = there is none.
    """

    root: Path
    database: str = "sqlite:///callqa.db"
    archive: str = "archive"
    checkpoints: str = "checkpoints"
    outbox: str = "folder:outbox"
    lexicons: str = str(SHIPPED_LEXICONS)
    model: str = str(CHECKOUT / "models" / "demo-asr")
    device: str = "cpu"
    compute_type: str = "int8"
    threads: int = 0
    beam_size: int = 5
    timezone: str = "Asia/Shanghai"
    nightly_at: str = "01:30"
    batch_calls: int = 16
    keep_free_mb: int = 500
    proxy: str = ""

    @property
    def archive_path(self) -> Path:
        """Where recordings are kept."""
        return self.root / self.archive

    @property
    def checkpoints_path(self) -> Path:
        """Where the ledger's signed checkpoints are."""
        return self.root / self.checkpoints

    @property
    def keys_path(self) -> Path:
        """Where the installation's signing key is."""
        return self.root / "keys"

    @property
    def lexicons_path(self) -> Path:
        """Where word lists, scripts, standards and policy are: where nothing else is set, the folder's own as soon as it has some."""
        is_default = self.lexicons == str(SHIPPED_LEXICONS)
        return self.own_lexicons_path if is_default and self.own_lexicons_path.is_dir() else self.root / self.lexicons

    @property
    def own_lexicons_path(self) -> Path:
        """Where the working folder keeps word lists and scripts that were changed here."""
        return self.root / "lexicons"

    @property
    def model_path(self) -> Path:
        """The model directory (a path relative to the working folder, or an absolute one)."""
        return self.root / self.model

    @property
    def learnt_path(self) -> Path:
        """Where what was learnt from verdicts lies, once somebody has accepted it."""
        return self.root / "learnt"

    @property
    def confirmation_path(self) -> Path:
        """How likely findings are confirmed (`pipeline/findings/confirmation.py`)."""
        return self.learnt_path / "confirmation.json"

    @property
    def attitude_path(self) -> Path:
        """How calls come across; takes the place of the model in `models/attitude`."""
        return self.learnt_path / "attitude.json"

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL, a relative SQLite path made absolute."""
        prefix = "sqlite:///"
        if self.database.startswith(prefix) and not self.database.startswith(prefix + "/"):
            return prefix + str((self.root / self.database.removeprefix(prefix)).resolve())
        return self.database


def load(root: Path, environment: dict[str, str] | None = None) -> Settings:
    """Settings of a working folder; a folder without the file has the defaults.

    Raises UsageError naming file and key where a key is unknown, of the wrong type or out of its range, or where there is no such folder.
    """
    file = root / FILE
    if not root.is_dir():
        raise UsageError(f"{root}: there is no such folder; `callqa init {root}` makes one")
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: not valid TOML: {error}") from error
    types = {f.name: f.type for f in fields(Settings) if f.name != "root"}
    values: dict[str, str | int] = {}
    for key, value in given.items():
        if key not in types:
            raise UsageError(f"{file}: unknown setting {key!r}; known: {', '.join(types)}")
        if not isinstance(value, _type(types[key])) or isinstance(value, bool):
            raise UsageError(f"{file}: {key} = {value!r} must be a {_type(types[key]).__name__}")
        values[key] = value
    source = os.environ if environment is None else environment
    for key, kind in types.items():
        if (text := source.get(f"CALLQA_{key.upper()}")) is not None:
            try:
                values[key] = _type(kind)(text)
            except ValueError as error:
                raise UsageError(f"CALLQA_{key.upper()}={text!r} must be a {_type(kind).__name__}") from error
    for key, value in values.items():
        if not (rule := _RANGES.get(key, _ANY)).fits(value):
            place = f"CALLQA_{key.upper()}=" if f"CALLQA_{key.upper()}" in source else f"{file}: {key} = "
            raise UsageError(f"{place}{value!r} must be {rule.says}")
    return Settings(root=root, **values)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class _Range:
    """What a setting may be, and how an error says so."""

    fits: Callable[[str | int], bool]
    says: str


def _at_least(least: int) -> _Range:
    return _Range(lambda value: isinstance(value, int) and value >= least, f"a whole number of at least {least}")


def _is_zone(name: str | int) -> bool:
    try:
        ZoneInfo(str(name))
    except (OSError, ValueError, LookupError):
        return False
    return True


def _is_address(text: str | int) -> bool:
    try:
        return text == "" or bool(ip_address(str(text)))
    except ValueError:
        return False


_ANY = _Range(lambda _: True, "")
_RANGES = {
    "threads": _at_least(0),
    "beam_size": _at_least(1),
    "timezone": _Range(_is_zone, "a time zone such as Asia/Shanghai"),
    "nightly_at": _Range(
        lambda at: re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", str(at), re.ASCII) is not None, "a time of day, HH:MM"
    ),
    "outbox": _Range(
        lambda to: re.fullmatch(r"folder:.+|smtps?://[^\s@]+@[^\s/:?@]+(:\d{1,5})?", str(to), re.ASCII) is not None,
        '"folder:DIR" or "smtp://SENDER@HOST:PORT", the sender\'s own @ as %40',
    ),
    "proxy": _Range(_is_address, "an address such as 127.0.0.1, or empty"),
    "batch_calls": _at_least(1),
    "keep_free_mb": _at_least(0),
}


def _type(kind: object) -> type[str] | type[int]:
    return int if kind in (int, "int") else str


def debugging() -> bool:
    """Whether unexpected errors should show where they come from."""
    return bool(os.environ.get("CALLQA_DEBUG"))


def given_password() -> str | None:
    """The password of who acts, for programs that cannot be asked (CALLQA_PASSWORD)."""
    return os.environ.get("CALLQA_PASSWORD")


def given_mail_password() -> str | None:
    """The password of the outbox at its mail server (CALLQA_MAIL_PASSWORD); None for a server that asks for none."""
    return os.environ.get("CALLQA_MAIL_PASSWORD")


def given_new_password() -> str | None:
    """The password that somebody is to have from now on (CALLQA_NEW_PASSWORD)."""
    return os.environ.get("CALLQA_NEW_PASSWORD")
