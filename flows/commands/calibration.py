"""calibrate: limits of voice and pace from one's own recordings, or what reviewers' verdicts teach, for a person to accept."""

from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

from flows.commands.hearing import parse_day
from flows.console import out, print_json, progress
from pipeline.checks.check import Standard
from pipeline.checks.ruleset import load_ruleset
from pipeline.errors import DataError, StorageError, UsageError
from pipeline.records.limit import CallFigures
from pipeline.scoring.calibration import FEWEST_CALLS, Calibration, Claimed, Spread, calibrate
from pipeline.scoring.proposed_standard import number, proposed_standard
from pipeline.services.stored import call_of, randomly_drawn_since
from pipeline.settings import Settings, load

_FILE = "standard.toml"
_EVER = date(1970, 1, 1)


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("calibrate")(calibrate_command)


def calibrate_command(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where standard.toml and the plots are written.")
    ] = None,
    project: Annotated[str | None, typer.Option(help="Only calls of this project.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help="Only calls drawn for this day and later (YYYY-MM-DD).")
    ] = None,
    from_reviews: Annotated[
        bool, typer.Option("--from-reviews", help="Learn from verdicts instead: the queue's ranking, and attitudes.")
    ] = False,
    accept: Annotated[bool, typer.Option("--accept", help="Put in force what was learnt.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Propose limits of voice and pace from stored calls. Writes a new standard.toml and plots; nothing changes until you copy it.

    With --from-reviews: show how the queue would rank if it learnt from verdicts; nothing changes without --accept.
    """
    if from_reviews:
        from flows.commands.learning import learn_from_reviews

        if folder is not None or project is not None or since is not None:
            raise UsageError("--from-reviews learns from all verdicts: --out, --project and --since are of limits")
        learn_from_reviews(load(context.obj), accept, as_json)
        return
    if folder is None or accept:
        raise UsageError("give --out DIR for limits of voice and pace, or --from-reviews to learn from verdicts")
    _propose_limits(load(context.obj), folder, project, since, as_json)


def _propose_limits(settings: Settings, folder: Path, project: str | None, since: str | None, as_json: bool) -> None:
    # What measures voices and what draws take seconds to import: only this command pays for them.
    from pipeline.checks.tone.limits import LIMITS
    from pipeline.scoring.calibration_plots import draw

    in_force = settings.lexicons_path / _FILE
    if folder.resolve() == in_force.parent.resolve():
        raise UsageError(
            f"--out {folder}: that is where the limits in force are; name another folder and copy the file"
        )
    standard = load_ruleset(settings.lexicons_path).standard
    found = _figures(settings, standard, project, parse_day(since) if since else _EVER)
    limits = {field.name: float(getattr(standard, field.name)) for field in fields(Standard)}
    calibration = calibrate(found, LIMITS, limits)
    written = _write(calibration, in_force, folder, _today(settings)) if calibration.proposals else []
    plots = draw(calibration, folder) if written else []
    if as_json:
        print_json(_calibration_json(calibration, [*written, *plots]))
    else:
        _show(calibration, in_force, folder, plots)
    if not written:
        raise typer.Exit(1)


def _figures(settings: Settings, standard: Standard, project: str | None, first: date) -> list[CallFigures]:
    """Figures of the stored calls. Raises DataError where there is no inspected call, or none of the project."""
    from pipeline.checks.tone.limits import call_figures

    found, others = [], set()
    with progress("reading calls", None) as steps:
        for stored in randomly_drawn_since(settings, first):
            others.add(stored.row.project)
            if project in (None, stored.row.project):
                found.append(call_figures(call_of(stored), stored.row.project, standard))
            steps.advance()
    if not others:
        raise DataError("there are no inspected calls of that time in the store: run a night first")
    if not found:
        raise DataError(
            f"no inspected calls of project {project!r} in that time; there are some of {', '.join(sorted(others))}"
        )
    return found


def _today(settings: Settings) -> date:
    return datetime.now(UTC).astimezone(ZoneInfo(settings.timezone)).date()


def _write(calibration: Calibration, in_force: Path, folder: Path, day: date) -> list[Path]:
    text = proposed_standard(in_force.read_text("utf-8-sig"), calibration.proposals, day)
    file, unfinished = folder / _FILE, folder / f".{_FILE}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text, "utf-8")
        unfinished.replace(file)
    except OSError as error:
        raise StorageError(f"{file}: cannot be written: {error.strerror}") from error
    return [file]


def _calibration_json(calibration: Calibration, written: list[Path]) -> dict[str, object]:
    return {
        "limits": [_spread_json(spread) for spread in (*calibration.projects, *calibration.together)],
        "too_few": [{"project": name, "calls": calls} for name, calls in calibration.too_few],
        "files": [str(file) for file in written],
    }


def _spread_json(spread: Spread) -> dict[str, object]:
    return {
        "project": spread.project,
        "limit": spread.limit.name,
        "n": len(spread.values),
        **{f"p{percent}": spread.percentile(percent) for percent in (5, 50, 95)},
        "present": spread.present,
        "present_claims": _claimed_json(spread.claimed(spread.present)),
        "proposed": spread.proposed,
        "proposed_claims": None if spread.proposed is None else _claimed_json(spread.claimed(spread.proposed)),
    }


def _claimed_json(claimed: Claimed) -> dict[str, object]:
    low, high = claimed.interval
    return {"calls": claimed.calls, "share": claimed.share, "share_low": low, "share_high": high}


def _show(calibration: Calibration, in_force: Path, folder: Path, plots: list[Path]) -> None:
    names = dict.fromkeys(spread.project for spread in calibration.projects)
    for name in names:
        out.print(_table(name or "", [spread for spread in calibration.projects if spread.project == name]))
    if len(names) > 1:
        out.print(_table("all of these projects: what the file gets", calibration.together))
    for name, calls in calibration.too_few:
        out.print(
            f"{name}: {calls} calls with figures, at least {FEWEST_CALLS} are needed: nothing is proposed", markup=False
        )
    if not calibration.proposals:
        out.print("Nothing was written.")
        return
    out.print("In brackets the 95 % interval of the share (Wilson); limits that are not listed stay as they are.")
    out.print(
        f"{folder / _FILE} and {len(plots)} plots are written. Nothing has changed yet: read it, then accept it by",
        markup=False,
        soft_wrap=True,
    )
    out.print(f"  cp {folder / _FILE} {in_force}", markup=False, soft_wrap=True)


def _table(title: str, spreads: "list[Spread] | tuple[Spread, ...]") -> Table:
    table = Table(title=Text(title))
    for heading in ("limit", "n", "P5", "P50", "P95", "present", "claims now", "proposed", "would claim"):
        table.add_column(heading, justify="left" if heading == "limit" else "right", no_wrap=True)
    for spread in spreads:
        percentiles = (_figure(spread, spread.percentile(percent)) for percent in (5, 50, 95))
        now = number(spread.present), _share(spread.claimed(spread.present))
        then = ("too few", "–")
        if spread.proposed is not None:
            then = number(spread.proposed), _share(spread.claimed(spread.proposed))
        table.add_row(spread.limit.name, str(len(spread.values)), *percentiles, *now, *then)
    return table


def _figure(spread: Spread, value: float | None) -> str:
    if value is None:
        return "–"
    digits = 0 if spread.limit.step >= 5 else 4 if spread.limit.step < 0.01 else 1
    return f"{value:.{digits}f}"


def _share(claimed: Claimed) -> str:
    if not claimed.of:
        return "–"
    low, high = claimed.interval
    return f"{claimed.share:.{0 if claimed.share >= 0.0995 else 1}%} ({low * 100:.0f}-{high:.0%})"
