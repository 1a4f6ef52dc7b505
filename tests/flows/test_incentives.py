"""points and ranking as people type them (P-43)."""

from datetime import UTC, datetime

import pytest

from flows.commands.setup import initialise
from pipeline.records.person import Person, Role
from pipeline.services.drawing import open_store
from pipeline.services.exiting import Desk
from pipeline.settings import load
from pipeline.store.engine import writing
from pipeline.store.facts import record_fact
from pipeline.store.people import add_user
from tests.export.closed_month import Written, store
from tests.flows.typed import PASSWORD, Typed
from tests.heard import at, in_force
from tests.known import EXCLUSIVE, facts

LEDGER = """
    2026-03-31 points 华声 telemarketing +10 points {score 2026-03} (月度得分96.10)
    2026-03-31 points 远达 telemarketing -5 points {score 2026-03} (月度得分78.00)
"""
SCORES = """
    华声 telemarketing  120 of 1000 calls  0 fatal 0 major 0 minor  rate 0.00 (0.00-3.00)  score 96.00 (95.00-97.00)
    华声 win-back  120 of 500 calls  0 fatal 0 major 0 minor  rate 0.00 (0.00-3.00)  score 50.00 (40.00-60.00)
    华声 二期  120 of 3000 calls  0 fatal 0 major 0 minor  rate 0.00 (0.00-3.00)  score 92.00 (91.00-93.00)
    远达 telemarketing  120 of 4000 calls  0 fatal 0 major 0 minor  rate 0.00 (0.00-3.00)  score 88.00 (87.00-89.00)
    新声 telemarketing  12 of 2000 calls  0 fatal 0 major 0 minor  rate 0.00 (0.00-3.00)  score 99.00 (40.00-100.00)  too_few
"""


@pytest.fixture
def office(tmp_path):
    """March is closed; 华声 has two telemarketing projects, 新声 too few calls to have a place."""
    initialise(tmp_path / "work")
    engine = open_store(load(tmp_path / "work"))
    version = in_force(engine)
    with writing(engine) as session:
        for fact in facts(EXCLUSIVE + "华声/二期 project telemarketing telemarketing 280 2026-02-01"):
            record_fact(session, fact)
        for name, role in (("陈总", Role.VICE_PRESIDENT), ("小赵", Role.REVIEWER)):
            add_user(session, name, role, PASSWORD, at("2026-03-02"))
    store(engine, Written("2026-03", "2026-04-02", LEDGER, SCORES, policy=version))
    engine.dispose()
    return Typed(tmp_path / "work")


def test_points_are_exchanged_once_and_no_more_than_there_are(office):
    assert office.json("points", "show", "华声")["balance"] == 10
    assert "user '小赵' is reviewer" in office.refused(1, "points", "exchange", "华声", 8, "--as", "小赵")
    told = office("points", "exchange", "华声", 8, "--as", "陈总")
    assert "华声 gets 800.00 yuan for 8 points, 2 are left" in told
    assert "3 points cannot be exchanged: the account holds 2" in office.refused(
        1, "points", "exchange", "华声", 3, "--as", "陈总"
    )
    shown = office.json("points", "show", "华声")
    assert (shown["balance"], [one["points"] for one in shown["entries"]]) == (2, [10, -8])
    assert "vendor '无名' is not registered" in office.refused(1, "points", "exchange", "无名", 1, "--as", "陈总")
    assert "balance: -5" in office("points", "show", "远达")


def test_work_moves_within_a_business_type_to_who_is_better_beyond_chance(office):
    """华声: 96 of 1,000 calls and 92 of 3,000 make 93; of 10,000 calls it has 40 %, 远达 40 %, 新声 20 %."""
    by_type = {}
    for one in office.json("ranking", "2026-03"):
        by_type.setdefault(one["type"], []).append(one)
    first, last = by_type["telemarketing"]
    assert (first["vendor"], first["rank"], first["score"]) == ("华声", 1, 93.0)
    assert (last["vendor"], last["rank"], last["worse_than"]) == ("远达", 2, ["华声"])
    assert [(one["share_bp"], one["advised_bp"]) for one in (first, last)] == [(4000, 4500), (4000, 3500)]
    (alone,) = by_type["win-back"]
    assert (alone["rank"], alone["share_bp"], alone["advised_bp"]) == (1, 10_000, 10_000)
    assert "华声" in office("ranking", "2026-03")


def test_who_is_suspended_gets_no_new_work_and_the_others_share_all_of_it(office):
    """Of telemarketing 新声, with too few calls to have a place, keeps its 20 %; 华声 takes what 远达 had."""
    engine = open_store(load(office.root))
    with writing(engine) as session:
        for fact in facts("远达 mode exclusive 2026-01-01"):
            record_fact(session, fact)
        desk = Desk(session, Person("李主任", Role.SUPERVISOR), datetime.now(UTC))
        desk.record_suspension(desk.propose_exit("远达", None, "年度检查").number, "")
    engine.dispose()
    found = [one for one in office.json("ranking", "2026-03") if one["type"] == "telemarketing"]
    assert [(one["vendor"], one["share_bp"], one["advised_bp"], one["gets_work"]) for one in found] == [
        ("华声", 4000, 8000, True),
        ("远达", 4000, 0, False),
    ]
    assert "远达 (no new work)" in office("ranking", "2026-03")


def test_a_month_that_is_open_has_no_ranking(office):
    assert "2026-05 is not closed" in office.refused(1, "ranking", "2026-05")
