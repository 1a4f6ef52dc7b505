"""What a restatement changed: every figure of a vendor's project that is another than in the revision before.

vendor,project,figure,before,after
华声外呼,telemarketing,fatal,1,0
华声外呼,telemarketing,score,91.50,92.30
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipeline.export.columns import Cell, Column
from pipeline.export.files import written
from pipeline.records.closed import ScoreLine, SettlementLine

# The same in every line of a revision, or its name.
_NO_FIGURES = ("vendor", "project", "month", "revision", "statement_no")


@dataclass(frozen=True, slots=True)
class Change:
    """A figure before and after; None where there was or is none."""

    vendor: str
    project: str
    figure: str
    before: Cell
    after: Cell


CHANGES: tuple[Column[Change], ...] = (
    Column("vendor", "外呼公司", lambda change: change.vendor),
    Column("project", "项目", lambda change: change.project),
    Column("figure", "指标", lambda change: change.figure),
    Column("before", "重述前", lambda change: change.before),
    Column("after", "重述后", lambda change: change.after),
)

Line = TypeVar("Line", ScoreLine, SettlementLine)


def changed(columns: Sequence[Column[Line]], before: Iterable[Line], after: Iterable[Line]) -> Iterator[Change]:
    """Each difference, by vendor and project, in the order of the columns."""
    old = {(line.vendor, line.project): line for line in before}
    new = {(line.vendor, line.project): line for line in after}
    for vendor, project in sorted(old.keys() | new.keys()):
        for column in columns:
            was, is_now = (_figure(column, lines.get((vendor, project))) for lines in (old, new))
            if column.name not in _NO_FIGURES and written(was) != written(is_now):
                yield Change(vendor, project, column.name, was, is_now)


def _figure(column: Column[Line], line: Line | None) -> Cell:
    return None if line is None else column.cell(line)
