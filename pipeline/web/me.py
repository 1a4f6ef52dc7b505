"""One's own page: who one is here, another password, and tokens for programs that read in one's name."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.errors import StoreError
from pipeline.review.passwords import SHORTEST
from pipeline.services.logging_in import prove
from pipeline.store.api_tokens import LONGEST_TITLE, make_token, revoke_token, tokens_of
from pipeline.store.events import record_event
from pipeline.store.people import change_password
from pipeline.store.tables import Did
from pipeline.store.web_sessions import end_other_sessions
from pipeline.web.numbers import InPath
from pipeline.web.pages import page
from pipeline.web.refusals import BadInput, refused_as
from pipeline.web.visit import COOKIE, Anybody, Visit

router = APIRouter()
_Field = Annotated[str, Form()]


@router.get("/me")
def me(request: Request, visit: Anybody, done: str = "") -> Response:
    """Who is logged in, and as what."""
    return _page(request, visit, is_changed=done == "password")


@router.post("/me/password")
def change_own_password(
    request: Request, visit: Anybody, old: _Field = "", new: _Field = "", again: _Field = ""
) -> Response:
    """Change one's password; one stays logged in here, and nowhere else."""
    if new != again:
        raise BadInput("两次输入的新密码不一样。")
    try:
        prove(visit.engine, visit.person.name, old, "own page", visit.now)
    except StoreError as error:
        raise BadInput("现在的密码不对。") from error
    with visit.writing() as session, refused_as("没有这个用户。", "密码要 8 到 256 个字符。"):
        change_password(session, visit.person.name, new)
        end_other_sessions(session, visit.person.name, request.cookies.get(COOKIE, ""), visit.now)
        record_event(session, visit.person, Did.CHANGED, f"user {visit.person.name}", visit.now, "own password")
    return RedirectResponse("/me?done=password", 303)


@router.post("/me/tokens")
def add_token(request: Request, visit: Anybody, title: _Field = "") -> Response:
    """Make a token. It stands on the page that answers, and nowhere after that."""
    with visit.writing() as session, refused_as("没有这个用户。", "用途 1 到 64 个字。"):
        token = make_token(session, visit.person, title, visit.now)
        record_event(
            session, visit.person, Did.CHANGED, f"user {visit.person.name}", visit.now, f"token {title.strip()}"
        )
    return _page(request, visit, token=token)


@router.post("/me/tokens/{token_id}/revoke")
def end_token(visit: Anybody, token_id: InPath) -> Response:
    """Let one of one's own tokens hold no more."""
    with visit.writing() as session:
        title = revoke_token(session, visit.person, token_id, visit.now)
        said = f"token {title} revoked"
        record_event(session, visit.person, Did.CHANGED, f"user {visit.person.name}", visit.now, said)
    return RedirectResponse("/me", 303)


def _page(request: Request, visit: Visit, *, token: str = "", is_changed: bool = False) -> Response:
    with visit.reading() as session:
        tokens = tokens_of(session, visit.person)
    return page(
        visit, request, "me.html", tokens=tokens, token=token, is_changed=is_changed, shortest=SHORTEST,
        longest_title=LONGEST_TITLE,
    )  # fmt: skip
