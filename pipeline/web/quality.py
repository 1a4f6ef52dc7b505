"""The page that tells how well inspection itself works: its findings, what it misses, how alike people judge, what a fault costs."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pipeline.checks.catalogue import RULES
from pipeline.export.quality import EFFORTS, MATCHES, PAIRS, VERSIONS
from pipeline.export.quality import RULES as RULE_COLUMNS
from pipeline.records.month import Month
from pipeline.records.quality import Quality
from pipeline.services.quality import quality
from pipeline.store.offered import months_with_verdicts, vendors_with_calls
from pipeline.store.quality import Scope
from pipeline.store.tables import Did
from pipeline.store.visible import NotThere
from pipeline.web.call_words import MATCHES as MATCH_NAMES
from pipeline.web.downloads import csv_response
from pipeline.web.interval_plot import interval_plot
from pipeline.web.pages import page, rule_name
from pipeline.web.refusals import BadInput
from pipeline.web.visit import HouseReading

router = APIRouter()
EVER = "all"
_MOST_LINES = 20


@router.get("/quality")
def quality_page(request: Request, visit: HouseReading, month: str = "", vendor: str = "", rule: str = "") -> Response:
    """All figures of the calls that are asked about: of a month, or `all`; of the latest one with a verdict where none is named."""
    with visit.reading() as session:
        months, vendors = months_with_verdicts(session, visit.person), vendors_with_calls(session, visit.person)
        scope = Scope(visit.person, chosen_month(month, months), vendor or None, rule or None)
        found = quality(session, scope)
    return page(
        visit,
        request,
        "quality.html",
        found=found,
        chosen={"month": str(scope.month or EVER), "vendor": vendor, "rule": rule},
        months=[(str(one), str(one)) for one in months],
        vendors=[(one, one) for one in vendors],
        rules=[(one, f"{rule_name(one)} {one}") for one in RULES],
        match_names=MATCH_NAMES,
        plots=_plots(found),
    )


@router.get("/quality/{part}.csv")
def quality_table(visit: HouseReading, part: str, month: str = "", vendor: str = "", rule: str = "") -> Response:
    """One of the page's tables as a file."""
    with visit.reading() as session:
        months = months_with_verdicts(session, visit.person)
        found = quality(session, Scope(visit.person, chosen_month(month, months), vendor or None, rule or None))
    tables = {
        "rules": lambda: csv_response(part, RULE_COLUMNS, found.rules),
        "versions": lambda: csv_response(part, VERSIONS, found.versions),
        "matches": lambda: csv_response(part, MATCHES, found.matches),
        "pairs": lambda: csv_response(part, PAIRS, found.pairs),
        "efforts": lambda: csv_response(part, EFFORTS, found.efforts),
    }
    if part not in tables:
        raise NotThere(f"there is no table {part!r}")
    visit.tell(Did.EXPORTED, f"quality {part}", f"{month} {vendor} {rule}".strip())
    return tables[part]()


def chosen_month(text: str, months: Sequence[Month]) -> Month | None:
    """The month that an address names, the first of these where it names none; None = all of them. Raises BadInput."""
    if text == EVER:
        return None
    if not text:
        return months[0] if months else None
    try:
        return Month.parse(text)
    except ValueError as error:
        raise BadInput("月份要写成 2026-03 这样。") from error


def _plots(found: Quality) -> dict[str, dict[str, object]]:
    """Those of which there is something to see."""
    rules = [(rule_name(one.rule), one.precision) for one in found.rules if one.precision is not None]
    versions = sorted(found.versions, key=lambda one: -one.decided)
    rates = [(f"{rule_name(one.rule)} v{one.version}", one.rate) for one in versions]
    plots = {"precision": ("准确率", rules[:_MOST_LINES]), "overturned": ("推翻率", rates[:_MOST_LINES])}
    return {name: interval_plot(title, lines) for name, (title, lines) in plots.items() if lines}
