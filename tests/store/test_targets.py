"""Calls drawn on purpose: which may be, once each, and what is kept of them."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, update

from pipeline.errors import StoreError, UsageError
from pipeline.records.call import CallState, Outcome
from pipeline.records.person import Person, Role
from pipeline.sampling.draw import replay
from pipeline.services.targeting import draw_on_purpose
from pipeline.store.drawn import frame_of, load_draw
from pipeline.store.engine import reading, writing
from pipeline.store.events import events
from pipeline.store.inspections import save_inspection
from pipeline.store.states import find_call, withdraw
from pipeline.store.tables import CallRow, TargetedDrawRow
from pipeline.store.targets import WhyNot, targeted_calls, why_not
from pipeline.store.work import claim, finish_unheard

from .samples import ARCHIVED, NOW, draw_all, inspection, register, row

SUPERVISOR, REVIEWER = Person("李主任", Role.SUPERVISOR), Person("王敏", Role.REVIEWER)
WHY = "客户投诉被强行开通"


def draw(engine: Engine, call_id: str, reason: str = WHY, person: Person = SUPERVISOR):
    with writing(engine) as session:
        call = find_call(session, "华声", call_id)
        assert call is not None
        return draw_on_purpose(session, call, reason, person, "p1", NOW + timedelta(minutes=int(call_id[1:])))


def refusal(engine: Engine, call_id: str) -> WhyNot | None:
    with reading(engine) as session:
        call = find_call(session, "华声", call_id)
        assert call is not None
        return why_not(session, call)


def test_a_call_is_drawn_with_a_reason_by_a_supervisor(engine: Engine) -> None:
    register(engine, row("c1"), row("c2"))
    with pytest.raises(StoreError, match="王敏"):
        draw(engine, "c1", person=REVIEWER)
    for reason in ("", "  ", "长" * 401):
        with pytest.raises(UsageError, match="say why"):
            draw(engine, "c1", reason)
    made = draw(engine, "c1")
    draw(engine, "c2", "  又一通 ")
    with reading(engine) as session:
        assert load_draw(session, made.draw_id) == made
        assert replay(made, frame_of(session, made.draw_id)) == ()
        listed = targeted_calls(session, limit=9)
        assert [(one.call_id, one.reason, one.person, one.state) for one in listed] == [
            ("c2", "又一通", "李主任", CallState.DRAWN),
            ("c1", WHY, "李主任", CallState.DRAWN),
        ]
        assert [one.call_id for one in targeted_calls(session, before=listed[0].drawn_call_id, limit=9)] == ["c1"]
        told = events(session, subject="call 华声/c1")
        assert [(one.person, one.detail) for one in told] == [("李主任", f"drawn on purpose: {WHY}")]


def test_what_is_drawn_heard_withdrawn_or_was_not_connected_is_refused(engine: Engine) -> None:
    register(engine, row("c1"), row("c2"), row("c3", outcome=Outcome.NO_ANSWER, duration_ms=0))
    assert refusal(engine, "c3") is WhyNot.NOT_CONNECTED
    draw_all(engine)
    assert refusal(engine, "c1") is WhyNot.WAITING
    with writing(engine) as session:
        first, second = claim(session, "w", 2, 60, NOW)
        save_inspection(session, first, inspection(), ARCHIVED, NOW)
        finish_unheard(session, second, CallState.NOT_PRODUCED, "not_found", "gone", NOW)
    heard, unheard = first.row.call_id, second.row.call_id
    assert refusal(engine, heard) is WhyNot.HEARD
    with pytest.raises(StoreError, match="has been heard already"):
        draw(engine, heard)
    assert refusal(engine, unheard) is None
    draw(engine, unheard)
    assert refusal(engine, unheard) is WhyNot.WAITING
    with writing(engine) as session:
        withdraw(session, "华声", unheard, "重复", NOW)
    assert refusal(engine, unheard) is WhyNot.WITHDRAWN


def test_of_two_at_once_one_draws(engine: Engine) -> None:
    register(engine, row("c1"))
    barrier, results = threading.Barrier(2), []

    def try_it(minutes: int) -> None:
        barrier.wait()
        try:
            with writing(engine) as session:
                call = find_call(session, "华声", "c1")
                assert call is not None
                draw_on_purpose(session, call, WHY, SUPERVISOR, "p1", NOW + timedelta(minutes=minutes))
            results.append("drawn")
        except StoreError as error:
            results.append(str(error))

    threads = [threading.Thread(target=try_it, args=(minutes,)) for minutes in (1, 2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sorted(results) == ["call c1 of 华声 is drawn already: the next night hears it; nothing was drawn", "drawn"]
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(TargetedDrawRow)) == 1


def test_in_a_closed_month_what_could_not_be_heard_stays_so(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    register(engine, row("c1"), row("c2"))
    with writing(engine) as session:
        session.execute(update(CallRow).where(CallRow.call_id == "c1").values(state=CallState.QUARANTINED))
    monkeypatch.setattr("pipeline.store.targets.is_closed", lambda _session, _month: True)
    assert refusal(engine, "c1") is WhyNot.CLOSED
    # One that nobody drew may be heard on a complaint; what is found counts in the next open month.
    assert refusal(engine, "c2") is None
