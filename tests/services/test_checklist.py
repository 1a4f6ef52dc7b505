"""The list before a close asks what the close asks: whatever stands on it refuses the close, and nothing else does."""

from datetime import date

import pytest

from pipeline.errors import DataError
from pipeline.records.month import Month
from pipeline.services.checklist import checklist
from pipeline.store.counts import ProjectMonth, SuccessCount, save_success_counts
from pipeline.store.engine import reading, writing
from pipeline.store.tables.months import Side
from tests.flows.test_closing import CALLS, MARCH, POLICY, close, prepared
from tests.heard import SUPERVISOR, at, hear, in_force
from tests.store.samples import draw_all, register, row

TODAY = date(2026, 4, 2)


def listed(engine, today=TODAY, month=MARCH):
    with reading(engine) as session:
        return checklist(session, month, today)


def test_a_month_that_is_done_has_an_empty_list(engine):
    prepared(engine, POLICY)
    found = listed(engine)
    assert found.can_close
    assert (found.fatal, found.differences, found.unheard) == ((), (), 0)
    close(engine)


def test_everything_in_the_way_is_on_the_list(engine):
    in_force(engine, POLICY)
    hear(engine, CALLS)
    register(engine, row("f1", at("2026-02-03").date()), row("d1", at("2026-03-07").date()))
    draw_all(engine, day=at("2026-02-03").date())
    draw_all(engine, day=at("2026-03-07").date())
    found = listed(engine, today=date(2026, 3, 31))
    assert not found.can_close
    assert found.over_from == date(2026, 4, 1)
    assert found.open_before == (Month(2026, 2),)
    assert dict(found.unaccounted) == {"华声": 1}
    assert [one.row.call_id for one in found.fatal] == ["c4"]
    assert found.unheard == 2, "the formal sample"


def test_counts_that_nobody_handed_in_are_to_be_seen(engine):
    in_force(engine, POLICY)
    hear(engine, CALLS)
    counts = {(one.project, one.counts.operator, one.counts.vendor) for one in listed(engine).differences}
    assert counts == {("telemarketing", None, None)}


def test_a_fatal_finding_may_be_carried_over_and_leaves_the_rest(engine):
    prepared(engine, POLICY, undecided=["c4"])
    found = listed(engine)
    assert found.can_close
    with pytest.raises(DataError, match="fatal findings that nobody has decided"):
        close(engine)
    close(engine, carry_over=[one.finding_id for one in found.fatal])


def test_without_an_approved_policy_nothing_is_closed(engine):
    hear(engine, CALLS)
    found = listed(engine)
    assert found.policy is None and not found.can_close
    with pytest.raises(DataError, match="no approved policy"):
        close(engine)


def test_a_project_that_nobody_registered_has_no_price(engine):
    prepared(engine, POLICY)
    hear(engine, "华声 x1 没登记的项目 A1 2026-03-06")
    found = listed(engine)
    assert found.unregistered == (("华声", "没登记的项目"),) and not found.can_close
    with pytest.raises(DataError, match="没登记的项目 is not registered"):
        close(engine)


def test_a_project_of_whose_calls_none_was_drawn_stands_in_the_way(engine):
    prepared(engine, POLICY)
    register(engine, row("s1", at("2026-03-07").date(), project="survey"))
    found = listed(engine)
    assert found.never_drawn == (("华声", "survey"),) and not found.can_close
    with pytest.raises(DataError, match="no call of 华声/survey was ever drawn"):
        close(engine)


def test_counts_beyond_the_tolerance_are_to_be_seen_and_do_not_stand_in_the_way(engine):
    prepared(engine, POLICY)
    with writing(engine) as session:
        counts = {ProjectMonth("华声", "telemarketing", MARCH): SuccessCount(8, 0)}
        save_success_counts(session, Side.VENDOR, counts, "5eed", SUPERVISOR, at("2026-04-01"))
    (one,) = listed(engine).differences
    assert (one.project, one.agreement.difference, one.agreement.tolerance) == ("telemarketing", 4, 3)
    assert listed(engine).can_close
    close(engine)
