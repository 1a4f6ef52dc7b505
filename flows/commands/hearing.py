"""simulate, inspect, evaluate: calls made, heard and compared, without a database."""

import sys
from contextlib import closing
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from flows.console import out, print_json, progress
from flows.side_by_side import side_by_side
from pipeline.checks.check import CallFacts
from pipeline.checks.ruleset import Ruleset, load_ruleset
from pipeline.errors import DataError, StorageError, UsageError
from pipeline.findings.merge import rank
from pipeline.recordings.manifest import read_manifest
from pipeline.records.call import AgentChannel, ManifestRow
from pipeline.records.inspection import Inspection, Status
from pipeline.scoring.evaluation import Evaluation, RuleFigures, evaluate
from pipeline.scoring.truth import TrueCall, read_truth
from pipeline.services.objects.inspection import inspection_json
from pipeline.settings import FILE, Settings, load
from pipeline.store.engine import reading
from pipeline.text.clock import clock

# What hears and measures takes seconds to import: only the commands that do so pay for it.
if TYPE_CHECKING:
    from flows.inspection import Job

SIMULATED_DAY = date(2026, 3, 2)


class Planted(StrEnum):
    """How often simulated calls have faults."""

    USUAL = "usual"
    WORDS = "words"
    VOICES = "voices"
    NONE = "none"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("simulate")(simulate_command)
    app.command("inspect")(inspect_command)
    app.command("evaluate")(evaluate_command)


def simulate_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the drop is written.")],
    calls: Annotated[int, typer.Option(min=1, help="How many connected calls.")],
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")],
    minutes: Annotated[
        float,
        typer.Option(
            min=0.1, max=60, help="About how long a call is; never shorter than its script, which takes about one."
        ),
    ] = 1.0,
    vendors: Annotated[int, typer.Option(min=1, max=8)] = 3,
    day: Annotated[str, typer.Option(help="The calls' day, YYYY-MM-DD.")] = SIMULATED_DAY.isoformat(),
    snr_db: Annotated[
        float | None, typer.Option(help="Line noise under the speech, in dB; default mixed 25-45.")
    ] = None,
    codecs: Annotated[str | None, typer.Option(help="Comma-separated; default a mix of all.")] = None,
    faults: Annotated[
        Planted, typer.Option(help="usual; words: five a call, each rule as often; voices: one a call; none.")
    ] = (Planted.USUAL),
    wordings: Annotated[
        Path | None, typer.Option(help="Folder of dialogues to speak; default those of pipeline/simulation.")
    ] = None,
) -> None:
    """Write a simulated vendor drop: audio, manifest.csv, truth.jsonl. Needs the extra `simulate` (espeak-ng, GPL-3.0)."""
    from pipeline.simulation.dialogues import SHIPPED
    from pipeline.simulation.drop import simulate
    from pipeline.simulation.faults import NONE, VOICES, WORDS, Rates

    with progress("simulating", calls) as steps:
        simulate(
            folder,
            calls,
            seed,
            seconds=minutes * 60,
            vendors=vendors,
            day=parse_day(day),
            snr_db=snr_db,
            codecs=None if codecs is None else tuple(name.strip() for name in codecs.split(",") if name.strip()),
            on_progress=lambda _done, _all: steps.advance(),
            words=wordings or SHIPPED,
            rates={Planted.USUAL: Rates(), Planted.WORDS: WORDS, Planted.VOICES: VOICES, Planted.NONE: NONE}[faults],
        )
    out.print(f"{calls} calls in {folder}: manifest.csv, truth.jsonl")


