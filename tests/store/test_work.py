import multiprocessing
import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from pipeline.errors import StaleLease
from pipeline.records.call import CallState
from pipeline.records.draw import DrawKind
from pipeline.store.engine import open_engine, reading, writing
from pipeline.store.states import counts_by_state, find_call
from pipeline.store.tables import ReasonRow, WorkRow
from pipeline.store.work import MAX_ATTEMPTS, claim, finish, finish_unheard, give_up, open_work, release, renew

from .samples import DAY, NOW, draw_all, register, row

LATER = NOW + timedelta(seconds=60)


@pytest.fixture
def drawn(engine: Engine) -> Engine:
    register(engine, *(row(f"c{number}") for number in range(3)))
    draw_all(engine)
    return engine


def test_a_claim_says_all_that_a_worker_needs(drawn: Engine) -> None:
    with writing(drawn) as session:
        (work,) = claim(session, "worker-1", 1, 60, NOW)
    assert work.row == row("c0")
    assert (work.drop, work.day, work.kind) == ("/drops/华声", DAY, DrawKind.RANDOM)
    assert (work.owner, work.token, work.attempts, work.expires_at) == ("worker-1", 1, 1, LATER)


def test_nobody_gets_a_call_that_another_holds(drawn: Engine) -> None:
    with writing(drawn) as session:
        first = claim(session, "a", 2, 60, NOW)
    with writing(drawn) as session:
        second = claim(session, "b", 2, 60, NOW)
        third = claim(session, "c", 2, 60, NOW)
    assert [work.row.call_id for work in first] == ["c0", "c1"]
    assert [work.row.call_id for work in second] == ["c2"]
    assert third == ()


def test_claims_can_be_for_one_day_s_draws(drawn: Engine) -> None:
    next_day = DAY + timedelta(days=1)
    register(drawn, row("next", day=next_day), name="b.csv")
    draw_all(drawn, day=next_day)
    with writing(drawn) as session:
        assert open_work(session) == 4
        assert open_work(session, next_day) == 1
        assert [work.row.call_id for work in claim(session, "a", 9, 60, NOW, next_day)] == ["next"]
        assert len(claim(session, "a", 9, 60, NOW, DAY)) == 3


@pytest.mark.parametrize(("wait_s", "free"), [(59, 0), (60, 1), (61, 1)])
def test_a_lease_runs_out_and_the_old_token_is_worth_nothing(drawn: Engine, wait_s: int, free: int) -> None:
    with writing(drawn) as session:
        (old,) = claim(session, "a", 1, 60, NOW)
        claim(session, "z", 2, 3600, NOW)
        taken_over = claim(session, "b", 1, 60, NOW + timedelta(seconds=wait_s))
    assert len(taken_over) == free
    for new in taken_over:
        assert (new.row, new.token, new.attempts) == (old.row, 2, 2)
        with pytest.raises(StaleLease, match="token 1"), writing(drawn) as session:
            finish(session, old, CallState.INSPECTED, LATER)
        with pytest.raises(StaleLease), writing(drawn) as session:
            renew(session, old, 60, LATER)
        with pytest.raises(StaleLease), writing(drawn) as session:
            release(session, old)
        with writing(drawn) as session:
            finish(session, new, CallState.INSPECTED, LATER)


def test_a_lease_that_ran_out_but_was_not_taken_over_may_finish(drawn: Engine) -> None:
    with writing(drawn) as session:
        (work,) = claim(session, "a", 1, 60, NOW)
    with writing(drawn) as session:
        finish(session, work, CallState.INSPECTED, NOW + timedelta(hours=1))
    with reading(drawn) as session:
        assert counts_by_state(session)[CallState.INSPECTED] == 1
    with pytest.raises(StaleLease), writing(drawn) as session:
        finish(session, work, CallState.INSPECTED, LATER)


def test_the_same_owner_claiming_again_gets_a_new_token(drawn: Engine) -> None:
    """A worker restarted under its own name must not finish what its dead self had begun."""
    with writing(drawn) as session:
        (old,) = claim(session, "a", 1, 60, NOW)
        claim(session, "z", 2, 3600, NOW)
        (new,) = claim(session, "a", 1, 60, LATER)
    with pytest.raises(StaleLease), writing(drawn) as session:
        finish(session, old, CallState.INSPECTED, LATER)
    with writing(drawn) as session:
        finish(session, new, CallState.INSPECTED, LATER)


def test_renewing_lengthens_a_lease(drawn: Engine) -> None:
    with writing(drawn) as session:
        (work, *_) = claim(session, "a", 3, 60, NOW)
        renewed = renew(session, work, 60, NOW + timedelta(seconds=50))
        assert renewed.expires_at == NOW + timedelta(seconds=110)
        assert len(claim(session, "b", 3, 60, LATER)) == 2


