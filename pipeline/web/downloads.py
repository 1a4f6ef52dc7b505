"""Tables to take along: a page's rows as CSV, as the month's files are written."""

import csv
import io
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from fastapi.responses import Response

from pipeline.export.columns import Column, Row
from pipeline.export.files import written


def csv_response(name: str, columns: Sequence[Column[Row]], rows: Iterable[Row]) -> Response:
    """Rows as a file for spreadsheets, Chinese headings first; `name` without its ending."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow([column.heading for column in columns])
    table.writerows([written(column.cell(row)) for column in columns] for row in rows)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.csv",
        "Cache-Control": "no-store",
    }
    return Response(text.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)
