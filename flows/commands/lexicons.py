"""lexicon, script: the files that judge, checked before they count and tried against what was heard already."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from flows.commands.hearing import parse_day
from flows.console import clock, out, print_json, progress
from flows.stored import call_of, inspections_since
from pipeline.checks.catalogue import entry
from pipeline.checks.phrases.check import find_phrases
from pipeline.checks.ruleset import Ruleset, check_lexicons, load_ruleset, read_pack, read_script, with_pack
from pipeline.errors import LexiconError
from pipeline.records.finding import Claim
from pipeline.settings import load
from pipeline.store.inspections import StoredInspection
from pipeline.text.packs import Pack

lexicon = typer.Typer(no_args_is_help=True, help="Phrase packs, scripts and limits: check them, try a pack.")
script = typer.Typer(no_args_is_help=True, help="A project's script: check it.")


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(lexicon, name="lexicon")
    app.add_typer(script, name="script")


@dataclass(frozen=True, slots=True)
class Change:
    """A finding that a pack would make (`is_new`) or would no longer make in a stored call."""

    stored: StoredInspection
    claim: Claim
    is_new: bool


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
    then = with_pack(now, pack)
    changes: list[Change] = []
    stored = inspections_since(settings, first)
    with progress("trying", len(stored)) as steps:
        for one in stored:
            changes += _changes(one, pack, now, then)
            steps.advance()
    if as_json:
        print_json(
            {
                "rule": pack.rule,
                "calls": len(stored),
                "new": [_change_json(change) for change in changes if change.is_new],
                "gone": [_change_json(change) for change in changes if not change.is_new],
            }
        )
        return
    _show(pack, changes, len(stored))


def _changes(one: StoredInspection, pack: Pack, now: Ruleset, then: Ruleset) -> Iterator[Change]:
    before, after = (_claims(one, pack.rule, ruleset) for ruleset in (now, then))
    yield from (Change(one, claim, True) for claim in after if not _is_among(claim, before))
    yield from (Change(one, claim, False) for claim in before if not _is_among(claim, after))


def _is_among(claim: Claim, others: Sequence[Claim]) -> bool:
    return any(claim.span and other.span and claim.span.overlap_ms(other.span) for other in others)


def _claims(one: StoredInspection, rule: str, ruleset: Ruleset) -> tuple[Claim, ...]:
    return tuple(claim for claim in find_phrases(call_of(one), ruleset) if claim.rule == rule)


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


def _show(pack: Pack, changes: list[Change], calls: int) -> None:
    new = sum(change.is_new for change in changes)
    if changes:
        table = Table(title=f"{pack.rule} {entry(pack.rule).name}")
        for heading in ("", "call", "vendor", "at", "match", "heard"):
            table.add_column(heading)
        for change in changes:
            row, claim = change.stored.row, change.claim
            at = clock(claim.span.start_ms if claim.span else None)
            sign = "+ new" if change.is_new else "- gone"
            table.add_row(sign, row.call_id, row.vendor, at, claim.match.value, f"{claim.text}（{claim.matched}）")
        out.print(table)
    out.print(
        f"{calls} stored calls: {new} findings would be new, {len(changes) - new} would be gone. Nothing was changed."
    )
