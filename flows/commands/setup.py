"""init, doctor: an installation made and looked at."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.console import out, print_json
from flows.readiness import check_space
from pipeline.checks.ruleset import load_ruleset
from pipeline.errors import CallqaError, StorageError
from pipeline.findings.confirmation import load as load_confirmation
from pipeline.policy.policy import load_policy
from pipeline.services.drawing import open_store
from pipeline.services.queueing import fill_queue
from pipeline.settings import FILE, Settings, load
from pipeline.store.engine import open_engine
from pipeline.store.schema import check_current, check_whole, upgrade
from pipeline.transcription.model import BRING_ONE, inspect_model

TEMPLATE = """\
# callqa: every line shows its default; paths are relative to this file's folder. CALLQA_MODEL=… and the like go before it.

# database = "sqlite:///callqa.db"        # or postgresql+psycopg://user@host/callqa
# archive = "archive"                     # recordings that were drawn, by content
# checkpoints = "checkpoints"             # what was signed of the ledger; best on another machine's disk
# outbox = "folder:outbox"                # letters to vendors; or "smtp://qa%40example.com@mailhost:25" (smtps:// for TLS from the start)
# lexicons = "{lexicons}"                 # phrase packs, scripts, standard.toml, policy.toml; lexicons/ here, if there is one
# model = "{model}"                       # a CTranslate2 Whisper folder; never downloaded
# device = "cpu"                          # or cuda
# compute_type = "int8"                   # int8_float16 or float16 on a GPU
# threads = 0                             # 0 = all cores
# beam_size = 5                           # 1 is faster and hears a little worse
# timezone = "Asia/Shanghai"              # days and months are counted here
# nightly_at = "01:30"
# batch_calls = 16                        # calls claimed and heard together
# keep_free_mb = 500                      # never fill the disk further
# proxy = ""                              # the address of a reverse proxy before `callqa serve`; its X-Forwarded-For and -Proto are believed
"""


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("init")(init_command)
    app.command("doctor")(doctor_command)


def init_command(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="Default: the working folder.")] = None,
) -> None:
    """Make a working folder, or bring an old one's database up to date. Nothing that exists is overwritten."""
    root = (folder or context.obj).resolve()
    initialise(root)
    out.print(f"{root}: callqa.toml, database and archive are ready", markup=False)


def initialise(root: Path) -> Settings:
    """The working folder with its files, whether or not it was there."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        settings = load(root)
        if not (root / FILE).exists():
            text = TEMPLATE.format(lexicons=settings.lexicons, model=settings.model)
            (root / FILE).write_text(text, encoding="utf-8")
        settings.archive_path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{root} cannot be made a working folder: {error.strerror or error}") from error
    upgrade(settings.database_url)
    engine = open_store(settings)
    fill_queue(engine, datetime.now(UTC), load_confirmation(settings.confirmation_path))
    engine.dispose()
    return settings


def doctor_command(context: typer.Context, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Say what is wrong with this installation and what to do about it."""
    rows = list(examine(context.obj))
    if as_json:
        print_json([{"part": part, "ok": fine, "says": text} for part, fine, text in rows])
    else:
        for part, fine, text in rows:
            out.print(f"{'ok ' if fine else 'BAD'} {part:9} {text}", markup=False, soft_wrap=True)
    if not all(fine for _, fine, _ in rows):
        load(context.obj)  # wrong settings end every command with 2
        raise typer.Exit(1)


def examine(root: Path) -> Iterator[tuple[str, bool, str]]:
    """(part, is it fine, what it is or what to do) for each part of an installation; without settings nothing else can be looked at."""
    try:
        settings = load(root)
    except CallqaError as error:
        yield "settings", False, str(error)
        return
    for part, look in (
        ("folder", _folder),
        ("database", _database),
        ("lexicons", _lexicons),
        ("policy", _policy),
        ("model", _model),
        ("space", _space),
        ("simulate", _simulate),
    ):
        try:
            yield part, True, look(settings)
        except (CallqaError, OSError) as error:
            yield part, False, str(error)


def _folder(settings: Settings) -> str:
    if not (settings.root / FILE).exists():
        return f"{settings.root} has no {FILE}: defaults are used; `callqa init` writes one"
    return f"{settings.root / FILE}"


def _database(settings: Settings) -> str:
    engine = open_engine(settings.database_url)
    check_current(engine)
    check_whole(engine)
    return settings.database_url.rpartition("@")[2]


def _lexicons(settings: Settings) -> str:
    return f"{settings.lexicons_path}, ruleset {load_ruleset(settings.lexicons_path).version}"


def _policy(settings: Settings) -> str:
    return f"version {load_policy(settings.lexicons_path / 'policy.toml').version}"


def _model(settings: Settings) -> str:
    from pipeline.transcription.whisper import WhisperEngine

    files = inspect_model(settings.model_path)
    engine = WhisperEngine(files.folder, settings.device, settings.compute_type, settings.threads, settings.beam_size)
    whole = "checksums right" if files.checked else "no checksums beside it"
    card = files.folder / "card.md"
    note = f"; what it can do: {card}" if card.exists() else ""
    return f"{engine.version} in {files.folder}, {files.size_bytes / 1e6:.0f} MB, {whole}{note}. For another one: {BRING_ONE}"


def _space(settings: Settings) -> str:
    return f"{check_space(settings)} MB free"


def _simulate(settings: Settings) -> str:
    from importlib.util import find_spec

    there = find_spec("espeakng_loader") is not None
    return "extra is installed" if there else "extra is not installed (only `simulate` and `demo` need it)"
