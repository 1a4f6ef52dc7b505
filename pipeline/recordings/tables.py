"""Bytes of a CSV file or an .xlsx workbook to lines of cells.

Each line of a CSV stands by itself: one whose quote never closes is bad alone and does not swallow those after it, and bytes that are no
text spoil only their own line. Encodings: UTF-8 with or without a byte order mark, GB18030 (with GBK and GB2312 in it).
"""

import codecs
import csv
import datetime
import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl import load_workbook

from pipeline.errors import ManifestError

_LONGEST_RECORD_LINES = 20
_MAX_UNPACKED_BYTES = 512 << 20
_OPEN_QUOTE = "a quote that never closes"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: number in the file (first = 1), cells, text as it was, and what is wrong with it as a line."""

    number: int
    cells: tuple[str, ...]
    raw: str
    fault: str | None = None


def read_lines(name: str, data: bytes) -> Iterator[Line]:
    """The lines of a file; `name` decides nothing but the messages. Raises ManifestError where it is no table at all."""
    if data.startswith(_ZIP):
        yield from _workbook_lines(name, data)
    elif data.startswith(_OLE):
        raise ManifestError(
            f"{name}: an old .xls workbook or a protected one; save it as .xlsx or CSV without a password"
        )
    elif name.lower().endswith((".xlsx", ".xlsm")):
        raise ManifestError(f"{name}: is no .xlsx workbook; export it again")
    else:
        yield from _csv_lines(_text(name, data).split("\n"))


def _text(name: str, data: bytes) -> str:
    """The whole text; bytes that are no text become surrogates."""
    body = data.removeprefix(codecs.BOM_UTF8)
    encoding = "utf-8" if len(body) < len(data) else _encoding(name, body)
    return "\n".join(
        _decoded(line, encoding) for line in body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    )


def _encoding(name: str, data: bytes) -> str:
    """By vote of the lines that are not plain ASCII: one broken line does not turn a UTF-8 file into another encoding."""
    telling = [line for line in data.split(b"\n") if not line.isascii()]
    for encoding in ("utf-8", "gb18030"):
        if 2 * sum(_decodes(line, encoding) for line in telling) >= len(telling):
            return encoding
    raise ManifestError(f"{name}: unknown encoding; save it as UTF-8 or GB18030")


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(line: bytes, encoding: str) -> str:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return line.decode("ascii", errors="surrogateescape")


def _csv_lines(lines: list[str]) -> Iterator[Line]:
    at, width = 0, 0
    while at < len(lines):
        line, taken = _record(lines, at, width)
        width = width or len(line.cells)
        at += taken
        if any(cell.strip() for cell in line.cells) or line.fault:
            yield line


def _record(lines: list[str], at: int, width: int) -> tuple[Line, int]:
    """The record that begins on a line, and how many lines it takes: more than one where a quoted cell holds line ends."""
    raw = lines[at]
    if any("\udc80" <= character <= "\udcff" for character in raw):
        return Line(at + 1, (), raw.encode(errors="surrogateescape").decode("latin-1"), "bytes that are no text"), 1
    reader = csv.reader((line + "\n" for line in lines[at : at + _LONGEST_RECORD_LINES]), strict=True)
    try:
        cells = tuple(next(reader))
    except csv.Error as error:
        return Line(at + 1, (), raw, _OPEN_QUOTE if reader.line_num > 1 else f"not CSV: {error}"), 1
    # Two stray quotes some lines apart would make one record of all lines between them.
    if reader.line_num > 1 and len(cells) != width:
        return Line(at + 1, (), raw, _OPEN_QUOTE), 1
    return Line(at + 1, cells, "\n".join(lines[at : at + reader.line_num])), reader.line_num


def _workbook_lines(name: str, data: bytes) -> list[Line]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked_bytes = sum(entry.file_size for entry in archive.infolist())
        if unpacked_bytes > _MAX_UNPACKED_BYTES:
            raise ManifestError(f"{name}: {unpacked_bytes} bytes unpacked, at most {_MAX_UNPACKED_BYTES} are read")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that a manifest does not need
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            rows = [
                tuple(_cell(cell.value, getattr(cell, "number_format", None) or "") for cell in row)
                for row in sheet.iter_rows()
            ]
            book.close()
    except ManifestError:
        raise
    except (
        Exception
    ) as error:  # a broken workbook ends in KeyError, BadZipFile, ParseError and more, by where it is broken
        raise ManifestError(
            f"{name}: is no .xlsx workbook that can be read ({type(error).__name__}); export it again"
        ) from error
    return list(_sheet_lines(rows))


def _sheet_lines(rows: list[tuple[str, ...]]) -> Iterator[Line]:
    """Rows without the empty cells behind them, as wide as the header at least."""
    width = 0
    for number, row in enumerate(rows, start=1):
        used = max((at + 1 for at, cell in enumerate(row) if cell.strip()), default=0)
        if used:
            width = width or used
            cells = row[: max(used, width)]
            yield Line(number, cells + ("",) * (width - len(cells)), ",".join(cells))


def _cell(value: object, number_format: str) -> str:
    """A cell as it would stand in a CSV: ISO times, days that have none, times of day as seconds, whole numbers without a point."""
    match value:
        case None:
            return ""
        # A workbook keeps a day as its midnight; only the cell's format tells that no hour was meant.
        case datetime.datetime() if value.time() == datetime.time() and "h" not in number_format.lower():
            return value.date().isoformat()
        case datetime.datetime():
            return value.isoformat(sep=" ")
        case datetime.time():
            since_midnight = datetime.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
            return f"{since_midnight.total_seconds():.0f}"
        case datetime.timedelta():
            return f"{value.total_seconds():.0f}"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
