"""Small tables that people import: all rows, or none and every line that is wrong."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import DataError
from pipeline.recordings.limits import MAX_MANIFEST_BYTES
from pipeline.recordings.tables import Line, read_lines

_FORMULA = ("=", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name in the program, its names in files, and whether a file may lack it."""

    name: str
    names: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row's place, as an error names it, and its cells by the columns' names; an absent column's are empty."""

    place: str
    cells: Mapping[str, str]


def read_table(file: Path, columns: Sequence[Column]) -> list[TableRow]:
    """The rows of a CSV file (UTF-8 with or without a byte order mark, GB18030) or .xlsx workbook. Raises DataError naming file and line."""
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_MANIFEST_BYTES + 1)
    except OSError as error:
        raise DataError(f"{file}: cannot be read: {error.strerror or error}") from error
    if len(data) > MAX_MANIFEST_BYTES:
        raise DataError(f"{file}: larger than {MAX_MANIFEST_BYTES >> 20} MiB")
    lines = read_lines(str(file), data)
    header = _header(file, next(lines, None), columns)
    return list(_rows(file, lines, header, columns))


def _header(file: Path, line: Line | None, columns: Sequence[Column]) -> list[str]:
    if line is None or line.fault:
        raise DataError(f"{file}: line 1 is no header ({line.fault if line else 'nothing there'})")
    known = {_folded(name): column.name for column in columns for name in (column.name, *column.names)}
    if unknown := [cell for cell in line.cells if _folded(cell) not in known]:
        raise DataError(f"{file}: unknown column {unknown[0]!r}; known: {', '.join(column.name for column in columns)}")
    header = [known[_folded(cell)] for cell in line.cells]
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise DataError(f"{file}: column {twice[0]} is there twice")
    if missing := [column.name for column in columns if column.name not in header and not column.optional]:
        raise DataError(f"{file}: missing columns: {', '.join(missing)}")
    return header


def _rows(file: Path, lines: Iterator[Line], header: Sequence[str], columns: Sequence[Column]) -> Iterator[TableRow]:
    for line in lines:
        place = f"{file} line {line.number}"
        if line.fault:
            raise DataError(f"{place}: {line.fault}")
        if len(line.cells) != len(header):
            raise DataError(f"{place}: {len(line.cells)} columns, the header has {len(header)}")
        if formulas := [cell for cell in line.cells if cell.startswith(_FORMULA)]:
            raise DataError(f"{place}: {formulas[0][:60]!r} is a formula; write the value itself")
        given = dict(zip(header, (cell.strip(" \u3000\u00a0") for cell in line.cells), strict=True))
        yield TableRow(place, {column.name: given.get(column.name, "") for column in columns})


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if not character.isspace() and character not in "_-\ufeff")
