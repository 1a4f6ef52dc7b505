"""Coaching (辅导, P-80): what recurs in a vendor's calls or an agent's, whether it grows, three clips to hear, and who does better."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.checks.catalogue import RULES
from pipeline.checks.catalogue import entry as rule_entry
from pipeline.errors import DataError
from pipeline.export.coaching import RECURRING
from pipeline.records.coaching import Coaching, Trend
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.services.coaching import coach
from pipeline.store.offered import has_agent, months_with_calls, vendors_with_calls
from pipeline.store.tables import Did
from pipeline.store.visible import NotThere, visible_vendor
from pipeline.web.downloads import csv_response
from pipeline.web.interval_plot import interval_plot
from pipeline.web.pages import page, rule_name
from pipeline.web.quality import chosen_month
from pipeline.web.visit import CallReading, Visit

router = APIRouter()
# What it is called, and whether it is good or bad news.
TREND_NAMES = {
    Trend.BETTER: ("好转", "good"),
    Trend.WORSE: ("变差", "bad"),
    Trend.UNCLEAR: ("看不出变化", ""),
    Trend.NO_MONTH_BEFORE: ("上月没有", ""),
}
_MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet, None where nothing was judged in the month, and the months there are."""

    month: Month | None
    months: list[Month]
    found: Coaching | None


@router.get("/coaching")
def coaching_vendors(request: Request, visit: CallReading) -> Response:
    """The vendors; a vendor's person goes straight to his own."""
    if visit.person.role is Role.VENDOR:
        return RedirectResponse(request.url_for("coaching_vendor", vendor=visit.person.vendor or "").path, 303)
    with visit.reading() as session:
        return page(visit, request, "coaching_vendors.html", vendors=vendors_with_calls(session, visit.person))


@router.get("/coaching-sheet.csv")
def coaching_table(visit: CallReading, vendor: str, agent: str = "", month: str = "") -> Response:
    """What recurs, as a file."""
    sheet = _sheet(visit, vendor, agent or None, month)
    visit.tell(Did.EXPORTED, f"coaching {vendor} {agent}".strip(), str(sheet.month or ""))
    name = f"coaching-{vendor}" + (f"-{agent}" if agent else "") + f"-{sheet.month}"
    return csv_response(name, RECURRING, sheet.found.recurring if sheet.found else ())


@router.get("/coaching/{vendor}")
def coaching_vendor(request: Request, visit: CallReading, vendor: str, month: str = "") -> Response:
    """A vendor's sheet."""
    return _page(request, visit, vendor, None, month)


@router.get("/coaching/{vendor}/{agent:path}")
def coaching_agent(request: Request, visit: CallReading, vendor: str, agent: str, month: str = "") -> Response:
    """An agent's sheet."""
    return _page(request, visit, vendor, agent, month)


def _page(request: Request, visit: Visit, vendor: str, agent: str | None, month: str) -> Response:
    sheet = _sheet(visit, vendor, agent, month)
    visit.tell(Did.READ, f"coaching {vendor} {agent or ''}".strip(), str(sheet.month or ""))
    found = sheet.found
    return page(
        visit,
        request,
        "coaching.html",
        vendor=vendor,
        agent=agent,
        month=sheet.month,
        months=[(str(one), str(one)) for one in sheet.months],
        found=found,
        trends=TREND_NAMES,
        remedies={one.rule: rule_entry(one.rule).remedy for one in found.recurring if one.rule in RULES}
        if found
        else {},
        plots=_plots(found) if found else {},
    )


def _sheet(visit: Visit, vendor: str, agent: str | None, month: str) -> _Sheet:
    """The sheet that is asked for, of the latest month with calls where none is. Raises NotThere for a vendor or an agent without calls."""
    visible_vendor(visit.person, vendor)
    with visit.reading() as session:
        months = months_with_calls(session, visit.person, vendor)
        if not months or (agent is not None and not has_agent(session, visit.person, vendor, agent)):
            raise NotThere(f"there is no agent {agent!r} of vendor {vendor!r}")
        wanted = chosen_month(month, months) or months[0]
        try:
            return _Sheet(wanted, months, coach(session, vendor, wanted, agent))
        except DataError:
            return _Sheet(wanted, months, None)


def _plots(found: Coaching) -> dict[str, dict[str, object]]:
    lines = [(rule_name(one.rule), one.share) for one in found.recurring[:_MOST_LINES]]
    plots = {"recurring": interval_plot("占比", lines)} if lines else {}
    for number, ranked in enumerate(found.comparison.values()):
        plots[f"agents-{number}"] = interval_plot(
            "没有重大或致命问题的通话", [(one.name, one.measured) for one in ranked[:_MOST_LINES]]
        )
    return plots
