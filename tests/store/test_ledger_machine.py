"""Ten thousand random steps on a ledger, beside the simplest ledger there can be: a list."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.ledger.verification import problems_of
from pipeline.records.entry import Entry, EntryKind, Posted
from pipeline.records.month import Month
from pipeline.store.engine import WRITE
from pipeline.store.ledger import entries, head, is_closed, open_month, post
from pipeline.store.ledger_rows import stored_links
from pipeline.store.tables import EntryRow

STEPS_EACH, EXAMPLES = 100, {"sqlite": 120, "postgresql": 20}
NOW = datetime(2026, 3, 1, tzinfo=UTC)
MONTHS = tuple(Month(2026, number) for number in range(1, 7))
VENDORS = ("华声外呼", "远达呼叫", "")
steps_done = 0

months, vendors, places = st.sampled_from(MONTHS), st.sampled_from(VENDORS), st.integers(0, 10**6)
amounts = st.tuples(st.integers(-100, 0), st.integers(-(10**9), 10**9))


class Ledger(RuleBasedStateMachine):
    """All in one transaction that is rolled back at the end; each posting in a savepoint, as a refused one is undone."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.session = Session(engine.execution_options(**{WRITE: True}), expire_on_commit=False)
        self.session.begin()
        self.posted: list[Posted] = []
        self.closed: set[Month] = set()
        self.reversed: set[int] = set()
        self.keys = 0

    def teardown(self) -> None:
        self.check_sums()
        assert list(entries(self.session)) == self.posted
        assert list(problems_of(stored_links(self.session))) == []
        self.session.rollback()
        self.session.close()

    def new(self, kind: EntryKind, month: Month, vendor: str, points: int = 0, fen: int = 0, **more: object) -> Entry:
        self.keys += 1
        made = Entry(f"key {self.keys}", kind, month, vendor, "survey", NOW, points=points, amount_fen=fen)
        return replace(made, **more)  # type: ignore[arg-type]

    def take(self, *given: Entry) -> None:
        with self.session.begin_nested():
            done = post(self.session, given)
        assert [one.entry for one in done] == list(given)
        assert [one.number for one in done] == list(range(len(self.posted) + 1, len(self.posted) + 1 + len(given)))
        self.posted += done

    def refuse(self, *given: Entry, says: str) -> None:
        with pytest.raises(StoreError, match=says), self.session.begin_nested():
            post(self.session, given)

    def any_open(self, month: Month) -> Month:
        assert is_closed(self.session, month) == (month in self.closed)
        found = open_month(self.session, month)
        assert found not in self.closed and all(
            MONTHS[0].plus(n) in self.closed for n in range(100) if month <= MONTHS[0].plus(n) < found
        )
        return found

    @rule(month=months, vendor=vendors, amounts=st.lists(amounts, min_size=1, max_size=3))
    def violations(self, month: Month, vendor: str, amounts: list[tuple[int, int]]) -> None:
        where = self.any_open(month)
        self.take(*(self.new(EntryKind.VIOLATION, where, vendor, points, fen) for points, fen in amounts))

    @rule(month=months, vendor=vendors)
    def into_a_closed_month(self, month: Month, vendor: str) -> None:
        if month in self.closed:
            kept = self.new(EntryKind.WARNING, self.any_open(month), vendor)
            self.refuse(kept, self.new(EntryKind.VIOLATION, month, vendor), says=f"{month} is closed")
            self.refuse(self.new(EntryKind.CLOSE, month, ""), says=f"{month} is closed")
            self.take(self.new(EntryKind.RESTATEMENT, month, vendor))

    @rule(month=st.sampled_from(MONTHS[:4]))
    def close(self, month: Month) -> None:
        if month not in self.closed:
            self.take(self.new(EntryKind.CLOSE, month, ""))
            self.closed.add(month)

    @precondition(lambda self: self.posted)
    @rule(place=places, month=months)
    def reverse(self, place: int, month: Month) -> None:
        other = self.posted[place % len(self.posted)]
        one = other.entry
        back = self.new(
            EntryKind.REVERSAL, self.any_open(month), one.vendor, -one.points, -one.amount_fen, reverses=other.number
        )
        if one.kind is EntryKind.REVERSAL:
            self.refuse(back, says="reversal itself")
        elif other.number in self.reversed:
            self.refuse(back, says="reversed already")
        else:
            self.refuse(replace(back, points=back.points + 1), says="must take back")
            self.refuse(replace(back, vendor="第三家"), says="is of")
            self.take(back)
            self.reversed.add(other.number)
        self.refuse(replace(back, key="x", reverses=len(self.posted) + 5), says="no entry")

    @precondition(lambda self: self.posted)
    @rule(place=places)
    def again(self, place: int) -> None:
        other = self.posted[place % len(self.posted)]
        with self.session.begin_nested():
            assert post(self.session, [replace(other.entry, recorded_at=datetime(2027, 1, 1, tzinfo=UTC))]) == [other]
        self.refuse(replace(other.entry, note="anders"), says="with another content")

    @invariant()
    def the_ledger_ends_where_the_list_does(self) -> None:
        global steps_done
        steps_done += 1
        last = self.posted[-1:]
        assert head(self.session) == ((last[0].number, last[0].sha256) if last else (0, ""))

    def check_sums(self) -> None:
        """Sums over all entries are those over the entries that stand: neither reversed nor a reversal."""
        sums = select(func.coalesce(func.sum(EntryRow.points), 0), func.coalesce(func.sum(EntryRow.amount_fen), 0))
        standing = [
            p.entry for p in self.posted if p.number not in self.reversed and p.entry.kind is not EntryKind.REVERSAL
        ]
        points, fen = self.session.execute(sums).tuples().one()
        assert (points, fen) == (sum(one.points for one in standing), sum(one.amount_fen for one in standing))


@pytest.mark.slow
def test_ten_thousand_steps(engine: Engine) -> None:
    global steps_done
    steps_done = 0
    examples = EXAMPLES[engine.dialect.name]
    run_state_machine_as_test(
        lambda: Ledger(engine),
        settings=settings(
            max_examples=examples, stateful_step_count=STEPS_EACH, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    assert steps_done >= examples * STEPS_EACH * 0.85
