"""Vendors for the house: what is known of them, whether they may work, and how they stand."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pipeline.services.vendor_list import listed_vendors, vendor_file
from pipeline.store.tables import Did
from pipeline.web.dispute_words import CHECK_NAMES, FACT_VALUES, MODE_NAMES, REPORT_NAMES
from pipeline.web.month_words import CASE_STATE_NAMES, GRADE_NAMES, GROUND_NAMES, TRIGGER_NAMES, TYPE_NAMES
from pipeline.web.pages import page
from pipeline.web.visit import HouseReading

router = APIRouter()


@router.get("/vendors")
def vendor_list(request: Request, visit: HouseReading) -> Response:
    """All vendors as they are known today."""
    with visit.reading() as session:
        found = listed_vendors(session, visit.person, visit.today, visit.zone)
    return page(
        visit, request, "vendors.html", found=found, modes=MODE_NAMES, types=TYPE_NAMES, grades=GRADE_NAMES,
        checks=CHECK_NAMES, today=visit.today,
    )  # fmt: skip


@router.get("/vendors/{name:path}")
def vendor_about(request: Request, visit: HouseReading, name: str) -> Response:
    """One vendor: its facts with their documents, what it lacks, its projects and agents, grades, warnings, rectifications and cases."""
    with visit.reading() as session:
        found = vendor_file(session, visit.person, name, visit.today, visit.zone)
    visit.tell(Did.READ, f"vendor {name}")
    return page(
        visit, request, "vendor_file.html", found=found, listed=found.listed, vendor=found.listed.vendor,
        history=found.listed.history, modes=MODE_NAMES, types=TYPE_NAMES, grades=GRADE_NAMES, checks=CHECK_NAMES,
        values=FACT_VALUES, reports=REPORT_NAMES, grounds=GROUND_NAMES, triggers=TRIGGER_NAMES,
        states=CASE_STATE_NAMES, today=visit.today,
    )  # fmt: skip
