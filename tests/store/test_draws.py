from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select

from pipeline.errors import StaleLease, StoreError
from pipeline.records.call import CallState, Outcome
from pipeline.records.draw import DrawKind, Plan
from pipeline.sampling.draw import commit_to, make_draw, make_targeted_draw, new_seed, replay
from pipeline.store.drawn import calendar_seed, draw_ids, find_draw, formal_count, frame_of, load_draw
from pipeline.store.draws import complete_draw, frame, open_draw, save_targeted
from pipeline.store.engine import reading, writing
from pipeline.store.nights import Night, complete_nights, missed_nights, night_results
from pipeline.store.states import counts_by_state, withdraw
from pipeline.store.tables import DrawRow, DrawState
from pipeline.store.work import claim, finish, open_work

from .samples import DAY, NOW, PLAN, draw_all, register, row

NEXT = DAY + timedelta(days=1)


def ids(engine: Engine, day: date = DAY) -> list[tuple[str, bool]]:
    with reading(engine) as session:
        return [(call.call_id, call.late) for call in frame(session, "华声", "vip-care", day)]


def test_a_draw_comes_back_as_it_was_and_replays(engine: Engine) -> None:
    register(engine, *(row(f"c{number}", agent=f"{number % 3}") for number in range(20)))
    plan = Plan(5, 3000, 2, "p1", (10_000, 61_000))
    seed = new_seed()
    with writing(engine) as session:
        opened = open_draw(session, "华声", "vip-care", DAY, plan, commit_to(seed), NOW)
    assert opened is not None
    draw = make_draw("华声", "vip-care", DAY, opened.calls, plan, seed, NOW)
    assert draw.draw_id == opened.draw_id
    with writing(engine) as session:
        complete_draw(session, draw)
    with reading(engine) as session:
        assert load_draw(session, draw.draw_id) == draw
        assert find_draw(session, "华声", "vip-care", DAY) == draw
        assert draw_ids(session, DAY) == (draw.draw_id,)
        assert replay(load_draw(session, draw.draw_id), frame_of(session, draw.draw_id)) == ()
        assert counts_by_state(session)[CallState.DRAWN] == 6
        assert counts_by_state(session)[CallState.NOT_SAMPLED] == 14
        assert open_work(session) == 6


def test_the_commitment_is_written_before_the_seed(engine: Engine) -> None:
    register(engine, row())
    with writing(engine) as session:
        opened = open_draw(session, "华声", "vip-care", DAY, PLAN, commit_to("5eed"), NOW)
    assert opened is not None
    with reading(engine) as session:
        stored = session.get_one(DrawRow, opened.draw_id)
        assert (stored.state, stored.seed_sha256, stored.seed) == (DrawState.COMMITTED, commit_to("5eed"), None)
        with pytest.raises(StoreError, match="was never completed"):
            load_draw(session, opened.draw_id)
        assert find_draw(session, "华声", "vip-care", DAY) is None
        assert open_work(session) == 0


def test_another_seed_than_the_committed_one_is_refused(engine: Engine) -> None:
    register(engine, row())
    with writing(engine) as session:
        opened = open_draw(session, "华声", "vip-care", DAY, PLAN, commit_to("5eed"), NOW)
    assert opened is not None
    liked_better = make_draw("华声", "vip-care", DAY, opened.calls, PLAN, "other", NOW)
    for forged in (liked_better, replace(liked_better, draw_id=opened.draw_id)):
        with pytest.raises(StaleLease), writing(engine) as session:
            complete_draw(session, forged)
    with reading(engine) as session:
        assert open_work(session) == 0


def test_a_night_is_drawn_once(engine: Engine) -> None:
    register(engine, row())
    draw = draw_all(engine)
    with writing(engine) as session:
        assert open_draw(session, "华声", "vip-care", DAY, PLAN, commit_to("again"), NOW) is None
    with pytest.raises(StaleLease), writing(engine) as session:
        complete_draw(session, draw)


def test_a_draw_whose_run_died_is_abandoned_on_record_and_opened_anew(engine: Engine) -> None:
    register(engine, row("c1"), row("c2"))
    with writing(engine) as session:
        lost = open_draw(session, "华声", "vip-care", DAY, PLAN, commit_to("lost"), NOW)
    assert lost is not None
    register(engine, row("c3"), name="b.csv")
    with reading(engine) as session:
        assert missed_nights(session, DAY) == (Night(DAY, "华声", "vip-care"),)
    assert ids(engine) == [("c1", False), ("c2", False), ("c3", False)]
    draw = draw_all(engine)
    assert len(draw.drawn) == 3
    with pytest.raises(StaleLease), writing(engine) as session:
        complete_draw(session, make_draw("华声", "vip-care", DAY, lost.calls, PLAN, "lost", NOW))
    with reading(engine) as session:
        assert session.get_one(DrawRow, lost.draw_id).state is DrawState.ABANDONED
        assert session.get_one(DrawRow, lost.draw_id).seed_sha256 == commit_to("lost")


