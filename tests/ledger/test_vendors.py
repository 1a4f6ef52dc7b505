"""A vendor on a day: what began last holds, and of the same day what was recorded last."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.ledger.vendors import general_agent, is_news, project_in, project_on, vendor_on
from pipeline.policy.policy import load_policy
from pipeline.records.month import Month
from pipeline.records.project import BusinessType, Mode, Project
from pipeline.records.registry import Fact, FactKind, Term, Vendor
from pipeline.settings import CHECKOUT
from tests.known import facts
from tests.policy.changes import changed

REGISTRY = load_policy(CHECKOUT / "lexicons" / "policy.toml").registry


def on(day: str, text: str) -> Vendor:
    return vendor_on("华声", facts(text), date.fromisoformat(day))


def test_what_begins_later_holds_and_a_correction_reaches_only_to_it() -> None:
    known = """
        华声  mode  general     2026-01-01
        华声  mode  specialist  2026-06-01
        华声  mode  exclusive   2026-01-01
    """
    modes = [on(day, known).mode for day in ("2025-12-31", "2026-01-01", "2026-05-31", "2026-06-01")]
    assert modes == [None, Mode.EXCLUSIVE, Mode.EXCLUSIVE, Mode.SPECIALIST]


def test_a_term_includes_both_its_days_and_leaves_none_behind() -> None:
    known = """
        华声  qualification  general  2024-01-01..2026-12-31
        华声  qualification  general  2027-02-01..2030-01-31
    """
    first = Term(date(2024, 1, 1), date(2026, 12, 31))
    terms = [on(day, known).term for day in ("2023-12-31", "2024-01-01", "2026-12-31", "2027-01-01", "2027-02-01")]
    assert terms == [None, first, first, None, Term(date(2027, 2, 1), date(2030, 1, 31))]
    assert date(2026, 12, 31) in first
    assert date(2027, 1, 1) not in first


def test_a_new_term_ends_the_old_one_for_good() -> None:
    known = """
        华声  qualification  general    2024-01-01..2026-12-31
        华声  qualification  exclusive  2025-01-01..2025-06-30
    """
    assert on("2025-07-01", known).term is None


def test_a_type_is_out_from_the_day_it_is_removed_until_it_is_admitted_anew() -> None:
    known = """
        华声  admitted  survey         2026-01-01
        华声  admitted  telemarketing  2026-01-01
        华声  removed   survey         2026-03-10
        华声  admitted  survey         2027-03-10
    """
    telemarketing, survey = (BusinessType.TELEMARKETING,), (BusinessType.TELEMARKETING, BusinessType.SURVEY)
    types = [on(day, known).types for day in ("2026-03-09", "2026-03-10", "2027-03-09", "2027-03-10")]
    assert types == [survey, telemarketing, telemarketing, survey]


def test_a_type_removed_on_the_day_it_was_admitted_is_out() -> None:
    assert on("2026-01-01", "华声 admitted survey 2026-01-01\n华声 removed survey 2026-01-01").types == ()


def test_agents_stand_beside_each_other_and_leave_on_their_last_day() -> None:
    known = """
        华声  agent  工号01  2026-01-01
        华声  agent  工号02  2026-01-01..2026-02-28
    """
    assert on("2026-02-28", known).agents == ("工号01", "工号02")
    assert on("2026-03-01", known).agents == ("工号01",)


def test_the_agreement_holds_while_it_is_in_force() -> None:
    known = "华声  confidentiality  已签  2026-01-01..2026-12-31  BM-1 of 2025-12-20"
    assert [on(day, known).has_signed for day in ("2025-12-31", "2026-12-31", "2027-01-01")] == [False, True, False]
    fact = on("2026-12-31", known).fact(FactKind.CONFIDENTIALITY)
    assert fact is not None
    assert (fact.document, fact.document_date) == ("BM-1", date(2025, 12, 20))


def test_of_a_vendor_without_facts_nothing_is_known() -> None:
    assert on("2026-01-01", "") == Vendor("华声", date(2026, 1, 1), None, None, None, (), (), (), ())


PROJECTS = """
    华声/养老关怀  project  telemarketing telemarketing 280  2026-02-01
    华声/养老关怀  project  telemarketing telemarketing 120  2026-04-01..2026-05-31
    华声/survey    project  survey survey 500                2026-02-01
"""


def project(name: str, day: str) -> Project | None:
    return project_on("华声", name, facts(PROJECTS), date.fromisoformat(day), REGISTRY)


def test_a_project_is_what_it_was_registered_as_that_day() -> None:
    telemarketing = BusinessType.TELEMARKETING
    assert project("养老关怀", "2026-01-31") is None
    assert project("养老关怀", "2026-03-31") == Project("华声", "养老关怀", telemarketing, "telemarketing", 280)
    assert project("养老关怀", "2026-05-31") == Project("华声", "养老关怀", telemarketing, "telemarketing", 120)
    assert project("养老关怀", "2026-06-01") is None


def test_a_project_that_ends_in_a_month_was_in_it() -> None:
    def script_s(month: Month) -> int | None:
        found = project_in("华声", "养老关怀", facts(PROJECTS), month, REGISTRY)
        return found.script_s if found else None

    months = [Month(2026, number) for number in (1, 2, 3, 4, 5, 6)]
    assert [script_s(month) for month in months] == [None, 280, 280, 120, 120, None]
    ended = PROJECTS + "华声/养老关怀  project  telemarketing telemarketing 280  2026-06-01..2026-06-15"
    assert project_in("华声", "养老关怀", facts(ended), Month(2026, 6), REGISTRY) is not None
    assert project_in("华声", "养老关怀", facts(ended), Month(2026, 7), REGISTRY) is None


def test_an_unregistered_project_is_a_shipped_script_s_by_its_name_only() -> None:
    assert project("vip-care", "2026-03-01") == Project("华声", "vip-care", BusinessType.VIP_CARE, "vip-care", 120)
    assert project("无名项目", "2026-03-01") is None
    # Registered, though from later on: the vendor has said what it is.
    assert project("survey", "2026-01-31") is None


def test_the_length_of_a_shipped_script_is_the_policy_s(tmp_path: Path) -> None:
    registry = changed(tmp_path, "vip-care = 120", "vip-care = 240").registry
    found = project_on("华声", "vip-care", (), date(2026, 3, 1), registry)
    assert found is not None
    assert found.script_s == 240


@pytest.mark.parametrize(
    ("later", "news"),
    [
        ("华声 mode general 2026-01-01", True),
        ("华声 mode exclusive 2026-01-01", False),
        ("华声 mode exclusive 2026-01-02", True),
        ("华声 mode exclusive 2026-01-01..2026-12-31", True),
        ("华声 admitted survey 2026-01-01", True),
        ("华声 admitted telemarketing 2026-01-01", False),
    ],
)
def test_a_fact_is_news_unless_it_is_the_last_word_on_its_matter(later: str, news: bool) -> None:
    known = facts("""
        华声  mode      general        2026-01-01
        华声  mode      exclusive      2026-01-01
        华声  admitted  telemarketing  2026-01-01
    """)
    (fact,) = facts(later)
    assert isinstance(fact, Fact)
    assert is_news(fact, known) is news


def test_faults_roll_up_to_the_general_agent_and_a_circle_ends() -> None:
    parents = {"丙": "乙", "乙": "甲", "子": "丑", "丑": "子"}
    assert [general_agent(name, parents) for name in ("丙", "乙", "甲", "丁")] == ["甲", "甲", "甲", "丁"]
    assert general_agent("子", parents) in ("子", "丑")
