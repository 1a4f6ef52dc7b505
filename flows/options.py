"""Options that many commands have, and what is written in them."""

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from pipeline.errors import UsageError
from pipeline.records.month import Month
from pipeline.settings import Settings

ActingAs = Annotated[str, typer.Option("--as", metavar="NAME", help="Who acts; the password is asked for.")]
AsJson = Annotated[bool, typer.Option("--json")]


def parse_month(text: str) -> Month:
    """A month, written 2026-03. Raises UsageError."""
    try:
        return Month.parse(text)
    except ValueError as error:
        raise UsageError(str(error)) from error


def today(settings: Settings) -> date:
    """The day it is in the configured zone."""
    return datetime.now(UTC).astimezone(ZoneInfo(settings.timezone)).date()
