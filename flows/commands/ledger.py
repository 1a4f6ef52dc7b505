"""verify, ledger: proof that nothing was altered, the entries themselves, and signing what is there."""

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from flows.console import out, print_json, progress
from flows.options import AsJson, parse_month
from pipeline.errors import DataError
from pipeline.ledger.verification import Problem
from pipeline.records.entry import EntryKind, Posted
from pipeline.services.drawing import open_store
from pipeline.services.ledger_proof import Verified, sign_ledger, verify_ledger
from pipeline.services.objects.ledger import entry_json
from pipeline.settings import load
from pipeline.store.engine import reading
from pipeline.store.ledger import entries, head

ledger = typer.Typer(no_args_is_help=True, help="The ledger: what counts, once and for all, and what was signed of it.")


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("verify")(verify_command)
    app.add_typer(ledger, name="ledger")


def verify_command(
    context: typer.Context,
    checkpoints: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A copy of the checkpoints kept elsewhere.")
    ] = None,
    public_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A copy of the public key kept elsewhere.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hold every entry of the ledger against its hash and everything that was signed; exit 1 where something was altered."""
    settings = load(context.obj)
    engine = open_store(settings)
    with reading(engine) as session:
        total = head(session)[0]
    with progress("entries", total) as steps:
        found = verify_ledger(settings, engine, checkpoints=checkpoints, public=public_key, advance=steps.advance)
    if not found.problems and checkpoints is None and public_key is None:
        sign_ledger(settings, engine, datetime.now(UTC))
    if as_json:
        print_json(_verified_json(found))
    else:
        _show(found)
    if found.problems:
        raise typer.Exit(1)


@ledger.command("list")
def list_command(
    context: typer.Context,
    month: Annotated[str | None, typer.Option(metavar="MONTH")] = None,
    vendor: Annotated[str | None, typer.Option()] = None,
    project: Annotated[str | None, typer.Option()] = None,
    kind: Annotated[list[EntryKind] | None, typer.Option(help="May be given several times.")] = None,
    after: Annotated[int, typer.Option(metavar="ENTRY", help="Only entries after this one.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 1000,
    as_json: AsJson = False,
) -> None:
    """Show entries in their order."""
    wanted = None if month is None else parse_month(month)
    with reading(open_store(load(context.obj))) as session:
        found = entries(session, month=wanted, vendor=vendor, project=project, kinds=kind or None, after=after)
        shown = list(islice(found, limit))
    if as_json:
        print_json([entry_json(posted) for posted in shown])
    else:
        _show_entries(shown)


@ledger.command("sign")
def sign_command(context: typer.Context, as_json: AsJson = False) -> None:
    """Sign the last entry: add a checkpoint outside the database."""
    settings = load(context.obj)
    checkpoint = sign_ledger(settings, open_store(settings), datetime.now(UTC))
    if checkpoint is None:
        raise DataError("the ledger has no entry yet: there is nothing to sign")
    if as_json:
        print_json({name: getattr(checkpoint, name) for name in type(checkpoint).__slots__})
    else:
        text = f"entry {checkpoint.number} is signed at {checkpoint.at} UTC by key {checkpoint.key}"
        out.print(f"{text} in {settings.checkpoints_path}", markup=False, soft_wrap=True)


def _verified_json(found: Verified) -> dict[str, object]:
    return {
        "whole": not found.problems,
        "entries": found.entries,
        "checkpoints": len(found.signed.checkpoints),
        "signed_to": max((one.number for one in found.signed.checkpoints), default=None),
        "key": found.signed.key,
        "problems": [
            {"fault": one.fault.value, "first": one.first, "last": one.last, "text": one.text} for one in found.problems
        ],
    }


def _show(found: Verified) -> None:
    for problem in found.problems:
        out.print(_line(problem), markup=False, soft_wrap=True)
    signed, count = found.signed, f"{found.entries:,} entries"
    if found.problems:
        out.print(f"{count}: {len(found.problems)} problems; the ledger is NOT what it was", markup=False)
    elif not signed.checkpoints:
        out.print(f"{count}: every hash fits; nothing had been signed before", markup=False)
    else:
        last = max(signed.checkpoints, key=lambda one: one.number)
        text = f"{count}: every hash fits, so do closed months and what was signed of them, {len(signed.checkpoints)} times by key {signed.key}"
        out.print(f"{text}, the last of entry {last.number} at {last.at} UTC", markup=False, soft_wrap=True)


def _line(problem: Problem) -> str:
    if problem.last == 0:
        return f"{problem.fault.value}: {problem.text}"
    place = f"entry {problem.first}" if problem.first == problem.last else f"entries {problem.first}-{problem.last}"
    return f"{place}: {problem.fault.value}: {problem.text}"


def _show_entries(shown: list[Posted]) -> None:
    table = Table(title="Ledger")
    for heading in ("entry", "month", "kind", "vendor", "project", "subject", "rule", "points", "yuan", "by"):
        table.add_column(heading, justify="right" if heading in ("entry", "points", "yuan") else "left")
    for posted in shown:
        one = posted.entry
        by = one.person or ("" if one.role is None else one.role.value)
        subject = one.subject if one.reverses is None else f"{one.subject} (reverses {one.reverses})"
        figures = (f"{one.points:+d}" if one.points else "", f"{one.amount_fen / 100:+.2f}" if one.amount_fen else "")
        words = (one.kind.value, one.vendor, one.project or "", subject, one.rule or "")
        table.add_row(str(posted.number), str(one.month), *words, *figures, by)
    out.print(table if shown else "no such entries")
