"""Complaints, number checks and project checks: recorded by the centre, answered by the vendor, decided by a supervisor who did not record."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.policy.scoring import FULL_SCORE
from pipeline.records.month import Month
from pipeline.records.project import BusinessType
from pipeline.services.complaining import check_number, check_project, decide_complaint
from pipeline.store.beside_calls import (
    Wanted,
    latest_complaints,
    latest_number_checks,
    latest_project_checks,
    visible_complaint,
)
from pipeline.store.complaints import answer_complaint, record_complaint
from pipeline.store.events import record_event
from pipeline.store.facts import registered_projects
from pipeline.store.offered import months_with_calls, vendors_with_calls
from pipeline.store.tables import Did
from pipeline.web.dispute_words import COMPLAINT_NAMES
from pipeline.web.numbers import InPath, Offset
from pipeline.web.pages import page
from pipeline.web.refusals import BadInput, refused_as
from pipeline.web.visit import Centre, Disputing, OfVendor, Supervising

router = APIRouter()
_A_PAGE = 30
_UNKNOWN = (
    "没有记录：请核对外呼公司、项目和通话编号（通话要属于该公司的该项目），日期不能在将来，文字不能为空、最多 2000 字。"
)
_UNKNOWN_NUMBER = "没有记录：号码是 5 到 20 位数字；请核对外呼公司、项目和通话编号，日期不能在将来，问题最多 2000 字。"
_THERE = "同样的记录已经有了，没有再记一次。"


@router.get("/complaints")
def complaint_list(
    request: Request, visit: Disputing, vendor: str = "", month: str = "", offset: Offset = 0, done: str = ""
) -> Response:
    """All three, filtered by month and vendor, the complaints that wait for a decision first."""
    wanted = Wanted(visit.person, vendor or None, _month(month) if month else None, _A_PAGE + 1, offset)
    with visit.reading() as session:
        complaints = latest_complaints(session, wanted)
        numbers, projects = latest_number_checks(session, wanted), latest_project_checks(session, wanted)
        vendors, months = vendors_with_calls(session, visit.person), months_with_calls(session, visit.person)
        known = sorted({*BusinessType, *registered_projects(session)})
    longest = max(map(len, (complaints, numbers, projects)))
    return page(
        visit, request, "complaints.html", complaints=complaints[:_A_PAGE], numbers=numbers[:_A_PAGE],
        projects=projects[:_A_PAGE], vendors=[(one, one) for one in vendors], months=[(str(one), str(one)) for one in months],
        known_projects=known, chosen={"vendor": vendor, "month": month}, done=done, states=COMPLAINT_NAMES,
        later=offset + _A_PAGE if longest > _A_PAGE else None, earlier=max(0, offset - _A_PAGE) if offset else None,
        today=visit.today, full_score=FULL_SCORE,
    )  # fmt: skip


@router.post("/complaints")
def complaint_record(
    visit: Centre,
    vendor: Annotated[str, Form()],
    project: Annotated[str, Form()],
    received_on: Annotated[date, Form()],
    text: Annotated[str, Form()] = "",
    call_id: Annotated[str, Form()] = "",
) -> Response:
    """Record a complaint on the day it was received."""
    with visit.writing() as session, refused_as(_THERE, _UNKNOWN):
        made = record_complaint(
            session, vendor, project.strip(), received_on, text, visit.person, visit.now, today=visit.today,
            call_id=call_id.strip() or None,
        )  # fmt: skip
        record_event(session, visit.person, Did.CHANGED, f"complaint {made.complaint_id}", visit.now, "recorded")
    return _back("complaint-new", "complaints")


@router.post("/complaints/{complaint_id}/answer")
def complaint_answer(
    visit: OfVendor, complaint_id: InPath, answer: Annotated[str, Form()] = "", back: Annotated[str, Form()] = ""
) -> Response:
    """The vendor's answer, given once and before the decision."""
    late = "这件投诉已经答复过或已经裁定，不能再答复。"
    with visit.writing() as session, refused_as(late, "请写明答复，最多 2000 字。"):
        visible_complaint(session, visit.person, complaint_id)
        answer_complaint(session, complaint_id, answer, visit.person, visit.now)
        record_event(session, visit.person, Did.CHANGED, f"complaint {complaint_id}", visit.now, "answered")
    if back == "vendor":
        return RedirectResponse(f"/vendor?done=answer-{complaint_id}#complaints", 303)
    return _back(f"answer-{complaint_id}", "complaints")


@router.post("/complaints/{complaint_id}/decide")
def complaint_decide(
    visit: Supervising,
    complaint_id: InPath,
    justified: Annotated[bool, Form()],
    decision: Annotated[str, Form()] = "",
) -> Response:
    """Decide a complaint, once and for all; a justified one is a fault of the month it was received in."""
    late = "这件投诉不能由您裁定：可能已经有人裁定，或者是您记录的。请刷新后再看。"
    with visit.writing() as session, refused_as(late, "请写明裁定理由，最多 2000 字。"):
        visible_complaint(session, visit.person, complaint_id)
        decide_complaint(
            session, complaint_id, justified=justified, decision=decision, person=visit.person, now=visit.now
        )
        said = "justified" if justified else "unjustified"
        record_event(session, visit.person, Did.DECIDED, f"complaint {complaint_id}", visit.now, said)
    return _back(f"decision-{complaint_id}", "complaints")


@router.post("/number-checks")
def number_check_record(
    visit: Centre,
    vendor: Annotated[str, Form()],
    project: Annotated[str, Form()],
    checked_on: Annotated[date, Form()],
    number: Annotated[str, Form()],
    fault: Annotated[str, Form()] = "",
    call_id: Annotated[str, Form()] = "",
) -> Response:
    """Record a number that was called to check on it; a fault counts against the vendor."""
    with visit.writing() as session, refused_as(_THERE, _UNKNOWN_NUMBER):
        made = check_number(
            session, vendor, project.strip(), checked_on, number, fault.strip() or None, visit.person, visit.now,
            zone=visit.zone, call_id=call_id.strip() or None,
        )  # fmt: skip
        posted = f"entry {made.posted.number}" if made.posted else "in order"
        record_event(session, visit.person, Did.CHANGED, f"number check of {vendor}", visit.now, posted)
    return _back("number-new", "numbers")


@router.post("/project-checks")
def project_check_record(
    visit: Centre,
    vendor: Annotated[str, Form()],
    project: Annotated[str, Form()],
    month: Annotated[str, Form()],
    item: Annotated[str, Form()],
    points: Annotated[int, Form(ge=1, le=FULL_SCORE)],
    text: Annotated[str, Form()] = "",
) -> Response:
    """Record what a project fell short of in a month; it loses points."""
    with visit.writing() as session, refused_as(_THERE, _UNKNOWN):
        made = check_project(
            session, vendor, project.strip(), _month(month), item, points, text, visit.person, visit.now,
            zone=visit.zone,
        )  # fmt: skip
        posted = f"entry {made.posted.number}" if made.posted else ""
        record_event(session, visit.person, Did.CHANGED, f"project check of {vendor}", visit.now, posted)
    return _back("project-new", "projects-checked")


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as error:
        raise BadInput("月份要写成 2026-03 这样。") from error


def _back(done: str, place: str) -> Response:
    return RedirectResponse(f"/complaints?done={done}#{place}", 303)
