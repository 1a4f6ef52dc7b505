"""The application: its pages, what happens to what goes wrong, and the rule that no route is open by mistake."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from pipeline import __version__
from pipeline.errors import CallqaError
from pipeline.records.person import Role
from pipeline.settings import Settings
from pipeline.store.engine import writing
from pipeline.store.events import record_event
from pipeline.store.tables import Did
from pipeline.store.visible import NotThere
from pipeline.web import entrance
from pipeline.web.api.answers import is_for_programs
from pipeline.web.attempts import Attempts
from pipeline.web.headers import refuse_large, with_headers, with_headers_of
from pipeline.web.pages import STATIC, language_of, page
from pipeline.web.refusal_words import OTHERWISE, sentence_of
from pipeline.web.refusals import Forbidden, LoggedOut, Refusal, WrongToken
from pipeline.web.sections import ROUTERS, background
from pipeline.web.speech import speech_of
from pipeline.web.visit import Allow

_log = logging.getLogger("callqa.web")
_NOT_FOUND = "没有这一页，或者您看不到它。"


def create_app(settings: Settings, engine: Engine) -> FastAPI:
    """The application of an installation. Raises RuntimeError where a route says nothing of who may use it."""

    @asynccontextmanager
    async def alive(app: FastAPI) -> AsyncIterator[None]:
        async with background(settings, engine):
            yield

    # No redirect of a trailing slash: it would be built on whatever the Host header says.
    app = FastAPI(
        title="callqa", version=__version__, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, lifespan=alive
    )  # fmt: skip
    app.state.settings, app.state.engine, app.state.attempts = settings, engine, Attempts()
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for router in (entrance.router, *ROUTERS):
        app.include_router(router)
    _refuse_open_routes(app)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(NotThere, _not_there)
    app.add_exception_handler(CallqaError, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(Exception, _unexpected)

    @app.middleware("http")
    async def guarded(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        try:
            refuse_large(request)
        except Refusal as refusal:
            status, sentence = refusal.status, str(refusal)
            return await with_headers(request, lambda _: _say(request, status, sentence))
        return await with_headers(request, call_next)

    return app


def roles_of(route: APIRoute) -> frozenset[Role] | None:
    """Who may use a route; None where it says nothing."""
    allowed = [one.call.roles for one in route.dependant.dependencies if isinstance(one.call, Allow)]
    return allowed[0] if len(allowed) == 1 else None


def _refuse_open_routes(app: FastAPI) -> None:
    for route in app.routes:
        if isinstance(route, APIRoute) and route.name not in entrance.OPEN_TO_ALL and roles_of(route) is None:
            raise RuntimeError(f"route {route.path} does not say who may use it")


async def _say(request: Request, status: int, sentence: str, detail: str = "") -> Response:
    """A page with one sentence; for a script the sentence alone, for a program an object."""
    if is_for_programs(request.url.path):
        headers = {"Cache-Control": "no-store", **({"WWW-Authenticate": "Bearer"} if status == 401 else {})}
        return JSONResponse({"error": f"{_spoken(request, sentence)} {detail}".strip()}, status, headers)
    if request.headers.get("HX-Request") or "text/html" not in request.headers.get("Accept", "text/html,*/*"):
        return PlainTextResponse(
            f"{_spoken(request, sentence)} {detail}".strip(), status, {"Cache-Control": "no-store"}
        )
    visit = getattr(request.state, "visit", None)
    return page(visit, request, "sentence.html", status=status, status_code=status, sentence=sentence, detail=detail)


def _spoken(request: Request, sentence: str) -> str:
    return speech_of(language_of(request)).gettext(sentence)


async def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, LoggedOut) and not request.headers.get("HX-Request"):
        if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
            return RedirectResponse(entrance.login_address(request), 303)
        # A form that comes too late: what was typed stays in the browser (`static/app.js`) and is there again after the log-in.
        return page(None, request, "login.html", status=401, next=entrance.wanted(request), name="",
                    refused="登录已过期。重新登录后，您写的内容还在。")  # fmt: skip
    if isinstance(error, (Forbidden, WrongToken)):
        await run_in_threadpool(_tell_refused, request, type(error).__name__)
    return await _say(request, error.status if isinstance(error, Refusal) else 400, str(error))


def _tell_refused(request: Request, why: str) -> None:
    visit = getattr(request.state, "visit", None)
    if visit is not None:
        with writing(request.app.state.engine) as session:
            record_event(
                session, visit.person, Did.REFUSED, request.url.path[:200], visit.now, f"{request.method} {why}"
            )


async def _not_there(request: Request, error: Exception) -> Response:
    await run_in_threadpool(_tell_refused, request, "NotThere")
    return await _say(request, 404, _NOT_FOUND)


async def _problem(request: Request, error: Exception) -> Response:
    """Something in the data. 409: it was refused as things stand, and nothing was written."""
    known = sentence_of(error, speech_of(language_of(request)).gettext) if isinstance(error, CallqaError) else None
    return await _say(request, 409, OTHERWISE, str(error)) if known is None else await _say(request, 409, known)


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    sentence = _NOT_FOUND if status == 404 else "这个请求这里不能处理。"
    response = await _say(request, status, sentence)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


async def _malformed(request: Request, error: Exception) -> Response:
    """A field that is missing or of the wrong kind: names it. A malformed part of the address is a page that is not there."""
    problems = error.errors() if isinstance(error, RequestValidationError) else []
    if any(one["loc"][0] == "path" for one in problems):
        return await _say(request, 404, _NOT_FOUND)
    names = "、".join(sorted({str(one["loc"][-1]) for one in problems}))
    return await _say(request, 422, _spoken(request, "这些栏目缺少内容或格式不对：") + names)


async def _unexpected(request: Request, error: Exception) -> Response:
    _log.error("unexpected %s at %s", type(error).__name__, request.url.path, exc_info=error)
    return with_headers_of(
        request, await _say(request, 500, "服务器出错了，什么也没有保存。请重试；再出现请联系管理员。")
    )
