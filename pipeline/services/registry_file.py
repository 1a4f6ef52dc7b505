"""Vendors' facts from a table, one fact a row.

    vendor,fact,value,valid_from,valid_until,project,document,document_date
    华声外呼,mode,exclusive,2026-01-01,,,,
    华声外呼,注册资金(元),800000,2025-12-10,,,验资报告 17,2025-12-01

Headings and facts may be Chinese. A qualification without a last day gets the one of its mode (P-01).
"""

import unicodedata
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from pipeline.errors import DataError
from pipeline.ledger.admission import last_day
from pipeline.policy.registry import RegistryPolicy
from pipeline.records.person import Person
from pipeline.records.project import Mode
from pipeline.records.registry import Fact, FactKind
from pipeline.services.registering import PlacedFact
from pipeline.services.tables import Column, TableRow, read_table

COLUMNS = (
    Column("vendor", ("外呼公司", "公司", "供应商")),
    Column("fact", ("事项",)),
    Column("value", ("内容", "值")),
    Column("valid_from", ("生效日期", "起始日期")),
    Column("valid_until", ("失效日期", "截止日期"), optional=True),
    Column("project", ("项目",), optional=True),
    Column("document", ("文件", "文件编号"), optional=True),
    Column("document_date", ("文件日期",), optional=True),
)


def read_facts(file: Path, person: Person, now: datetime, policy: RegistryPolicy) -> tuple[list[PlacedFact], list[str]]:
    """The facts of a file, and what is wrong with its other rows. Raises DataError where it is no such table."""
    facts, problems = [], []
    for row in read_table(file, COLUMNS):
        try:
            facts.append(PlacedFact(row.place, _fact(row, person, now, policy)))
        except ValueError as error:
            problems.append(f"{row.place}: {error}")
    if not facts and not problems:
        raise DataError(f"{file}: a header and no row")
    return facts, problems


def kind_of(text: str) -> FactKind:
    """A kind of fact by its word or its Chinese name. Raises ValueError."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    for kind in FactKind:
        if folded in (kind.value, unicodedata.normalize("NFKC", kind.chinese)):
            return kind
    raise ValueError(f"{text!r} is no fact; known: {', '.join(_known())}")


def until_of(kind: FactKind, value: str, first: date, given: date | None, policy: RegistryPolicy) -> date | None:
    """The last day that is recorded: what is given, or of a qualification the longest that its mode allows (P-01)."""
    if given is None and kind is FactKind.QUALIFICATION and value in tuple(Mode):
        return last_day(first, Mode(value), policy)
    return given


def _known() -> Iterator[str]:
    return (f"{kind.value} ({kind.chinese})" for kind in FactKind)


def _fact(row: TableRow, person: Person, now: datetime, policy: RegistryPolicy) -> Fact:
    cells = row.cells
    kind, first = kind_of(cells["fact"]), _day("valid_from", cells["valid_from"])
    until = _day("valid_until", cells["valid_until"]) if cells["valid_until"] else None
    return Fact(
        vendor=cells["vendor"],
        kind=kind,
        value=cells["value"],
        valid_from=first,
        person=person.name,
        recorded_at=now,
        project=cells["project"],
        valid_until=until_of(kind, cells["value"], first, until, policy),
        document=cells["document"],
        document_date=_day("document_date", cells["document_date"]) if cells["document_date"] else None,
    )


def _day(column: str, text: str) -> date:
    """ISO, also with slashes as spreadsheets write it, and with the midnight that workbooks add."""
    try:
        return date.fromisoformat("-".join(part.zfill(2) for part in text.removesuffix(" 00:00:00").split("/")))
    except ValueError as error:
        raise ValueError(f"{column} {text!r} is no day; write 2026-01-31") from error
