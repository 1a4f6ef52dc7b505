"""`callqa demo`: three simulated vendors, two months with a night each, what is wrong in their calls, closes, files, and where to look next."""

import json
import re
import shutil
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from flows.commands.export import export_month
from flows.commands.night import ingest, run_night
from flows.commands.serve import HOST, PORT, show
from flows.commands.setup import initialise
from flows.console import out, progress
from flows.demo_months import PASSWORD, DemoMonths, Told
from flows.orchestration import starting
from pipeline.checks.catalogue import entry
from pipeline.findings.merge import rank
from pipeline.records.closed import SettlementLine
from pipeline.records.finding import Finding, Severity
from pipeline.records.month import Month
from pipeline.services.drawing import open_store
from pipeline.services.stored import inspections_since
from pipeline.settings import FILE, Settings, load
from pipeline.store.engine import reading
from pipeline.store.inspections import StoredInspection
from pipeline.store.month_lines import find_closing, score_lines, settlement_lines
from pipeline.text.clock import clock
from pipeline.text.quoting import quoted

# The last days of a month take in all of its formal sample. The last night of all waits for reviewers.
DAYS = (date(2026, 3, 30), date(2026, 4, 29), date(2026, 5, 28))
_SHOWN, _A_CALL, _A_RULE = 20, 2, 3
_MARKED = "simulated.json"


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("demo")(demo_command)


