"""exit-case: how a cooperation ends; opened by a trigger, ended by three people's approvals (P-61, P-62, P-71)."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from flows.commands.warnings import Name, Number, OnlyVendor, act, rectification, warning
from flows.console import out, print_json
from flows.options import ActingAs, AsJson
from flows.showing_cases import case_json, due_lines, table_of
from flows.signing_in import sign_in
from pipeline.records.person import Role
from pipeline.records.project import BusinessType
from pipeline.services.case_book import CaseBook
from pipeline.services.cases import open_what_is_due
from pipeline.services.drawing import open_store
from pipeline.services.exiting import CENTRE, HAND_OVER, PROPOSE, Desk
from pipeline.services.objects import Json
from pipeline.settings import load
from pipeline.store.engine import reading, writing

exit_case = typer.Typer(
    no_args_is_help=True, help="Exit cases (退出): nothing exits by itself, three people approve it."
)

Note = Annotated[str, typer.Option(help="What is to be remembered of it.")]
Reason = Annotated[str, typer.Option(help="Why.")]
_APPROVERS = (Role.SUPERVISOR, Role.MARKETING, Role.VICE_PRESIDENT)


def register(app: typer.Typer) -> None:
    """Add the commands of this file, and those of warnings and rectifications."""
    app.add_typer(warning, name="warning")
    app.add_typer(rectification, name="rectification")
    app.add_typer(exit_case, name="exit-case")


@exit_case.command("list")
def list_command(
    context: typer.Context,
    vendor: OnlyVendor = None,
    is_open: Annotated[bool, typer.Option("--open", help="Only those that are not decided.")] = False,
    as_json: AsJson = False,
) -> None:
    """Every exit case, where it stands and who approves next."""
    cases = [one for one in _cases(context, vendor) if not is_open or one["state"] not in ("exited", "dropped")]
    if as_json:
        print_json(cases)
        return
    columns = ("case", "vendor", "type", "trigger", "evidence", "state", "opened", "next_approval", "no_longer_stands")
    out.print(table_of("Exit cases", cases, columns) if cases else "no exit cases")


@exit_case.command("show")
def show_command(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """One case: what it rests on, who approved it, what is still to be handed over."""
    settings = load(context.obj)
    with reading(open_store(settings)) as session:
        book = CaseBook(session, datetime.now(UTC), ZoneInfo(settings.timezone))
        case, history = book.case(number)
        shown = case_json(case, book.why_over(case, history), book.policy.exit)
    if as_json:
        print_json(shown)
        return
    for key, value in shown.items():
        if value not in (None, []):
            told = "; ".join(map(_told, value)) if isinstance(value, list) else value
            out.print(f"{key.replace('_', ' ')}: {told}", markup=False, soft_wrap=True)


@exit_case.command("check")
def check_command(context: typer.Context) -> None:
    """Post what has become due: warnings of confirmed breaches, vetoes, cases with their suspensions."""
    settings = load(context.obj)
    with writing(open_store(settings)) as session:
        posted = open_what_is_due(session, datetime.now(UTC), zone=ZoneInfo(settings.timezone))
    for line in due_lines(posted):
        out.print(line, markup=False, soft_wrap=True)
    if not posted:
        out.print("nothing is due")


@exit_case.command("open")
def open_command(
    context: typer.Context,
    vendor: Name,
    acting: ActingAs,
    reason: Reason,
    business_type: Annotated[BusinessType | None, typer.Option("--type", help="Of one type; default all.")] = None,
    veto: Annotated[bool, typer.Option(help="Found to deal in another operator's products: suspends at once.")] = False,
) -> None:
    """Propose an exit: a yearly check, something found on site, the vendor's own wish."""
    if veto:
        act(context, acting, PROPOSE, lambda desk: desk.veto(vendor, reason))
        return
    opened = act(context, acting, PROPOSE, lambda desk: desk.propose_exit(vendor, business_type, reason))
    out.print(f"exit case {opened.number} of {vendor} is open", markup=False)


@exit_case.command("suspend")
def suspend_command(context: typer.Context, number: Number, acting: ActingAs, note: Note = "") -> None:
    """A supervisor's record that the vendor gets no new work; cases that a trigger opened cannot be approved without it."""
    act(context, acting, CENTRE, lambda desk: desk.record_suspension(number, note))
    out.print(f"exit case {number}: the suspension is recorded", markup=False)


@exit_case.command("approve")
def approve_command(context: typer.Context, number: Number, acting: ActingAs, note: Note = "") -> None:
    """初审, 复审, 终审: one of three approvals, by three people in the order of their roles."""
    act(context, acting, tuple(Role), lambda desk: desk.approve(number, note))
    out.print(f"exit case {number} is approved by {acting}", markup=False)


@exit_case.command("handover")
def handover_command(
    context: typer.Context,
    number: Number,
    acting: ActingAs,
    item: Annotated[str, typer.Option(help="A piece of the policy's checklist; a wrong one lists all.")],
    note: Note = "",
) -> None:
    """Record that a piece of the checklist was identified on site and handed over."""
    act(context, acting, HAND_OVER, lambda desk: desk.hand_over(number, item, note))
    out.print(f"exit case {number}: {item} is handed over", markup=False)


@exit_case.command("close")
def close_command(context: typer.Context, number: Number, acting: ActingAs, note: Note = "") -> None:
    """Post the exit, once every approval and the whole checklist are there."""
    settings = load(context.obj)
    engine, zone = open_store(settings), ZoneInfo(settings.timezone)
    person, now = sign_in(engine, acting, allowed=CENTRE), datetime.now(UTC)
    with writing(engine) as session:
        exited = Desk(session, person, now, zone).close(number, note)
    vendor, types = exited.posted.entry.vendor, ", ".join(one.value for one in exited.types)
    out.print(
        f"{vendor} is out of {types or 'no type more'}{' and thus altogether' if exited.is_out else ''}", markup=False
    )
    if exited.barred_until is not None:
        out.print(f"{vendor} may apply again from {exited.barred_until} on", markup=False)


@exit_case.command("drop")
def drop_command(context: typer.Context, number: Number, acting: ActingAs, reason: Reason) -> None:
    """End a case without an exit. What still stands only the last of the approvers drops."""
    act(context, acting, _APPROVERS, lambda desk: desk.drop(number, reason))
    out.print(f"exit case {number} is dropped", markup=False)


def _cases(context: typer.Context, vendor: str | None) -> list[Json]:
    settings = load(context.obj)
    with reading(open_store(settings)) as session:
        book = CaseBook(session, datetime.now(UTC), ZoneInfo(settings.timezone))
        found = [(case, history) for history in book.histories(vendor) for case in history.cases]
        found.sort(key=lambda pair: pair[0].number)
        return [case_json(case, book.why_over(case, history), book.policy.exit) for case, history in found]


def _told(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part)
    return str(value)
