"""A month that several people close at once, each with a `callqa close` of his own, is closed once and told to all of them.

None may get ahead while the others still start: the ledger is held until every process waits for it.
"""

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from flows.commands.setup import initialise
from pipeline.records.person import Role
from pipeline.services.ledger_proof import verify_ledger
from pipeline.settings import FILE, load
from pipeline.store.cases import lock_ledger
from pipeline.store.engine import open_engine, writing
from pipeline.store.people import add_user
from pipeline.store.schema import upgrade
from pipeline.store.tables import MonthScoreRow, SettlementRow
from tests.flows.conftest import Callqa
from tests.flows.test_closing import POLICY, close, prepared
from tests.flows.typed import PASSWORD
from tests.heard import SUPERVISOR, at

AT_ONCE = 6
# Below the 30 s for which a writer waits.
LONGEST_WAIT_S = 25.0


@pytest.fixture
def engine(url: str, tmp_path: Path) -> Iterator[Engine]:
    """The store of an installation whose March is ready to be closed."""
    root = tmp_path / "work"
    root.mkdir()
    (root / FILE).write_text(f'database = "{url}"\n')
    initialise(root)
    engine = open_engine(url)
    prepared(engine, POLICY)
    with writing(engine) as session:
        add_user(session, SUPERVISOR.name, Role.SUPERVISOR, PASSWORD, at("2026-01-01"))
    yield engine
    engine.dispose()


@pytest.mark.slow
def test_processes_that_close_a_month_at_once_close_it_once(engine: Engine, tmp_path: Path) -> None:
    settings = load(tmp_path / "work")
    callqa = Callqa(settings.root, CALLQA_PASSWORD=PASSWORD)
    command = callqa.command("close", "2026-03", "--as", SUPERVISOR.name, "--json")
    with held_until_all_wait(engine) as started:
        for _ in range(AT_ONCE):
            started.append(
                subprocess.Popen(
                    command, env=callqa.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
                )
            )
    told = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0] * AT_ONCE, told
    first, *others = [json.loads(output) for output, _ in told]
    assert others == [first] * (AT_ONCE - 1)
    assert lines_of(engine) == lines_of_one_close(tmp_path)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM closes")) == 1
        assert connection.scalar(text("SELECT count(*) FROM entries WHERE kind = 'close'")) == 1
    assert verify_ledger(settings, engine).problems == ()


def lines_of_one_close(folder: Path) -> str:
    """What one alone makes of the same month, in a store of its own."""
    upgrade(alone := f"sqlite:///{folder / 'alone.db'}")
    engine = open_engine(alone)
    close(prepared(engine, POLICY))
    hashed = lines_of(engine)
    engine.dispose()
    return hashed


@contextmanager
def held_until_all_wait(engine: Engine) -> Iterator[list[subprocess.Popen[str]]]:
    """Hold the ledger until all processes that the caller has started want it."""
    started: list[subprocess.Popen[str]] = []
    with writing(engine) as session:
        lock_ledger(session)
        yield started
        deadline = time.monotonic() + LONGEST_WAIT_S
        while waiting(engine, started) < len(started) and time.monotonic() < deadline:
            time.sleep(0.1)


def waiting(engine: Engine, started: Sequence[subprocess.Popen[str]]) -> int:
    """How many processes want to write: PostgreSQL says so; of SQLite, those that have the database open."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            return connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")) or 0
    return sum(has_open(process.pid, engine.url.database or "") for process in started)


def has_open(pid: int, file: str) -> bool:
    try:
        return file in {str(one.readlink()) for one in Path(f"/proc/{pid}/fd").iterdir()}
    except OSError:  # it has opened or closed something meanwhile, or is over
        return False


def lines_of(engine: Engine) -> str:
    """The hash of all that is in the month's lines, which knows no clock."""
    digest = sha256()
    for table in (MonthScoreRow.__table__, SettlementRow.__table__):
        with engine.connect() as connection:
            for row in connection.execute(select(table).order_by(table.c.vendor, table.c.project)):
                digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()
