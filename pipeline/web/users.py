"""Who can log in: added, disabled and given another password by an administrator, who hears and judges nothing."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.export.words import ROLES
from pipeline.records.person import Role
from pipeline.review.passwords import SHORTEST
from pipeline.store.api_tokens import revoke_tokens
from pipeline.store.events import record_event
from pipeline.store.facts import vendor_names
from pipeline.store.people import add_user, change_password, disable_user, find_person, users
from pipeline.store.tables import Did
from pipeline.store.web_sessions import end_other_sessions
from pipeline.web.pages import page
from pipeline.web.refusals import BadInput, refused_as
from pipeline.web.visit import Administering

router = APIRouter()
_REFUSED_WORDS = "密码要 8 到 256 个字符。"
_Field = Annotated[str, Form()]


@router.get("/users")
def user_list(request: Request, visit: Administering) -> Response:
    """Everybody, also those who can log in no more."""
    with visit.reading() as session:
        everybody, vendors = users(session), vendor_names(session)
    return page(
        visit, request, "users.html", users=everybody, vendors=[(one, one) for one in vendors],
        roles=[(role.value, ROLES[role]) for role in Role], role_names=ROLES, shortest=SHORTEST,
    )  # fmt: skip


@router.post("/users/add")
def add_somebody(
    visit: Administering, name: _Field = "", role: _Field = "", vendor: _Field = "", password: _Field = ""
) -> Response:
    """Add somebody with a first password, which he changes at his own page."""
    if role not in set(Role):
        raise BadInput("角色请在列表里选择。")
    with (
        visit.writing() as session,
        refused_as(
            "这个用户名已经有了，停用的也算；用户名一经使用不再更换。",
            "用户名 1 到 64 个字；外呼公司的人、也只有他们，要选所属公司；密码要 8 到 256 个字符。",
        ),
    ):
        if vendor and vendor not in vendor_names(session):
            raise BadInput("这家外呼公司还没有登记。")
        person = add_user(
            session, name.strip(), Role(role), password, visit.now, vendor=vendor or None, created_by=visit.person.name
        )
        said = f"added as {person.role.value}" + (f" of {person.vendor}" if person.vendor else "")
        record_event(session, visit.person, Did.CHANGED, f"user {person.name}", visit.now, said)
    return RedirectResponse("/users", 303)


@router.post("/users/disable")
def disable_somebody(visit: Administering, name: _Field = "") -> Response:
    """Let somebody log in no more; his sessions and tokens end at once."""
    with visit.writing() as session, refused_as("没有这个用户、已经停用，或者他是最后一名管理员。"):
        disable_user(session, name, visit.now, disabled_by=visit.person.name)
        record_event(session, visit.person, Did.CHANGED, f"user {name}", visit.now, "disabled")
    return RedirectResponse("/users", 303)


@router.post("/users/password")
def reset_password(visit: Administering, name: _Field = "", password: _Field = "") -> Response:
    """Give somebody another password, where he has lost his; he is logged out everywhere, and his tokens hold no more."""
    with visit.writing() as session, refused_as("没有这个用户。", _REFUSED_WORDS):
        person = find_person(session, name)
        change_password(session, person.name, password)
        end_other_sessions(session, person.name, "", visit.now)
        revoke_tokens(session, person.name, visit.now)
        record_event(session, visit.person, Did.CHANGED, f"user {person.name}", visit.now, "new password")
    return RedirectResponse("/users", 303)
