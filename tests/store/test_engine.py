"""Whoever reads sees one state, whatever is committed meanwhile, and cannot write by mistake."""

import pytest
from sqlalchemy import Engine, func, select, text

from pipeline.errors import StoreError
from pipeline.store.engine import reading, writing
from pipeline.store.tables import CallRow

from .samples import register, row


def test_a_commit_between_two_queries_is_not_seen(engine: Engine) -> None:
    register(engine, row("c1"))
    count = select(func.count()).select_from(CallRow)
    with reading(engine) as session:
        assert session.scalar(count) == 1
        register(engine, row("c2"), name="later.csv")
        assert session.scalar(count) == 1
    with reading(engine) as session:
        assert session.scalar(count) == 2


def test_postgresql_lets_nobody_write_who_reads(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite does not tell readers from writers")
    with pytest.raises(StoreError, match="read-only transaction"), reading(engine) as session:
        session.execute(text("INSERT INTO drops (location) VALUES ('/x')"))
    register(engine, row())


def test_postgresql_plans_each_statement_for_what_it_asks(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite plans by the text alone")
    for transaction in (reading, writing):
        with transaction(engine) as session:
            assert session.scalar(text("SHOW plan_cache_mode")) == "force_custom_plan"
