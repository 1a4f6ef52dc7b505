"""export: a closed month as files that anybody can check. Feedback and coaching, which leave the house too, are registered along with it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands import coaching, feedback
from flows.console import out, print_json, progress
from flows.options import AsJson, parse_month
from pipeline.records.closed import Closing
from pipeline.records.month import Month
from pipeline.services.drawing import open_store
from pipeline.settings import Settings, load
from pipeline.store.engine import reading
from pipeline.store.month_lines import closings, find_closing

if TYPE_CHECKING:
    from pipeline.services.exporting import Exported


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("export")(export_command)
    feedback.register(app)
    coaching.register(app)


def export_command(
    context: typer.Context,
    month: Annotated[str, typer.Argument(metavar="MONTH", help="A closed month, 2026-03.")],
    target: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Its files; a restatement goes into DIR/r1 and so on.")
    ],
    revision: Annotated[int | None, typer.Option(min=0, help="One revision only; default all.")] = None,
    only_check: Annotated[
        bool, typer.Option("--check", help="Hold what lies in DIR against its signed manifest.")
    ] = False,
    public_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --check: a copy of the public key.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a closed month's files (CSV, workbook, statements, signed manifest); again, it changes nothing."""
    settings, wanted = load(context.obj), parse_month(month)
    if only_check:
        _check(settings, target, public_key, as_json)
        return
    exported = export_month(settings, wanted, target, revision)
    if as_json:
        print_json([_exported_json(one) for one in exported])
        return
    for one in exported:
        was = "was there already, unchanged" if one.was_there else f"{len(one.files)} files"
        out.print(f"{wanted} r{one.closing.revision}: {one.folder}: {was}", markup=False, soft_wrap=True)


def export_month(settings: Settings, month: Month, target: Path, revision: int | None = None) -> "list[Exported]":
    """Write all revisions of a month, or one. Raises DataError where the month is not closed, StorageError where something else lies there."""
    # Here, because matplotlib and openpyxl take seconds that no other command should wait for.
    from pipeline.services.exporting import export

    engine = open_store(settings)
    with reading(engine) as session:
        find_closing(session, month, revision)
        wanted: list[Closing] = [one for one in closings(session, month) if revision in (None, one.revision)]
    with progress("files", None) as steps:
        return [export(settings, engine, closing, target, steps.advance) for closing in wanted]


def _check(settings: Settings, folder: Path, public_key: Path | None, as_json: bool) -> None:
    from pipeline.services.exporting import check

    found = check(settings, folder, public_key)
    if as_json:
        print_json({"folder": str(folder), "problems": found})
    else:
        for problem in found or [f"{folder}: every file is what was signed"]:
            out.print(problem, markup=False, soft_wrap=True)
    if found:
        raise typer.Exit(1)


def _exported_json(one: "Exported") -> dict[str, object]:
    return {
        "month": str(one.closing.month),
        "revision": one.closing.revision,
        "folder": str(one.folder),
        "files": list(one.files),
        "was_there": one.was_there,
    }
