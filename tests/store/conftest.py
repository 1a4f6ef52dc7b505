import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, create_engine, make_url, text

from pipeline.store.engine import open_engine
from pipeline.store.schema import upgrade

# A PostgreSQL database that the tests may empty: sqlalchemy URL, with psycopg 3 installed. Each worker makes one of its own beside it.
POSTGRESQL = os.environ.get("CALLQA_TEST_POSTGRESQL")
WORKER = os.environ.get("PYTEST_XDIST_WORKER")


@pytest.fixture(params=["sqlite", "postgresql"] if POSTGRESQL else ["sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'callqa.db'}"
    assert POSTGRESQL
    return emptied(POSTGRESQL)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    upgrade(url)
    engine = open_engine(url)
    yield engine
    engine.dispose()


def emptied(postgresql: str) -> str:
    if WORKER:
        postgresql = _of_worker(make_url(postgresql), WORKER)
    cleaner = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with cleaner.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    cleaner.dispose()
    return postgresql


@cache
def _of_worker(url: URL, worker: str) -> str:
    name = f"{url.database}_{worker}"
    maker = create_engine(url, isolation_level="AUTOCOMMIT")
    with maker.connect() as connection:
        if not connection.scalar(text("SELECT true FROM pg_database WHERE datname = :name"), {"name": name}):
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    maker.dispose()
    return url.set(database=name).render_as_string(hide_password=False)
