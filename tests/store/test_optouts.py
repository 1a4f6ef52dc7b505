"""Opt-outs are stored with their inspection and found by the number that was called."""

from dataclasses import replace
from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import Engine, func, select, text

from pipeline.errors import StaleLease
from pipeline.records.finding import Match
from pipeline.records.inspection import Inspection, Status
from pipeline.records.optout import OptOut
from pipeline.records.span import Span
from pipeline.store.engine import open_engine, reading, writing
from pipeline.store.inspections import load_inspection, save_inspection
from pipeline.store.optouts import add_finding, calls_without, known_optouts, lock_number
from pipeline.store.schema import check_current, configure, upgrade
from pipeline.store.tables import OptOutRow
from pipeline.store.work import Work, claim, release

from .samples import ARCHIVED, DAY, NOW, Heard, draw_all, inspection, register, row

NUMBER = "13800138000"
RULE = "call.after_optout"
ASKED = OptOut(Span(12_000, 13_500), "你们别再打了", "别再打了", 0.93, Match.EXACT)
LATER = row("c2", started_at=row().started_at + timedelta(days=1))


@pytest.fixture
def works(engine: Engine) -> tuple[Work, ...]:
    register(engine, row(), LATER, row("c3", customer_number="13900139000"))
    draw_all(engine)
    draw_all(engine, day=DAY + timedelta(days=1))
    with writing(engine) as session:
        return tuple(sorted(claim(session, "w", 9, 60, NOW), key=lambda work: work.row.call_id))


def asking() -> Inspection:
    return replace(inspection(), optouts=(ASKED,))


def test_it_is_kept_with_the_inspection_the_call_and_the_instant(engine: Engine, works: tuple[Work, ...]) -> None:
    with writing(engine) as session:
        inspection_id = save_inspection(session, works[0], asking(), ARCHIVED, NOW)
    with reading(engine) as session:
        assert load_inspection(session, inspection_id).optouts == (ASKED,)
        (known,) = known_optouts(session, NUMBER)
        assert (known.vendor, known.call_id, known.optout) == ("华声", "c1", ASKED)
        assert known.at == row().started_at + timedelta(seconds=12)
        assert session.scalar(select(OptOutRow.said_at)) == known.at
        assert known_optouts(session, "13900139000") == ()


def test_a_stale_lease_keeps_none(engine: Engine, works: tuple[Work, ...]) -> None:
    with writing(engine) as session:
        release(session, works[0])
    with pytest.raises(StaleLease), writing(engine) as session:
        lock_number(session, NUMBER)
        save_inspection(session, works[0], asking(), ARCHIVED, NOW)
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(OptOutRow)) == 0


def test_later_calls_to_the_number_are_listed_until_they_have_the_finding(
    engine: Engine, works: tuple[Work, ...]
) -> None:
    with writing(engine) as session:
        lock_number(session, NUMBER)
        for work in works:
            save_inspection(session, work, inspection(Heard(file=work.row.file)), ARCHIVED, NOW)
        (later,) = calls_without(session, NUMBER, RULE, row().started_at)
        assert later.started_at == LATER.started_at
        assert calls_without(session, NUMBER, RULE, LATER.started_at) == ()
        before = load_inspection(session, later.inspection_id)
        finding = replace(before.findings[0], rule=RULE)
        add_finding(session, later.inspection_id, finding)
        assert load_inspection(session, later.inspection_id).findings == (*before.findings, finding)
        assert calls_without(session, NUMBER, RULE, row().started_at) == ()


def test_the_newest_inspection_that_could_judge_counts(engine: Engine, works: tuple[Work, ...]) -> None:
    from pipeline.sampling.draw import make_targeted_draw
    from pipeline.store.drawn import frame_of
    from pipeline.store.draws import save_targeted

    with writing(engine) as session:
        save_inspection(session, works[0], asking(), ARCHIVED, NOW)
        calls = [call for call in frame_of(session, works[0].draw_id) if call.call_id == "c1"]
        for number in (1, 2):
            save_targeted(
                session, make_targeted_draw("华声", "vip-care", DAY, calls, "p1", NOW + timedelta(hours=number))
            )
        unheard, better = claim(session, "w", 9, 60, NOW)
        save_inspection(
            session, unheard, replace(inspection(Heard(ruleset="r2")), status=Status.QUARANTINED), ARCHIVED, NOW
        )
        assert len(known_optouts(session, NUMBER)) == 1
        save_inspection(session, better, inspection(Heard(ruleset="r3")), ARCHIVED, NOW)
        assert known_optouts(session, NUMBER) == ()


def test_a_database_from_before_is_brought_up_with_its_calls(url: str) -> None:
    engine = open_engine(url, create=True)
    with engine.begin() as connection:
        command.upgrade(configure(connection), "0005")
    register(engine, row())
    upgrade(url)
    check_current(engine)
    with reading(engine) as session:
        assert session.scalar(text("SELECT customer_number FROM calls")) == NUMBER
        assert known_optouts(session, NUMBER) == ()
    engine.dispose()
