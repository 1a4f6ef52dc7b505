"""Lines of a month's files as objects: the columns' names are the keys, shares and points are numbers."""

from collections.abc import Sequence
from decimal import Decimal

from pipeline.export.columns import Column, Row
from pipeline.services.objects import Json


def line_json(columns: Sequence[Column[Row]], row: Row) -> Json:
    """A row of a table. A cell that does not exist is null, never 0."""
    cells = ((column.name, column.cell(row)) for column in columns)
    return {name: float(cell) if isinstance(cell, Decimal) else cell for name, cell in cells}
