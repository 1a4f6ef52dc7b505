"""ingest, nightly, schedule, worker: a night from manifest to report."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.sampling import past_day
from flows.console import out, print_json, progress
from flows.orchestration import heed_keyboard, shield_from_keyboard, starting
from flows.readiness import check_ready
from flows.schedule import keep_schedule
from flows.worker import worker_name
from pipeline.recordings.manifest import read_manifest
from pipeline.records.call import RejectedRow
from pipeline.services.drawing import open_store, yesterday
from pipeline.settings import Settings, load
from pipeline.store.calls import Registered, register_manifest
from pipeline.store.engine import reading, writing
from pipeline.store.states import counts_by_state

if TYPE_CHECKING:
    from flows.night import Tally


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("ingest")(ingest_command)
    app.command("nightly")(nightly_command)
    app.command("schedule")(schedule_command)
    app.command("worker")(worker_command)


def ingest_command(
    context: typer.Context,
    manifest: Annotated[str, typer.Argument(metavar="MANIFEST", help="A .csv or .xlsx, as a path or an fsspec URI.")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Register the calls of a manifest. Audio stays where it is until a call is drawn."""
    settings = load(context.obj)
    read, result = ingest(settings, manifest)
    rejected = [{"line": row.line, "reason": row.reason} for row in read]
    if as_json:
        conflicts = [{"line": c.line, "vendor": c.vendor, "call_id": c.call_id} for c in result.conflicts]
        print_json({"accepted": result.accepted, "same": result.same, "conflicts": conflicts, "rejected": rejected})
    else:
        for row in rejected:
            out.print(f"line {row['line']}: rejected: {row['reason']}", markup=False)
        for conflict in result.conflicts:
            out.print(
                f"line {conflict.line}: conflict: call {conflict.call_id} is known with other content", markup=False
            )
        out.print(
            f"{result.accepted} calls accepted, {result.same} known already, "
            f"{len(result.conflicts)} in conflict, {len(rejected)} rows rejected"
        )
    if rejected or result.conflicts:
        raise typer.Exit(1)


def ingest(settings: Settings, location: str) -> tuple[tuple[RejectedRow, ...], Registered]:
    """Read and register a manifest; its rejected rows and what became of the others."""
    engine = open_store(settings)
    manifest = read_manifest(location, settings.timezone)
    with writing(engine) as session:
        result = register_manifest(session, manifest, datetime.now(UTC), settings.timezone)
    return manifest.rejected, result


def nightly_command(
    context: typer.Context,
    day: Annotated[
        str | None, typer.Option("--date", help="The calls' day; default yesterday. Missed nights are filled.")
    ] = None,
    seed: Annotated[
        str | None, typer.Option(help="For simulated and test runs only; else the system gives one.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Draw, pull, transcribe, check and store everything that is due. Run again, it changes nothing that is done."""
    settings = load(context.obj)
    open_store(settings)
    until = past_day(day, settings) if day else yesterday(settings)
    tally = run_night(settings, until, seed)
    with reading(open_store(settings)) as session:
        states = {state.value: count for state, count in counts_by_state(session).items()}
    if as_json:
        print_json(
            {
                "date": until.isoformat(),
                "run": dict(tally.calls),
                "calls": states,
                "stages_s": dict(tally.stages_s),
                "deferred": tally.deferred,
                "open": states["drawn"],
            }
        )
    else:
        _show_night(tally, states)
    if tally.deferred or states["drawn"] or any(tally.calls[s] for s in ("partial", "quarantined", "not_produced")):
        raise typer.Exit(1)


def run_night(settings: Settings, until: date, seed: str | None) -> "Tally":
    """The nightly flow in this process with Prefect's in-process server, with a progress bar."""
    with starting(settings.root):
        check_ready(settings)
    # Imported here because Prefect reads its environment when it is imported.
    from flows import nightly

    with progress("hearing calls", None) as steps:
        nightly.watch.on_open, nightly.watch.on_call = steps.set_total, steps.advance
        shield_from_keyboard()
        try:
            return nightly.nightly(str(settings.root), until.isoformat(), seed)
        finally:
            heed_keyboard()


def _show_night(tally: "Tally", states: dict[str, int]) -> None:
    done = ", ".join(f"{count} {what}" for what, count in sorted(tally.calls.items())) or "nothing was open"
    out.print(f"This run: {done}")
    out.print("All calls: " + ", ".join(f"{count} {state}" for state, count in states.items()))
    out.print("Seconds: " + ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in tally.stages_s.items()))
    for line in tally.deferred:
        out.print(f"left for the next run: {line}", markup=False)
    if states["drawn"]:
        out.print(f"{states['drawn']} drawn calls are still open: run `callqa nightly` again")


def schedule_command(context: typer.Context) -> None:
    """Keep the nightly schedule on this machine until stopped; nights missed meanwhile are filled."""
    settings = load(context.obj)
    open_store(settings)
    out.print(f"nightly at {settings.nightly_at} {settings.timezone}; stop with Ctrl-C")
    keep_schedule(settings)


def worker_command(
    context: typer.Context,
    until_empty: Annotated[
        bool, typer.Option("--until-empty", help="End when no drawn call is open, instead of waiting for more.")
    ] = False,
) -> None:
    """One more worker: hears drawn calls beside the schedule, on this machine or on another with the same database and archive."""
    settings = load(context.obj)
    check_ready(settings)
    from flows.night import keep_hearing

    out.print("hearing drawn calls; stop with Ctrl-C", markup=False)
    heed_keyboard()
    tally = keep_hearing(settings, worker_name(), until_empty=until_empty, on_batch=_show_batch)
    if tally.deferred or any(tally.calls[s] for s in ("partial", "quarantined", "not_produced")):
        raise typer.Exit(1)


def _show_batch(tally: "Tally") -> None:
    out.print(", ".join(f"{count} {what}" for what, count in sorted(tally.calls.items())))
    for line in tally.deferred:
        out.print(f"left for later: {line}", markup=False)
