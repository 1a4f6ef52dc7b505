"""Calibration sessions (校准): a supervisor opens one, people judge its calls on their pages, and when it is closed they are compared."""

import secrets
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from pipeline.errors import StoreError, UsageError
from pipeline.export.calibration_session import OPINIONS, opinion_lines
from pipeline.records.calibration_session import SessionOpinion
from pipeline.records.month import Month
from pipeline.records.verdict import Decision
from pipeline.services.calibrating import (
    MOST_CALLS,
    NoSuchCall,
    close_session,
    compared,
    drawn_calls,
    named_calls,
    open_session,
    standing,
)
from pipeline.store.calibrations import calibration, calibrations, progress, session_calls, session_opinions
from pipeline.store.events import record_event
from pipeline.store.offered import months_with_calls
from pipeline.store.tables import Did
from pipeline.web.downloads import csv_response
from pipeline.web.numbers import InPath
from pipeline.web.pages import page
from pipeline.web.refusals import BadInput
from pipeline.web.visit import Centre, Supervising, Visit

router = APIRouter()
DECISION_NAMES = {
    Decision.CONFIRMED: "属实",
    Decision.OVERTURNED: "不属实",
    Decision.RECLASSIFIED: "改判",
    Decision.ADDED: "补充",
}
_SEED_BYTES = 16


@router.get("/calibration")
def calibration_list(request: Request, visit: Centre) -> Response:
    """All sessions, and for a supervisor the form that opens one."""
    with visit.reading() as session:
        months = [(str(one), str(one)) for one in months_with_calls(session, visit.person)]
        return page(visit, request, "calibration_list.html", sessions=calibrations(session), months=months)


@router.post("/calibration")
def calibration_open(
    visit: Supervising,
    title: Annotated[str, Form()] = "",
    calls: Annotated[str, Form()] = "",
    month: Annotated[str, Form()] = "",
    count: Annotated[str, Form()] = "",
) -> Response:
    """Open a session with the calls that are named, or with some drawn by lot from a month's flagged ones."""
    names, seed = calls.split(), secrets.token_hex(_SEED_BYTES)
    with visit.writing() as session:
        chosen = _named(session, visit, names) if names else _drawn(session, visit, month, count, seed)
        try:
            number = open_session(session, title, chosen, visit.person, visit.now)
        except UsageError as error:
            raise BadInput("请写一个标题（最多 2000 字）。") from error
        how = f"{len(chosen)} calls, " + ("named" if names else f"drawn from {month}, seed {seed}")
        record_event(session, visit.person, Did.CHANGED, f"calibration {number}", visit.now, f"opened: {how}")
    return RedirectResponse(f"/calibration/{number}?done=opened", 303)


@router.get("/calibration/{number}")
def calibration_page(request: Request, visit: Centre, number: InPath, done: str = "") -> Response:
    """A session: what is left to judge while it is open, the comparison afterwards."""
    with visit.reading() as session:
        about, calls = calibration(session, number), session_calls(session, number)
        if about.closed_at is None:
            own = session_opinions(session, number, visit.person)
            return page(
                visit, request, "calibration_open.html", about=about, calls=calls, judged=_judged(own),
                progress=progress(session, number), done=done,
            )  # fmt: skip
        found = compared(session, number)
        return page(
            visit, request, "calibration_closed.html", about=about, calls={one.call_pk: one for one in calls},
            found=found, standing=standing(session, found), names=DECISION_NAMES,
            differing=sum(one.differing > 0 for one in found.faults),
        )  # fmt: skip


@router.post("/calibration/{number}/close")
def calibration_close(visit: Supervising, number: InPath) -> Response:
    """End a session."""
    with visit.writing() as session:
        about = calibration(session, number)
        if about.closed_at is not None:
            raise BadInput("这次校准已经结束。")
        close_session(session, number, visit.person, visit.now)
        record_event(session, visit.person, Did.CHANGED, f"calibration {number}", visit.now, "closed")
    return RedirectResponse(f"/calibration/{number}", 303)


@router.get("/calibration/{number}/opinions.csv")
def calibration_table(visit: Centre, number: InPath) -> Response:
    """What everybody thinks, one line each, as a file."""
    with visit.reading() as session:
        calls = {one.call_pk: one for one in session_calls(session, number)}
        try:
            lines = opinion_lines(calls, compared(session, number))
        except StoreError as error:
            if calibration(session, number).closed_at is not None:
                raise
            raise BadInput("校准结束以后才能看大家的判定。") from error
    visit.tell(Did.EXPORTED, f"calibration {number}")
    return csv_response(f"calibration-{number}", OPINIONS, lines)


def _named(session: Session, visit: Visit, names: Sequence[str]) -> list[int]:
    if len(names) > MOST_CALLS:
        raise BadInput("一次校准最多 50 通。")
    try:
        return named_calls(session, visit.person, names)
    except NoSuchCall as error:
        raise BadInput("有一通找不到，或者没有可听的录音。每行写一个“外呼公司/通话编号”。") from error


def _drawn(session: Session, visit: Visit, month: str, count: str, seed: str) -> list[int]:
    try:
        wanted, number = Month.parse(month), int(count)
    except ValueError as error:
        raise BadInput("请填月份和通数，或者列出通话。") from error
    if not 1 <= number <= MOST_CALLS:
        raise BadInput("一次校准最多 50 通。")
    if not (chosen := drawn_calls(session, visit.person, wanted, number, seed)):
        raise BadInput("这个月没有命中的通话。")
    return chosen


def _judged(own: Sequence[SessionOpinion]) -> dict[int, int]:
    """How many findings of each call the person has judged."""
    found: dict[int, set[int]] = {}
    for one in own:
        found.setdefault(one.call_pk, set()).update({one.finding_id} - {None})  # type: ignore[arg-type]
    return {call_pk: len(numbers) for call_pk, numbers in found.items()}
