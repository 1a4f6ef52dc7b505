"""A general agent answers for the warnings of its subcontractors: three in total are three, whoever of them was warned (P-01, P-61)."""

from datetime import date

import pytest

from flows.showing_cases import count_line
from pipeline.services.cases import open_what_is_due, warnings_total
from pipeline.services.docket import warning_count
from pipeline.store.cases import vendor_histories, vendor_history
from pipeline.store.engine import reading, writing
from pipeline.store.facts import known_vendor, record_fact
from tests.heard import SHIPPED, in_force
from tests.known import GENERAL, facts
from tests.ledger.text import ZONE, at, without_notes
from tests.services.test_cases import NOW, POLICY, WANG, act, due, posting, state
from tests.store.conftest import engine, url  # noqa: F401 - fixtures

FAMILY = """
    子甲  parent  华声  2026-01-01
    子乙  parent  华声  2026-01-01
    子丙  parent  华声  2026-01-01..2026-04-29
"""
# The same project, month and ground as the agent's own: it is another vendor's warning all the same.
INSULTS = """
    2026-04-05  violation  华声 survey  call c1  phrase.insult fatal  by 王敏/reviewer
    2026-04-06  violation  子甲 survey  call c2  phrase.insult fatal  by 王敏/reviewer
    2026-05-07  violation  子乙 survey  call c3  phrase.insult fatal  by 王敏/reviewer
"""
OF_A_STRANGER = "2026-04-08 violation 子丙 survey call c4 phrase.insult fatal by 王敏/reviewer"


def family(engine, policy=SHIPPED):  # noqa: F811
    in_force(engine, policy)
    with writing(engine) as session:
        for fact in facts(GENERAL + FAMILY):
            record_fact(session, fact)
    return engine


@pytest.fixture
def known(engine):  # noqa: F811
    """A general agent and its subcontractors, one of which left before the month of its warning was over."""
    return family(engine)


WARNED = [
    "2026-05-08 warning 华声 survey for 2026-04 {breach 2026-04 1}",
    "2026-05-08 warning 子丙 survey for 2026-04 {breach 2026-04 4}",
    "2026-05-08 warning 子甲 survey for 2026-04 {breach 2026-04 2}",
    "2026-05-08 warning 子乙 survey {breach 2026-05 3}",
]


def test_three_warnings_of_a_family_suspend_its_head(known):
    posting(known, INSULTS + OF_A_STRANGER)
    assert due(known) == [
        *WARNED,
        "2026-05-08 exit_opened 华声 - {warnings 5 7 8}",
        "2026-05-08 suspended 华声 - {exit 9}",
    ]
    assert due(known) == []
    with reading(known) as session:
        vendor, history = known_vendor(session, "华声", date(2026, 5, 8)), vendor_history(session, "华声", ZONE)
        assert vendor_histories(session, ZONE)["华声"] == history
        totals = [warnings_total(session, one, date(2026, 5, 31), POLICY.warning) for one in ("华声", "子甲", "子丙")]
    told = warning_count(vendor, history, POLICY.warning)
    assert (told.in_term, told.of_subcontractors) == (3, 2)
    assert "3 stand in its term 2026-01-01 to 2028-12-31, 2 of them its subcontractors', 3 end" in count_line(told)
    assert totals == [3, 1, 1]


def test_the_third_warning_counts_when_a_subcontractor_alone_is_looked_at(known):
    posting(known, INSULTS)
    due(known, vendor="华声")
    due(known, vendor="子甲")
    assert due(known, vendor="子乙")[-2:] == [
        "2026-05-08 exit_opened 华声 - {warnings 4 5 6}",
        "2026-05-08 suspended 华声 - {exit 7}",
    ]


def test_a_subcontractors_warning_that_is_voided_reopens_the_agents_case(known):
    posting(known, INSULTS)
    due(known)
    assert state(known, 7) == "suspended"
    act(known, WANG, NOW, lambda desk: desk.void_warning(5, "申诉成立"))
    assert state(known, 7) == "reopened"
    with writing(known) as session:
        assert without_notes(open_what_is_due(session, at("2026-06-01"))) == []


def test_whether_they_count_is_the_policys(engine):  # noqa: F811
    alone = SHIPPED.replace("subcontractors = true", "subcontractors = false")
    known = family(engine, alone)
    posting(known, INSULTS + OF_A_STRANGER)
    assert due(known) == WARNED
