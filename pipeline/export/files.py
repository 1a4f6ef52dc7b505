"""Exported files: CSV that spreadsheets read rightly and never run, and files that are there whole or not at all.

UTF-8 with a byte order mark, so that a spreadsheet knows the hanzi; lines end as RFC 4180 says. A text that a spreadsheet would run as a formula gets
an apostrophe before it:

    =HYPERLINK("http://…")    →    '=HYPERLINK("http://…")
    -3                        →    -3                          a number is a number

Everything is written beside its place under a temporary name and then renamed.
"""

import csv
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from pipeline.errors import StorageError
from pipeline.export.columns import Cell, Column, Row

TEMPORARY = ".callqa-"
# As OWASP names them, with the full-width ones that East Asian spreadsheets take for the same.
_RUNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """A text as a cell that no spreadsheet runs."""
    return f"'{text}" if text.lstrip(" \u3000").startswith(_RUNS) or text.startswith(_RUNS) else text


def written(cell: Cell) -> str:
    """A cell as it stands in a CSV file; decimals keep their places."""
    if cell is None:
        return ""
    return harmless(cell) if isinstance(cell, str) else f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def write_table(target: Path, columns: Sequence[Column[Row]], rows: Iterable[Row]) -> int:
    """Write a CSV file, row by row as they come; returns how many. Raises StorageError where it cannot be written; nothing is left then."""
    count = 0
    with replacing(target) as made, made.open("w", encoding="utf-8-sig", newline="") as opened:
        table = csv.writer(opened)
        table.writerow([column.name for column in columns])
        for row in rows:
            table.writerow([written(column.cell(row)) for column in columns])
            count += 1
    return count


def write_bytes(target: Path, content: bytes) -> None:
    """Write a file whole. Raises StorageError where it cannot be written; nothing is left then."""
    with replacing(target) as made:
        made.write_bytes(content)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A file of another name beside the target that takes its place at the end, or is gone after an error."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=TEMPORARY, dir=target.parent)
        os.close(descriptor)
    except OSError as error:
        raise StorageError(f"{target}: cannot be written: {error.strerror or error}") from error
    made = Path(name)
    try:
        yield made
        with made.open("rb") as opened:
            os.fsync(opened.fileno())
        made.chmod(0o644)
        made.replace(target)
    except OSError as error:
        raise StorageError(f"{target}: cannot be written: {error.strerror or error}") from error
    finally:
        made.unlink(missing_ok=True)


def sha256_of(file: Path) -> str:
    """The hash of a file's content."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