def demo_command(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]")] = Path("callqa-demo"),
    calls: Annotated[int, typer.Option(min=6)] = 60,
    seed: Annotated[int, typer.Option()] = 7,
) -> None:
    """Three simulated vendors, two months with a night each, reviews, closes, an exit case, the files; a third night waits for its reviewers."""
    began, root = time.perf_counter(), folder.resolve()
    settings = initialise(root)
    _own_policy(settings)
    settings = load(root)
    drops = {day: root / f"drop-{Month.of(day)}" for day in DAYS}
    open_calls = calls // 5
    shares = dict(
        zip(DAYS, (calls - open_calls - (calls - open_calls) // 2, (calls - open_calls) // 2, open_calls), strict=True)
    )
    with starting(root):
        for number, (day, drop) in enumerate(drops.items()):
            _drop(drop, shares[day], seed + number, day)
    out.print(f"1. {calls} calls of three simulated vendors are in {_near(root)}/drop-*", markup=False, soft_wrap=True)
    registered = [ingest(settings, str(drop / "manifest.csv"))[1] for drop in drops.values()]
    accepted, same = sum(one.accepted for one in registered), sum(one.same for one in registered)
    out.print(f"2. manifests read: {accepted} calls accepted, {same} known already")
    hearing = time.perf_counter()
    tally = run_night(settings, DAYS[-1], f"demo {seed}")
    heard = sum(tally.calls[state] for state in ("inspected", "partial", "quarantined"))
    nights = ", ".join(map(str, DAYS))
    out.print(f"3. the nights of {nights}: {heard} calls heard in this run, in {time.perf_counter() - hearing:.0f} s")
    _table(inspections_since(settings, Month.of(DAYS[0]).first_day))
    told = DemoMonths(settings, {day: drops[day] for day in DAYS[:-1]}).play()
    statement = _tell(settings, told)
    _where_next(settings, drops[DAYS[0]], statement, time.perf_counter() - began)
    if sys.stdout.isatty():
        show(settings, HOST, PORT)


def _own_policy(settings: Settings) -> None:
    """Lexicons of the demo's own, the shipped ones but for months of two calls being scored, so that there is something to see."""
    own = settings.root / "lexicons"
    if own.exists():
        return
    shutil.copytree(settings.lexicons_path, own)
    policy = own / "policy.toml"
    policy.write_text(re.sub(r"(?m)^smallest_sample = \d+$", "smallest_sample = 2", policy.read_text("utf-8")), "utf-8")
    with (settings.root / FILE).open("a", encoding="utf-8") as file:
        file.write('lexicons = "lexicons"\n')


def _tell(settings: Settings, told: Told) -> str:
    """What the months came to, and their files; the statement from which quality took the most."""
    decided = ", ".join(f"{count} {decision.value}" for decision, count in sorted(told.verdicts.items()))
    out.print(f"4. reviewed under policy {told.policy}: {decided or 'all before'}", soft_wrap=True)
    if told.appeal is not None:
        out.print(f"5. an appeal against verdict {told.appeal[0]} was upheld after {told.closings[0].month} was closed")
    for closing in told.closings:
        folder = settings.root / "export" / str(closing.month)
        exported = export_month(settings, closing.month, folder, closing.revision)
        files = sum(len(one.files) for one in exported)
        what = f"restated, revision {closing.revision}" if closing.revision else "closed"
        out.print(
            f"6. {closing.month} {what}: {files} files in {_near(exported[0].folder)}", markup=False, soft_wrap=True
        )
    statement = _months(settings, told)
    for vendor, count in sorted(told.warnings.items()):
        out.print(f"7. {vendor}: {count} {'warning stands' if count == 1 else 'warnings stand'}", markup=False)
    if told.case is not None:
        out.print(
            f"8. {told.case.entry.vendor} is suspended: exit case {told.case.number}, approved by the centre and by marketing, "
            "waits for the vice-president",
            markup=False,
            soft_wrap=True,
        )
    return statement


def _months(settings: Settings, told: Told) -> str:
    """A line a vendor, project and month, as it was last closed; the statement with the lowest adjustment."""
    table = Table(title="The months as they were closed")
    for heading in ("month", "vendor", "project", "calls", "heard", "score", "95 %", "factor", "net", "statement"):
        table.add_column(
            heading, justify="right" if heading in ("calls", "heard", "score", "factor", "net") else "left"
        )
    lines: list[SettlementLine] = []
    with reading(open_store(settings)) as session:
        for month in dict.fromkeys(closing.month for closing in told.closings):
            closing = find_closing(session, month)
            paid = {(line.vendor, line.project): line for line in settlement_lines(session, closing)}
            lines += paid.values()
            for line in score_lines(session, closing):
                money = paid[line.vendor, line.project]
                score = "–" if line.score_c is None else f"{line.score_c / 100:.1f}"
                bounds = (
                    ""
                    if line.score_c is None
                    else f"{(line.score_low_c or 0) / 100:.0f}-{(line.score_high_c or 0) / 100:.0f}"
                )
                table.add_row(
                    str(month), line.vendor, line.project, str(line.calls), str(line.inspected + line.partial), score, bounds,
                    f"{line.factor_bp / 100:g} %", f"{money.net_fen / 100:,.2f}", money.statement_no,
                )  # fmt: skip
    out.print(table)
    return min(lines, key=lambda line: line.adjustment_fen).statement_no


def _drop(drop: Path, calls: int, seed: int, day: date) -> None:
    """Simulate once; a complete drop of the same calls and seed is kept."""
    wanted = {"calls": calls, "seed": seed, "day": day.isoformat()}
    mark = drop / _MARKED
    if mark.exists() and json.loads(mark.read_text(encoding="utf-8")) == wanted:
        return
    from pipeline.simulation.drop import simulate

    with progress("simulating vendors", calls) as steps:
        simulate(drop, calls, seed, day=day, on_progress=lambda _done, _all: steps.advance())
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
        table.add_row(
            call.row.call_id, call.row.vendor, at, fault, quoted(finding.text, finding.matched) or finding.explanation
        )
    out.print(table)


def worst(call: StoredInspection) -> list[Finding]:
    """The findings of a call that count, gravest first, one a rule."""
    seen: dict[str, Finding] = {}
    for finding in rank(call.inspection.findings):
        if finding.counts:
            seen.setdefault(finding.rule, finding)
    return list(seen.values())


def _where_next(settings: Settings, drop: Path, statement: str, seconds: float) -> None:
    out.print(f"Done in {seconds:.0f} s. Where to look next:")
    callqa, root, drop = _near(Path(sys.argv[0]).resolve()), _near(settings.root), _near(drop)
    first = next(iter(sorted(drop.rglob("*.wav"))), drop)
    for what, command in (
        ("one call in full", f"{callqa} inspect {first} --project telemarketing"),
        ("how well the chain hears", f"{callqa} evaluate {drop}/truth.jsonl"),
        ("who was drawn, and why", f"{callqa} -C {root} sample --date {DAYS[0]}"),
        ("why a vendor lost money", f"{callqa} -C {root} explain {statement}"),
        ("that nothing was altered", f"{callqa} -C {root} verify"),
        ("the exit case", f"{callqa} -C {root} exit-case list"),
        ("what is installed", f"{callqa} -C {root} doctor"),
    ):
        out.print(f"  {what:26} {command}", markup=False, soft_wrap=True)
    out.print("The speech model of the demo understands the simulated voices, not people: see models/demo-asr/card.md.")
    if not sys.stdout.isatty():
        out.print(f"The review desk:  {callqa} -C {root} serve", markup=False, soft_wrap=True)
    others = "supervisor 李主任, a vendor's person 华声外呼客服部"
    out.print(f"open http://{HOST}:{PORT}, user 王敏, password {PASSWORD} ({others})", markup=False, soft_wrap=True)


def _near(path: Path) -> Path:
    """The path as one would type it here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
