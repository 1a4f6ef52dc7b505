"""user: who can log in. Vendors and policies, which people answer for, are registered along with them."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from flows.commands import policies, vendors
from flows.console import out, print_json
from flows.options import ActingAs, AsJson
from flows.signing_in import new_password, sign_in
from pipeline.errors import StoreError, UsageError
from pipeline.records.person import Role
from pipeline.services.drawing import open_store
from pipeline.settings import load
from pipeline.store.api_tokens import ApiToken, make_token, revoke_token, revoke_tokens, tokens_of
from pipeline.store.engine import reading, writing
from pipeline.store.events import record_event
from pipeline.store.facts import facts_of
from pipeline.store.people import add_user, change_password, disable_user, has_users, users
from pipeline.store.tables import Did
from pipeline.store.web_sessions import end_other_sessions

user = typer.Typer(no_args_is_help=True, help="People who can log in, and what they may do.")


def register(app: typer.Typer) -> None:
    """Add the commands of this file, and those of vendors and policies."""
    app.add_typer(user, name="user")
    app.add_typer(vendors.vendor, name="vendor")
    app.add_typer(policies.policy, name="policy")


@user.command("add")
def add_command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    role: Annotated[Role, typer.Option(help="What the person may do.")],
    vendor: Annotated[str | None, typer.Option(help="Whose person it is; for role vendor only.")] = None,
    acting: Annotated[str | None, typer.Option("--as", metavar="NAME", help="An administrator.")] = None,
) -> None:
    """Add somebody. The first of all is an administrator; everybody else is added by one."""
    engine = open_store(load(context.obj))
    by = sign_in(engine, acting, allowed=(Role.ADMINISTRATOR,)) if acting is not None else None
    password = new_password(name)
    with writing(engine) as session:
        if by is None and has_users(session):
            raise UsageError("an administrator adds people: --as NAME")
        if by is None and role is not Role.ADMINISTRATOR:
            raise UsageError(f"the first user is an administrator, not {role.value}: --role administrator")
        if vendor is not None and not facts_of(session, vendor):
            raise StoreError(f"vendor {vendor!r} is not registered; `callqa vendor list` shows all")
        add_user(session, name, role, password, datetime.now(UTC), vendor=vendor, created_by=by.name if by else None)
    out.print(f"{name} can log in as {role.value}", markup=False)


@user.command("token")
def token_command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who proves to be himself: a token acts as its person.")],
    title: Annotated[str, typer.Option("--for", metavar="TEXT", help="What the token is for.")] = "",
    revoke: Annotated[int | None, typer.Option(metavar="TOKEN", help="Let this one of his hold no more.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a token with which a program reads as somebody (`/api/v1`), revoke one, or show all. A new one is printed once and stored nowhere."""
    engine = open_store(load(context.obj))
    person, now = sign_in(engine, name), datetime.now(UTC)
    if title and revoke is not None:
        raise UsageError("a token is made (--for) or revoked (--revoke), not both at once")
    if title:
        with writing(engine) as session:
            made = make_token(session, person, title, now)
            record_event(session, person, Did.CHANGED, f"user {name}", now, f"token {title.strip()}")
        if as_json:
            print_json({"token": made})
        else:
            sys.stdout.write(f"{made}\n")
        return
    if revoke is not None:
        with writing(engine) as session:
            ended = revoke_token(session, person, revoke, now)
            record_event(session, person, Did.CHANGED, f"user {name}", now, f"token {ended} revoked")
    with reading(engine) as session:
        _show_tokens(tokens_of(session, person), as_json)


@user.command("list")
def list_command(context: typer.Context, as_json: AsJson = False) -> None:
    """Everybody, also those who can log in no more."""
    with reading(open_store(load(context.obj))) as session:
        everybody = users(session)
    if as_json:
        print_json(
            [
                {
                    "name": one.person.name,
                    "role": one.person.role.value,
                    "vendor": one.person.vendor,
                    "created_by": one.created_by,
                    "created_at": one.created_at.isoformat(),
                    "disabled_by": one.disabled_by,
                    "disabled_at": one.disabled_at.isoformat() if one.disabled_at else None,
                }
                for one in everybody
            ]
        )
        return
    table = Table(title="Users")
    for heading in ("name", "role", "vendor", "since", "until"):
        table.add_column(heading)
    for one in everybody:
        until = f"{one.disabled_at:%Y-%m-%d}" if one.disabled_at else ""
        person = one.person
        table.add_row(person.name, person.role.value, person.vendor or "", f"{one.created_at:%Y-%m-%d}", until)
    out.print(table if everybody else "nobody yet: `callqa user add NAME --role administrator`")


@user.command("disable")
def disable_command(
    context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME")], acting: ActingAs
) -> None:
    """Let somebody log in no more; what he decided stays under his name."""
    engine = open_store(load(context.obj))
    by = sign_in(engine, acting, allowed=(Role.ADMINISTRATOR,))
    with writing(engine) as session:
        disable_user(session, name, datetime.now(UTC), disabled_by=by.name)
    out.print(f"{name} can log in no more", markup=False)


@user.command("password")
def password_command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    acting: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="An administrator, where the old one is lost.")
    ] = None,
) -> None:
    """Give somebody another password: his own with the old one, or an administrator anybody's, whose tokens then hold no more.

    Either ends what is logged in.
    """
    engine = open_store(load(context.obj))
    by = sign_in(engine, acting or name)
    if by.name != name and by.role is not Role.ADMINISTRATOR:
        raise StoreError(f"user {by.name!r} is {by.role.value}; only an administrator sets another's password")
    password = new_password(name)
    with writing(engine) as session:
        change_password(session, name, password)
        end_other_sessions(session, name, "", now := datetime.now(UTC))
        if by.name != name:
            revoke_tokens(session, name, now)
    out.print(f"{name} has another password", markup=False)


def _show_tokens(tokens: Sequence[ApiToken], as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    "token": one.token_id,
                    "for": one.title,
                    "created_at": one.created_at.isoformat(),
                    "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
                }
                for one in tokens
            ]
        )
        return
    table = Table("token", "for", "since", "revoked")
    for one in tokens:
        revoked = f"{one.revoked_at:%Y-%m-%d}" if one.revoked_at else ""
        table.add_row(str(one.token_id), escape(one.title), f"{one.created_at:%Y-%m-%d}", revoked)
    out.print(table if tokens else "no token: --for TEXT makes one")
