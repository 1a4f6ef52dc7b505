"""How long a page of the queue takes: python -m tests.bench_queue [CALLS] [--flagged N] [--url postgresql://…]

A store of a million calls of 100 vendors, 300,000 of them flagged with one to three findings each, a fifth of those decided. Told are the refresh
of the whole queue, and what a page takes on the server (log-in, queries, template) over every pair and many triples of filters, on the first and on
later pages. The store is filled by plain inserts and thrown away.
"""

import argparse
import itertools
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import Engine, insert, select

from pipeline.ledger.grades import NO_FAULTS, Grading, grade_entry
from pipeline.records.call import AgentChannel, CallState, Outcome
from pipeline.records.draw import DrawKind
from pipeline.records.finding import Match, Severity
from pipeline.records.inspection import Status
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.records.turn import Speaker
from pipeline.records.verdict import Decision
from pipeline.services.queueing import refresh_queue
from pipeline.settings import Settings
from pipeline.store.engine import open_engine, reading, writing
from pipeline.store.ledger import post
from pipeline.store.people import add_user
from pipeline.store.policies import policy_for
from pipeline.store.schema import upgrade
from pipeline.store.tables import (
    CallRow,
    DrawnCallRow,
    DrawRow,
    DrawState,
    DropRow,
    FindingRow,
    InspectionRow,
    ManifestFileRow,
    QueueRow,
    RecordingRow,
    TurnRow,
    VerdictRow,
)
from pipeline.store.web_sessions import open_session
from pipeline.web.app import create_app
from pipeline.web.visit import COOKIE
from tests.heard import REVIEWER, in_force

VENDORS, AGENTS, DAYS, FIRST = 100, 25, 90, date(2026, 1, 1)
PROJECTS = ("telemarketing", "vip-care", "win-back", "survey")
MONTH, NOW = Month(2026, 1), datetime(2026, 4, 1, 2, tzinfo=UTC)
RULES = (
    ("script.missing.thanks", Severity.MINOR, 40), ("voice.dead_air", Severity.MINOR, 20), ("script.missing.identity", Severity.MINOR, 15),
    ("voice.raised", Severity.MAJOR, 8), ("phrase.impatience", Severity.MINOR, 8), ("phrase.coldness", Severity.MINOR, 5),
    ("phrase.overpromise", Severity.MAJOR, 3), ("phrase.abuse", Severity.FATAL, 1),
)  # fmt: skip
WORDS = "用不起就别用，您的号码是幺三八零零幺三八零零零"
_CHUNK = 20_000


