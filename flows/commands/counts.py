"""counts: successes as both sides count them, held against each other and audited (P-51). The frame is registered along with them."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from flows.commands import frame
from flows.console import out, print_json
from flows.importing import File, InMonth, OfProject, OfVendor, refuse_empty, say_imported, sha256_of
from flows.options import ActingAs, AsJson, parse_month, today
from flows.signing_in import sign_in
from pipeline.records.month import Month
from pipeline.scoring.settlement import Agreement, Counts, agree
from pipeline.services.count_files import read_counts
from pipeline.services.drawing import open_store
from pipeline.settings import load
from pipeline.store import counts as stored
from pipeline.store.engine import reading, writing
from pipeline.store.facts import vendor_names
from pipeline.store.policies import policy_for
from pipeline.store.tables.months import Side

counts = typer.Typer(no_args_is_help=True, help="Successes as both sides count them.")


def register(app: typer.Typer) -> None:
    """Add the commands of this file, and those of the frame."""
    app.add_typer(frame.frame, name="frame")
    app.add_typer(counts, name="counts")


@counts.command("import")
def import_counts_command(
    context: typer.Context,
    file: File,
    side: Annotated[Side, typer.Option(help="Whose counts they are.")],
    acting: ActingAs,
    as_json: AsJson = False,
) -> None:
    """Take in one side's successes of months. All rows, or none and every line that is wrong."""
    settings = load(context.obj)
    engine = open_store(settings)
    person = sign_in(engine, acting)
    with reading(engine) as session:
        vendors = vendor_names(session)
    given, problems = read_counts(file, vendors, today(settings))
    new = 0
    if not problems:
        with writing(engine) as session:
            new = stored.save_success_counts(session, side, given, sha256_of(file), person, datetime.now(UTC))
    say_imported(file, len(given), new, problems, as_json)


@counts.command("audit")
def audit_command(
    context: typer.Context,
    vendor: OfVendor,
    project: OfProject,
    month: InMonth,
    accept: Annotated[int, typer.Option(min=0, metavar="N", help="So many successes are accepted.")],
    text: Annotated[str, typer.Option(help="What the audit found.")],
    acting: ActingAs,
) -> None:
    """Clear a difference beyond the tolerance (稽核): say how many successes there were, and why."""
    of = stored.ProjectMonth(vendor, project, parse_month(month))
    refuse_empty(text)
    engine = open_store(load(context.obj))
    person = sign_in(engine, acting, allowed=stored.AUDIT)
    with writing(engine) as session:
        policy = policy_for(session, of.month).settlement
        stored.record_audit(session, of, accept, text, person, policy, datetime.now(UTC))
    out.print(f"{vendor}/{project} {month}: {accept} successes are accepted", markup=False)


@counts.command("show")
def show_command(context: typer.Context, month: InMonth, as_json: AsJson = False) -> None:
    """Both sides' counts of a month, and what they come to."""
    wanted = parse_month(month)
    with reading(open_store(load(context.obj))) as session:
        policy = policy_for(session, wanted).settlement
        found = stored.success_counts(session, wanted)
    agreed = {of: (given, agree(given, policy)) for of, given in found.items()}
    if as_json:
        print_json([_counts_json(*of, *sides) for of, sides in agreed.items()])
    else:
        _show_counts(wanted, agreed)


def _counts_json(vendor: str, project: str, given: Counts, agreement: Agreement) -> dict[str, object]:
    return {
        "vendor": vendor,
        "project": project,
        "count_operator": given.operator,
        "count_vendor": given.vendor,
        "usage_fen": given.usage_fen,
        "difference": agreement.difference,
        "tolerance": agreement.tolerance,
        "agreed": agreement.count_agreed,
        "needs_audit": agreement.needs_audit,
        "audited": agreement.audited,
    }


def _show_counts(month: Month, agreed: dict[tuple[str, str], tuple[Counts, Agreement]]) -> None:
    table = Table(title=f"Successes {month}")
    for heading in ("vendor", "project", "operator", "their own", "difference", "tolerance", "agreed"):
        table.add_column(heading, justify="left" if heading in ("vendor", "project") else "right")
    for of, (given, agreement) in agreed.items():
        sides = ("–" if count is None else str(count) for count in (given.operator, given.vendor))
        come_to = "needs an audit" if agreement.needs_audit else str(agreement.count_agreed)
        table.add_row(*of, *sides, f"{agreement.difference:+d}", str(agreement.tolerance), come_to)
    out.print(table if agreed else f"nobody has handed in a count of {month}")