def test_released_work_is_free_at_once_and_its_old_lease_is_dead(drawn: Engine) -> None:
    with writing(drawn) as session:
        (work,) = claim(session, "a", 1, 60, NOW)
        release(session, work)
        assert work.row in {other.row for other in claim(session, "b", 3, 60, NOW)}
    with pytest.raises(StaleLease), writing(drawn) as session:
        finish(session, work, CallState.INSPECTED, NOW)


def test_a_stale_lease_leaves_nothing_written(drawn: Engine) -> None:
    with writing(drawn) as session:
        (work,) = claim(session, "a", 1, 60, NOW)
        release(session, work)
    with pytest.raises(StaleLease), writing(drawn) as session:
        session.add(ReasonRow(call_pk=work.call_pk, position=0, reason="x", detail="", recorded_at=NOW))
        session.flush()
        finish_unheard(session, work, CallState.NOT_PRODUCED, "missing_file", "", NOW)
    with reading(drawn) as session:
        assert session.scalars(select(ReasonRow)).all() == []


def test_a_missing_file_is_not_produced_with_its_reason(drawn: Engine) -> None:
    with writing(drawn) as session:
        (work,) = claim(session, "a", 1, 60, NOW)
        finish_unheard(session, work, CallState.NOT_PRODUCED, "missing_file", "audio/c0.wav", NOW)
    with reading(drawn) as session:
        assert counts_by_state(session)[CallState.NOT_PRODUCED] == 1
        (reason,) = session.scalars(select(ReasonRow)).all()
        assert (reason.reason, reason.detail, reason.inspection_id) == ("missing_file", "audio/c0.wav", None)


def test_a_call_that_kills_every_worker_is_given_up_and_quarantined(drawn: Engine) -> None:
    with writing(drawn) as session:
        for attempt in range(MAX_ATTEMPTS):
            (work,) = claim(session, "a", 1, 60, NOW + timedelta(minutes=attempt))
            assert (work.row.call_id, work.attempts) == ("c0", attempt + 1)
        after = NOW + timedelta(minutes=MAX_ATTEMPTS)
        assert give_up(session, after - timedelta(seconds=1)) == 0, "the last lease is still running"
        assert [w.row.call_id for w in claim(session, "a", 9, 60, after)] == ["c1", "c2"]
        assert give_up(session, after) == 1
        call = find_call(session, "华声", "c0")
        assert call is not None
        assert call.state is CallState.QUARANTINED
        assert [reason.reason for reason in session.scalars(select(ReasonRow))] == ["gave_up"]
        assert give_up(session, after) == 0


def _claim_all(url: str, owner: str, found: list[int], start: threading.Barrier) -> None:
    engine = open_engine(url)
    start.wait()
    while True:
        with writing(engine) as session:
            works = claim(session, owner, 7, 600, NOW)
        if not works:
            engine.dispose()
            return
        found.extend(work.drawn_call_id for work in works)


def test_threads_claiming_at_once_share_the_work_without_doubles(engine: Engine, url: str) -> None:
    register(engine, *(row(f"c{number}") for number in range(200)))
    draw_all(engine)
    found: list[list[int]] = [[], [], []]
    start = threading.Barrier(3)
    threads = [threading.Thread(target=_claim_all, args=(url, f"t{n}", found[n], start)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(found[0] + found[1] + found[2]).most_common(1)[0][1] == 1
    assert sum(map(len, found)) == 200


def _claim_and_finish(url: str, owner: str, start) -> None:  # type: ignore[no-untyped-def]
    engine = open_engine(url)
    with writing(engine) as session:
        works = claim(session, owner, 5, 600, NOW)
    start.wait()
    while works:
        for work in works:
            with writing(engine) as session:
                finish(session, work, CallState.INSPECTED, NOW)
        with writing(engine) as session:
            works = claim(session, owner, 5, 600, NOW)


@pytest.mark.slow
def test_processes_claiming_at_once_finish_every_call_once(engine: Engine, url: str) -> None:
    register(engine, *(row(f"c{number}") for number in range(100)))
    draw_all(engine)
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(2)
    processes = [context.Process(target=_claim_and_finish, args=(url, f"p{n}", start)) for n in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    with reading(engine) as session:
        work = session.scalars(select(WorkRow)).all()
        assert len(work) == 100
        assert {(row.attempts, row.finished_at is None) for row in work} == {(1, False)}
        assert {row.owner for row in work} == {"p0", "p1"}
        assert counts_by_state(session)[CallState.INSPECTED] == 100
