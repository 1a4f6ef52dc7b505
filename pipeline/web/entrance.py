"""Logging in and out, language and light."""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.errors import StoreError
from pipeline.services.logging_in import prove
from pipeline.store.engine import reading, writing
from pipeline.store.events import record_event
from pipeline.store.tables import Did
from pipeline.store.web_sessions import end_session, find_session, open_session
from pipeline.web.menu import home_of
from pipeline.web.pages import LIGHTS, page
from pipeline.web.refusals import TooOften
from pipeline.web.speech import LANGUAGES
from pipeline.web.visit import COOKIE, Anybody

router = APIRouter()
OPEN_TO_ALL = ("login", "log_in", "choose_language", "choose_light")
_A_YEAR_S = 365 * 24 * 3600


@router.get("/")
def home(visit: Anybody) -> Response:
    """Where the person begins."""
    return RedirectResponse(home_of(visit.person.role), 303)


@router.get("/login")
def login(request: Request, next: str = "/") -> Response:  # noqa: A002 - the name of the query's field
    """The form; who is logged in already goes on."""
    with reading(request.app.state.engine) as session:
        if find_session(session, request.cookies.get(COOKIE, ""), datetime.now(UTC)) is not None:
            return RedirectResponse(_own(next), 303)
    return page(None, request, "login.html", next=_own(next), name="", refused="")


@router.post("/login")
def log_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the name of the form's field
) -> Response:
    """Log somebody in who proves himself; a wrong name and a wrong password are refused in the same words."""
    state, now = request.app.state, datetime.now(UTC)
    address = request.client.host if request.client else ""
    if not state.attempts.may_try(address, now):
        raise TooOften
    try:
        person = prove(state.engine, name, password, address, now)
    except StoreError:
        state.attempts.failed(address, now)
        refused = "用户名或密码不对，或该用户已停用。"
        return page(None, request, "login.html", status=401, next=_own(next), name=name, refused=refused)
    with writing(state.engine) as session:
        token = open_session(session, person, now)
        record_event(session, person, Did.LOGGED_IN, address, now)
    response = RedirectResponse(_own(next), 303)
    response.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=request.url.scheme == "https")
    return response


@router.post("/logout")
def log_out(request: Request, visit: Anybody) -> Response:
    """End the session."""
    with visit.writing() as session:
        end_session(session, request.cookies[COOKIE], visit.now)
        record_event(session, visit.person, Did.LOGGED_OUT, "", visit.now)
    response = RedirectResponse("/login", 303)
    response.delete_cookie(COOKIE)
    return response


@router.get("/language/{language}")
def choose_language(language: str, next: str = "/") -> Response:  # noqa: A002 - the name of the query's field
    """Show pages in another language from now on."""
    return _remember("lang", language if language in LANGUAGES else "zh", next)


@router.get("/light/{light}")
def choose_light(light: str, next: str = "/") -> Response:  # noqa: A002 - the name of the query's field
    """Show pages light, dark, or as the machine has it."""
    return _remember("light", light if light in LIGHTS else "auto", next)


def wanted(request: Request) -> str:
    """What was asked for; of a form, the page that it stands on."""
    page_of = urlsplit(request.headers.get("Referer", "/")) if request.method != "GET" else request.url
    return (page_of.path or "/") + (f"?{page_of.query}" if page_of.query else "")


def login_address(request: Request) -> str:
    """Where to log in, coming back to what was asked for."""
    return f"/login?next={quote(wanted(request))}"


def _remember(name: str, value: str, next_: str) -> Response:
    response = RedirectResponse(_own(next_), 303)
    response.set_cookie(name, value, max_age=_A_YEAR_S, httponly=True, samesite="lax")
    return response


def _own(address: str) -> str:
    """An address of this server, or the beginning: nobody is sent elsewhere by a link to the log-in."""
    parts = urlsplit(address)
    is_own = not parts.scheme and not parts.netloc and address.startswith("/") and address[1:2] not in ("/", "\\")
    return address if is_own and address.isprintable() else "/"
