"""Vendors as tables for people and objects for programs."""

from collections.abc import Iterable, Sequence
from datetime import date

from rich.table import Table

from pipeline.ledger.yearly_check import YearlyCheck
from pipeline.records.registry import Vendor


def facts_table(vendor: Vendor) -> Table:
    """What holds of a vendor on a day."""
    table = Table(title=f"{vendor.name}, {vendor.day}")
    for heading in ("fact", "project", "value", "from", "until", "document", "of", "by"):
        table.add_column(heading)
    for fact in vendor.facts:
        days = (str(fact.valid_from), str(fact.valid_until or ""), fact.document, str(fact.document_date or ""))
        table.add_row(f"{fact.kind.chinese} {fact.kind.value}", fact.project, fact.value, *days, fact.person)
    return table


def vendors_table(shown: Iterable[tuple[Vendor, Sequence[str]]], day: date) -> Table:
    """Vendors, one a line; `lacks` counts what each is missing."""
    table = Table(title=f"Vendors, {day}")
    for heading in ("vendor", "mode", "general agent", "qualified until", "types", "projects", "lacks"):
        table.add_column(heading)
    for vendor, missing in shown:
        table.add_row(
            vendor.name,
            vendor.mode.value if vendor.mode else "",
            vendor.parent or "",
            str(vendor.term.last) if vendor.term else "–",
            ", ".join(business_type.value for business_type in vendor.types),
            ", ".join(project.name for project in vendor.projects),
            str(len(missing) or ""),
        )
    return table


def checks_table(checks: Iterable[YearlyCheck], year: int) -> Table:
    """年度资格验证 of a year."""
    table = Table(title=f"年度资格验证 {year}")
    for heading in ("vendor", "mode", "state", "visited", "report", "of", "by"):
        table.add_column(heading)
    for check in checks:
        report = check.report
        told = (
            (str(report.valid_from), report.document, str(report.document_date or ""), report.person) if report else ()
        )
        table.add_row(check.vendor, check.mode.value if check.mode else "", check.state.value, *told)
    return table
