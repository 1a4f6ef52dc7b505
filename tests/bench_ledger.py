"""Speed and memory of the ledger as it grows: python -m tests.bench_ledger [ENTRIES …]; on PostgreSQL too where CALLQA_TEST_POSTGRESQL is set.

post     entries a second hashed and inserted, in one transaction
read     entries a second read back as records
verify   entries a second held against their hashes
hash     the same bytes hashed and nothing else, which nothing can be faster than

Seconds are of the wall and, in brackets, of this process: on a machine that others use, the first are too pessimistic. PostgreSQL works in a process
of its own, so that its second figure is too optimistic.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from pipeline.ledger.chain import columns_of
from pipeline.ledger.verification import problems_of
from pipeline.records.entry import Entry, EntryKind
from pipeline.records.finding import Match, Severity
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.records.span import Span
from pipeline.store.engine import open_engine, reading, writing
from pipeline.store.ledger import entries, post_many
from pipeline.store.ledger_rows import stored_links
from pipeline.store.schema import upgrade
from tests.store.conftest import POSTGRESQL, emptied

SIZES = (10_000, 100_000, 1_000_000)
_NOW = datetime(2026, 4, 1, 1, 12, 9, tzinfo=UTC)
_SMALL_MIB = 1024


def month(count: int) -> Iterator[Entry]:
    """A month of violations, of a hundred vendors."""
    for n in range(count):
        yield Entry(
            f"violation finding {n}", EntryKind.VIOLATION, Month(2026, 3), f"外呼公司{n % 100}", "telemarketing", _NOW,
            f"finding {n}", f"20260302-{n:08}", f"工号{n % 2000:04}", "phrase.taunt", Severity.MAJOR, Match.EXACT,
            Span(12_000, 14_500), "你怎么这么笨", -10, 0, None, "王敏", Role.REVIEWER, "a1b2c3d4", "e5f6a7b8", "demo-asr@1234",
        )  # fmt: skip


def main(sizes: tuple[int, ...]) -> None:
    """One table a database."""
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            measure(f"sqlite:///{Path(folder) / f'{size}.db'}", size)
    if POSTGRESQL:
        for size in sizes:
            measure(emptied(POSTGRESQL), size)


def measure(url: str, size: int) -> None:
    """All figures of one size, each a line of a Markdown table."""
    upgrade(url)
    engine = open_engine(url)
    name = f"{engine.dialect.name} {size:,}"
    with writing(engine) as session:
        row(f"{name} post", size, lambda: post_many(session, month(size)))
    with reading(engine) as session:
        row(f"{name} read", size, lambda: sum(1 for _ in entries(session, month=Month(2026, 3))))
    with reading(engine) as session:
        row(f"{name} verify", size, lambda: [*problems_of(stored_links(session))])
    lines = [json.dumps(columns_of(entry), ensure_ascii=False).encode() for entry in month(min(size, 10_000))]
    row(f"{name} hash", len(lines), lambda: [sha256(line).hexdigest() for line in lines])
    print(
        f"| {name} largest, MiB | {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _SMALL_MIB:.0f} |", flush=True
    )
    engine.dispose()


def row(what: str, count: int, work: Callable[[], object]) -> None:
    """Entries a second, of the wall and of the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"| {what} | {count / wall:,.0f}/s ({count / processor:,.0f}/s) |", flush=True)


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
