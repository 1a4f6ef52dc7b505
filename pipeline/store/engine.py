"""Connections and transactions, the same for SQLite and PostgreSQL.

SQLite: WAL, so readers never wait; foreign keys on; a busy timeout; every write transaction begins IMMEDIATE, because one that begins by reading
cannot be upgraded once another has written. Commits reach the disk (synchronous FULL): what was said to be stored survives a power cut.

    with writing(engine) as session: ...      # one transaction: all of it or nothing
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from pipeline.errors import StoreError, UsageError
from pipeline.store.refusals import explain

BUSY_TIMEOUT_MS = 30_000
WRITE = "callqa_write"
# A connection's; of SQLite's own two MiB a search through an index of a large store makes nothing but reads.
CACHE_KIB = 16_000
IN_ONE_STATEMENT = 1000

Value = TypeVar("Value")


def open_engine(url: str, *, create: bool = False, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> Engine:
    """An engine for a database that is there; `create` lets SQLite make the file.

    Raises UsageError where the URL is none, StoreError where the file is absent or the driver is not installed.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed, create, busy_timeout_ms)
    try:
        return _open_postgresql(parsed)
    except ModuleNotFoundError as error:
        raise StoreError(
            f"{name(parsed)}: the driver {error.name} is missing: pip install 'callqa[postgresql]'"
        ) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that sees one state of the database and writes nothing."""
    with _explained(engine), Session(_reader(engine), expire_on_commit=False) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session in one write transaction, committed at the end, rolled back on any exception."""
    writer = engine.execution_options(**{WRITE: True})
    with _explained(engine), Session(writer, expire_on_commit=False) as session, session.begin():
        # On SQLite the write lock is taken here, before anything is read that a decision may rest on.
        session.connection()
        yield session


def lock_against_writers(session: Session, table: str) -> None:
    """Keep other writers off a table until the transaction ends. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"))


def chunks(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Pieces small enough for one statement's parameters."""
    for start in range(0, len(values), IN_ONE_STATEMENT):
        yield values[start : start + IN_ONE_STATEMENT]


def name(url: URL) -> str:
    """The database in an error message: a file, or a URL without its password."""
    return (
        url.database or ":memory:" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    )


def _reader(engine: Engine) -> Engine:
    """SQLite keeps to one state by itself; on PostgreSQL every query would see what was committed before it."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise StoreError(explain(name(engine.url), error)) from error


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UsageError(f"database = {url!r}: not a database URL; for example sqlite:///callqa.db") from error
    if parsed.drivername in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise UsageError(f"database = {name(parsed)!r}: only sqlite:/// and postgresql:// are supported")
    return parsed


def _open_postgresql(url: URL) -> Engine:
    engine = create_engine(url, pool_pre_ping=True)

    @event.listens_for(engine, "connect")
    def configure(connection: object, _record: object) -> None:
        # A plan that fits any vendor and month goes through all of them: each statement is planned for what it asks.
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("SET plan_cache_mode = force_custom_plan")
        cursor.close()
        connection.commit()  # type: ignore[attr-defined]

    return engine


def _open_sqlite(url: URL, create: bool, busy_timeout_ms: int) -> Engine:
    file = Path(url.database or "")
    if not url.database or url.database == ":memory:":
        raise UsageError("database: SQLite needs a file, for example sqlite:///callqa.db")
    if not file.exists() and not create:
        raise StoreError(f"{file}: there is no database here: run `callqa init`")
    if not file.parent.is_dir():
        raise StoreError(f"{file}: the folder {file.parent} does not exist: make it first")
    engine = create_engine(url, connect_args={"timeout": busy_timeout_ms / 1000})

    @event.listens_for(engine, "connect")
    def configure(connection: object, _record: object) -> None:
        # The driver would begin transactions by itself, and never IMMEDIATE ones.
        connection.isolation_level = None  # type: ignore[attr-defined]
        cursor = connection.cursor()  # type: ignore[attr-defined]
        _to_wal(cursor, busy_timeout_ms)
        for pragma in ("synchronous = FULL", "foreign_keys = ON", f"cache_size = -{CACHE_KIB}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get(WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _to_wal(cursor: sqlite3.Cursor, busy_timeout_ms: int) -> None:
    """SQLite's own waiting does not cover this change: of two that open a new file at once, one is refused without waiting."""
    until = time.monotonic() + busy_timeout_ms / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)
