"""Counts that people hand in, from tables: the operator's of every day, both sides' of a month.

vendor,project,day,issued,calls,successes                      外呼公司,项目,日期,下发号码数,通话记录数,成功量
华声外呼,telemarketing,2026-03-02,500,480,61

vendor,project,month,successes,usage_yuan                      外呼公司,项目,月份,成功量,使用费(元)
华声外呼,telemarketing,2026-03,1000,12345.50
"""

from collections.abc import Callable, Collection, Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

from pipeline.errors import DataError
from pipeline.records.month import Month
from pipeline.scoring.frame import FrameDay, OperatorCount
from pipeline.services.tables import Column, TableRow, read_table
from pipeline.store.counts import ProjectMonth, SuccessCount

_VENDOR = Column("vendor", ("外呼公司", "公司", "供应商"))
_PROJECT = Column("project", ("项目", "项目名称", "外呼项目"))
_SUCCESSES = Column("successes", ("成功量", "成功数", "开通量"))
FRAME_COLUMNS = (
    _VENDOR,
    _PROJECT,
    Column("day", ("日期", "外呼日期")),
    Column("issued", ("下发号码数", "分配号码数")),
    Column("calls", ("通话记录数", "话单数")),
    _SUCCESSES,
)
COUNT_COLUMNS = (
    _VENDOR,
    _PROJECT,
    Column("month", ("月份",)),
    _SUCCESSES,
    Column("usage_yuan", ("使用费(元)", "使用费"), optional=True),
)
_MOST = 1_000_000_000

Place = TypeVar("Place")
Count = TypeVar("Count")


def read_frame(file: Path, vendors: Collection[str], today: date) -> tuple[dict[FrameDay, OperatorCount], list[str]]:
    """The operator's counts in a file, and what is wrong with its other rows. Raises DataError where it is no such table."""

    def one(row: TableRow) -> tuple[FrameDay, OperatorCount]:
        at = FrameDay(_vendor(row, vendors), _project(row), _day(row.cells["day"], today))
        count = OperatorCount(*(_whole(row, column) for column in ("issued", "calls", "successes")))
        if count.successes > count.calls:
            raise ValueError(f"{count.successes} successes in {count.calls} calls")
        return at, count

    return _read(file, read_table(file, FRAME_COLUMNS), one)


def read_counts(
    file: Path, vendors: Collection[str], today: date
) -> tuple[dict[ProjectMonth, SuccessCount], list[str]]:
    """A side's counts of months in a file, and what is wrong with its other rows. Raises DataError where it is no such table."""

    def one(row: TableRow) -> tuple[ProjectMonth, SuccessCount]:
        month = Month.parse(row.cells["month"])
        if month > Month.of(today):
            raise ValueError(f"month {month} is in the future")
        of = ProjectMonth(_vendor(row, vendors), _project(row), month)
        return of, SuccessCount(_whole(row, "successes"), _fen(row.cells["usage_yuan"]))

    return _read(file, read_table(file, COUNT_COLUMNS), one)


def _read(
    file: Path, rows: Iterable[TableRow], one: Callable[[TableRow], tuple[Place, Count]]
) -> tuple[dict[Place, Count], list[str]]:
    counts: dict[Place, Count] = {}
    problems = []
    for row in rows:
        try:
            place, count = one(row)
            if place in counts:
                raise ValueError("counted in an earlier line already")
            counts[place] = count
        except ValueError as error:
            problems.append(f"{row.place}: {error}")
    if not counts and not problems:
        raise DataError(f"{file}: a header and no row")
    return counts, problems


def _vendor(row: TableRow, vendors: Collection[str]) -> str:
    if (vendor := row.cells["vendor"]) not in vendors:
        raise ValueError(f"vendor {vendor!r} is not registered; `callqa vendor list` shows all")
    return vendor


def _project(row: TableRow) -> str:
    if not (project := row.cells["project"]):
        raise ValueError("project is missing")
    return project


def _whole(row: TableRow, column: str) -> int:
    text = row.cells[column]
    if not (text.isascii() and text.isdecimal()) or int(text) > _MOST:
        raise ValueError(f"{column} {text[:60]!r} is no count; write a whole number from 0 on")
    return int(text)


def _fen(text: str) -> int:
    """Yuan with at most two decimals; nothing is 0."""
    try:
        yuan = Decimal(text or 0)
    except InvalidOperation as error:
        raise ValueError(f"usage_yuan {text[:60]!r} is no amount; write 12345.50") from error
    if not yuan.is_finite() or not 0 <= yuan <= _MOST or yuan != yuan.quantize(Decimal("0.01")):
        raise ValueError(f"usage_yuan {text[:60]!r} must be an amount from 0 on, in whole fen")
    return int(yuan * 100)


def _day(text: str, today: date) -> date:
    """ISO, also with slashes as spreadsheets write it, and with the midnight that workbooks add."""
    try:
        day = date.fromisoformat("-".join(part.zfill(2) for part in text.removesuffix(" 00:00:00").split("/")))
    except ValueError as error:
        raise ValueError(f"day {text[:60]!r} is no day; write 2026-01-31") from error
    if day > today:
        raise ValueError(f"day {day} is in the future")
    return day
