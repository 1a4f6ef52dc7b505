"""frame: what the operator knows of calls, held against the vendors' manifests (P-12)."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from flows.commands.hearing import parse_day
from flows.console import out, print_json
from flows.importing import File, InMonth, OfProject, OfVendor, refuse_empty, say_imported, sha256_of
from flows.options import ActingAs, AsJson, parse_month, today
from flows.signing_in import sign_in
from pipeline.scoring.frame import FrameDay, Gap, GapKind
from pipeline.services.count_files import read_frame
from pipeline.services.drawing import open_store
from pipeline.settings import load
from pipeline.store.engine import reading, writing
from pipeline.store.facts import vendor_names
from pipeline.store.frame import EXPLAIN, IMPORT, explain_gap, frame_gaps, save_frame_counts

frame = typer.Typer(no_args_is_help=True, help="The frame: whether every call that was made is on the vendors' lists.")


@frame.command("import")
def import_frame_command(context: typer.Context, file: File, acting: ActingAs, as_json: AsJson = False) -> None:
    """Take in what the operator knows of days: numbers issued, call records, successes. All rows, or none and every wrong line."""
    settings = load(context.obj)
    engine = open_store(settings)
    person = sign_in(engine, acting, allowed=IMPORT)
    with reading(engine) as session:
        vendors = vendor_names(session)
    given, problems = read_frame(file, vendors, today(settings))
    new = 0
    if not problems:
        with writing(engine) as session:
            new = save_frame_counts(session, given, sha256_of(file), person, datetime.now(UTC))
    say_imported(file, len(given), new, problems, as_json)


@frame.command("gaps")
def gaps_command(
    context: typer.Context,
    month: InMonth,
    vendor: Annotated[str | None, typer.Option(help="Only this vendor's.")] = None,
    as_json: AsJson = False,
) -> None:
    """What does not fit in a month; exit 1 while something is unexplained."""
    with reading(open_store(load(context.obj))) as session:
        found = [gap for gap in frame_gaps(session, parse_month(month)) if vendor in (None, gap.at.vendor)]
    if as_json:
        print_json([_gap_json(gap) for gap in found])
    else:
        _show_gaps(found)
    if any(gap.is_open for gap in found):
        raise typer.Exit(1)


@frame.command("explain")
def explain_command(
    context: typer.Context,
    vendor: OfVendor,
    project: OfProject,
    day: Annotated[str, typer.Argument(metavar="DAY")],
    gap: Annotated[GapKind, typer.Argument(metavar="GAP")],
    text: Annotated[str, typer.Option(help="Why it is none.")],
    acting: ActingAs,
) -> None:
    """Say why a gap is none. It is open again as soon as more calls are missing than now."""
    at = FrameDay(vendor, project, parse_day(day))
    refuse_empty(text)
    engine = open_store(load(context.obj))
    person = sign_in(engine, acting, allowed=EXPLAIN)
    with writing(engine) as session:
        explained = explain_gap(session, at, gap, text, person, datetime.now(UTC))
    told = f"{vendor}/{project} {day}: {gap.value}, {explained.calls} calls, is explained"
    out.print(told, markup=False)


def _gap_json(gap: Gap) -> dict[str, object]:
    explanation = gap.explanation
    return {
        "vendor": gap.at.vendor,
        "project": gap.at.project,
        "day": gap.at.day.isoformat(),
        "gap": gap.kind.value,
        "calls": gap.calls,
        "open": gap.is_open,
        "not_payable": gap.not_payable,
        "explanation": explanation.text if explanation else None,
        "explained_calls": explanation.calls if explanation else None,
        "explained_by": explanation.person if explanation else None,
    }


def _show_gaps(found: list[Gap]) -> None:
    table = Table(title="Gaps of the frame")
    for heading in ("vendor", "project", "day", "gap", "calls", "explained"):
        table.add_column(heading, justify="right" if heading == "calls" else "left")
    for gap in found:
        told = gap.explanation
        why = (
            "" if told is None else f"{told.person}: {told.text}" + (f" (of {told.calls} only)" if gap.is_open else "")
        )
        table.add_row(gap.at.vendor, gap.at.project, str(gap.at.day), gap.kind.value, str(gap.calls), why)
    out.print(table if found else "no gap: every call fits")
