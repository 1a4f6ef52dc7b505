"""The page of a call: what was found, its sound and its words, what it costs and what was decided.

    /calls/7                 the page; ?at=42218 opens at a second, ?session=3 for a calibration session
    /calls/7/parts           what changes when somebody decides, for the page itself
    /calls/7/unmask          shows personal data for a while, which is written down

`web/deciding.py` takes the decisions, `web/sound.py` sends the sound.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pipeline.services.judging import settle_due
from pipeline.store.call_file import subject_of
from pipeline.store.events import record_event
from pipeline.store.seats import open_assignment
from pipeline.store.tables import Did
from pipeline.store.visible import visible_call
from pipeline.web.call_context import NOTHING_TYPED, Typed, page_context, parts_context
from pipeline.web.numbers import InPath
from pipeline.web.pages import page, render
from pipeline.web.visit import CallReading, House, Visit

router = APIRouter()
Number = Annotated[int | None, Query(ge=0, le=999_999_999)]


@router.get("/calls/{call_pk}")
def call_page(
    request: Request, visit: CallReading, call_pk: InPath, session: Number = None, at: Number = None
) -> Response:
    """The page of a call."""
    settle_due(visit.engine, visit.now, visit.settings.confirmation_path)
    with visit.writing() as store:
        call = visible_call(store, visit.person, call_pk)
        record_event(store, visit.person, Did.READ, subject_of(call), visit.now)
        open_assignment(store, call_pk, visit.person, visit.now)
    return whole_page(request, visit, call_pk, session, at=at)


@router.get("/calls/{call_pk}/parts")
def call_parts(request: Request, visit: CallReading, call_pk: InPath, session: Number = None) -> Response:
    """What changes when somebody decides: findings, score, history."""
    settle_due(visit.engine, visit.now, visit.settings.confirmation_path)
    return parts(request, visit, call_pk, session)


@router.post("/calls/{call_pk}/unmask")
def unmask_call(visit: House, call_pk: InPath, session: Annotated[str, Form()] = "") -> Response:
    """Show the call's personal data to this person for a quarter of an hour. Who did, and when, stays on record."""
    with visit.writing() as store:
        call = visible_call(store, visit.person, call_pk)
        record_event(store, visit.person, Did.UNMASKED, subject_of(call), visit.now)
    return RedirectResponse(call_address(call_pk, session), 303)


def whole_page(
    request: Request,
    visit: Visit,
    call_pk: int,
    session_id: int | None,
    *,
    at: int | None = None,
    typed: Typed = NOTHING_TYPED,
    status: int = 200,
) -> HTMLResponse:
    """The page, with what was typed where something was refused."""
    return page(visit, request, "call.html", status=status, at=at, **page_context(visit, call_pk, session_id, typed))


def parts(
    request: Request, visit: Visit, call_pk: int, session_id: int | None, typed: Typed = NOTHING_TYPED
) -> HTMLResponse:
    """The parts that change, for htmx to put in their places."""
    context = parts_context(visit, call_pk, session_id, typed)
    return HTMLResponse(render(visit, request, "call_parts.html", **context), headers={"Cache-Control": "no-store"})


def call_address(call_pk: int, session_id: int | str | None, place: str = "") -> str:
    """Where the page is."""
    return f"/calls/{call_pk}" + (f"?session={session_id}" if session_id else "") + place
