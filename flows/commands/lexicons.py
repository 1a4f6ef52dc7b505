"""lexicon, script: the files that judge, checked before they count and tried against what was heard already."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from flows.commands.hearing import parse_day
from flows.console import out, print_json, progress
from pipeline.checks.catalogue import entry
from pipeline.checks.ruleset import check_lexicons, load_ruleset, read_pack, read_script
from pipeline.errors import LexiconError
from pipeline.services.drawing import open_store
from pipeline.services.trying import Change, Limits, Trial, try_pack
from pipeline.settings import load
from pipeline.store.engine import reading
from pipeline.text.clock import clock
from pipeline.text.packs import Pack

lexicon = typer.Typer(no_args_is_help=True, help="Phrase packs, scripts and limits: check them, try a pack.")
script = typer.Typer(no_args_is_help=True, help="A project's script: check it.")


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(lexicon, name="lexicon")
    app.add_typer(script, name="script")


@lexicon.command("check")
def check_command(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="Default: the configured lexicons.")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Read every file that judges; each mistake is told with file, line and reason."""
    place = folder or load(context.obj).lexicons_path
    if not place.is_dir():
        raise LexiconError(f"{place}: no such folder; name the one that holds phrases/ and scripts/")
    problems = check_lexicons(place)
    ruleset = None if problems else load_ruleset(place)
    if as_json:
        print_json({"folder": str(place), "ruleset": ruleset.version if ruleset else None, "problems": problems})
    else:
        for problem in problems:
            out.print(problem, markup=False, soft_wrap=True)
        if ruleset:
            lines = sum(len(pack.phrases) + len(pack.only_after_refusal) for pack in ruleset.packs)
            conditions = sum(len(pack.conditions) for pack in ruleset.packs)
            out.print(
                f"{place}: {len(ruleset.packs)} packs with {lines} lines and {conditions} conditions, and "
                f"{len(ruleset.scripts)} scripts are in order, ruleset {ruleset.version}",
                markup=False,
                soft_wrap=True,
            )
    if problems:
        raise typer.Exit(1)


@script.command("check")
def script_check_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A project's script.")],
) -> None:
    """Read one script; the first mistake is told with file, line and reason."""
    found = read_script(file, load(context.obj).lexicons_path)
    wordings = sum(len(required.cues.phrases) for required in found.elements)
    throughout = found.throughout
    out.print(
        f"{file}: script of {found.project}, version {found.version}: {len(found.elements)} elements with "
        f"{wordings} lines of wordings, {len(throughout.answers)} approved answers and {len(throughout.jargon)} lines of "
        "specialist words (with the shared ones) are in order",
        markup=False,
        soft_wrap=True,
    )


@lexicon.command("try")
def try_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="PACK", help="A phrase pack that does not count yet.")],
    since: Annotated[str, typer.Option(metavar="DAY", help="Calls drawn for this day and later (YYYY-MM-DD).")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show what a pack would newly find in stored calls, and what it would no longer find. Nothing is changed."""
    settings = load(context.obj)
    first, now = parse_day(since), load_ruleset(settings.lexicons_path)
    pack = read_pack(file, settings.lexicons_path)
    with reading(open_store(settings)) as session, progress("trying", None) as steps:

        def on_calls(more: int, of: int) -> None:
            steps.set_total(of)
            steps.advance(more)

        tried = try_pack(session, pack, now, Limits(first, on_calls=on_calls))
    if as_json:
        print_json(
            {
                "rule": pack.rule,
                "calls": tried.calls,
                "new": [_change_json(change) for change in tried.new],
                "gone": [_change_json(change) for change in tried.gone],
            }
        )
        return
    _show(pack, tried)


def _change_json(change: Change) -> dict[str, object]:
    row, claim = change.stored.row, change.claim
    return {
        "vendor": row.vendor,
        "call_id": row.call_id,
        "start_ms": claim.span.start_ms if claim.span else None,
        "end_ms": claim.span.end_ms if claim.span else None,
        "speaker": claim.speaker.value,
        "match": claim.match.value,
        "matched": claim.matched,
        "text": claim.text,
    }


def _show(pack: Pack, tried: Trial) -> None:
    if tried.changes:
        table = Table(title=f"{pack.rule} {entry(pack.rule).name}")
        for heading in ("", "call", "vendor", "at", "match", "heard"):
            table.add_column(heading)
        for change in tried.changes:
            row, claim = change.stored.row, change.claim
            at = clock(claim.span.start_ms if claim.span else None)
            sign = "+ new" if change.is_new else "- gone"
            table.add_row(sign, row.call_id, row.vendor, at, claim.match.value, f"{claim.text}（{claim.matched}）")
        out.print(table)
    out.print(
        f"{tried.calls} stored calls: {len(tried.new)} findings would be new, {len(tried.gone)} would be gone. Nothing was changed."
    )
