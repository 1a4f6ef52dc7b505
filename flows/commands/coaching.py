"""coaching: what a vendor's agents should practise, with clips to hear (P-80)."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from flows.console import out, print_json
from flows.importing import OfVendor
from flows.options import AsJson, parse_month
from pipeline.checks.catalogue import RULES, entry
from pipeline.records.coaching import Clip, Coaching, Recurring, Trend
from pipeline.records.estimate import Interval, Ranked
from pipeline.services.coaching import coach
from pipeline.services.drawing import open_store
from pipeline.settings import load
from pipeline.store.engine import reading
from pipeline.text.clock import clock

_TRENDS = {
    Trend.BETTER: "better",
    Trend.WORSE: "WORSE",
    Trend.UNCLEAR: "chance may explain it",
    Trend.NO_MONTH_BEFORE: "nothing heard before",
}


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("coaching")(coaching_command)


def coaching_command(
    context: typer.Context,
    vendor: OfVendor,
    month: Annotated[str, typer.Option(metavar="MONTH")],
    agent: Annotated[str | None, typer.Option(help="One agent only; default the whole vendor.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what recurs in a month's calls, its trend, three clips to hear, and a fair comparison of the agents."""
    wanted = parse_month(month)
    settings = load(context.obj)
    with reading(open_store(settings)) as session:
        sheet = coach(session, vendor, wanted, agent)
    if as_json:
        print_json(_sheet_json(sheet, settings.archive_path))
    else:
        _show(sheet, settings.archive_path)


def _show(sheet: Coaching, archive: Path) -> None:
    whose = sheet.vendor if sheet.agent is None else f"{sheet.agent} of {sheet.vendor}"
    table = Table(title=f"{whose}, {sheet.month}: {sheet.calls} calls heard")
    for heading in ("fault", "calls", "confirmed", "share (95 %)", "the month before", "trend"):
        table.add_column(heading)
    for one in sheet.recurring:
        shares = (_share(one.share), "–" if one.before is None else _share(one.before))
        table.add_row(_name(one.rule), str(one.calls), str(one.confirmed), *shares, _TRENDS[one.trend])
    out.print(table if sheet.recurring else f"{whose}, {sheet.month}: {sheet.calls} calls heard, nothing recurs")
    for clip in sheet.clips:
        standing = "confirmed" if clip.fault.confirmed else "待核实"
        at = f"{clock(clip.span.start_ms)}-{clock(clip.span.end_ms)}"
        words = f" “{clip.fault.words}”" if clip.fault.words else ""
        told = f"hear {archive / clip.file} {at}: {_name(clip.fault.rule)}{words} (call {clip.call_id}, {clip.agent}, {standing})"
        out.print(told, markup=False, soft_wrap=True)
    for project, ranked in sheet.comparison.items():
        _show_ranked(project, ranked)


def _show_ranked(project: str, ranked: tuple[Ranked, ...]) -> None:
    table = Table(
        title=f"{project}: agents by calls without a grave fault; a place is shared where chance may explain it"
    )
    for heading in ("place", "agent", "without (95 %)", "worse than"):
        table.add_column(heading)
    for one in ranked:
        table.add_row(str(one.rank), one.name, _share(one.measured), ", ".join(one.worse_than) or "–")
    out.print(table)


def _name(rule: str) -> str:
    return f"{entry(rule).name} {rule}" if rule in RULES else rule


def _share(interval: Interval) -> str:
    return f"{interval.value:.0%} ({interval.low:.0%}–{interval.high:.0%})"


def _sheet_json(sheet: Coaching, archive: Path) -> dict[str, object]:
    return {
        "vendor": sheet.vendor,
        "agent": sheet.agent,
        "month": str(sheet.month),
        "calls": sheet.calls,
        "calls_before": sheet.calls_before,
        "recurring": [_recurring_json(one) for one in sheet.recurring],
        "clips": [_clip_json(clip, archive) for clip in sheet.clips],
        "comparison": {
            project: [
                {
                    "agent": one.name,
                    "rank": one.rank,
                    **_interval_json(one.measured),
                    "worse_than": list(one.worse_than),
                }
                for one in ranked
            ]
            for project, ranked in sheet.comparison.items()
        },
    }


def _recurring_json(one: Recurring) -> dict[str, object]:
    return {
        "rule": one.rule,
        "calls": one.calls,
        "confirmed": one.confirmed,
        "share": _interval_json(one.share),
        "before": None if one.before is None else _interval_json(one.before),
        "trend": one.trend.value,
    }


def _clip_json(clip: Clip, archive: Path) -> dict[str, object]:
    return {
        "file": str(archive / clip.file),
        "start_ms": clip.span.start_ms,
        "end_ms": clip.span.end_ms,
        "call_id": clip.call_id,
        "agent": clip.agent,
        "rule": clip.fault.rule,
        "words": clip.fault.words,
        "confirmed": clip.fault.confirmed,
        "subject": clip.fault.subject,
    }


def _interval_json(interval: Interval) -> dict[str, float]:
    return {"value": round(interval.value, 6), "low": round(interval.low, 6), "high": round(interval.high, 6)}
