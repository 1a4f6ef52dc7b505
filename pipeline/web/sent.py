"""A form whose fields are not known beforehand: its names and values as they were sent."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from pipeline.web.visit import CSRF_FIELD


async def _sent(request: Request) -> FormData:
    return await request.form()


Sent = Annotated[FormData, Depends(_sent)]
"""The form of a request."""


def value(form: FormData, name: str) -> str:
    """A field's value; empty where it was not sent."""
    given = form.get(name, "")
    return given if isinstance(given, str) else ""


def values(form: FormData, name: str) -> list[str]:
    """All values of a field."""
    return [given for given in form.getlist(name) if isinstance(given, str)]


def once_more(form: FormData) -> list[tuple[str, str]]:
    """The fields, to be sent again from another page."""
    return [(name, given) for name, given in form.multi_items() if isinstance(given, str) and name != CSRF_FIELD]
