import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from pipeline.store.engine import open_engine
from pipeline.store.schema import upgrade

# A PostgreSQL database that the tests may empty: sqlalchemy URL, with psycopg 3 installed.
POSTGRESQL = os.environ.get("CALLQA_TEST_POSTGRESQL")


@pytest.fixture(params=["sqlite", "postgresql"] if POSTGRESQL else ["sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'callqa.db'}"
    assert POSTGRESQL
    cleaner = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    with cleaner.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    cleaner.dispose()
    return POSTGRESQL


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    upgrade(url)
    engine = open_engine(url)
    yield engine
    engine.dispose()
