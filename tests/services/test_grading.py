"""A fault counts in the year in which it happened, and with the general agent whose subcontractor it was (P-01, P-42), on both databases.

Every call is of the formal sample and heard whole. The policy makes a grade of every two faults, so that they can be counted on one hand.
"""

import pytest

from pipeline.records.entry import EntryKind
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.records.verdict import Decision
from pipeline.review.decision import Charge
from pipeline.services.closing import close_month
from pipeline.services.complaining import check_number, decide_complaint
from pipeline.services.explaining import Explainer
from pipeline.services.reviewing import add, change
from pipeline.store.complaints import record_complaint
from pipeline.store.engine import reading, writing
from pipeline.store.facts import record_fact
from pipeline.store.hearings import mark_reviewed
from pipeline.store.ledger import entries
from pipeline.store.states import find_call
from tests.flows.test_closing import flat
from tests.heard import REVIEWER, SECOND, SHIPPED, SUPERVISOR, at, hear, in_force
from tests.known import facts
from tests.ledger.text import ZONE

POLICY = SHIPPED.replace("grade_3_from = 10", "grade_3_from = 2").replace("first_grade = 3", "first_grade = 2")
NOVEMBER, DECEMBER, JANUARY, FEBRUARY = Month(2026, 11), Month(2026, 12), Month(2027, 1), Month(2027, 2)
CALLS = """
    华声 n1 telemarketing A1 2026-11-05
    华声 d1 telemarketing A1 2026-12-28
    华声 j1 telemarketing A1 2027-01-05
    华声 f1 telemarketing A1 2027-02-05
"""
TAUNT = Charge("phrase.taunt", Severity.MAJOR, None, "活该")


@pytest.fixture
def heard(engine):
    """A call a month, heard whole; nobody has found anything yet."""
    return prepared(engine)


def prepared(engine, policy=POLICY, calls=CALLS):
    in_force(engine, policy)
    hear(engine, calls)
    with writing(engine) as session:
        for vendor, call_id, *_ in map(str.split, filter(str.strip, calls.splitlines())):
            mark_reviewed(session, find_call(session, vendor, call_id).id, REVIEWER, at("2027-02-06"))
    return engine


def blame(engine, call_id, day, vendor="华声"):
    with writing(engine) as session:
        return add(session, vendor, call_id, TAUNT, REVIEWER, at(day)).verdict.verdict_id


def close(engine, month):
    """Close a month on the second day after it; the grades that it leaves, with their notes."""
    with writing(engine) as session:
        close_month(session, month, SUPERVISOR, at(f"{month.plus(1)}-02"))
    with reading(engine) as session:
        posted = entries(session, month=month, kinds=(EntryKind.GRADE,))
        return {one.entry.vendor: (one.entry.subject, one.entry.note) for one in posted}


def test_a_fault_of_december_confirmed_in_january_is_one_of_the_year_that_is_over(heard):
    """Two of 2026 put the vendor into grade 3, though the second came to light after the year's close; in 2027 there is none."""
    blame(heard, "n1", "2026-11-06")
    close(heard, NOVEMBER)
    assert "grade 2" in close(heard, DECEMBER)["华声"]
    blame(heard, "d1", "2027-01-09")
    grade, note = close(heard, JANUARY)["华声"]
    assert grade == "grade 3"
    assert "本年过错0次" in note and "上年结果由2级更正为3级" in note
    with reading(heard) as session:
        (entry,) = entries(session, month=JANUARY, kinds=(EntryKind.GRADE,))
        assert Explainer(session).explain(str(entry.number)).because == ()
        (entry,) = entries(session, month=DECEMBER, kinds=(EntryKind.GRADE,))
        assert "call: n1" in flat(Explainer(session).explain(str(entry.number)))


def test_a_fault_that_an_appeal_takes_back_after_the_year_weighs_in_neither(heard):
    blame(heard, "n1", "2026-11-06")
    close(heard, NOVEMBER)
    late = blame(heard, "d1", "2026-12-29")
    assert "grade 3" in close(heard, DECEMBER)["华声"]
    with writing(heard) as session:
        change(session, late, Decision.OVERTURNED, SECOND, at("2027-01-12"), note="客户说的")
    grade, note = close(heard, JANUARY)["华声"]
    assert (grade, "上年结果由3级更正为2级" in note) == ("grade 2", True)


def test_what_was_found_late_and_taken_back_again_never_was(heard):
    blame(heard, "n1", "2026-11-06")
    for month in (NOVEMBER, DECEMBER):
        close(heard, month)
    late = blame(heard, "d1", "2027-01-09")
    assert "grade 3" in close(heard, JANUARY)["华声"]
    with writing(heard) as session:
        change(session, late, Decision.OVERTURNED, SECOND, at("2027-02-12"), note="客户说的")
    assert "grade 2" in close(heard, FEBRUARY)["华声"]


def test_complaints_and_number_checks_count_by_their_own_days(heard):
    """One complaint came in and one number was checked in December; both are found justified or recorded in January."""
    for month in (NOVEMBER, DECEMBER):
        close(heard, month)
    with writing(heard) as session:
        day, now = at("2026-12-30").date(), at("2027-01-12")
        made = record_complaint(
            session, "华声", "telemarketing", day, "未同意被办理", REVIEWER, now, today=now.date(), call_id="j1"
        )
        decide_complaint(session, made.complaint_id, justified=True, decision="属实", person=SUPERVISOR, now=now)
        check_number(session, "华声", "telemarketing", day, "13800138000", "客户称未办理", REVIEWER, now, zone=ZONE)
    grade, note = close(heard, JANUARY)["华声"]
    assert (grade, "本年过错0次" in note, "上年结果由1级更正为3级" in note) == ("grade 3", True, True)


BELOW = """
    总包 t1 telemarketing A1 2026-11-05
    子甲 a1 telemarketing A1 2026-11-05
    子乙 b1 telemarketing A1 2026-11-05
"""


@pytest.mark.parametrize(
    ("rolls", "expected"),
    [
        ("true", {"总包": ("grade 3", 2), "子甲": ("grade 2", 1), "子乙": ("grade 2", 1)}),
        ("false", {"总包": ("grade 2", 0), "子甲": ("grade 2", 1), "子乙": ("grade 2", 1)}),
    ],
)
def test_faults_of_subcontractors_are_the_general_agents_too(engine, rolls, expected):
    """子丙 was the general agent's only until October; its call of November is its own."""
    policy = POLICY.replace("subcontractors = true", f"subcontractors = {rolls}")
    prepared(engine, policy, BELOW + "    子丙 c1 telemarketing A1 2026-11-05\n")
    parents = "子甲 parent 总包 2026-01-01\n子乙 parent 总包 2026-01-01\n子丙 parent 总包 2026-01-01..2026-10-31"
    with writing(engine) as session:
        for fact in facts(parents):
            record_fact(session, fact)
    for vendor, call_id in (("子甲", "a1"), ("子乙", "b1"), ("子丙", "c1")):
        blame(engine, call_id, "2026-11-06", vendor)
    graded = close(engine, NOVEMBER)
    for vendor, (grade, faults) in expected.items():
        assert graded[vendor][0] == grade
        assert f"本年过错{faults}次" in graded[vendor][1]
    assert ("其中下属外呼公司2次" in graded["总包"][1]) == (rolls == "true")
    with reading(engine) as session:
        of_agent = next(one for one in entries(session, kinds=(EntryKind.GRADE,)) if one.entry.vendor == "总包")
        told = flat(Explainer(session).explain(str(of_agent.number)))
    assert (" 子甲 " in told, " 子丙 " in told) == (rolls == "true", False)
