"""The workbook's charts, drawn by the spreadsheet from small tables beside them: lowest scores with their intervals, rules, money."""

from collections import Counter
from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.data_source import NumDataSource, NumRef
from openpyxl.chart.error_bar import ErrorBars
from openpyxl.chart.label import DataLabelList
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.export.files import harmless
from pipeline.export.summary import Summary
from pipeline.records.closed import ScoreLine, SettlementLine

SHEET = "图表"
_MOST_BARS = 20
_WIDTH_CM, _LEAST_HEIGHT_CM, _BAR_CM = 22, 6.0, 0.75
_BLUE, _RED, _GREEN = "2E75B6", "C0504D", "548235"
# Rows of the sheet a chart keeps free for itself; a row is about half a centimetre high.
_ROW_CM = 0.53


def add_charts(
    workbook: Workbook,
    scores: Sequence[ScoreLine],
    settlement: Sequence[SettlementLine],
    summary: Summary,
    names: Mapping[str, str],
) -> None:
    """Append the sheet of charts. A chart without a figure is left out."""
    sheet = workbook.create_sheet(SHEET)
    sheet.column_dimensions["A"].width = 30
    place = 1
    if rows := _lowest(scores):
        place = _chart(
            sheet,
            place,
            f"得分最低的 {len(rows)} 个项目（95% 置信区间）",
            ("项目", "得分", "向下", "向上"),
            rows,
            _BLUE,
        )
    if counted := [(harmless(names.get(rule, rule)), count) for rule, _, count in summary.rules()[:_MOST_BARS]]:
        place = _chart(sheet, place, f"最常见的 {len(counted)} 种违规（条）", ("规则", "条数"), counted, _RED)
    if paid := _paid(settlement):
        _chart(sheet, place, f"净额最高的 {len(paid)} 家外呼公司（元）", ("外呼公司", "净额"), paid, _GREEN)


def _lowest(scores: Sequence[ScoreLine]) -> list[tuple[str, float, float, float]]:
    """(name, score, down, up) in points; months without a score are no bars."""
    rows = []
    for line in scores:
        if line.score_c is not None and line.score_low_c is not None and line.score_high_c is not None:
            down, up = line.score_c - line.score_low_c, line.score_high_c - line.score_c
            rows.append((harmless(f"{line.vendor} {line.project}"), line.score_c / 100, down / 100, up / 100))
    return sorted(rows, key=lambda row: (row[1], row[0]))[:_MOST_BARS]


def _paid(settlement: Sequence[SettlementLine]) -> list[tuple[str, float]]:
    net_fen: Counter[str] = Counter()
    for line in settlement:
        net_fen[line.vendor] += line.net_fen
    return [
        (harmless(vendor), fen / 100)
        for vendor, fen in sorted(net_fen.items(), key=lambda one: (-one[1], one[0]))[:_MOST_BARS]
    ]


def _chart(
    sheet: Worksheet,
    place: int,
    title: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str | float]],
    colour: str,
) -> int:
    """Write a table at row `place` and its chart to the right of it; the row where the next may begin."""
    sheet.append(headings)
    for row in rows:
        sheet.append(row)
    last = place + len(rows)
    chart = BarChart()
    chart.type, chart.style, chart.title, chart.legend = "bar", 10, title, None
    chart.width, chart.height = _WIDTH_CM, max(_LEAST_HEIGHT_CM, 3 + _BAR_CM * len(rows))
    chart.add_data(Reference(sheet, min_col=2, min_row=place, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=place + 1, max_row=last))
    chart.gapWidth = 40
    # Bars run from the top in the order of the table; spreadsheets else begin at the bottom.
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete = chart.y_axis.delete = False
    series = chart.series[0]
    series.graphicalProperties.solidFill = colour
    if len(headings) > 2:
        series.errBars = _interval(place + 1, last)
        chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 100
    else:
        series.dLbls = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
    sheet.add_chart(chart, f"F{place}")
    free = max(len(rows), int(chart.height / _ROW_CM)) + 2
    for _ in range(free - len(rows)):
        sheet.append([])
    return place + 1 + free


def _interval(first: int, last: int) -> ErrorBars:
    """Whiskers of the score's bar, from the columns of its interval."""
    down, up = (NumDataSource(numRef=NumRef(f=f"'{SHEET}'!${column}${first}:${column}${last}")) for column in "CD")
    return ErrorBars(errDir="y", errBarType="both", errValType="cust", minus=down, plus=up)
