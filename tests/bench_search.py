"""How fast transcripts are searched, and what the index weighs: python -m tests.bench_search [CALLS …] [--url postgresql://…]

A month of 100 vendors with forty turns a call, in sentences that people wrote. Every kind of search is made many times, from common words to
words that nobody says, with and without filters, the first page with its count and the tenth page. Told are the times of the store alone.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from sqlalchemy import Engine, insert, text

from pipeline.records.person import Person, Role
from pipeline.records.turn import Speaker
from pipeline.settings import CHECKOUT
from pipeline.store.engine import open_engine, reading, writing
from pipeline.store.search import count_turns, fill_index, find_turns
from pipeline.store.search_index import Filters
from pipeline.store.tables import TurnRow
from pipeline.text.terms import sought
from tests.bench_month import fill

TURNS = 40
_CHUNK = 500
_WORDS = (
    "您好",
    "验证码",
    "密码",
    "套餐",
    "流量",
    "码",
    "投诉",
    "验证码 给我",
    "违约金",
    "联通的卡",
    "龘龘",
    "一零零八六",
    "随便你",
    "不需要谢谢",
)
_FILTERS = (
    Filters(),
    Filters(vendor="外呼007"),
    Filters(speaker=Speaker.CUSTOMER),
    Filters(agent="A13"),
    Filters(first=date(2026, 3, 9), last=date(2026, 3, 15)),
    Filters(vendor="外呼042", first=date(2026, 3, 2), last=date(2026, 3, 2)),
)
_REVIEWER = Person("王敏", Role.REVIEWER)


def main(arguments: Sequence[str]) -> None:
    """Print a line a size."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench_search", description=__doc__.splitlines()[0])
    parser.add_argument("calls", nargs="*", type=int, default=[6_000])
    parser.add_argument("--url", help="an empty PostgreSQL database; default a SQLite file that is thrown away")
    asked = parser.parse_args(arguments)
    print(
        "| turns | indexed in s | text MiB | index MiB | search | p50 ms | p95 ms | worst ms |\n|---|---|---|---|---|---|---|---|"
    )
    for calls in asked.calls:
        with tempfile.TemporaryDirectory() as folder:
            url = asked.url or f"sqlite:///{folder}/bench.db"
            fill(url, calls)
            engine = open_engine(url)
            _say(engine, calls)
            before = _size(engine)
            began = time.perf_counter()
            with writing(engine) as session:
                fill_index(session)
            took = time.perf_counter() - began
            head = f"| {calls * TURNS:,} | {took:.0f} | {before:.0f} | {_size(engine) - before:.0f} |"
            for name, by_sound in (("words", False), ("sounds", True)):
                for what, times in _times(engine, by_sound):
                    cuts = statistics.quantiles(times, n=20)
                    print(f"{head} {what} by {name} | {cuts[9]:.0f} | {cuts[18]:.0f} | {max(times):.0f} |", flush=True)
            engine.dispose()


def _times(engine: Engine, by_sound: bool) -> Iterator[tuple[str, list[float]]]:
    """Milliseconds of each kind of search."""
    pages, counts, deep = [], [], []
    for words in _WORDS:
        wanted = sought(words, by_sound=by_sound)
        for filters in _FILTERS:
            for _ in range(2):
                page, took = _timed(engine, lambda session, w=wanted, f=filters: find_turns(session, _REVIEWER, w, f))
                pages.append(took)
            counts.append(
                _timed(engine, lambda session, w=wanted, f=filters: count_turns(session, _REVIEWER, w, f, 1000))[1]
            )
            for _ in range(9):
                if page.next_below is None:
                    break
                below = page.next_below
                page, took = _timed(
                    engine,
                    lambda session, w=wanted, f=filters, b=below: find_turns(session, _REVIEWER, w, f, below=b),
                )
                deep.append(took)
    yield from (("first page", pages), ("count to 1,000", counts), ("next pages", deep))


def _timed(engine: Engine, ask: Callable) -> tuple:
    with reading(engine) as session:
        began = time.perf_counter()
        answer = ask(session)
        return answer, 1000 * (time.perf_counter() - began)


def _say(engine: Engine, calls: int) -> None:
    """Forty turns a call, two in three of them the agent's."""
    rng, sentences = random.Random(5), _sentences()
    for start in range(0, calls, _CHUNK):
        rows = [
            _turn(inspection, position, rng.choice(sentences))
            for inspection in range(start + 1, min(start + _CHUNK, calls) + 1)
            for position in range(TURNS)
        ]
        with writing(engine) as session:
            session.execute(insert(TurnRow), rows)


def _turn(inspection_id: int, position: int, said: str) -> dict:
    start = position * 4000
    words = [[hanzi, start + n * 200, start + n * 200 + 190, 0.91] for n, hanzi in enumerate(said)]
    return {
        "inspection_id": inspection_id, "position": position, "speaker": Speaker.CUSTOMER if position % 3 == 1 else Speaker.AGENT,
        "start_ms": start, "end_ms": start + 200 * len(said), "text": said, "confidence": 0.9,
        "words": json.dumps(words, ensure_ascii=False, separators=(",", ":")),
    }  # fmt: skip


def _sentences() -> list[str]:
    """What agents and customers say, as people wrote it for the models."""
    files = sorted(
        (*(CHECKOUT / "models").glob("*/text/*.tsv"), *(CHECKOUT / "models").glob("demo-asr/text/talks_*.txt"))
    )
    lines = [line.rpartition("\t")[2] for file in files for line in file.read_text("utf-8").splitlines()]
    return [line for line in lines if len(line) > 3 and line[0] > "一"]


def _size(engine: Engine) -> float:
    """MiB of the whole database."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            return pages * connection.exec_driver_sql("PRAGMA page_size").scalar_one() / 2**20
        return connection.scalar(text("SELECT pg_database_size(current_database())")) / 2**20


if __name__ == "__main__":
    main(sys.argv[1:])