def test_the_frame_holds_connected_calls_of_the_day_that_nobody_withdrew(engine: Engine) -> None:
    register(
        engine,
        row("c1"),
        row("silent", outcome=Outcome.NO_ANSWER),
        row("empty", duration_ms=0),
        row("other", project="survey"),
        row("theirs", vendor="天声"),
        row("tomorrow", day=NEXT),
        row("withdrawn"),
    )
    with writing(engine) as session:
        withdraw(session, "华声", "withdrawn", "客户要求", NOW)
    assert ids(engine) == [("c1", False)]


def test_late_rows_go_with_the_next_draw_as_late_and_only_once(engine: Engine) -> None:
    register(engine, row("c1"))
    draw_all(engine)
    register(engine, row("late"), row("c2", day=NEXT), name="b.csv")
    assert ids(engine, NEXT) == [("c2", False), ("late", True)]
    draw = draw_all(engine, day=NEXT, seed="5eed2")
    assert {drawn.stratum for drawn in draw.drawn if drawn.call_id == "late"} == {"late"}
    assert ids(engine, NEXT + timedelta(days=1)) == []
    with reading(engine) as session:
        assert replay(draw, frame_of(session, draw.draw_id)) == ()


def test_rows_of_an_undrawn_earlier_day_wait_for_their_own_draw(engine: Engine) -> None:
    register(engine, row("c1"), row("c2", day=NEXT))
    assert ids(engine, NEXT) == [("c2", False)]


def test_missed_nights_are_those_with_connected_calls_and_no_draw(engine: Engine) -> None:
    register(
        engine,
        row("c1"),
        row("c2", day=NEXT),
        row("c3", vendor="天声"),
        row("none", project="survey", outcome=Outcome.NO_ANSWER),
        row("later", day=NEXT + timedelta(days=1)),
    )
    with reading(engine) as session:
        assert missed_nights(session, NEXT) == (
            Night(DAY, "华声", "vip-care"),
            Night(DAY, "天声", "vip-care"),
            Night(NEXT, "华声", "vip-care"),
        )
        assert missed_nights(session, DAY - timedelta(days=1)) == ()
    draw_all(engine)
    with reading(engine) as session:
        assert missed_nights(session, DAY) == (Night(DAY, "天声", "vip-care"),)


def test_late_rows_that_no_later_day_takes_along_get_a_night_of_their_own(engine: Engine) -> None:
    register(engine, row("c1"))
    draw_all(engine)
    register(engine, row("hidden"), name="b.csv")

    def missed(after_days: int) -> tuple[Night, ...]:
        with reading(engine) as session:
            return missed_nights(session, DAY + timedelta(days=after_days), late_wait_days=3)

    assert [missed(days) for days in range(4)] == [(), (), (), ()]
    last = DAY + timedelta(days=4)
    assert missed(4) == (Night(last, "华声", "vip-care"),)
    assert ids(engine, last) == [("hidden", True)]
    draw_all(engine, day=last, seed="5eed2")
    assert missed(5) == ()


def test_late_rows_go_along_where_a_later_day_is_missed_anyway(engine: Engine) -> None:
    register(engine, row("c1"))
    draw_all(engine)
    register(engine, row("late"), row("c2", day=NEXT), name="b.csv")
    with reading(engine) as session:
        assert missed_nights(session, DAY + timedelta(days=9)) == (Night(NEXT, "华声", "vip-care"),)


def test_a_night_is_complete_when_its_last_call_is(engine: Engine) -> None:
    register(engine, row("c1"), row("c2"))
    draw = draw_all(engine)
    with writing(engine) as session:
        assert complete_nights(session, NOW) == 0
        first, second = claim(session, "w", 5, 60, NOW)
        finish(session, first, CallState.INSPECTED, NOW)
        assert complete_nights(session, NOW) == 0
        (night,) = night_results(session, DAY)
        assert (night.draw_id, night.frame_calls, night.drawn_calls, night.open_calls) == (draw.draw_id, 2, 2, 1)
        finish(session, second, CallState.PARTIAL, NOW)
        assert complete_nights(session, NOW) == 1
        assert complete_nights(session, NOW) == 0
    with reading(engine) as session:
        assert [night.completed_at for night in night_results(session, DAY)] == [NOW]


