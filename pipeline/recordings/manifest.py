"""Intake of a manifest: good rows, bad rows with their line and reason, never a row lost.

line 2  A1, 2026-01-05 09:03:00, success       goes in
line 3  the same again                         no-op
line 4  A1, …, refused                         rejected, "conflict: differs from line 2 in outcome"
line 5  A2, 2026-02-30 09:00:00                rejected, "started_at '2026-02-30 09:00:00' is no date and time …"
"""

import hashlib
from dataclasses import fields
from zoneinfo import ZoneInfo

from pipeline.errors import ManifestError, StorageError, UsageError
from pipeline.recordings.columns import FIELDS, OPTIONAL, field_of, name_of
from pipeline.recordings.limits import MAX_MANIFEST_BYTES
from pipeline.recordings.location import local_path, remote, trouble
from pipeline.recordings.rows import BadRow, read_row
from pipeline.recordings.tables import Line, read_lines
from pipeline.records.call import Manifest, ManifestRow, RejectedRow

CONFLICT = "conflict: "
_LONGEST_RAW = 1_000


def read_manifest(location: str, timezone: str) -> Manifest:
    """The manifest at a path or URI; times without a zone are in `timezone` (an IANA name).

    Raises ManifestError where nothing of it can be read, UsageError for an unknown time zone.
    """
    zone = _zone(timezone)
    drop, name, data = _read(location)
    if not data.strip():
        raise ManifestError(f"{location}: is empty; a manifest has a header line and a row for each call")
    lines = read_lines(name, data)
    columns = _columns(location, next(lines, None))
    intake = _Intake()
    for line in lines:
        intake.take(line, columns, zone)
    return Manifest(drop, name, hashlib.sha256(data).hexdigest(), tuple(intake.rows), tuple(intake.rejected))


class _Intake:
    """Rows on their way in, unique by vendor and call."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, ManifestRow]] = []
        self.rejected: list[RejectedRow] = []
        self._known: dict[tuple[str, str], tuple[int, ManifestRow]] = {}

    def take(self, line: Line, columns: tuple[str, ...], zone: ZoneInfo) -> None:
        """Put a line in, or aside with its reason."""
        try:
            row = _row(line, columns, zone)
            known_line, known = self._known.setdefault((row.vendor, row.call_id), (line.number, row))
            if row != known:
                raise BadRow(f"{CONFLICT}differs from line {known_line} in {', '.join(_differences(known, row))}")
            if known_line == line.number:
                self.rows.append((line.number, row))
        except BadRow as error:
            self.rejected.append(RejectedRow(line.number, str(error), line.raw[:_LONGEST_RAW]))


def _row(line: Line, columns: tuple[str, ...], zone: ZoneInfo) -> ManifestRow:
    if line.fault:
        raise BadRow(line.fault)
    if len(line.cells) != len(columns):
        raise BadRow(f"{len(line.cells)} columns, the header has {len(columns)}")
    cells = dict(zip(columns, line.cells, strict=True))
    extra = tuple((name, cell) for name, cell in cells.items() if name not in FIELDS)
    return read_row({field: cells[field] for field in FIELDS if field in cells}, extra, zone)


def _differences(known: ManifestRow, row: ManifestRow) -> tuple[str, ...]:
    return tuple(field.name for field in fields(row) if getattr(row, field.name) != getattr(known, field.name))


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
