"""`report.xlsx`: the month for people, with Chinese headings, yuan instead of fen, and charts that the spreadsheet draws itself.

The same month gives the same bytes: nothing in the file says when it was written, only when the month was closed. Rows are streamed; violations
beyond `MOST_VIOLATIONS` are in violations.csv alone, and the sheet says so.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Generic
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.cell.cell import Cell as Styled
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.export import words
from pipeline.export.charts import add_charts
from pipeline.export.columns import DIFFERENCES, SCORES, SETTLEMENT, Cell, Column, Row, Unit, violation_columns
from pipeline.export.files import harmless, replacing
from pipeline.export.summary import Summary
from pipeline.records.closed import Closing, ScoreLine, SettlementLine, ViolationLine
from pipeline.records.finding import Severity

MOST_VIOLATIONS = 20_000
_HEADING = (
    Font(bold=True, color="FFFFFF"),
    PatternFill("solid", start_color="1F4E79"),
    Alignment(wrap_text=True, vertical="center"),
)
_FORMATS = {Unit.PLAIN: "General", Unit.SHARE: "0.00%", Unit.POINTS: "0.00", Unit.FEN: "#,##0.00"}
_WIDTHS = {
    "words": 44,
    "vendor": 16,
    "project": 16,
    "statement_no": 22,
    "started_at": 25,
    "call_id": 20,
    "rule": 18,
    "audited": 32,
}
# A zip cannot say earlier.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


@dataclass(frozen=True, slots=True)
class Book:
    """What the workbook is made from. `summary` has counted all violations; of `violations` no more are read than are shown."""

    closing: Closing
    scores: Sequence[ScoreLine]
    settlement: Sequence[SettlementLine]
    violations: Iterable[ViolationLine]
    summary: Summary
    names: Mapping[str, str]
    zone: ZoneInfo


def write_workbook(target: Path, book: Book) -> None:
    """Write the workbook. Raises StorageError where it cannot be written; nothing is left then."""
    workbook = Workbook(write_only=True)
    closed_at = book.closing.closed_at.replace(tzinfo=None, microsecond=0)
    workbook.properties.creator = "callqa"
    overview = workbook.create_sheet("概览")
    _Sheet(workbook.create_sheet("得分"), SCORES, book.names).fill(book.scores)
    settlement = _Sheet(workbook.create_sheet("结算"), SETTLEMENT, book.names)
    settlement.fill(book.settlement)
    settlement.total(book.settlement)
    differences = [line for line in book.settlement if line.differs]
    _Sheet(workbook.create_sheet("对账差异"), DIFFERENCES, book.names).fill(differences)
    violations = _Sheet(workbook.create_sheet("违规明细"), violation_columns(book.zone), book.names)
    violations.fill(islice(book.violations, MOST_VIOLATIONS))
    rules = workbook.create_sheet("违规汇总")
    _Sheet(rules, _rule_columns(), book.names).fill(book.summary.rules())
    add_charts(workbook, book.scores, book.settlement, book.summary, book.names)
    _overview(overview, book)
    made = BytesIO()
    workbook.save(made)
    with replacing(target) as file:
        file.write_bytes(_timeless(made, closed_at.isoformat() + "Z"))


class _Sheet(Generic[Row]):
    """A sheet with a frozen heading, in which no text can run as a formula."""

    def __init__(self, sheet: Worksheet, columns: Sequence[Column[Row]], names: Mapping[str, str]) -> None:
        self._sheet, self._columns = sheet, columns
        self._words = {"severity": words.SEVERITIES, "status": words.STATUSES, "verdict": words.VERDICTS}
        self._words |= {"reviewer_role": words.ROLES, "match": words.MATCHES, "rule": names}
        sheet.freeze_panes = "A2"
        for place, column in enumerate(columns, 1):
            sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(column.name, 13)
        self._row([self._heading(column) for column in columns])

    def fill(self, rows: Iterable[Row]) -> None:
        """Write all rows."""
        for row in rows:
            self._row([self._cell(column, column.cell(row)) for column in self._columns])

    def total(self, rows: Sequence[Row]) -> None:
        """Write the sums of all money."""
        sums = {
            column.name: sum(_whole(column.cell(row)) for row in rows)
            for column in self._columns
            if column.unit is Unit.FEN
        }
        cells = [self._number(sums.get(column.name), column.unit) for column in self._columns]
        cells[0].value = "合计"
        for cell in cells:
            cell.font = Font(bold=True)
        self._row(cells)

    def _row(self, cells: Sequence[Cell | Styled]) -> None:
        self._sheet.append(cells)

    def _heading(self, column: Column[Row]) -> Styled:
        cell = WriteOnlyCell(self._sheet, column.heading.replace("（分）", "（元）"))
        cell.font, cell.fill, cell.alignment = _HEADING
        return cell

    def _cell(self, column: Column[Row], value: Cell) -> Cell | Styled:
        if isinstance(value, str):
            known = self._words.get(column.name, {}).get(value, value)
            return harmless(ILLEGAL_CHARACTERS_RE.sub("", known))
        # A plain value is written in half the time of a cell, and has its format by itself.
        return value if column.unit is Unit.PLAIN else self._number(value, column.unit)

    def _number(self, value: int | Decimal | None, unit: Unit) -> Styled:
        is_fen = unit is Unit.FEN and value is not None
        cell = WriteOnlyCell(self._sheet, Decimal(value or 0).scaleb(-2) if is_fen else value)
        cell.number_format = _FORMATS[unit]
        return cell


def _rule_columns() -> tuple[Column[tuple[str, dict[Severity, int], int]], ...]:
    def of(severity: Severity) -> Callable[[tuple[str, dict[Severity, int], int]], Cell]:
        return lambda row: row[1][severity]

    graded = (Severity.FATAL, Severity.MAJOR, Severity.MINOR, Severity.NOTICE)
    return (
        Column("rule", "规则", lambda row: row[0]),
        *(Column(severity.value, words.SEVERITIES[severity], of(severity)) for severity in graded),
        Column("count", "合计", lambda row: row[2]),
    )


def _overview(sheet: Worksheet, book: Book) -> None:
    closing, summary = book.closing, book.summary
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 70
    shown = min(summary.count, MOST_VIOLATIONS)
    rows: list[tuple[str, object]] = [
        ("月份", str(closing.month)),
        ("修订", "首次关账" if closing.revision == 0 else f"第 {closing.revision} 次重述"),
        ("关账时间", closing.closed_at.astimezone(book.zone).strftime("%Y-%m-%d %H:%M:%S")),
        ("关账人", harmless(closing.person)),
        ("政策版本", closing.policy),
        ("账本位置", f"第 {closing.entry} 号，{closing.head}"),
        ("外呼公司", len({line.vendor for line in book.scores})),
        ("公司×项目", len(book.scores)),
        ("通话数", sum(line.calls for line in book.scores)),
        ("已检", sum(line.inspected for line in book.scores)),
        ("净额合计（元）", Decimal(sum(line.net_fen for line in book.settlement)).scaleb(-2)),
        (
            "违规",
            f"共 {summary.count} 条，“违规明细”列出 {shown} 条"
            + ("；其余见 violations.csv" if shown < summary.count else ""),
        ),
        ("说明", "比例与得分均附 95% 置信区间；免检与样本不足的月份质量系数为 1，不据以奖惩。"),
    ]
    for name, value in rows:
        heading = WriteOnlyCell(sheet, name)
        heading.font = Font(bold=True)
        sheet.append([heading, value])


def _whole(value: Cell) -> int:
    return value if isinstance(value, int) else 0


def _timeless(made: BytesIO, at: str) -> bytes:
    """The same workbook without the moment of writing: its times are the close's, its members have none."""
    target = BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as timeless:
        for member in source.infolist():
            content = source.read(member)
            if member.filename == "docProps/core.xml":
                content = _TIMES.sub(rb"\g<1>" + at.encode(), content)
            timeless.writestr(zipfile.ZipInfo(member.filename, _ZIP_EPOCH), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()
