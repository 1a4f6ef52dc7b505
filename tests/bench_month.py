"""How long a close takes, and what it holds in memory: python -m tests.bench_month [CALLS …] [--url postgresql://…]

A month of 100 vendors with one project each, every call inspected with two findings, one in a thousand out of hours (which posts by itself),
sixty calls a vendor heard whole. The store is filled by plain inserts, then the month is closed by a process of its own whose peak memory is
told. The largest size of the plan is 1,500,000 calls with 3,000,000 findings; figures of several sizes stand together, so growth can be seen.
"""

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from sqlalchemy import Engine, insert, text

from pipeline.records.call import AgentChannel, CallState, Outcome
from pipeline.records.draw import DrawKind
from pipeline.records.finding import Match, Severity
from pipeline.records.inspection import Status
from pipeline.records.month import Month
from pipeline.records.turn import Speaker
from pipeline.services.closing import close_month
from pipeline.store.drawn import calendar_seed
from pipeline.store.engine import open_engine, writing
from pipeline.store.schema import upgrade
from pipeline.store.tables import (
    CallReviewRow,
    CallRow,
    DrawnCallRow,
    DrawRow,
    DrawState,
    DropRow,
    FindingRow,
    InspectionRow,
    ManifestFileRow,
    RecordingRow,
)
from tests.heard import SHIPPED, SUPERVISOR, in_force

MONTH, DAYS, VENDORS, FORMAL = Month(2026, 3), 31, 100, 60
NOW = datetime(2026, 4, 1, 2, tzinfo=UTC)
_CHUNK = 20_000
_RULES = (("script.missing.thanks", Severity.MINOR), ("voice.raised", Severity.MAJOR))


def main(arguments: Sequence[str]) -> None:
    """Print a line a size."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench_month", description=__doc__.splitlines()[0])
    parser.add_argument("calls", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--url", help="an empty PostgreSQL database; default a SQLite file that is thrown away")
    asked = parser.parse_args(arguments)
    print("| calls | findings | filled in s | closed in s | peak MiB |\n|---|---|---|---|---|")
    for calls in asked.calls:
        with tempfile.TemporaryDirectory() as folder:
            url = asked.url or f"sqlite:///{folder}/bench.db"
            began = time.perf_counter()
            fill(url, calls)
            filled = time.perf_counter() - began
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                closed, peak_mib = pool.apply(closing, (url,))
        print(
            f"| {calls:,} | {2 * calls + calls // 1000:,} | {filled:.0f} | {closed:.1f} | {peak_mib:.0f} |", flush=True
        )


def closing(url: str) -> tuple[float, float]:
    """Close the month; seconds and this process's peak memory in MiB."""
    began = time.perf_counter()
    with writing(open_engine(url)) as session:
        close_month(session, MONTH, SUPERVISOR, NOW)
    return time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fill(url: str, calls: int, *, findings: bool = True) -> None:
    """A store with a month of calls, each inspected, with or without what was found."""
    upgrade(url)
    engine = open_engine(url)
    in_force(engine, SHIPPED)
    with writing(engine) as session:
        session.add(DropRow(id=1, location="/drops"))
        session.flush()
        session.add(
            ManifestFileRow(
                id=1,
                drop_id=1,
                name="m.csv",
                sha256="m",
                registered_at=NOW,
                accepted=calls,
                same=0,
                conflicts=0,
                rejected=0,
            )
        )
        for vendor in range(VENDORS):
            calendar_seed(session, vendor_of(vendor), MONTH.year, "5eed", NOW)
        session.execute(
            insert(DrawRow), [_draw(vendor, day, calls) for vendor in range(VENDORS) for day in range(DAYS)]
        )
    for table, rows in (
        (CallRow, map(_call, range(calls))),
        (DrawnCallRow, map(_drawn, range(calls))),
        (RecordingRow, map(_recording, range(calls))),
        (InspectionRow, map(_inspection, range(calls))),
        (FindingRow, (row for n in range(calls if findings else 0) for row in _findings(n))),
        (CallReviewRow, ({"call_pk": n + 1, "person": "王敏", "reviewed_at": NOW} for n in range(min(calls, VENDORS * FORMAL)))),
    ):  # fmt: skip
        insert_rows(engine, table, iter(rows))
    if engine.dialect.name == "postgresql":
        # A month grows for weeks, in which PostgreSQL counts by itself what there is.
        with engine.connect() as connection:
            connection.execute(text("ANALYZE"))
    engine.dispose()


