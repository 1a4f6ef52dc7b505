"""Numbers and days in addresses and forms: a database takes 64 bits, and what is larger names nothing."""

from datetime import date
from typing import Annotated

from fastapi import Form, Path, Query

from pipeline.web.refusals import BadInput

LARGEST = 2**63 - 1

InPath = Annotated[int, Path(ge=1, le=LARGEST)]
"""The number of a thing, in the address of its page."""
InForm = Annotated[int, Form(ge=1, le=LARGEST)]
"""The number of a thing, in a form."""
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
"""So many lines are left out before a page's first."""
Before = Annotated[int | None, Query(ge=1, le=LARGEST)]
"""The number before which a page begins."""


def number_of(text: str) -> int | None:
    """A number in a field that need not have one; None where it is none, or one that nothing here has."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None


def day_of(text: str) -> date | None:
    """A day in a field, None where it is empty. Raises BadInput, also for years at whose edges no day could be counted on."""
    try:
        day = date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise BadInput("日期请写成 2026-03-30 这样。") from error
    if day is not None and not 2000 <= day.year <= 9000:
        raise BadInput("日期请写成 2026-03-30 这样。")
    return day
