"""A verdict that is not what it posted, or is gone, is named with its entry."""

import pytest

from pipeline.store.engine import reading
from pipeline.store.verdict_check import verdict_problems
from tests.flows.test_closing import POLICY, prepared


def problems(engine):
    with reading(engine) as session:
        return list(verdict_problems(session))


@pytest.mark.parametrize(
    "change", ["person = 'X'", "role = 'supervisor'", "rule = 'phrase.abuse'", "start_ms = start_ms + 1", "severity = 'minor'"]
)  # fmt: skip
def test_an_altered_verdict_is_named(engine, change):
    prepared(engine, POLICY)
    assert problems(engine) == []
    with engine.begin() as connection:
        (key,) = connection.exec_driver_sql(
            "SELECT min(subject) FROM entries WHERE kind = 'violation' AND subject LIKE 'verdict %%' AND start_ms IS NOT NULL"
        ).one()
        connection.exec_driver_sql(f"UPDATE verdicts SET {change} WHERE id = {key.split()[1]}")
    ((_, told),) = problems(engine)
    assert told == f"{key} is not what was posted: somebody altered who decided or what"


def test_a_verdict_that_is_gone_is_named(engine):
    prepared(engine, POLICY)
    with engine.begin() as connection:
        (key,) = connection.exec_driver_sql("SELECT max(subject) FROM entries WHERE subject LIKE 'verdict %%'").one()
        number = int(key.split()[1])
        connection.exec_driver_sql(f"DELETE FROM verdicts WHERE id = {number}")
    ((_, told),) = problems(engine)
    assert told == f"verdict {number}, which it rests on, is not there"
