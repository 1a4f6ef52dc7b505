"""Intake of a manifest: good rows, bad rows with their line and reason, never a row lost.

line 2  A1, 2026-01-05 09:03:00, success       goes in
line 3  the same again                         goes in: the store counts it as the same
line 4  A1, …, refused                         goes in: the store keeps it as a conflict
line 5  A2, 2026-02-30 09:00:00                rejected, "started_at '2026-02-30 09:00:00' is no date and time …"
line 6  A3, …, no_answer, a3.wav               rejected, "outcome no_answer with duration_s 62 and file 'a3.wav' …"
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pipeline.errors import ManifestError, StorageError, UsageError
from pipeline.recordings.columns import FIELDS, OPTIONAL, field_of, name_of
from pipeline.recordings.limits import MAX_MANIFEST_BYTES
from pipeline.recordings.location import local_path, remote, trouble
from pipeline.recordings.rows import BadRow, read_row
from pipeline.recordings.tables import Line, read_lines
from pipeline.records.call import Manifest, ManifestRow, RejectedRow

_LONGEST_RAW = 1_000


def read_manifest(location: str, timezone: str, now: datetime | None = None) -> Manifest:
    """The manifest at a path or URI; times without a zone are in `timezone` (an IANA name). `now` is the moment of intake.

    Raises ManifestError where nothing of it can be read, UsageError for an unknown time zone.
    """
    zone = _zone(timezone)
    drop, name, data = _read(location)
    if not data.strip():
        raise ManifestError(f"{location}: is empty; a manifest has a header line and a row for each call")
    lines = read_lines(name, data)
    columns = _columns(location, next(lines, None))
    rows, rejected = _taken(lines, columns, zone, now or datetime.now(UTC))
    return Manifest(drop, name, hashlib.sha256(data).hexdigest(), tuple(rows), tuple(rejected))


def _taken(
    lines: Iterable[Line], columns: tuple[str, ...], zone: ZoneInfo, now: datetime
) -> tuple[list[tuple[int, ManifestRow]], list[RejectedRow]]:
    """Good rows with their lines, and bad ones with their reasons."""
    rows: list[tuple[int, ManifestRow]] = []
    rejected: list[RejectedRow] = []
    for line in lines:
        try:
            rows.append((line.number, _row(line, columns, zone, now)))
        except BadRow as error:
            rejected.append(RejectedRow(line.number, str(error), line.raw[:_LONGEST_RAW]))
    return rows, rejected


def _row(line: Line, columns: tuple[str, ...], zone: ZoneInfo, now: datetime) -> ManifestRow:
    if line.fault:
        raise BadRow(line.fault)
    if len(line.cells) != len(columns):
        raise BadRow(f"{len(line.cells)} columns, the header has {len(columns)}")
    cells = dict(zip(columns, line.cells, strict=True))
    extra = tuple((name, cell) for name, cell in cells.items() if name not in FIELDS)
    return read_row({field: cells[field] for field in FIELDS if field in cells}, extra, zone, now)


def _columns(location: str, header: Line | None) -> tuple[str, ...]:
    """The columns by the contract's names; further ones by their own."""
    if header is None or header.fault:
        raise ManifestError(f"{location}: line 1 is no header ({header.fault if header else 'nothing there'})")
    columns = tuple(field_of(cell) or cell.strip() or f"column_{at}" for at, cell in enumerate(header.cells, start=1))
    found = frozenset(columns) & frozenset(FIELDS)
    if not found:
        raise ManifestError(f"{location}: no header line; it must begin with {','.join(FIELDS)} or their Chinese names")
    if missing := [name_of(field) for field in FIELDS if field not in found and field not in OPTIONAL]:
        raise ManifestError(f"{location}: missing columns: {', '.join(missing)}")
    if twice := sorted({column for column in columns if columns.count(column) > 1}):
        raise ManifestError(f"{location}: columns that are there twice: {', '.join(twice)}")
    return columns


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(f"timezone {name!r} is unknown; write for example Asia/Shanghai") from error


def _read(location: str) -> tuple[str, str, bytes]:
    """The drop, the manifest's name in it, its bytes."""
    if (path := local_path(location)) is None:
        drop, _, name = location.rpartition("/")
        return drop, name, _read_remote(location)
    if path.is_dir():
        raise ManifestError(f"{location}: is a folder; name the manifest in it")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_MANIFEST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ManifestError(f"{location}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return str(path.resolve().parent), path.name, _bounded(location, data)


def _read_remote(location: str) -> bytes:
    try:
        system, path = remote(location)
        with system.open(path, "rb") as file:
            return _bounded(location, file.read(MAX_MANIFEST_BYTES + 1))
    except StorageError as error:
        raise ManifestError(str(error)) from error
    except ManifestError:
        raise
    except Exception as error:  # each file system raises errors of its own library
        raise ManifestError(f"{location}: cannot be read: {trouble(error)}") from error


def _bounded(location: str, data: bytes) -> bytes:
    if len(data) > MAX_MANIFEST_BYTES:
        raise ManifestError(f"{location}: larger than {MAX_MANIFEST_BYTES >> 20} MiB; split it by day")
    return data
