"""How long the export of a closed month takes: python -m tests.bench_export [VIOLATIONS …] [--url postgresql://…] [--profile]

A month of 100 vendors with one project each, every call with two violations that a reviewer has confirmed, one in a hundred reversed before the
close. Seconds are of the wall and, in brackets, of this process.
"""

import argparse
import cProfile
import pstats
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine

from pipeline.policy.policy import parse_policy
from pipeline.records.entry import Entry, EntryKind
from pipeline.records.finding import Match, Severity
from pipeline.records.person import Role
from pipeline.records.span import Span
from pipeline.records.verdict import Decision
from pipeline.services.exporting import Exported, export
from pipeline.settings import Settings
from pipeline.store.engine import open_engine, reading, writing
from pipeline.store.ledger import post_many
from pipeline.store.month_lines import find_closing
from pipeline.store.tables import VerdictRow
from tests.bench_month import MONTH, NOW, VENDORS, fill, insert_rows, vendor_of
from tests.export.closed_month import Written, store
from tests.heard import SHIPPED

_RULES = (("phrase.taunt", Severity.MAJOR, 10), ("script.missing.thanks", Severity.MINOR, 2))


def main(arguments: Sequence[str]) -> None:
    """Print a line a size."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench_export", description=__doc__.splitlines()[0])
    parser.add_argument("violations", nargs="*", type=int, default=[30_000, 300_000])
    parser.add_argument("--url", help="an empty PostgreSQL database; default a SQLite file that is thrown away")
    parser.add_argument("--profile", action="store_true", help="say where the time goes")
    asked = parser.parse_args(arguments)
    print("| violations | exported in s | a violation in µs | peak MiB |\n|---|---|---|---|")
    for violations in asked.violations:
        with tempfile.TemporaryDirectory() as folder:
            engine = closed(asked.url or f"sqlite:///{folder}/bench.db", violations)
            profile = cProfile.Profile() if asked.profile else None
            wall, processor = time.perf_counter(), time.process_time()
            if profile is None:
                exported(engine, Path(folder))
            else:
                profile.runcall(exported, engine, Path(folder))
            wall, processor = time.perf_counter() - wall, time.process_time() - processor
            engine.dispose()
        peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        each_us = wall / violations * 1e6
        print(f"| {violations:,} | {wall:.0f} ({processor:.0f}) | {each_us:.0f} | {peak_mib:.0f} |", flush=True)
        if profile is not None:
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)


def exported(engine: Engine, folder: Path) -> Exported:
    """Export the month."""
    with reading(engine) as session:
        closing = find_closing(session, MONTH)
    return export(Settings(folder), engine, closing, folder / "out")


def closed(url: str, violations: int) -> Engine:
    """A store whose month is closed, two violations a call."""
    calls = violations // 2
    fill(url, calls, findings=False)
    engine = open_engine(url)
    insert_rows(engine, VerdictRow, map(_verdict, range(violations)))
    with writing(engine) as session:
        post_many(session, _entries(violations))
    places = [f"{vendor_of(n)} survey" for n in range(VENDORS)]
    score = "60 of 1000 calls  0 fatal 9 major 9 minor  rate 2.50 (0.90-6.80)  score 91.50 (90.10-92.90)"
    paid = "400/402 within 4  398 at 15.00  usage 12.34  factor 10000  net 5982.34"
    store(
        engine,
        Written(
            str(MONTH),
            "2026-04-03",
            scores="\n".join(f"{place}  {score}" for place in places),
            settlement="\n".join(f"{place}  {paid}" for place in places),
            policy=parse_policy(SHIPPED.encode(), "policy").version,
        ),
    )
    return engine


def _verdict(n: int) -> dict:
    rule, severity, _ = _RULES[n % 2]
    return {
        "id": n + 1, "call_pk": n // 2 + 1, "finding_id": None, "decision": Decision.CONFIRMED, "rule": rule, "severity": severity,
        "words": "", "note": "", "person": "王敏", "role": Role.REVIEWER, "decided_at": NOW - timedelta(days=3),
    }  # fmt: skip


def _entries(violations: int) -> Iterator[Entry]:
    for n in range(violations):
        rule, severity, points = _RULES[n % 2]
        yield Entry(
            f"violation verdict {n + 1}", EntryKind.VIOLATION, MONTH, vendor_of(n // 2), "survey", NOW, f"verdict {n + 1}",
            f"{n // 2:09}", f"A{n // 2 % 997}", rule, severity, Match.EXACT, Span(12_000, 14_500), "活该，用不起就别用", -points,
            person="王敏", role=Role.REVIEWER, policy="p", ruleset="r1", model="m1",
        )  # fmt: skip
    for n in range(0, violations, 100):
        rule, severity, points = _RULES[n % 2]
        yield Entry(
            f"reversal verdict {n + 1}", EntryKind.REVERSAL, MONTH, vendor_of(n // 2), "survey", NOW, f"verdict {n + 1}",
            points=points, reverses=n + 1, person="王敏", role=Role.REVIEWER, policy="p",
        )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
