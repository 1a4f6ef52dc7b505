"""Facts going in: all of a list or none, each held against those beside it and against all other vendors."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from pipeline.policy.policy import load_policy
from pipeline.records.person import Person, Role
from pipeline.services.registering import PlacedFact, Rules, record_all, script_names
from pipeline.settings import CHECKOUT
from pipeline.store.engine import open_engine, reading, writing
from pipeline.store.facts import all_facts, facts_of, record_fact
from pipeline.store.schema import upgrade
from tests.known import EXCLUSIVE, GENERAL, SPECIALIST, facts
from tests.policy.changes import SHIPPED, changed

SUPERVISOR, CHIEF = Person("王敏", Role.SUPERVISOR), Person("陈总", Role.VICE_PRESIDENT)
RULES = Rules(load_policy(SHIPPED), script_names(CHECKOUT / "lexicons"))
TODAY = date(2026, 3, 2)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    upgrade(url := f"sqlite:///{tmp_path / 'callqa.db'}")
    engine = open_engine(url)
    yield engine
    engine.dispose()


def record(engine: Engine, text: str, person: Person = SUPERVISOR, rules: Rules = RULES) -> tuple[int, list[str]]:
    with writing(engine) as session:
        placed = [PlacedFact(f"line {number}", fact) for number, fact in enumerate(facts(text), start=2)]
        return record_all(session, placed, person, rules, TODAY)


def test_a_vendor_is_registered_and_admitted_in_one_list(engine: Engine) -> None:
    text = "华声 admitted survey 2026-02-01\n" + EXCLUSIVE
    assert record(engine, text) == (15, [])
    assert record(engine, text) == (0, [])
    with reading(engine) as session:
        assert len(facts_of(session, "华声")) == 15


def test_one_that_is_refused_keeps_all_others_out_and_every_reason_is_told(engine: Engine) -> None:
    lacking = EXCLUSIVE.replace("seats              10", "seats 9").replace("area_m2            50", "area_m2 49")
    _, problems = record(engine, "华声 admitted survey 2026-02-01\n" + lacking)
    assert problems == [
        "line 2: admitted survey: 华声 lacks seats (台席数): 9, at least 10 is asked for",
        "line 2: admitted survey: 华声 lacks area_m2 (场地面积(平方米)): 49, at least 50 is asked for",
    ]
    with reading(engine) as session:
        assert all_facts(session) == {}


def test_a_specialist_is_the_vice_president_s_to_approve(engine: Engine) -> None:
    _, problems = record(engine, SPECIALIST)
    assert [problem.split(":")[1] for problem in problems] == [" mode specialist", " qualification specialist"]
    assert "the vice-president approves specialists" in problems[0]
    assert record(engine, SPECIALIST, CHIEF)[1] == []


def test_a_general_agent_shares_its_type_with_nobody_but_its_own(engine: Engine) -> None:
    assert record(engine, GENERAL + "华声 admitted survey 2026-01-01")[1] == []
    stranger = EXCLUSIVE.replace("华声", "远达")
    assert record(engine, stranger + "远达 admitted survey 2026-02-01")[1] == [
        "line 16: admitted survey: 华声 works in it, and a general agent is the only one of its type"
    ]
    assert record(engine, stranger + "远达 admitted telemarketing 2026-02-01")[1] == []


def test_only_a_general_agent_has_subcontractors_and_those_have_none(engine: Engine) -> None:
    assert record(engine, GENERAL + EXCLUSIVE.replace("华声", "远达"))[1] == []
    assert record(engine, "丁 parent 远达 2026-02-01")[1] == [
        "line 2: parent 远达: only a general agent has subcontractors; 远达 is exclusive"
    ]
    assert record(engine, "丙 parent 华声 2026-02-01")[1] == []
    assert record(engine, "丁 parent 丙 2026-02-01")[1] == [
        "line 2: parent 丙: only a general agent has subcontractors; 丙 is none",
        "line 2: parent 丙: 丙 is itself a subcontractor of 华声",
    ]
    _, problems = record(engine, "华声 parent 总包 2026-02-01\n总包 mode general 2026-01-01")
    assert problems == ["line 2: parent 总包: 华声 has subcontractors of its own"]


def test_a_type_that_was_left_is_barred_to_the_day(engine: Engine, tmp_path: Path) -> None:
    assert record(engine, GENERAL + "华声 admitted survey 2026-01-01\n华声 admitted win-back 2026-01-01")[1] == []
    with writing(engine) as session:
        (left,) = facts("华声 removed survey 2026-02-10")
        record_fact(session, left)
    again = "华声 licence 年检 2027-01-05 N-2 of 2026-03-01\n华声 admitted survey {}"
    rules = Rules(changed(tmp_path, "bar_type_years = 1", "bar_type_years = 0"), RULES.scripts)
    told = record(engine, again.format("2026-02-11"))[1]
    assert told == ["line 3: admitted survey: 华声 left, and may apply again from 2027-02-10 on"]
    assert "may apply again" in str(record(engine, again.format("2027-02-09"))[1])
    assert "may apply again" not in str(record(engine, again.format("2027-02-10"))[1])
    assert record(engine, again.format("2026-02-11"), rules=rules)[1] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("华声 removed survey 2026-02-01", "removed survey: an exit takes three approvals"),
        (
            "华声 qualification general 2026-01-01..2029-01-01",
            "lasts until 2029-01-01; one from 2026-01-01 ends on 2028-12-31 at the latest",
        ),
        (
            "华声 confidentiality 已签 2026-01-01 B of 2026-03-03",
            "its document is of 2026-03-03, which is in the future",
        ),
        ("华声 deposit_returned_fen 1 2026-02-01", "1 fen more than the vendor ever gave"),
        ("华声/甲 project survey survey 120 2026-02-01", "华声 is not admitted to survey on 2026-02-01"),
        ("华声/甲 project survey surveys 120 2026-02-01", "there is no script 'surveys'; known: survey, telemarketing"),
        ("华声/甲 project survey survey 901 2026-02-01", "has no price for a script of 901 s"),
    ],
)
def test_what_the_plan_does_not_allow_is_refused_with_its_reason(engine: Engine, text: str, said: str) -> None:
    assert said in str(record(engine, text)[1])


def test_a_project_of_an_admitted_type_goes_in(engine: Engine) -> None:
    text = GENERAL + "华声 admitted survey 2026-01-01\n华声/满意度 project survey survey 900 2026-02-01"
    assert record(engine, text) == (16, [])


def test_a_deposit_comes_back_as_far_as_it_was_given(engine: Engine) -> None:
    assert record(engine, EXCLUSIVE + "华声 deposit_returned_fen 5000000 2026-02-01")[1] == []
    assert "1 fen more" in str(record(engine, "华声 deposit_returned_fen 5000001 2026-02-02")[1])
