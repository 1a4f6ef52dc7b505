from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline.ledger.cases import history_of
from pipeline.ledger.exits import (
    cases_due,
    last_day_of_rectification,
    missing_handover,
    next_role,
    refusal_of_approval,
    refusal_of_exit,
    why_fallen,
)
from pipeline.policy.policy import load_policy
from pipeline.records.person import Person, Role
from pipeline.records.registry import Term
from tests.ledger.test_cases import APPROVED, EXITED, THREE
from tests.ledger.text import ZONE, posted

POLICY = load_policy(Path(__file__).parents[2] / "lexicons" / "policy.toml")
TERM = Term(date(2026, 1, 1), date(2027, 12, 31))
TODAY = date(2026, 6, 10)
WANG, LI, CHEN = (
    Person("王主任", Role.SUPERVISOR),
    Person("李市场", Role.MARKETING),
    Person("陈副总", Role.VICE_PRESIDENT),
)
WARNINGS = "\n".join(THREE.splitlines()[:4])
DROPPED = "2026-06-09 exit_dropped 华声外呼 - {exit 4} by 陈副总/vice_president"
VOIDED = "2026-06-09 warning_voided 华声外呼 survey {warning 2} reverses 2"


def history(*texts):
    return history_of("华声外呼", posted("\n".join(texts)), ZONE)


def due(*texts, today=TODAY, term=TERM, policy=POLICY.warning):
    return [one.subject for one in cases_due(history(*texts), lambda _: term, today, policy)]


def test_three_warnings_in_the_term_open_a_case() -> None:
    assert due(WARNINGS) == ["warnings 1 2 3"]
    assert due("\n".join(WARNINGS.splitlines()[:3])) == []
    assert due(WARNINGS, policy=replace(POLICY.warning, to_exit=4)) == []
    assert due("\n".join(WARNINGS.splitlines()[:3]), policy=replace(POLICY.warning, to_exit=2)) == ["warnings 1 2"]


def test_only_warnings_about_months_of_the_term_count() -> None:
    assert due(WARNINGS, term=Term(date(2026, 4, 1), date(2027, 3, 31))) == []
    assert due(WARNINGS, term=Term(date(2026, 3, 31), date(2027, 3, 30))) == ["warnings 1 2 3"]
    assert due(WARNINGS, term=None) == ["warnings 1 2 3"]
    assert due(WARNINGS, "2026-06-09 warning_voided 华声外呼 survey {warning 2} reverses 2") == []


def test_a_case_is_opened_once_and_after_it_was_dropped_only_for_a_new_warning() -> None:
    assert due(THREE) == []
    assert due(THREE, DROPPED) == []
    fourth = "2026-07-02 warning 华声外呼 survey {score 2026-06}"
    assert due(THREE, DROPPED, fourth) == ["warnings 1 2 3 7"]
    assert due(THREE, fourth) == []


def test_after_an_exit_everything_is_counted_anew() -> None:
    later = [f"2026-{month:02}-02 warning 华声外呼 survey {{score 2026-{month - 1:02}}}" for month in (8, 9, 10)]
    assert due(THREE, APPROVED, EXITED, *later[:2]) == []
    assert due(THREE, APPROVED, EXITED, *later) == ["warnings 12 13 14"]


RECTIFICATION = "2026-03-05 rectification 华声外呼 survey {until 2026-03-19} (重新培训)"


def test_day_14_of_a_rectification_is_in_time_and_day_15_is_not() -> None:
    assert last_day_of_rectification(date(2026, 3, 5), POLICY.warning) == date(2026, 3, 19)
    assert last_day_of_rectification(date(2026, 3, 5), replace(POLICY.warning, rectification_days=7)) == date(
        2026, 3, 12
    )
    assert due(RECTIFICATION, today=date(2026, 3, 19)) == []
    assert due(RECTIFICATION, today=date(2026, 3, 20)) == ["rectification 1"]


def test_done_late_is_overdue_for_ever_and_done_in_time_never() -> None:
    assert due(RECTIFICATION, "2026-03-19 rectified 华声外呼 survey {rectification 1}") == []
    assert due(RECTIFICATION, "2026-03-20 rectified 华声外呼 survey {rectification 1}") == ["rectification 1"]
    case = "2026-03-20 exit_opened 华声外呼 - {rectification 1}"
    assert due(RECTIFICATION, case) == []
    assert due(RECTIFICATION, case, "2026-03-21 exit_dropped 华声外呼 - {exit 2}") == []


VETO = """
    2026-04-02  violation    华声外呼 survey  call 0007  phrase.competitor fatal  by 王敏/reviewer
    2026-04-02  veto         华声外呼 survey  {violation 1}
"""


def test_a_veto_opens_a_case() -> None:
    assert due(VETO) == ["veto 2"]
    assert due(VETO, "2026-04-03 reversal 华声外呼 - {veto 2} reverses 2") == []
    assert due(VETO, "2026-04-02 exit_opened 华声外呼 - {veto 2}") == []


