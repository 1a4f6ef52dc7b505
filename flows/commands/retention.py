"""retention, destroy, hold: what is due, lists of what is destroyed under supervision, recordings that stay, old calls asked for (P-71, P-72)."""

import secrets
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from flows.console import out, print_json
from flows.options import ActingAs, AsJson, today
from flows.signing_in import sign_in
from pipeline.records.person import Role
from pipeline.services.drawing import open_store, policy_on
from pipeline.services.probing import answer, ask, probes
from pipeline.services.retention import MOST_ON_A_LIST, carry_out, decline, propose, sign
from pipeline.settings import load
from pipeline.store.destructions import Destruction, confirm_copies, destructions
from pipeline.store.engine import reading, writing
from pipeline.store.retention import Due, due_recordings, holds, place_hold, release_hold
from pipeline.store.states import named_call

retention = typer.Typer(no_args_is_help=True, help="What is due for destruction, and old recordings asked for.")
destroy = typer.Typer(no_args_is_help=True, help="Recordings destroyed under supervision (监督销毁).")
hold = typer.Typer(no_args_is_help=True, help="Recordings that stay (留存).")

Number = Annotated[int, typer.Argument(metavar="LIST")]
_SUPERVISOR, _CENTRE = (Role.SUPERVISOR,), (Role.REVIEWER, Role.SUPERVISOR)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(retention, name="retention")
    app.add_typer(destroy, name="destroy")
    app.add_typer(hold, name="hold")


@retention.command("due")
def due_command(context: typer.Context, as_json: AsJson = False) -> None:
    """What is old enough to go, and what of it stays because something hangs on it."""
    settings = load(context.obj)
    engine, day = open_store(settings), today(settings)
    policy = policy_on(settings, engine, day).retention
    with reading(engine) as session:
        due, held = due_recordings(session, policy, day, limit=MOST_ON_A_LIST)
    if as_json:
        print_json({"due": [_due_json(one) for one in due], "held": [_due_json(one) for one in held]})
        return
    table = Table(title=f"Due on {day}")
    for heading in ("archive", "vendor", "call", "day", "stays until"):
        table.add_column(heading)
    for one in (*due, *held):
        until = "" if one.held_until is None else str(one.held_until)
        table.add_row(one.archive_number, one.vendor, one.call_id, str(one.day), until)
    out.print(table if due or held else "nothing is due")


