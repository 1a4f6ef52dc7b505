"""A closed month as a folder of files: made beside its place, then moved there file by file, the manifest last.

    DIR/scores.csv violations.csv settlement.csv differences.csv report.xlsx statements/华声外呼.html manifest.json
    DIR/r1/… changes.csv      the first restatement, whole, and each figure that it changed; what lies in DIR stays as it is

The same close gives the same bytes, so exporting again changes nothing; what lies there and differs is refused and never overwritten once its
manifest is there.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pipeline import __version__
from pipeline.checks.catalogue import RULES, entry
from pipeline.errors import DataError, StorageError
from pipeline.export.changes import CHANGES, changed
from pipeline.export.columns import DIFFERENCES, SCORES, SETTLEMENT, violation_columns
from pipeline.export.files import TEMPORARY, sha256_of, write_bytes, write_table
from pipeline.export.manifest import NAME, PURPOSE, Versions, files_in, manifest_bytes, problems, read_manifest
from pipeline.export.statement import CALLS_SHOWN, MONTHS_SHOWN, Statement, statement_html
from pipeline.export.summary import Summary, worst_calls
from pipeline.export.workbook import Book, write_workbook
from pipeline.ledger.signing import PUBLIC, is_signed, key_id, public_key, sign, signing_key
from pipeline.policy.policy import Policy
from pipeline.records.closed import Closing, ScoreLine, SettlementLine
from pipeline.settings import Settings
from pipeline.store.engine import reading
from pipeline.store.month_lines import find_closing, score_history, score_lines, settlement_lines, violations
from pipeline.store.policies import policy_of_version

RULE_NAMES = {rule: entry(rule).name for rule in RULES}
STATEMENTS = "statements"
_LONGEST_NAME = 60
_STALE_S = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Exported:
    """Where a revision lies, its files, and whether they were there already."""

    closing: Closing
    folder: Path
    files: tuple[str, ...]
    was_there: bool


def export(
    settings: Settings, engine: Engine, closing: Closing, target: Path, advance: Callable[[], None] = lambda: None
) -> Exported:
    """Make one revision's files. Raises StorageError where something else lies in their place; nothing is changed then."""
    folder = target / f"r{closing.revision}" if closing.revision else target
    _refuse_other_month(folder, closing)
    with _beside(folder) as made:
        _make(settings, engine, closing, made, advance)
        names = files_in(made)
        differing = [name for name in names if not _is_same(made / name, folder / name)]
        complete = (folder / NAME).exists()
        if complete and differing:
            raise StorageError(
                f"{folder / differing[0]}: is not what {closing.month} r{closing.revision} gives now (changed, or made by "
                "another version); exported files are never overwritten: export into another folder"
            )
        for name in sorted(differing, key=lambda name: name == NAME):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).replace(folder / name)
    return Exported(closing, folder, tuple(names), complete)


def check(settings: Settings, folder: Path, public: Path | None = None) -> list[str]:
    """All that is wrong with an exported folder and the revisions in it."""
    key = public_key(public or settings.keys_path / PUBLIC)
    revisions = sorted(file.parent for file in folder.glob(f"r*/{NAME}"))
    return [
        problem
        for one in (folder, *revisions)
        for problem in problems(one, lambda message, signature: is_signed(key, PURPOSE, message, signature))
    ]


def _make(settings: Settings, engine: Engine, closing: Closing, folder: Path, advance: Callable[[], None]) -> None:
    zone = ZoneInfo(settings.timezone)
    summary = Summary()
    with reading(engine) as session:
        policy = policy_of_version(session, closing.policy)
        scores, settlement = list(score_lines(session, closing)), list(settlement_lines(session, closing))
        write_table(folder / "scores.csv", SCORES, scores)
        write_table(folder / "settlement.csv", SETTLEMENT, settlement)
        write_table(folder / "differences.csv", DIFFERENCES, (line for line in settlement if line.differs))
        lines = summary.counted(violations(session, closing))
        if closing.revision:
            before = find_closing(session, closing.month, closing.revision - 1)
            changes = [
                *changed(SCORES, score_lines(session, before), scores),
                *changed(SETTLEMENT, settlement_lines(session, before), settlement),
            ]
            write_table(folder / "changes.csv", CHANGES, changes)
        write_table(folder / "violations.csv", violation_columns(zone), lines)
        advance()
        book = Book(closing, scores, settlement, violations(session, closing), summary, RULE_NAMES, zone)
        write_workbook(folder / "report.xlsx", book)
        advance()
        for vendor in vendors_of(scores, settlement):
            page = statement_page(session, closing, vendor, policy, zone).encode()
            write_bytes(folder / STATEMENTS / f"{file_name(vendor)}.html", page)
            advance()
    key = signing_key(settings.keys_path)
    versions = Versions(__version__, closing.policy, *summary.versions())
    manifest = manifest_bytes(
        closing,
        folder,
        files_in(folder),
        versions,
        key_id(key.public_key()),
        lambda message: sign(key, PURPOSE, message),
    )
    write_bytes(folder / NAME, manifest)


def vendors_of(scores: list[ScoreLine], settlement: list[SettlementLine]) -> list[str]:
    """Whoever gets a statement."""
    return sorted({line.vendor for line in scores} | {line.vendor for line in settlement})


def file_name(vendor: str) -> str:
    """A vendor's name as a file's, other for every vendor: what a file system may mind becomes `_`, and a hash tells them apart."""
    plain = "".join(character if character.isalnum() or character in "-_" else "_" for character in vendor)[
        :_LONGEST_NAME
    ]
    return plain if plain == vendor else f"{plain}-{sha256(vendor.encode()).hexdigest()[:8]}"


def statement_page(session: Session, closing: Closing, vendor: str, policy: Policy, zone: ZoneInfo) -> str:
    """A vendor's statement as its close gives it; the same bytes as the exported file."""
    summary = Summary()
    statement = Statement(
        closing=closing,
        vendor=vendor,
        settlement=tuple(settlement_lines(session, closing, vendor)),
        scores=tuple(score_lines(session, closing, vendor)),
        history=score_history(session, closing, vendor, MONTHS_SHOWN),
        worst=worst_calls(summary.counted(violations(session, closing, vendor)), CALLS_SHOWN),
        summary=summary,
        names=RULE_NAMES,
        warning_line=policy.warning.score_line,
        appeal_days=policy.appeal.window_days,
        zone=zone,
    )
    return statement_html(statement)


def _refuse_other_month(folder: Path, closing: Closing) -> None:
    try:
        known = read_manifest(folder)
    except DataError as error:
        raise StorageError(f"{error}: export into another folder") from error
    if known is not None and (known["month"], known["revision"]) != (str(closing.month), closing.revision):
        raise StorageError(
            f"{folder} holds {known['month']} r{known['revision']}; export {closing.month} r{closing.revision} into another folder"
        )


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A folder on the same disk that is gone afterwards; what a killed export left is swept after a day."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        made = Path(tempfile.mkdtemp(prefix=f"{TEMPORARY}export-", dir=folder))
    except OSError as error:
        raise StorageError(f"{folder}: cannot be written: {error.strerror or error}") from error
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _sweep(folder: Path) -> None:
    for left in folder.glob(f"{TEMPORARY}export-*"):
        if time.time() - left.stat().st_mtime > _STALE_S:
            shutil.rmtree(left, ignore_errors=True)


def _is_same(made: Path, there: Path) -> bool:
    return there.is_file() and sha256_of(made) == sha256_of(there)