def inspect_command(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Recordings.", readable=False)],
    project: Annotated[str | None, typer.Option(help="A project, or a script's name.")] = None,
    script: Annotated[str | None, typer.Option(help="A script's name, whatever projects are registered.")] = None,
    agent_channel: Annotated[
        AgentChannel | None, typer.Option(help="Where the agent is; default left on stereo.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object per file; a list for several.")] = False,
) -> None:
    """Hear recordings once: transcript, findings with evidence, script, tone. Writes to no database."""
    if project is not None and script is not None:
        raise UsageError("--project and --script both say what the call is held against; give one of them")
    settings = load(context.obj)
    ruleset = load_ruleset(settings.lexicons_path, attitude=settings.attitude_path)
    facts = CallFacts(project=script or _script_of(settings, project))
    if facts.project is not None:
        ruleset.script(facts.project)
    from flows.inspection import Job

    jobs = [Job(file, str(file), facts, agent_channel) for file in files]
    results = inspect_all(settings, ruleset, jobs)
    if as_json:
        objects = [inspection_json(result) for result in results]
        print_json(objects[0] if len(objects) == 1 else objects)
    else:
        for result in results:
            show(result)
    if any(result.status is not Status.INSPECTED for result in results):
        raise typer.Exit(1)


def _script_of(settings: Settings, project: str | None) -> str | None:
    """The script of a registered project, where the working folder has a registry; else the one that is called so."""
    if project is None or not (settings.root / FILE).exists():
        return project
    from pipeline.services.drawing import open_store
    from pipeline.services.held_to import script_of_project

    today = datetime.now(UTC).astimezone(ZoneInfo(settings.timezone)).date()
    with reading(open_store(settings)) as session:
        return script_of_project(session, project, today)


def inspect_all(settings: Settings, ruleset: Ruleset, jobs: "list[Job]") -> list[Inspection]:
    """Inspections of all jobs, with a progress bar. A file that cannot be read is quarantined and the others go on."""
    from flows.inspection import Inspector

    results: list[Inspection] = []
    with (
        Inspector(settings, ruleset) as inspector,
        progress("inspecting", len(jobs)) as steps,
        closing(side_by_side(inspector.inspect, jobs, inspector.at_once)) as inspected,
    ):
        for job, result in inspected:
            try:
                results.append(result.result())
            except StorageError as error:
                results.append(inspector.unreadable(job, error))
            steps.advance()
    return results