def insert_rows(engine: Engine, table: type, rows: Iterator[dict]) -> None:
    """Insert rows in many transactions."""
    while chunk := list(islice(rows, _CHUNK)):
        with writing(engine) as session:
            session.execute(insert(table), chunk)


def vendor_of(n: int) -> str:
    """The vendor of call `n`."""
    return f"外呼{n % VENDORS:03}"


def _day(n: int) -> date:
    return MONTH.first_day + timedelta(days=n // VENDORS % DAYS)


def _draw_id(n: int) -> str:
    return f"D{_day(n):%Y%m%d}-{n % VENDORS}"


def _draw(vendor: int, day: int, calls: int) -> dict:
    n = vendor + day * VENDORS
    return {
        "id": _draw_id(n), "vendor": vendor_of(n), "project": "survey", "day": _day(n), "kind": DrawKind.RANDOM, "state": DrawState.DRAWN,
        "frame_sha256": "f", "frame_calls": calls // VENDORS // DAYS * 10, "seed_sha256": "s", "seed": "5eed", "minimum_calls": 30,
        "share_bp": 1000, "formal_calls": 2, "policy_version": "p", "duration_bands_ms": "[30000]", "committed_at": NOW, "made_at": NOW,
    }  # fmt: skip


def _call(n: int) -> dict:
    return {
        "id": n + 1, "manifest_id": 1, "line": n + 2, "call_id": f"{n:09}", "vendor": vendor_of(n), "project": "survey", "agent": f"A{n % 997}",
        "customer_number": f"139{n:08}", "started_at": datetime(2026, 3, _day(n).day, 3, tzinfo=UTC), "duration_ms": 180_000,
        "outcome": Outcome.SUCCESS if n % 3 == 0 else Outcome.REFUSED, "file": f"{n}.wav", "agent_channel": AgentChannel.LEFT, "sha256": None,
        "extra": "[]", "row_sha256": "r", "day": _day(n), "connected": True, "late": False, "state": CallState.INSPECTED,
        "registered_at": NOW, "frame_draw_id": _draw_id(n),
    }  # fmt: skip


def _drawn(n: int) -> dict:
    return {
        "id": n + 1, "draw_id": _draw_id(n), "call_pk": n + 1, "stratum": f"A{n % 5}", "probability_num": 1, "probability_den": 10,
        "formal": n < VENDORS * FORMAL,
    }  # fmt: skip


def _recording(n: int) -> dict:
    return {
        "id": n + 1, "call_pk": n + 1, "sha256": f"{n:064}", "archive_path": f"{n}.wav", "archive_day": _day(n), "archive_number": n % 999_999 + 1,
        "archived_at": NOW, "keep_until": date(2026, 9, 1), "committed": True,
    }  # fmt: skip


def _inspection(n: int) -> dict:
    return {
        "id": n + 1, "recording_id": n + 1, "drawn_call_id": n + 1, "status": Status.INSPECTED, "file": f"{n}.wav", "duration_ms": 180_000,
        "decoded_ms": 180_000, "channels": 2, "codec": "pcm_mulaw", "rate_hz": 8000, "ruleset": "r1", "model": "m1", "code": "c1",
        "decode_s": 0.1, "vad_s": 0.1, "transcribe_s": 1.0, "check_s": 0.1, "inspected_at": NOW,
    }  # fmt: skip


def _findings(n: int) -> Iterator[dict]:
    more = (("call.out_of_hours", Severity.MAJOR),) if n % 1000 == 999 else ()
    for position, (rule, severity) in enumerate((*_RULES, *more)):
        yield {
            "inspection_id": n + 1, "position": position, "rule": rule, "rule_version": 1, "category": rule.split(".")[0],
            "severity": severity, "plan": "P-31", "speaker": Speaker.AGENT, "start_ms": None, "end_ms": None, "text": "", "matched": "",
            "match": Match.ACOUSTIC, "confidence": 0.9, "explanation": "", "counts": (n + position) % 20 == 0 or bool(more),
        }  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
