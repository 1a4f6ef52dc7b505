"""`callqa demo`: three simulated vendors, one night, a table of flagged calls with quotes and times, and where to look next."""

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from flows.commands.hearing import SIMULATED_DAY
from flows.commands.night import ingest, run_night
from flows.commands.setup import initialise
from flows.console import clock, out, progress
from flows.orchestration import starting
from flows.stored import night_inspections
from pipeline.checks.catalogue import entry
from pipeline.findings.merge import rank
from pipeline.records.finding import Finding, Severity
from pipeline.settings import Settings
from pipeline.store.inspections import StoredInspection

_SHOWN, _A_CALL, _A_RULE = 20, 2, 3
_MARKED = "simulated.json"


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("demo")(demo_command)


def demo_command(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]")] = Path("callqa-demo"),
    calls: Annotated[int, typer.Option(min=3)] = 60,
    seed: Annotated[int, typer.Option()] = 7,
) -> None:
    """Three simulated vendors, one night, a table of flagged calls, and where to look next. May be run again."""
    began, root = time.perf_counter(), folder.resolve()
    settings = initialise(root)
    drop = root / "drop"
    with starting(root):
        _drop(drop, calls, seed)
    out.print(f"1. {calls} calls of three simulated vendors are in {_near(drop)}", markup=False, soft_wrap=True)
    _, registered = ingest(settings, str(drop / "manifest.csv"))
    out.print(f"2. manifest read: {registered.accepted} calls accepted, {registered.same} known already")
    hearing = time.perf_counter()
    tally = run_night(settings, SIMULATED_DAY, f"demo {seed}")
    heard = sum(tally.calls[state] for state in ("inspected", "partial", "quarantined"))
    out.print(
        f"3. the night of {SIMULATED_DAY}: {heard} calls heard in this run, in {time.perf_counter() - hearing:.0f} s"
    )
    stored = night_inspections(settings, SIMULATED_DAY)
    _table(stored)
    _where_next(settings, drop, time.perf_counter() - began)


def _drop(drop: Path, calls: int, seed: int) -> None:
    """Simulate once; a complete drop of the same calls and seed is kept."""
    wanted = {"calls": calls, "seed": seed}
    mark = drop / _MARKED
    if mark.exists() and json.loads(mark.read_text(encoding="utf-8")) == wanted:
        return
    from pipeline.simulation.drop import simulate

    with progress("simulating vendors", calls) as steps:
        simulate(drop, calls, seed, day=SIMULATED_DAY, on_progress=lambda _done, _all: steps.advance())
    mark.write_text(json.dumps(wanted), encoding="utf-8")


def _table(stored: list[StoredInspection]) -> None:
    """The gravest findings, at most a few a call and a rule, words before silence: what a reviewer would open first."""
    flagged = [(call, finding) for call in stored for finding in worst(call)[:_A_CALL]]
    flagged.sort(key=lambda pair: (-[*Severity].index(pair[1].severity), pair[1].span is None))
    seen: Counter[str] = Counter()
    varied = []
    for call, finding in flagged:
        seen[finding.rule] += 1
        if seen[finding.rule] <= _A_RULE:
            varied.append((call, finding))
    calls = sum(bool(worst(call)) for call in stored)
    shown = min(_SHOWN, len(varied))
    table = Table(title=f"{calls} of {len(stored)} calls are flagged; {shown} of the gravest findings")
    for heading in ("call", "vendor", "at", "fault", "heard"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("call", "at"))
    for call, finding in varied[:_SHOWN]:
        at = clock(finding.span.start_ms if finding.span else None)
        fault = f"{entry(finding.rule).name} {finding.rule}"
        table.add_row(call.row.call_id, call.row.vendor, at, fault, finding.text or finding.explanation)
    out.print(table)


def worst(call: StoredInspection) -> list[Finding]:
    """The findings of a call that count, gravest first, one a rule."""
    seen: dict[str, Finding] = {}
    for finding in rank(call.inspection.findings):
        if finding.counts:
            seen.setdefault(finding.rule, finding)
    return list(seen.values())


def _where_next(settings: Settings, drop: Path, seconds: float) -> None:
    out.print(f"Done in {seconds:.0f} s. Where to look next:")
    callqa, root, drop = _near(Path(sys.argv[0]).resolve()), _near(settings.root), _near(drop)
    first = next(iter(sorted(drop.rglob("*.wav"))), drop)
    for what, command in (
        ("one call in full", f"{callqa} inspect {first} --project telemarketing"),
        ("how well the chain hears", f"{callqa} evaluate {drop}/truth.jsonl"),
        ("who was drawn, and why", f"{callqa} -C {root} sample --date {SIMULATED_DAY}"),
        ("what is installed", f"{callqa} -C {root} doctor"),
    ):
        out.print(f"  {what:26} {command}", markup=False, soft_wrap=True)
    out.print("The speech model of the demo understands the simulated voices, not people: see models/demo-asr/card.md.")


def _near(path: Path) -> Path:
    """The path as one would type it here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
