"""The operator's counts against what the manifests tell (P-12), and why a gap is none."""

from datetime import date, timedelta

import pytest

from pipeline.errors import StoreError
from pipeline.records.call import CallState, Outcome
from pipeline.records.month import Month
from pipeline.records.person import Person, Role
from pipeline.scoring.frame import FrameDay, GapKind, OperatorCount, not_payable
from pipeline.store.engine import reading, writing
from pipeline.store.frame import explain_gap, frame_counts, frame_gaps, manifest_counts, save_frame_counts
from pipeline.store.work import claim, finish_unheard

from .samples import DAY, NOW, draw_all, register, row

JUNE = Month(2025, 6)
MARKETING, SUPERVISOR = Person("孙经理", Role.MARKETING), Person("李主任", Role.SUPERVISOR)
AT = FrameDay("华声", "vip-care", DAY)


@pytest.fixture
def told(engine):
    """A day of four rows: two successes, of which one was drawn and has no recording, a refusal, an unanswered call."""
    register(
        engine,
        row("c1"),
        row("c2"),
        row("c3", outcome=Outcome.REFUSED),
        row("c4", outcome=Outcome.NO_ANSWER, duration_ms=0, file="", sha256=None),
        row("c5", date(2025, 7, 1)),
    )
    draw_all(engine)
    with writing(engine) as session:
        (work,) = [one for one in claim(session, "w", 10, 60, NOW) if one.row.call_id == "c2"]
        finish_unheard(session, work, CallState.NOT_PRODUCED, "not_found", "no such file", NOW)
    return engine


def save(engine, *counts: tuple[int, int, int], at=AT, now=NOW) -> int:
    days = {FrameDay(at.vendor, at.project, at.day + timedelta(days=n)): count for n, count in enumerate(counts)}
    with writing(engine) as session:
        given = {day: OperatorCount(*count) for day, count in days.items()}
        return save_frame_counts(session, given, "ab" * 32, MARKETING, now)


def gaps(engine):
    with reading(engine) as session:
        return [f"{gap.at.day} {gap.kind} {gap.calls}" for gap in frame_gaps(session, JUNE) if gap.is_open]


def test_the_manifests_of_a_month_are_counted_by_day(told):
    with reading(told) as session:
        (count,) = manifest_counts(session, JUNE).values()
        assert (count.calls, count.successes, count.not_produced) == (4, 2, 1)
        assert [at.day for at in manifest_counts(session, Month(2025, 7))] == [date(2025, 7, 1)]


def test_gaps_of_a_month(told):
    assert gaps(told) == ["2025-06-02 no_record 4", "2025-06-02 not_produced 1"]
    save(told, (3, 5, 1), (0, 2, 0))
    assert gaps(told) == [
        "2025-06-02 missing_calls 1",
        "2025-06-02 successes_over 1",
        "2025-06-02 not_produced 1",
        "2025-06-02 over_issued 2",
        "2025-06-03 missing_calls 2",
        "2025-06-03 over_issued 2",
    ]


def test_the_latest_count_of_a_day_holds_and_the_same_again_is_nothing_new(told):
    assert save(told, (10, 5, 2)) == 1
    assert save(told, (10, 5, 2)) == 0
    assert save(told, (10, 4, 2), (3, 0, 0)) == 2
    with reading(told) as session:
        assert frame_counts(session, JUNE)[AT] == OperatorCount(10, 4, 2)
        assert frame_counts(session, Month(2025, 7)) == {}
    assert gaps(told) == ["2025-06-02 not_produced 1"]


def test_an_explained_gap_is_payable_again_until_it_grows(told):
    save(told, (10, 5, 2))
    with writing(told) as session:
        for kind in (GapKind.MISSING_CALLS, GapKind.NOT_PRODUCED):
            assert explain_gap(session, AT, kind, "存储故障", SUPERVISOR, NOW).calls == 1
    assert gaps(told) == []
    with reading(told) as session:
        assert not_payable(frame_gaps(session, JUNE)) == {("华声", "vip-care"): 0}
    save(told, (10, 6, 2))
    assert gaps(told) == ["2025-06-02 missing_calls 2"]


def test_a_gap_that_is_none_cannot_be_explained(told):
    with (
        pytest.raises(StoreError, match=r"华声/vip-care has no gap over_issued on 2025-06-02"),
        writing(told) as session,
    ):
        explain_gap(session, AT, GapKind.OVER_ISSUED, "…", SUPERVISOR, NOW)
