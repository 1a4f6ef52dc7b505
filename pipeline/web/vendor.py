"""The page of a vendor's people: their own vendor's letters, statement, faults to appeal against, complaints, warnings and rectifications."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.export.feedback import is_overdue
from pipeline.export.words import STATUSES
from pipeline.services.rectifying import report
from pipeline.services.vendor_desk import shown_statement, vendor_desk
from pipeline.store.confirmations import confirm_statement
from pipeline.store.events import record_event
from pipeline.store.outbox import acknowledge, visible_letter
from pipeline.store.rectification_reports import visible_rectification
from pipeline.store.tables import Did
from pipeline.store.tables.review import ReportKind
from pipeline.web.dispute_words import LETTER_NAMES, MODE_NAMES, REPORT_NAMES, appeal_state
from pipeline.web.month import month_of
from pipeline.web.month_words import CASE_STATE_NAMES, GRADE_NAMES, GROUND_NAMES, TRIGGER_NAMES
from pipeline.web.numbers import Before, InPath
from pipeline.web.pages import page
from pipeline.web.refusals import refused_as
from pipeline.web.visit import OfVendor

router = APIRouter()
_A_PAGE = 20


@router.get("/vendor")
def vendor_page(request: Request, visit: OfVendor, month: str = "", before: Before = None, done: str = "") -> Response:
    """All of it; `month` is the statement's, `before` pages through the faults."""
    wanted = month_of(month) if month else None
    with visit.reading() as session:
        desk = vendor_desk(session, visit.person, visit.today, visit.zone, month=wanted, before=before, limit=_A_PAGE)
    return page(
        visit, request, "vendor.html", desk=desk, charged=desk.charged[:_A_PAGE],
        before=desk.charged[_A_PAGE - 1].charged.verdict.verdict_id if len(desk.charged) > _A_PAGE else None,
        in_time=[one for one in desk.charged[:_A_PAGE] if one.is_in_time(visit.today)], is_first=before is None,
        done=done, today=visit.today, is_overdue=is_overdue, appeal_state=appeal_state,
        letters=LETTER_NAMES, modes=MODE_NAMES, reports=REPORT_NAMES, statuses=STATUSES, grades=GRADE_NAMES,
        grounds=GROUND_NAMES, triggers=TRIGGER_NAMES, states=CASE_STATE_NAMES,
    )  # fmt: skip


@router.post("/vendor/letters/{letter_id}/acknowledge")
def vendor_acknowledge(visit: OfVendor, letter_id: InPath) -> Response:
    """Say that a letter's demand has arrived."""
    with visit.writing() as session, refused_as("这封反馈已经有人确认过了，或不需要确认。"):
        visible_letter(session, visit.person, letter_id)
        acknowledge(session, letter_id, visit.person, visit.now)
        record_event(session, visit.person, Did.CHANGED, f"letter {letter_id}", visit.now, "acknowledged")
    return RedirectResponse(f"/vendor?done=letter-{letter_id}#letters", 303)


@router.post("/vendor/statements/{month}/confirm")
def vendor_confirm(visit: OfVendor, month: str) -> Response:
    """Confirm the latest statement of a month: it was seen, and nothing is said against it."""
    wanted = month_of(month)
    with visit.writing() as session:
        shown_statement(session, visit.person.vendor or "", wanted)
        closing = confirm_statement(session, wanted, visit.person, visit.now)
        subject = f"statement {visit.person.vendor} {wanted} r{closing.revision}"
        record_event(session, visit.person, Did.CHANGED, subject, visit.now, "confirmed")
    return RedirectResponse(f"/vendor?month={wanted}&done=statement-{wanted}#statement", 303)


@router.post("/vendor/rectifications/{number}/report")
def vendor_report(
    visit: OfVendor, number: InPath, kind: Annotated[ReportKind, Form()], text: Annotated[str, Form()] = ""
) -> Response:
    """Report on a rectification: the plan, or what was done."""
    closed = "这项整改已经结束，不用再报。"
    with visit.writing() as session, refused_as(closed, "请写明整改方案或完成情况，最多 2000 字。"):
        visible_rectification(session, visit.person, number)
        report(session, number, kind, text, visit.person, visit.now, visit.zone)
        record_event(session, visit.person, Did.CHANGED, f"rectification {number}", visit.now, kind.value)
    return RedirectResponse(f"/vendor?done=rectification-{number}#standing", 303)