def evaluate_command(
    context: typer.Context,
    truth: Annotated[Path, typer.Argument(metavar="TRUTH", help="truth.jsonl beside its audio.")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
    from_store: Annotated[
        bool, typer.Option("--from-store", help="Take what is stored instead of inspecting again.")
    ] = False,
) -> None:
    """CER, and recall, precision and false alarms per hour for each rule, against labelled calls. Exits 1 where one could not be judged in full."""
    calls = list(read_truth(truth))
    if not calls:
        raise DataError(f"{truth}: no calls in it")
    settings = load(context.obj)
    found = _stored(settings, calls) if from_store else _inspected(settings, truth, calls)
    result = evaluate(zip(calls, found, strict=True))
    print_json(evaluation_json(result)) if as_json else _show_evaluation(result)
    if any(inspection.status is not Status.INSPECTED for inspection in found):
        raise typer.Exit(1)


def evaluation_json(result: Evaluation) -> dict[str, object]:
    """The outside contract's object; keys are added, never renamed."""
    return {
        "calls": result.calls,
        "hours": result.hours,
        "cer": {channel: errors.rate for channel, errors in result.cer.items()},
        "rules": {name: _figures_json(rule, result.hours) for name, rule in result.rules.items()},
        "groups": {name: _figures_json(rule, result.hours) for name, rule in result.groups.items()},
        "hanzi": {channel: errors.length for channel, errors in result.cer.items()},
        "status": result.status,
    }


def _figures_json(rule: RuleFigures, hours: float) -> dict[str, object]:
    return {
        "faults": rule.faults,
        "found": rule.found,
        "false": rule.false,
        "recall": rule.recall,
        "precision": rule.precision,
        "recall_low": rule.recall_low,
        "precision_low": rule.precision_low,
        "false_per_hour": rule.false / hours if hours else None,
    }


def parse_day(text: str) -> date:
    """An ISO day. Raises UsageError."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a day; write YYYY-MM-DD") from error


def _inspected(settings: Settings, truth: Path, calls: list[TrueCall]) -> list[Inspection]:
    """What the chain makes of the files beside the truth, with the manifest's facts where a manifest lies there too."""
    from flows.duplicates import duplicates_among
    from flows.inspection import Job
    from flows.optouts import claim_among

    folder = truth.parent.resolve()
    for call in calls:
        if not (folder / call.file).resolve().is_relative_to(folder):
            raise DataError(f"{truth}: call {call.call_id}: {call.file!r} does not lie beside the truth file")
    missing = [truth.parent / call.file for call in calls if not (truth.parent / call.file).exists()]
    if missing:
        raise DataError(f"{truth}: {len(missing)} of its {len(calls)} audio files are missing, first {missing[0]}")
    manifest = truth.with_name("manifest.csv")
    rows: dict[str, ManifestRow] = {}
    for _, listed in read_manifest(str(manifest), settings.timezone).rows if manifest.exists() else ():
        rows.setdefault(listed.call_id, listed)
    scripts = {project: _script_of(settings, project) for project in {row.project for row in rows.values()}}
    jobs = []
    for call in calls:
        row = rows.get(call.call_id)
        facts = CallFacts(scripts[row.project], row.outcome, row.started_at, row.duration_ms) if row else CallFacts()
        jobs.append(Job(truth.parent / call.file, call.file, facts, row.agent_channel if row else None))
    ruleset = load_ruleset(settings.lexicons_path, attitude=settings.attitude_path)
    listed_rows = [rows.get(call.call_id) for call in calls]
    judged = claim_among(list(zip(listed_rows, inspect_all(settings, ruleset, jobs), strict=True)), ruleset)
    return duplicates_among(list(zip(listed_rows, judged, strict=True)), ruleset)


def _stored(settings: Settings, calls: list[TrueCall]) -> list[Inspection]:
    from pipeline.services.stored import latest_inspections

    stored = latest_inspections(settings, [call.call_id for call in calls])
    missing = [call.call_id for call in calls if call.call_id not in stored]
    if missing:
        raise DataError(
            f"{len(missing)} labelled calls are not inspected in the store, first {missing[0]}: run the night first"
        )
    return [stored[call.call_id] for call in calls]


def show(result: Inspection) -> None:
    """One inspection for a person."""
    recording, versions = result.recording, result.versions
    out.rule(f"{recording.file}  {result.status.value}")
    for reason in result.reasons:
        out.print(f"  ! {reason}", markup=False)
    out.print(
        f"  {clock(recording.decoded_ms)}  {recording.codec}, {recording.channels} channel(s); words by model {versions.model}",
        markup=False,
    )
    for turn in result.turns:
        out.print(f"  {clock(turn.span.start_ms)} {turn.speaker.value:8} {turn.text}", markup=False)
    for finding in rank(result.findings):
        at = clock(finding.span.start_ms if finding.span else None)
        weight = finding.severity.value if finding.counts else f"{finding.severity.value}, to review"
        out.print(f"  ▸ {at} {finding.rule} ({weight}, {finding.match.value}) {finding.explanation}", markup=False)
    sys.stdout.flush()


def _show_evaluation(result: Evaluation) -> None:
    table = Table(title=f"{result.calls} calls, {result.hours:.2f} h of agent channel")
    for heading in ("rule", "faults", "found", "false", "recall (≥)", "precision (≥)", "false/h"):
        table.add_column(heading, justify="left" if heading == "rule" else "right")
    for name, rule in result.rules.items():
        table.add_row(*_figures_row(name, rule, result.hours))
    table.add_section()
    for name, rule in result.groups.items():
        table.add_row(*_figures_row(f"all {name}", rule, result.hours))
    out.print(table)
    rates = ", ".join(f"{c} {e.rate:.3f} of {e.length}" for c, e in result.cer.items() if e.rate is not None)
    out.print(f"CER {rates}; in brackets the lower 95 % bound (Wilson)")


def _figures_row(name: str, rule: RuleFigures, hours: float) -> tuple[str, ...]:
    recall = "–" if rule.recall is None else f"{rule.recall:.2f} ({rule.recall_low:.2f})"
    precision = "–" if rule.precision is None else f"{rule.precision:.2f} ({rule.precision_low:.2f})"
    hourly = f"{rule.false / hours:.2f}" if hours else "–"
    return name, str(rule.faults), str(rule.found), str(rule.false), recall, precision, hourly
