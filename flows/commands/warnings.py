"""warning, rectification: what a vendor was warned of, and what it is to put right (P-60, P-61)."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from flows.console import out, print_json
from flows.options import ActingAs, AsJson, today
from flows.showing_cases import count_line, due_lines, rectification_json, table_of
from flows.signing_in import sign_in
from pipeline.records.entry import Posted
from pipeline.records.person import Role
from pipeline.services.cases import open_what_is_due
from pipeline.services.drawing import open_store
from pipeline.services.exiting import CENTRE, Desk
from pipeline.services.objects.warnings import warned, warning_json, warnings_json
from pipeline.settings import load
from pipeline.store.cases import vendor_histories
from pipeline.store.engine import reading, writing

warning = typer.Typer(no_args_is_help=True, help="Warnings (警告): three in a qualification term open an exit case.")
rectification = typer.Typer(no_args_is_help=True, help="Rectifications (整改): overdue ones open an exit case.")

Name = Annotated[str, typer.Argument(metavar="VENDOR")]
Number = Annotated[int, typer.Argument(metavar="NUMBER")]
OnlyVendor = Annotated[str | None, typer.Option(help="Only this vendor's.")]


def act(context: typer.Context, name: str, allowed: Collection[Role], do: Callable[[Desk], Posted]) -> Posted:
    """Let somebody do one thing, in one transaction with what follows from it by itself; says what has followed."""
    settings = load(context.obj)
    engine, zone = open_store(settings), ZoneInfo(settings.timezone)
    person, now = sign_in(engine, name, allowed=allowed), datetime.now(UTC)
    with writing(engine) as session:
        done = do(Desk(session, person, now, zone))
        followed = open_what_is_due(session, now, vendor=done.entry.vendor, zone=zone)
    for line in due_lines(followed):
        out.print(line, markup=False, soft_wrap=True)
    return done


@warning.command("list")
def list_command(context: typer.Context, vendor: OnlyVendor = None, as_json: AsJson = False) -> None:
    """Every warning, and how many stand against each vendor in its qualification term and in the year."""
    settings = load(context.obj)
    with reading(open_store(settings)) as session:
        given, counts = warned(session, today(settings), ZoneInfo(settings.timezone), vendor)
    if as_json:
        print_json(warnings_json(given, counts))
        return
    warnings = [warning_json(*one) for one in given]
    columns = ("warning", "vendor", "project", "ground", "month", "evidence", "day", "voided_by")
    out.print(table_of("Warnings", warnings, columns) if warnings else "no warnings")
    for count in counts:
        out.print(count_line(count), markup=False, soft_wrap=True)


@warning.command("give")
def give_command(
    context: typer.Context,
    vendor: Name,
    acting: ActingAs,
    project: Annotated[str, typer.Option(help="The project in which the rule was broken.")],
    reason: Annotated[str, typer.Option(help="Which rule, when, on what evidence.")],
) -> None:
    """Warn a vendor that broke a rule in operating; warnings of figures and confirmed breaches come by themselves."""
    given = act(context, acting, CENTRE, lambda desk: desk.give_warning(vendor, project, reason))
    out.print(f"warning {given.number} is given to {vendor}", markup=False)


@warning.command("void")
def void_command(
    context: typer.Context,
    number: Number,
    acting: ActingAs,
    reason: Annotated[str, typer.Option(help="Why it no longer stands.")],
) -> None:
    """Take a warning back; an exit case that hung on it is reopened."""
    act(context, acting, CENTRE, lambda desk: desk.void_warning(number, reason))
    out.print(f"warning {number} is voided; what hung on it: `callqa exit-case list`", markup=False)


@rectification.command("open")
def open_command(
    context: typer.Context,
    vendor: Name,
    acting: ActingAs,
    demand: Annotated[str, typer.Option(help="What is to be put right.")],
    project: Annotated[str | None, typer.Option(help="In which project; default all.")] = None,
    warned: Annotated[int | None, typer.Option("--warning", help="The warning that it hangs on.")] = None,
) -> None:
    """Demand that something be put right within the days that the policy gives."""
    opened = act(context, acting, CENTRE, lambda desk: desk.demand_rectification(vendor, project, demand, warned))
    until = opened.entry.subject.split()[-1]
    out.print(f"rectification {opened.number} of {vendor}: until {until}, that day included", markup=False)


@rectification.command("close")
def close_command(
    context: typer.Context,
    number: Number,
    acting: ActingAs,
    shown: Annotated[str, typer.Option("--note", help="What shows that it was put right.")],
) -> None:
    """Record that it was put right today."""
    closed = act(context, acting, CENTRE, lambda desk: desk.close_rectification(number, shown))
    out.print(f"rectification {number} of {closed.entry.vendor} is closed", markup=False)


@rectification.command("list")
def rectifications_command(context: typer.Context, vendor: OnlyVendor = None, as_json: AsJson = False) -> None:
    """Every rectification, with its last day and whether it is overdue."""
    settings = load(context.obj)
    with reading(open_store(settings)) as session:
        known = vendor_histories(session, ZoneInfo(settings.timezone))
    rows = [
        rectification_json(name, one, today(settings))
        for name in sorted(known)
        if vendor in (None, name)
        for one in known[name].rectifications
    ]
    if as_json:
        print_json(rows)
        return
    columns = ("rectification", "vendor", "project", "warning", "opened", "until", "state", "demand")
    out.print(table_of("Rectifications", rows, columns) if rows else "no rectifications")
