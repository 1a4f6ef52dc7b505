"""Who acts: a name proven by its password, from the environment or typed unseen.

callqa review confirm 12 --as 王敏        asks for the password
CALLQA_PASSWORD=… callqa review …        for programs
"""

import sys
from collections.abc import Collection
from datetime import UTC, datetime

import typer
from sqlalchemy import Engine

from pipeline.errors import StoreError, UsageError
from pipeline.records.person import Person, Role
from pipeline.services.logging_in import prove
from pipeline.settings import given_new_password, given_password

COMMAND_LINE = "command line"


def sign_in(engine: Engine, name: str, *, allowed: Collection[Role] = tuple(Role)) -> Person:
    """The person of that name, who has proven it. Raises StoreError where he has not, or is of none of the `allowed` roles.

    Called outside the transaction that follows. Ten wrong passwords lock the name out for a while, here and in the browser.
    """
    password = given_password() or _ask(f"password of {name}", "CALLQA_PASSWORD", confirm=False)
    person = prove(engine, name, password, COMMAND_LINE, datetime.now(UTC))
    if person.role not in allowed:
        raise StoreError(
            f"user {name!r} is {person.role.value}; this takes {' or '.join(role.value for role in allowed)}"
        )
    return person


def new_password(name: str) -> str:
    """A password that somebody is to have from now on."""
    return given_new_password() or _ask(f"new password of {name}", "CALLQA_NEW_PASSWORD", confirm=True)


def _ask(what: str, variable: str, *, confirm: bool) -> str:
    if not sys.stdin.isatty():
        raise UsageError(f"{what}: there is no terminal to ask on; set {variable}")
    return str(typer.prompt(what, hide_input=True, confirmation_prompt=confirm, err=True))
