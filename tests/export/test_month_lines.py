"""A closed month is read back as it was closed, whatever happened afterwards."""

import pytest
from sqlalchemy import Engine, event

from pipeline.errors import DataError
from pipeline.records.entry import EntryKind
from pipeline.records.month import Month
from pipeline.store.engine import reading
from pipeline.store.ledger import entries
from pipeline.store.month_lines import (
    closings,
    find_closing,
    score_history,
    score_lines,
    settlement_lines,
    violations,
)

from .closed_month import hear, store
from .march import CALLS, FEBRUARY, MARCH, RESTATED, VERDICTS

MONTH = Month(2026, 3)


@pytest.fixture
def closed(engine: Engine) -> Engine:
    hear(engine, CALLS, VERDICTS)
    store(engine, FEBRUARY, MARCH, RESTATED)
    return engine


def test_each_revision_has_its_own_lines_and_its_place_in_the_chain(closed: Engine) -> None:
    with reading(closed) as session:
        first, second = closings(session, MONTH)
        assert (first.revision, first.entry, second.revision, second.entry) == (0, 8, 1, 10)
        assert first.head != second.head and len(first.head) == 64
        assert find_closing(session, MONTH) == second
        assert [line.fatal for line in score_lines(session, first)] == [1, 0]
        assert [line.fatal for line in score_lines(session, second)] == [0, 0]
        (one,) = settlement_lines(session, first, "明信")
        assert (one.net_fen, one.month, one.statement_no) == (30_000, MONTH, "JS-2026-03-0-002")


def test_violations_are_those_that_stood_at_the_close(closed: Engine) -> None:
    with reading(closed) as session:
        first, second = closings(session, MONTH)
        # Entry 6 was reversed before the close, entry 2 after it and before the restatement.
        assert [line.posted.number for line in violations(session, first)] == [2, 3, 4, 5]
        assert [line.posted.number for line in violations(session, second)] == [3, 4, 5]
        assert [line.posted.number for line in violations(session, first, "明信")] == [5]


def test_history_is_what_the_close_knew(closed: Engine) -> None:
    with reading(closed) as session:
        first, second = closings(session, MONTH)
        assert [(str(one.month), one.score_c) for one in score_history(session, first, "华声", 12)] == [
            ("2026-02", 8820),
            ("2026-03", 9150),
        ]
        assert [one.score_c for one in score_history(session, second, "华声", 12)] == [8820, 9230]
        assert [one.score_c for one in score_history(session, second, "华声", 1)] == [9230]


def test_what_is_not_closed_is_said_with_what_to_run(closed: Engine) -> None:
    with reading(closed) as session:
        with pytest.raises(DataError, match="2026-04 is not closed; `callqa close 2026-04`"):
            find_closing(session, Month(2026, 4))
        with pytest.raises(DataError, match="2026-03 has no revision 7; there are 0, 1"):
            find_closing(session, MONTH, 7)


def test_a_vendor_s_violations_are_found_without_going_through_everybody_s(closed: Engine) -> None:
    if closed.dialect.name != "sqlite":
        pytest.skip("PostgreSQL chooses its way by what it has counted")
    asked: list[tuple[str, object]] = []

    @event.listens_for(closed, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, values: object, *_rest: object) -> None:
        asked.append((statement, values))

    with reading(closed) as session:
        assert list(entries(session, month=MONTH, vendor="明信", kinds=(EntryKind.VIOLATION,)))
    (statement, values) = next(one for one in asked if "entries.vendor = ?" in one[0])
    with closed.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert any("USING INDEX ix_entries_month_vendor_project (month=? AND vendor=?)" in step.detail for step in plan)
