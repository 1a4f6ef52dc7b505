"""close, restate, explain, statement: the month's end, and why its figures are what they are."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.tree import Tree

from flows.console import out, print_json
from flows.options import ActingAs, AsJson, parse_month
from flows.signing_in import sign_in
from pipeline.records.closed import Closing
from pipeline.records.person import Role
from pipeline.services.checklist import unsettled
from pipeline.services.closing import CLOSE, close_month, restate
from pipeline.services.drawing import open_store
from pipeline.services.explaining import MOST_CALLS, Explainer
from pipeline.services.ledger_proof import sign_ledger
from pipeline.services.objects import Json
from pipeline.services.reasons import Reason, moment
from pipeline.settings import load
from pipeline.store.confirmations import confirm_statement, confirmations
from pipeline.store.engine import reading, writing
from pipeline.store.policies import find_policy

statement = typer.Typer(no_args_is_help=True, help="Statements (结算单): a vendor's word that it has seen one.")

CarryOver = Annotated[
    list[int] | None,
    typer.Option("--carry-over", metavar="FINDING", help="A fatal finding that is decided later."),
]
InMonth = Annotated[str, typer.Argument(metavar="MONTH", help="As 2026-03.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("close")(close_command)
    app.command("restate")(restate_command)
    app.command("explain")(explain_command)
    app.add_typer(statement, name="statement")


def close_command(
    context: typer.Context, month: InMonth, acting: ActingAs, carry_over: CarryOver = None, as_json: AsJson = False
) -> None:
    """Close a month, once and for all. What is in the way is said, all of it; closed again, it is what it was."""
    closing, is_new = _make(context, close_month, month, acting, carry_over)
    _say(context, closing, as_json, "closed" if is_new else "closed already")


def restate_command(
    context: typer.Context, month: InMonth, acting: ActingAs, carry_over: CarryOver = None, as_json: AsJson = False
) -> None:
    """Make a closed month's lines anew, after appeals; its files stay, what changes goes into the next open month's money."""
    closing, is_new = _make(context, restate, month, acting, carry_over)
    _say(context, closing, as_json, "restated" if is_new else "as it was: nothing has changed since")


def explain_command(
    context: typer.Context,
    name: Annotated[
        list[str],
        typer.Argument(
            metavar="ID", help="17 · JS-202603-0002 · 2026-03/VENDOR/PROJECT · VENDOR/CALL · verdict 7 · finding 12"
        ),
    ],
    calls: Annotated[int, typer.Option(min=1, help="So many calls of a month, the worst first.")] = MOST_CALLS,
    as_json: AsJson = False,
) -> None:
    """Why a figure, an entry, a warning or a case is what it is, down to the second of a call and who judged it."""
    settings = load(context.obj)
    with reading(open_store(settings)) as session:
        reason = Explainer(session, calls, ZoneInfo(settings.timezone)).explain(" ".join(name))
    if as_json:
        print_json(reason.as_json())
    else:
        out.print(_tree(reason), markup=False)


@statement.command("confirm")
def confirm_command(context: typer.Context, month: InMonth, acting: ActingAs) -> None:
    """A vendor's person confirms the vendor's statement of a closed month; it is final then, or when the appeal window is over."""
    engine = open_store(load(context.obj))
    person = sign_in(engine, acting, allowed=(Role.VENDOR,))
    with writing(engine) as session:
        closing = confirm_statement(session, parse_month(month), person, datetime.now(UTC))
    out.print(f"{person.vendor}: statement of {closing.month} r{closing.revision} is confirmed", markup=False)


@statement.command("list")
def list_command(context: typer.Context, month: InMonth, as_json: AsJson = False) -> None:
    """Which vendors have confirmed a closed month's statement."""
    settings = load(context.obj)
    with reading(open_store(settings)) as session:
        found = confirmations(session, parse_month(month))
    if as_json:
        print_json(
            [
                {"vendor": one.vendor, "revision": one.revision, "by": one.person, "at": one.at.isoformat()}
                for one in found
            ]
        )
        return
    for one in found:
        when = moment(one.at, ZoneInfo(settings.timezone))
        out.print(f"{one.vendor}: r{one.revision}, {one.person}, {when}", markup=False)
    if not found:
        out.print("no vendor has confirmed it yet")


def _make(
    context: typer.Context, make: Callable[..., Closing], month: str, name: str, carry_over: list[int] | None
) -> tuple[Closing, bool]:
    """Close or restate as somebody, and sign the ledger's end; whether it was made now."""
    settings, wanted = load(context.obj), parse_month(month)
    engine, now = open_store(settings), datetime.now(UTC)
    person = sign_in(engine, name, allowed=CLOSE)
    with writing(engine) as session:
        zone = ZoneInfo(settings.timezone)
        closing = make(session, wanted, person, now, carry_over=carry_over or (), zone=zone)
    sign_ledger(settings, engine, now)
    return closing, closing.closed_at == now


def _say(context: typer.Context, closing: Closing, as_json: bool, what: str) -> None:
    if as_json:
        print_json(_closing_json(closing))
        return
    told = f"{closing.month} is {what}: revision {closing.revision}, by {closing.person}, entry {closing.entry}, lines {closing.sha256[:12]}"
    out.print(told, markup=False, soft_wrap=True)
    with reading(open_store(load(context.obj))) as session:
        policy = find_policy(session, closing.month)
        unpaid = unsettled(session, closing.month, policy) if policy else ()
    for one in unpaid:
        counts = ", ".join(
            f"{side} {'not handed in' if count is None else count}"
            for side, count in (("operator", one.counts.operator), ("vendor", one.counts.vendor))
        )
        told = f"nothing is paid for {one.vendor}/{one.project} yet: {counts}, tolerance {one.agreement.tolerance}"
        todo = f"`callqa counts import` or `counts audit`, then `callqa restate {closing.month}`"
        out.print(f"{told}; {todo}", markup=False, soft_wrap=True)


def _closing_json(closing: Closing) -> Json:
    return {
        "month": str(closing.month),
        "revision": closing.revision,
        "policy": closing.policy,
        "sha256": closing.sha256,
        "entry": closing.entry,
        "head": closing.head,
        "person": closing.person,
        "closed_at": closing.closed_at.isoformat(),
    }


def _tree(reason: Reason) -> Tree:
    told = "".join(f"\n  {name}: {text}" for name, text in reason.facts)
    tree = Tree(reason.title + told, highlight=False)
    for one in reason.because:
        tree.add(_tree(one))
    return tree