def main(arguments: Sequence[str]) -> None:
    """Print what it took."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench_queue", description=__doc__.splitlines()[0])
    parser.add_argument("calls", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--flagged", type=int, default=300_000)
    parser.add_argument("--url", help="an empty PostgreSQL database; default a SQLite file that is thrown away")
    parser.add_argument("--kept", type=Path, help="a folder that the store is kept in, and found in next time")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        root = asked.kept or Path(folder)
        url = asked.url or f"sqlite:///{root}/bench.db"
        if not (root / "filled").exists():
            _timed("filled", lambda: fill(url, asked.calls, asked.flagged))
            if asked.kept:
                (root / "filled").touch()
        engine = open_engine(url)
        for what in ("queue made", "queue brought up to date"):
            _timed(what, lambda: refresh_queue(engine, NOW))
        _tell(*_pages(engine, Settings(root=root, database=url)))
        engine.dispose()


def fill(url: str, calls: int, flagged: int) -> None:
    """A store of so many calls, so many of them flagged; half of the others were heard, too."""
    upgrade(url)
    engine = open_engine(url)
    in_force(engine)
    dice = random.Random(5)
    inspected = flagged + (calls - flagged) // 2
    # Which calls are heard has nothing to do with how they follow each other.
    places = dice.sample(range(calls), inspected)
    with writing(engine) as session:
        session.add(DropRow(id=1, location="/drops"))
        session.flush()
        counts = {"accepted": calls, "same": 0, "conflicts": 0, "rejected": 0}
        session.add(ManifestFileRow(id=1, drop_id=1, name="m.csv", sha256="m", registered_at=NOW, **counts))
        session.execute(insert(DrawRow), [_draw(day) for day in range(DAYS)])
        post(session, [grade_entry(_graded(vendor), policy_for(session, MONTH), NOW) for vendor in range(VENDORS)])
        add_user(session, REVIEWER.name, Role.REVIEWER, "callqa-bench", NOW)
    heard = set(places)
    findings = [row for n in range(flagged) for row in _findings(n, dice)]
    for table, rows in (
        (CallRow, (_call(n, n in heard, dice) for n in range(calls))),
        (DrawnCallRow, (_drawn(n, at) for n, at in enumerate(places))),
        (RecordingRow, (_recording(n, at) for n, at in enumerate(places))),
        (InspectionRow, (_inspection(n) for n in range(inspected))),
        (TurnRow, (row for n in range(flagged) for row in _turns(n))),
        (FindingRow, iter(findings)),
        (VerdictRow, (_verdict(n, places, row) for n, row in enumerate(findings) if row["inspection_id"] % 5 == 0)),
    ):  # fmt: skip
        _insert(engine, table, iter(rows))
    engine.dispose()


def _pages(engine: Engine, settings: Settings) -> tuple[list[float], list[tuple[float, str]]]:
    """Milliseconds of every page asked for, and the slowest with their addresses."""
    with writing(engine) as session:
        token = open_session(session, REVIEWER, datetime.now(UTC))
    taken: list[tuple[float, str]] = []
    with TestClient(create_app(settings, engine), cookies={COOKIE: token}) as client:
        for address in _addresses(engine):
            for _ in range(3):
                began = time.perf_counter()
                answer = client.get(address)
                taken.append((1000 * (time.perf_counter() - began), address))
                assert answer.status_code == 200, (address, answer.status_code)
                further = answer.text.partition('rel="next" href="')[2].partition('"')[0]
                if not further:
                    break
                address = further.replace("&amp;", "&")
    return [ms for ms, _ in taken], sorted(taken, reverse=True)[:8]


def _addresses(engine: Engine) -> Iterator[str]:
    """No filter, each one, every pair, and triples drawn by lot; open and decided; with values that are common, rare, or there for nobody."""
    values = {
        "vendor": ("外呼007", "外呼093"),
        "project": ("telemarketing", "survey"),
        "rule": ("script.missing.thanks", "phrase.abuse", "voice.monologue"),
        "agent": ("外呼007-03", "nobody"),
        "day": ("2026-01-09", "2026-03-30"),
        "state": ("inspected", "partial", "withdrawn"),
        "grade": ("1", "3"),
    }
    named = [[(name, value) for value in values[name]] for name in values]
    combined = [()]
    for size in (1, 2):
        for names in itertools.combinations(named, size):
            combined += itertools.product(*names)
    triples = [one for names in itertools.combinations(named, 3) for one in itertools.product(*names)]
    combined += random.Random(7).sample(triples, 120)
    for show in ("open", "decided"):
        for one in combined:
            yield "/queue?show=" + show + "".join(f"&{name}={value}" for name, value in one)
    with reading(engine) as session:
        ranked = select(QueueRow.priority, QueueRow.call_pk).where(QueueRow.is_open).order_by(QueueRow.priority.desc())
        for offset in (1_000, 50_000, 200_000):
            if (at := session.execute(ranked.offset(offset).limit(1)).one_or_none()) is not None:
                yield f"/queue?show=open&after={at[0]}.{at[1]}"


def _tell(taken: list[float], slowest: list[tuple[float, str]]) -> None:
    ranked = sorted(taken)
    p95 = ranked[int(0.95 * len(ranked))]
    print(f"{len(taken)} pages: p50 {statistics.median(taken):.0f} ms, p95 {p95:.0f} ms, longest {ranked[-1]:.0f} ms")
    for ms, address in slowest:
        print(f"  {ms:.0f} ms  {address}")


def _timed(what: str, act) -> None:
    began = time.perf_counter()
    act()
    print(f"{what} in {time.perf_counter() - began:.1f} s", flush=True)


def _insert(engine: Engine, table: type, rows: Iterator[dict]) -> None:
    while chunk := list(islice(rows, _CHUNK)):
        with writing(engine) as session:
            session.execute(insert(table), chunk)


def _day(n: int) -> int:
    return n // VENDORS % DAYS


def _graded(vendor: int) -> Grading:
    """A tenth in grade 1, a fifth in grade 2."""
    grade = 1 if vendor % 10 == 0 else 2 if vendor % 5 == 1 else 3
    return Grading(f"外呼{vendor:03}", MONTH, 3, grade, NO_FAULTS, False)


def _draw(day: int) -> dict:
    return {
        "id": f"D{day}", "vendor": "外呼", "project": "all", "day": FIRST + timedelta(days=day), "kind": DrawKind.RANDOM, "state": DrawState.DRAWN,
        "frame_sha256": "f", "frame_calls": 1, "seed_sha256": "s", "seed": "5eed", "minimum_calls": 30, "share_bp": 1000, "formal_calls": 2,
        "policy_version": "p", "duration_bands_ms": "[30000]", "committed_at": NOW, "made_at": NOW,
    }  # fmt: skip


def _call(n: int, heard: bool, dice: random.Random) -> dict:
    vendor = n % VENDORS
    state = (CallState.PARTIAL if dice.random() < 0.03 else CallState.INSPECTED) if heard else CallState.NOT_SAMPLED
    return {
        "id": n + 1, "manifest_id": 1, "line": n + 2, "call_id": f"{n:09}", "vendor": f"外呼{vendor:03}",
        "project": PROJECTS[(vendor + dice.randrange(2)) % len(PROJECTS)], "agent": f"外呼{vendor:03}-{dice.randrange(AGENTS):02}",
        "customer_number": f"139{n:08}", "started_at": NOW - timedelta(days=DAYS - _day(n)), "duration_ms": 180_000,
        "outcome": Outcome.SUCCESS if n % 3 == 0 else Outcome.REFUSED, "file": f"{n}.wav", "agent_channel": AgentChannel.LEFT, "sha256": None,
        "extra": "[]", "row_sha256": "r", "day": FIRST + timedelta(days=_day(n)), "connected": True, "late": False, "state": state,
        "registered_at": NOW, "frame_draw_id": f"D{_day(n)}",
    }  # fmt: skip


def _drawn(n: int, at: int) -> dict:
    return {
        "id": n + 1, "draw_id": f"D{_day(at)}", "call_pk": at + 1, "stratum": "A", "probability_num": 1, "probability_den": 10, "formal": False
    }  # fmt: skip


def _recording(n: int, at: int) -> dict:
    return {
        "id": n + 1, "call_pk": at + 1, "sha256": f"{n:064}", "archive_path": f"{n}.wav",
        "archive_day": FIRST + timedelta(n // 999_999), "archive_number": n % 999_999 + 1,
        "archived_at": NOW, "keep_until": date(2026, 9, 1), "committed": True,
    }  # fmt: skip


def _inspection(n: int) -> dict:
    return {
        "id": n + 1, "recording_id": n + 1, "drawn_call_id": n + 1, "status": Status.INSPECTED, "file": f"{n}.wav", "duration_ms": 180_000,
        "decoded_ms": 180_000, "channels": 2, "codec": "pcm_mulaw", "rate_hz": 8000, "ruleset": "r1", "model": "m1", "code": "c1",
        "decode_s": 0.1, "vad_s": 0.1, "transcribe_s": 1.0, "check_s": 0.1, "inspected_at": NOW,
    }  # fmt: skip


def _turns(n: int) -> Iterator[dict]:
    """Twelve of them: three minutes have about forty."""
    said = "您好这里是客服中心请问是机主本人吗我们有一个新的套餐每个月三十八元您看方便吗"
    for position in range(12):
        yield {
            "inspection_id": n + 1, "position": position, "speaker": (Speaker.AGENT, Speaker.CUSTOMER)[position % 2], "start_ms": position * 5000,
            "end_ms": position * 5000 + 4000, "text": WORDS if position == 6 else said, "confidence": 0.9, "words": "[]",
        }  # fmt: skip


def _findings(n: int, dice: random.Random) -> Iterator[dict]:
    weights = [share for _, _, share in RULES]
    chosen = sorted(set(dice.choices(range(len(RULES)), weights, k=dice.randint(1, 3))))
    for position, (rule, severity, _) in enumerate(RULES[one] for one in chosen):
        yield {
            "inspection_id": n + 1, "position": position, "rule": rule, "rule_version": 1, "category": rule.split(".")[0],
            "severity": severity, "plan": "P-31", "speaker": Speaker.AGENT, "start_ms": 12_000, "end_ms": 14_500,
            "text": WORDS, "matched": "用不起就别用", "match": dice.choice((Match.EXACT, Match.NEAR)),
            "confidence": dice.uniform(0.5, 1), "explanation": "听到“用不起就别用”", "counts": dice.random() < 0.7,
        }  # fmt: skip


def _verdict(n: int, places: Sequence[int], found: dict) -> dict:
    return {
        "call_pk": places[found["inspection_id"] - 1] + 1, "finding_id": n + 1, "decision": Decision.CONFIRMED, "rule": found["rule"],
        "severity": found["severity"], "start_ms": 12_000, "end_ms": 14_500, "words": "", "note": "", "person": REVIEWER.name,
        "role": Role.REVIEWER, "decided_at": NOW,
    }  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
