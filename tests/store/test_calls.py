import json
from datetime import UTC, date, datetime
from itertools import permutations

import pytest
from sqlalchemy import Engine, func, select

from pipeline.errors import StoreError
from pipeline.records.call import CallState, Outcome, RejectedRow
from pipeline.store.calls import Registered, register_manifest
from pipeline.store.contents import row_of
from pipeline.store.engine import reading, writing
from pipeline.store.states import RowCounts, counts_by_state, find_call, row_counts, withdraw
from pipeline.store.tables import CallRow, ConflictRow, ManifestFileRow, ReasonRow, RejectionRow

from .samples import DAY, NOW, draw_all, manifest, register, row


def registered(engine: Engine, *rows, name: str = "m.csv", sha256: str = "m1", rejected=()) -> Registered:  # type: ignore[no-untyped-def]
    with writing(engine) as session:
        return register_manifest(session, manifest(rows, rejected, name, sha256), NOW)


def test_a_row_comes_back_as_it_went_in(engine: Engine) -> None:
    plain = row("c2", sha256=None, extra=(), outcome=Outcome.NO_ANSWER, duration_ms=0)
    register(engine, row(), plain)
    with reading(engine) as session:
        calls = {call.call_id: call for call in session.scalars(select(CallRow))}
    assert row_of(calls["c1"]) == row()
    assert row_of(calls["c2"]) == plain
    assert (calls["c1"].connected, calls["c2"].connected) == (True, False)
    assert (calls["c1"].state, calls["c1"].late, calls["c1"].registered_at) == (CallState.NOT_SAMPLED, False, NOW)


def test_the_same_rows_again_are_a_no_op(engine: Engine) -> None:
    rows = (row("c1"), row("c2"))
    assert registered(engine, *rows) == Registered(2, 0, (), 0)
    assert registered(engine, *rows) == Registered(0, 2, (), 0)
    assert registered(engine, *rows, name="again.csv") == Registered(0, 2, (), 0)
    reordered = row("c1", extra=tuple(reversed(row().extra)))
    assert registered(engine, reordered, name="reordered.csv") == Registered(0, 1, (), 0)
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(CallRow)) == 2
        assert session.scalar(select(func.count()).select_from(ManifestFileRow)) == 3
        assert row_counts(session) == RowCounts(accepted=2, same=3, conflicts=0, rejected=0)


def test_a_differing_row_is_kept_and_reported_and_never_overwrites(engine: Engine) -> None:
    registered(engine, row())
    changed = row(outcome=Outcome.REFUSED)
    for _ in range(2):
        result = registered(engine, changed, row(), name="second.csv", sha256="m2")
        assert (result.accepted, result.same, result.rejected) == (0, 1, 0)
        (conflict,) = result.conflicts
        assert (conflict.line, conflict.vendor, conflict.call_id) == (2, "华声", "c1")
        assert json.loads(conflict.kept)["outcome"] == "success"
        assert json.loads(conflict.offered)["outcome"] == "refused"
    with reading(engine) as session:
        call = find_call(session, "华声", "c1")
        assert call is not None
        assert row_of(call) == row()
        (kept,) = session.scalars(select(ConflictRow)).all()
        assert json.loads(kept.offered)["outcome"] == "refused"
        assert row_counts(session) == RowCounts(accepted=1, same=1, conflicts=1, rejected=0)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_of_rows_decides_nothing(engine: Engine, order: tuple[int, ...]) -> None:
    rows = [row("c1"), row("c1", duration_ms=62_000), row("c1", agent="工号02"), row("c2")]
    result = registered(engine, *(rows[index] for index in order))
    assert (result.accepted, result.same, len(result.conflicts)) == (2, 0, 2)
    with reading(engine) as session:
        call = find_call(session, "华声", "c1")
    assert call is not None
    # The smallest content hash of the three, whichever row came first.
    assert row_of(call) == rows[1]


def test_a_row_twice_in_one_manifest_is_the_same_row(engine: Engine) -> None:
    assert registered(engine, row(), row(), row()) == Registered(1, 2, (), 0)


def test_call_ids_are_a_vendor_s_own(engine: Engine) -> None:
    assert registered(engine, row(), row(vendor="天声")) == Registered(2, 0, (), 0)


def test_rejected_rows_are_kept_with_line_and_reason(engine: Engine) -> None:
    bad = (RejectedRow(3, "duration_s: 'abc' is no number", "c9,华声,abc"), RejectedRow(3, "outcome: ''", "c9"))
    for _ in range(2):
        assert registered(engine, row(), rejected=bad).rejected == 2
    with reading(engine) as session:
        kept = session.scalars(select(RejectionRow).order_by(RejectionRow.position)).all()
        assert [(r.line, r.reason, r.raw) for r in kept] == [(b.line, b.reason, b.raw) for b in bad]
        assert row_counts(session) == RowCounts(accepted=1, same=0, conflicts=0, rejected=2)


@pytest.mark.parametrize(
    ("started_at", "day"),
    [
        (datetime(2025, 6, 1, 15, 59, 59, tzinfo=UTC), date(2025, 6, 1)),
        (datetime(2025, 6, 1, 16, 0, 0, tzinfo=UTC), date(2025, 6, 2)),
    ],
)
def test_a_call_s_day_is_shanghai_s(engine: Engine, started_at: datetime, day: date) -> None:
    register(engine, row(started_at=started_at))
    with reading(engine) as session:
        assert sum(counts_by_state(session, day=day).values()) == 1


def test_a_row_is_late_once_its_day_has_been_drawn(engine: Engine) -> None:
    register(engine, row("c1"))
    register(engine, row("c2"), name="second.csv")
    draw_all(engine)
    register(engine, row("c3"), row("c4", project="survey"), row("c5", day=date(2025, 6, 3)), name="third.csv")
    with reading(engine) as session:
        late = {call.call_id for call in session.scalars(select(CallRow).where(CallRow.late.is_(True)))}
    assert late == {"c3"}


def test_counts_name_every_state_and_add_up(engine: Engine) -> None:
    register(engine, row("c1"), row("c2", project="survey"), row("c3", vendor="天声"), row("c4", day=date(2025, 6, 3)))
    with reading(engine) as session:
        everything = counts_by_state(session)
        assert everything == dict.fromkeys(CallState, 0) | {CallState.NOT_SAMPLED: 4}
        assert sum(counts_by_state(session, DAY, "华声", "vip-care").values()) == 1
        assert sum(counts_by_state(session, vendor="天声").values()) == 1


def test_withdrawing_needs_a_call_and_keeps_the_reason(engine: Engine) -> None:
    register(engine, row())
    with writing(engine) as session:
        withdraw(session, "华声", "c1", "客户要求删除", NOW)
    with reading(engine) as session:
        assert counts_by_state(session)[CallState.WITHDRAWN] == 1
        (reason,) = session.scalars(select(ReasonRow)).all()
        assert (reason.reason, reason.detail) == ("withdrawn", "客户要求删除")
    with pytest.raises(StoreError, match="has no call 'c2'"), writing(engine) as session:
        withdraw(session, "华声", "c2", "", NOW)


def test_many_rows_are_registered_in_pieces(engine: Engine) -> None:
    rows = tuple(row(f"c{number:05}") for number in range(2500))
    assert registered(engine, *rows).accepted == 2500
    assert registered(engine, *rows, row("new"), name="b.csv") == Registered(1, 2500, (), 0)