def test_an_open_draw_is_no_complete_night(engine: Engine) -> None:
    register(engine, row())
    with writing(engine) as session:
        open_draw(session, "华声", "vip-care", DAY, PLAN, commit_to("5eed"), NOW)
        assert complete_nights(session, NOW) == 0


def test_a_call_withdrawn_after_its_draw_makes_no_work_and_the_draw_still_replays(engine: Engine) -> None:
    register(engine, row("c1"), row("c2"))
    with writing(engine) as session:
        opened = open_draw(session, "华声", "vip-care", DAY, PLAN, commit_to("5eed"), NOW)
        withdraw(session, "华声", "c1", "客户要求", NOW)
    assert opened is not None
    draw = make_draw("华声", "vip-care", DAY, opened.calls, PLAN, "5eed", NOW)
    with writing(engine) as session:
        complete_draw(session, draw)
    with writing(engine) as session:
        (work,) = claim(session, "w", 5, 60, NOW)
        assert work.row.call_id == "c2"
        withdraw(session, "华声", "c2", "客户要求", NOW)
    with pytest.raises(StaleLease), writing(engine) as session:
        finish(session, work, CallState.INSPECTED, NOW)
    with reading(engine) as session:
        assert counts_by_state(session)[CallState.WITHDRAWN] == 2
        assert replay(load_draw(session, draw.draw_id), frame_of(session, draw.draw_id)) == ()


def test_a_targeted_draw_stays_apart(engine: Engine) -> None:
    register(engine, row("c1"), row("c2"))
    calls = frame_calls = [call for call in _frame(engine) if call.call_id == "c1"]
    targeted = make_targeted_draw("华声", "vip-care", DAY, calls, "p1", NOW)
    with writing(engine) as session:
        save_targeted(session, targeted)
    with reading(engine) as session:
        assert load_draw(session, targeted.draw_id) == targeted
        assert replay(targeted, frame_of(session, targeted.draw_id)) == ()
        assert find_draw(session, "华声", "vip-care", DAY) is None
        assert formal_count(session, "华声", 2025, 6) == 0
        assert missed_nights(session, DAY) == (Night(DAY, "华声", "vip-care"),)
    # The call keeps its chance in the random draw of its day.
    assert [call_id for call_id, _ in ids(engine)] == ["c1", "c2"]
    assert len(draw_all(engine).drawn) == 2
    with writing(engine) as session:
        assert sorted((w.kind, w.row.call_id) for w in claim(session, "w", 9, 60, NOW)) == [
            (DrawKind.RANDOM, "c1"),
            (DrawKind.RANDOM, "c2"),
            (DrawKind.TARGETED, "c1"),
        ]
    unknown = make_targeted_draw("天声", "vip-care", DAY, frame_calls, "p1", NOW)
    with pytest.raises(StoreError, match="vendor '天声' has no call 'c1'"), writing(engine) as session:
        save_targeted(session, unknown)


def _frame(engine: Engine):  # type: ignore[no-untyped-def]
    with reading(engine) as session:
        return frame(session, "华声", "vip-care", DAY)


def test_formal_calls_are_counted_by_the_month_of_their_draw(engine: Engine) -> None:
    register(engine, row("c1"), row("c2"), row("c3"), row("j", day=date(2025, 7, 1)), row("m", day=date(2025, 5, 31)))
    draw_all(engine)
    draw_all(engine, day=date(2025, 7, 1))
    with reading(engine) as session:
        assert [formal_count(session, "华声", 2025, month) for month in (5, 6, 7)] == [0, 2, 1]
        assert formal_count(session, "天声", 2025, 6) == 0


def test_the_secret_calendar_s_seed_is_the_one_written_first(engine: Engine) -> None:
    with writing(engine) as session:
        assert calendar_seed(session, "华声", 2025, "a", NOW) == "a"
        assert calendar_seed(session, "天声", 2025, "c", NOW) == "c"
    with writing(engine) as session:
        assert calendar_seed(session, "华声", 2025, "b", NOW) == "a"
        assert calendar_seed(session, "华声", 2026, "b", NOW) == "b"


def test_an_unknown_draw_is_refused(engine: Engine) -> None:
    with reading(engine) as session:
        for load in (load_draw, frame_of):
            with pytest.raises(StoreError, match="there is no draw 'D1'"):
                load(session, "D1")
        assert session.scalars(select(DrawRow)).all() == []