def fallen(*texts, policy=POLICY.warning):
    told = history(*texts)
    return why_fallen(told.cases[0], told, TERM, policy)


def test_a_case_stands_while_what_it_rests_on_does() -> None:
    assert fallen(THREE) is None
    assert fallen(THREE, VOIDED) == "2 warnings stand, an exit takes 3"
    assert fallen(THREE, VOIDED, "2026-07-02 warning 华声外呼 survey {score 2026-06}") is None
    assert fallen(THREE, VOIDED, policy=replace(POLICY.warning, to_exit=2)) is None
    assert fallen(THREE, APPROVED, EXITED, "2026-07-09 warning_voided 华声外呼 survey {warning 2} reverses 2")
    case = "2026-04-02 exit_opened 华声外呼 - {veto 2}"
    assert fallen(VETO, case) is None
    assert fallen(VETO, case, "2026-04-03 reversal 华声外呼 - {veto 2} reverses 2") == "the breach was overturned"


def approval(person, *texts, policy=POLICY.exit):
    told = history(*texts)
    return refusal_of_approval(told.cases[0], person, why_fallen(told.cases[0], told, TERM, POLICY.warning), policy)


RECORDED, FIRST, SECOND, THIRD = filter(None, map(str.strip, APPROVED.splitlines()))


def test_three_people_approve_in_the_order_of_their_roles() -> None:
    assert approval(WANG, THREE, RECORDED) is None
    assert approval(LI, THREE, RECORDED) == "approval 1 of 3 is the supervisor's; 李市场 is marketing"
    assert approval(LI, THREE, RECORDED, FIRST) is None
    assert approval(CHEN, THREE, RECORDED, FIRST) == "approval 2 of 3 is the marketing's; 陈副总 is vice_president"
    assert approval(CHEN, THREE, RECORDED, FIRST, SECOND) is None
    assert approval(CHEN, THREE, APPROVED).startswith("陈副总 has approved it already")
    assert approval(Person("赵副总", Role.VICE_PRESIDENT), THREE, APPROVED) == "all 3 approvals are there"


def test_the_same_person_never_approves_twice_whatever_the_order_is() -> None:
    twice = replace(POLICY.exit, approvals=(Role.SUPERVISOR, Role.SUPERVISOR))
    assert "has approved it already" in approval(WANG, THREE, RECORDED, FIRST, policy=twice)
    assert approval(Person("周主任", Role.SUPERVISOR), THREE, RECORDED, FIRST, policy=twice) is None


def test_the_order_is_the_policys() -> None:
    other = replace(POLICY.exit, approvals=(Role.MARKETING, Role.SUPERVISOR, Role.VICE_PRESIDENT))
    assert approval(LI, THREE, RECORDED, policy=other) is None
    assert next_role(history(THREE).cases[0], other) is Role.MARKETING


def test_nothing_is_approved_before_a_supervisor_recorded_the_suspension_or_after_the_ground_fell() -> None:
    assert approval(WANG, THREE) == "a supervisor records the suspension first: `callqa exit-case suspend 4`"
    assert approval(WANG, THREE, RECORDED, VOIDED).startswith("2 warnings stand, an exit takes 3")
    assert approval(WANG, THREE, RECORDED, DROPPED) == "it is dropped already"
    assert approval(WANG, "2026-04-02 exit_opened 华声外呼 - {decision survey}") is None


def closing(*texts, policy=POLICY.exit):
    told = history(*texts)
    return refusal_of_exit(told.cases[0], why_fallen(told.cases[0], told, TERM, POLICY.warning), policy)


def test_an_exit_takes_all_approvals_and_the_whole_checklist() -> None:
    items = [f"2026-06-20 handover 华声外呼 - {{exit 4 {item}}} by 王主任/supervisor" for item in POLICY.exit.handover]
    assert closing(THREE, RECORDED, FIRST, SECOND, *items) == "2 of 3 approvals are there; next is the vice_president"
    assert closing(THREE, APPROVED, *items[1:]) == "not handed over yet: 录音及清单"
    assert closing(THREE, APPROVED, *items) is None
    assert closing(THREE, APPROVED, *items, VOIDED).startswith("2 warnings stand")
    assert closing(THREE, APPROVED, *items[1:], policy=replace(POLICY.exit, handover=POLICY.exit.handover[1:])) is None
    assert missing_handover(history(THREE).cases[0], POLICY.exit) == POLICY.exit.handover


@pytest.mark.parametrize("policy", [POLICY.exit, replace(POLICY.exit, approvals=POLICY.exit.approvals[:2])])
def test_how_many_approve_is_the_policys(policy) -> None:
    told = history(THREE, RECORDED, FIRST, SECOND)
    assert (next_role(told.cases[0], policy) is None) == (len(policy.approvals) == 2)
