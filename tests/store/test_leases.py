from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from pipeline.errors import StaleLease
from pipeline.records.call import CallState
from pipeline.store.engine import reading, writing
from pipeline.store.leases import hand_back, release_gone, release_owner, renew_held
from pipeline.store.tables import WorkRow
from pipeline.store.work import MAX_ATTEMPTS, claim, finish, give_up

from .samples import NOW, draw_all, register, row

LATER = NOW + timedelta(seconds=60)


@pytest.fixture
def drawn(engine: Engine) -> Engine:
    register(engine, *(row(f"c{number}") for number in range(4)))
    draw_all(engine)
    return engine


def attempts(engine: Engine) -> list[int]:
    with reading(engine) as session:
        return list(session.scalars(select(WorkRow.attempts).order_by(WorkRow.drawn_call_id)))


def test_renewed_work_is_nobody_else_s_past_its_first_lease(drawn: Engine) -> None:
    with writing(drawn) as session:
        works = claim(session, "a", 3, 60, NOW)
        held = renew_held(session, works, 60, NOW + timedelta(seconds=50))
        assert [work.token for work in held] == [1, 1, 1]
        assert {work.expires_at for work in held} == {NOW + timedelta(seconds=110)}
        assert len(claim(session, "b", 9, 60, LATER)) == 1


def test_what_another_took_over_or_is_finished_is_not_renewed(drawn: Engine) -> None:
    with writing(drawn) as session:
        works = claim(session, "a", 3, 60, NOW)
        claim(session, "b", 1, 60, LATER)
        finish(session, works[1], CallState.INSPECTED, LATER)
        assert [work.row.call_id for work in renew_held(session, works, 60, LATER)] == ["c2"]


def test_a_batch_that_was_never_begun_costs_no_attempt(drawn: Engine) -> None:
    for _ in range(MAX_ATTEMPTS):
        with writing(drawn) as session:
            works = claim(session, "a", 4, 60, NOW)
            assert hand_back(session, works[1:]) == 3
            assert hand_back(session, works[1:]) == 0, "handed back once"
            release_owner(session, "a")
    assert attempts(drawn) == [MAX_ATTEMPTS, 0, 0, 0]
    with writing(drawn) as session:
        assert give_up(session, NOW) == 1


def test_a_run_that_ends_frees_what_it_holds_and_nobody_else_s(drawn: Engine) -> None:
    with writing(drawn) as session:
        first, second = claim(session, "a", 2, 60, NOW)
        claim(session, "b", 1, 60, NOW)
        finish(session, first, CallState.INSPECTED, NOW)
        assert release_owner(session, "a") == 1
        assert [work.row.call_id for work in claim(session, "c", 9, 60, NOW)] == ["c1", "c3"]
    with pytest.raises(StaleLease), writing(drawn) as session:
        finish(session, second, CallState.INSPECTED, NOW)


def test_the_leases_of_the_dead_are_free_at_once_and_the_living_keep_theirs(drawn: Engine) -> None:
    with writing(drawn) as session:
        claim(session, "dead", 2, 1800, NOW)
        claim(session, "alive", 1, 1800, NOW)
        assert release_gone(session, lambda owner: owner == "dead") == 2
        assert [work.row.call_id for work in claim(session, "c", 9, 60, NOW)] == ["c0", "c1", "c3"]
        assert release_gone(session, lambda owner: owner == "dead") == 0
