"""What the read side offers: as OpenAPI for programs, as a page for people."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response
from fastapi.routing import APIRoute

from pipeline import __version__
from pipeline.export.words import ROLES
from pipeline.records.person import Role
from pipeline.web.api import calls, house, ledger, months
from pipeline.web.api.answers import examples
from pipeline.web.pages import page
from pipeline.web.visit import Allow, Anybody, ApiAnybody

READ_SIDE: tuple[APIRouter, ...] = (calls.router, months.router, ledger.router, house.router)
router = APIRouter()
_ABOUT = """What the pages show, for programs; it changes nothing.

Every request brings `Authorization: Bearer callqa_…`, a token that its person has made at `/me` or with `callqa user token`, and answers what that
person may see. Lists come in pages: `next` of an answer is the `before` or `after` of the next request, null where there is no more. Personal data
is masked. Money is in fen, times in milliseconds, instants are UTC unless they say otherwise."""


@dataclass(frozen=True, slots=True)
class Described:
    """A route as the page shows it."""

    path: str
    title: str
    parameters: tuple[str, ...]
    roles: tuple[Role, ...]
    example: str


@router.get("/api/openapi.json", response_model=None, include_in_schema=False)
def api_schema(visit: ApiAnybody) -> Mapping[str, Any]:
    """The description for programs."""
    return openapi()


@router.get("/me/api", include_in_schema=False)
def api_page(request: Request, visit: Anybody) -> Response:
    """The description for people: what one's own role opens."""
    known = [one for one in described() if visit.person.role in one.roles]
    return page(visit, request, "api.html", routes=known, role_names=ROLES, address=str(request.base_url).rstrip("/"))


def openapi() -> Mapping[str, Any]:
    """OpenAPI of the read side alone."""
    found = get_openapi(title="callqa", version=__version__, description=_ABOUT, routes=_routes())
    components = found.setdefault("components", {})
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    found["security"] = [{"token": []}]
    # Set here, for what makes the description leaves out whatever is null in an example.
    for route in _routes():
        answer = found["paths"][route.path_format]["get"]["responses"]["200"]["content"]["application/json"]
        answer["example"] = examples()[route.name]
    return found


def described() -> list[Described]:
    """The routes in the order of their parts."""
    paths = openapi()["paths"]
    return [
        Described(
            route.path_format,
            route.summary or "",
            tuple(one["name"] for one in paths[route.path_format]["get"].get("parameters", ())),
            _roles(route),
            json.dumps(examples()[route.name], ensure_ascii=False, indent=1),
        )
        for route in _routes()
    ]  # fmt: skip


def _routes() -> Sequence[APIRoute]:
    return [route for router in READ_SIDE for route in router.routes if isinstance(route, APIRoute)]


def _roles(route: APIRoute) -> tuple[Role, ...]:
    allowed = next(one.call.roles for one in route.dependant.dependencies if isinstance(one.call, Allow))
    return tuple(role for role in Role if role in allowed)