@retention.command("probe")
def probe_command(
    context: typer.Context,
    vendor: Annotated[str, typer.Argument(metavar="VENDOR")],
    acting: ActingAs,
    count: Annotated[int, typer.Option(help="How many calls.")] = 3,
    seed: Annotated[str | None, typer.Option(help="For simulated and test runs; else the system gives one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask a vendor for old recordings chosen at random."""
    settings = load(context.obj)
    engine = open_store(settings)
    person = sign_in(engine, acting, allowed=_SUPERVISOR)
    day, chosen = today(settings), seed or secrets.token_hex(8)
    policy = policy_on(settings, engine, day).retention
    with writing(engine) as session:
        asked = ask(session, policy, vendor, chosen, count, person, datetime.now(UTC), day)
    if as_json:
        print_json([{"probe": one.probe_id, "call_id": one.call_id, "day": str(one.day), "seed": one.seed} for one in asked])  # fmt: skip
        return
    for one in asked:
        out.print(f"probe {one.probe_id}: call {one.call_id} of {one.day}", markup=False)


@retention.command("produced")
def produced_command(
    context: typer.Context,
    probe_id: Annotated[int, typer.Argument(metavar="PROBE")],
    produced: Annotated[bool, typer.Option("--yes/--no", help="Whether the vendor could produce it.")],
    acting: ActingAs,
    note: Annotated[str, typer.Option(help="In your words.")] = "",
) -> None:
    """Record whether a vendor could produce a recording."""
    engine = open_store(load(context.obj))
    person = sign_in(engine, acting, allowed=_SUPERVISOR)
    with writing(engine) as session:
        answer(session, probe_id, produced, note, person, datetime.now(UTC))
    out.print(f"probe {probe_id} is recorded")


@retention.command("probes")
def probes_command(context: typer.Context) -> None:
    """What was asked for, what has no answer first."""
    with reading(open_store(load(context.obj))) as session:
        for one in probes(session):
            said = "no answer yet" if one.produced is None else "produced" if one.produced else "NOT produced"
            out.print(f"probe {one.probe_id}: {one.vendor} {one.call_id} of {one.day}: {said}", markup=False)


@destroy.command("propose")
def propose_command(context: typer.Context, acting: ActingAs, as_json: AsJson = False) -> None:
    """List what is due; a supervisor who did not propose it signs the list."""
    settings = load(context.obj)
    engine = open_store(settings)
    person = sign_in(engine, acting, allowed=_CENTRE)
    day = today(settings)
    policy = policy_on(settings, engine, day).retention
    with writing(engine) as session:
        number = propose(session, policy, person, datetime.now(UTC), day)
        (made,) = destructions(session, number)
    if as_json:
        print_json(_list_json(made))
    else:
        out.print(f"list {number}: {made.recordings} recordings, sha256 {made.items_sha256}")


@destroy.command("sign")
def sign_command(context: typer.Context, number: Number, acting: ActingAs) -> None:
    """Sign a list and delete what is on it; interrupted, signing again goes on."""
    settings = load(context.obj)
    engine = open_store(settings)
    person = sign_in(engine, acting, allowed=_SUPERVISOR)
    day, now = today(settings), datetime.now(UTC)
    policy = policy_on(settings, engine, day).retention
    with writing(engine) as session:
        known = destructions(session, number)
        if not known or known[0].signed_at is None or known[0].completed_at is not None:
            sign(session, number, person, now, day)
    done = carry_out(settings, engine, policy, number, now, day)
    out.print(f"list {number}: " + ", ".join(f"{count} {gone.value}" for gone, count in done.items()))


@destroy.command("decline")
def decline_command(context: typer.Context, number: Number, acting: ActingAs) -> None:
    """Let a list be."""
    engine = open_store(load(context.obj))
    person = sign_in(engine, acting, allowed=_SUPERVISOR)
    with writing(engine) as session:
        decline(session, number, person, datetime.now(UTC))
    out.print(f"list {number} is declined")


@destroy.command("confirm")
def confirm_command(
    context: typer.Context,
    number: Number,
    vendor: Annotated[str, typer.Option("--vendor")],
    document: Annotated[str, typer.Option(help="The vendor's document.")],
    acting: ActingAs,
) -> None:
    """Record that a vendor has destroyed its copies."""
    engine = open_store(load(context.obj))
    person = sign_in(engine, acting, allowed=_SUPERVISOR)
    with writing(engine) as session:
        confirm_copies(session, number, vendor, document, person, datetime.now(UTC))
    out.print(f"{vendor} has destroyed its copies of list {number}", markup=False)


@destroy.command("list")
def list_command(context: typer.Context, as_json: AsJson = False) -> None:
    """All lists, the latest first."""
    with reading(open_store(load(context.obj))) as session:
        found = destructions(session)
    if as_json:
        print_json([_list_json(one) for one in found])
        return
    for one in found:
        state = f"signed by {one.signed_by}" if one.signed_by else "declined" if one.declined_by else "waits"
        out.print(f"list {one.number}: {one.recordings} recordings, {state}, {one.deleted} deleted", markup=False)


@hold.command("add")
def add_command(
    context: typer.Context,
    call: Annotated[str, typer.Argument(metavar="VENDOR/CALL")],
    reason: Annotated[str, typer.Option(help="Why it must stay.")],
    acting: ActingAs,
) -> None:
    """Let a call's recordings stay."""
    engine = open_store(load(context.obj))
    person = sign_in(engine, acting, allowed=_SUPERVISOR)
    with writing(engine) as session:
        number = place_hold(session, named_call(session, call), reason, person, datetime.now(UTC))
    out.print(f"hold {number}: the recording of {call} stays", markup=False)


@hold.command("release")
def release_command(
    context: typer.Context, hold_id: Annotated[int, typer.Argument(metavar="HOLD")], acting: ActingAs
) -> None:
    """Let a hold go."""
    engine = open_store(load(context.obj))
    person = sign_in(engine, acting, allowed=_SUPERVISOR)
    with writing(engine) as session:
        release_hold(session, hold_id, person, datetime.now(UTC))
    out.print(f"hold {hold_id} is released")


@hold.command("list")
def holds_command(context: typer.Context) -> None:
    """The holds by hand, those that hold first."""
    with reading(open_store(load(context.obj))) as session:
        for one in holds(session):
            state = f"released by {one.released_by}" if one.released_by else f"since {one.placed_at:%Y-%m-%d}"
            out.print(f"hold {one.hold_id}: {one.vendor}/{one.call_id}, {one.reason}, {state}", markup=False)


def _due_json(one: Due) -> dict[str, object]:
    return {
        "archive_number": one.archive_number,
        "vendor": one.vendor,
        "call_id": one.call_id,
        "day": one.day.isoformat(),
        "sha256": one.sha256,
        "held_until": one.held_until.isoformat() if one.held_until else None,
    }


def _list_json(one: Destruction) -> dict[str, object]:
    return {
        "list": one.number,
        "until": one.until.isoformat(),
        "items_sha256": one.items_sha256,
        "recordings": one.recordings,
        "deleted": one.deleted,
        "shared": one.shared,
        "held": one.held,
        "proposed_by": one.proposed_by,
        "signed_by": one.signed_by,
        "declined_by": one.declined_by,
        "completed_at": one.completed_at.isoformat() if one.completed_at else None,
    }
