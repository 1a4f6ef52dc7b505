"""What all answers to programs share: pages by key, one form of refusal, and examples that are answers of a real server.

{"items": [{"call": 41, …}, {"call": 40, …}], "next": 40}      the next page: ?before=40; null: this was the last
{"error": "没有这一页，或者您看不到它。"}                        404, 401 and so on
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from pipeline.web.numbers import LARGEST

PREFIX = "/api/v1"
DEFAULT_LIMIT, MOST = 100, 500
Item = TypeVar("Item")

Limit = Annotated[int, Query(ge=1, le=MOST, description="At most so many on a page.")]
Before = Annotated[int | None, Query(ge=1, le=LARGEST, description="The `next` of the page before this one.")]
After = Annotated[int, Query(ge=0, le=LARGEST, description="The `next` of the page before this one.")]
OnlyVendor = Annotated[str | None, Query(description="Only this vendor's.")]
OnlyProject = Annotated[str | None, Query(description="Only this project's.")]


Instant = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
"""A moment, written as the command line writes it."""


class Answer(BaseModel):
    """An object of an answer; a key that it does not know is a mistake of ours."""

    model_config = ConfigDict(extra="forbid")


class Page(Answer, Generic[Item]):
    """A page. `next` is the key with which the next one is asked for; null: this is the last."""

    items: list[Item]
    next: int | None = Field(description="The key with which the next page is asked for; null: this is the last.")


class Problem(Answer):
    """Why a request is not answered."""

    error: str = Field(description="One sentence, in Chinese unless the cookie `lang` says otherwise.")


_REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "No token, or one that is wrong, revoked, or of a disabled person."},
    403: {"model": Problem, "description": "The person's role does not open this."},
    404: {"model": Problem, "description": "There is no such thing, or none that the person may see."},
    409: {
        "model": Problem,
        "description": "As things stand there is no answer, for example before a policy is approved.",
    },
    422: {"model": Problem, "description": "A parameter is missing or malformed; the sentence names it."},
    429: {
        "model": Problem,
        "description": "Ten wrong tokens or passwords from this address within a quarter of an hour.",
    },
}


def is_for_programs(path: str) -> bool:
    """Whether an address is the read side's, where every answer is JSON."""
    return path == "/api" or path.startswith("/api/")


def router_of(subject: str) -> APIRouter:
    """A router of the read side; `subject` groups its routes."""
    return APIRouter(
        prefix=PREFIX, tags=[subject], responses=_REFUSALS, generate_unique_id_function=lambda route: route.name
    )


@cache
def examples() -> dict[str, object]:
    """Answers of a real server over two simulated months, lists cut short, by the names of the routes."""
    known: dict[str, object] = json.loads(Path(__file__).with_name("examples.json").read_text("utf-8"))
    return known


def page_of(rows: Sequence[dict[str, object]], keys: Sequence[int], limit: int) -> dict[str, object]:
    """A page of at most `limit` rows; one row more says that there is another page."""
    return {"items": list(rows[:limit]), "next": keys[limit - 1] if len(rows) > limit else None}
