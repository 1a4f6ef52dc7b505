import pytest

from pipeline.ledger.cases import histories
from pipeline.ledger.history import CaseState, Trigger
from pipeline.records.month import Month
from pipeline.records.project import BusinessType
from tests.ledger.text import ZONE, posted

THREE = """
    2026-04-02  warning      华声外呼 survey    {breach 2026-03 17}
    2026-05-03  warning      华声外呼 survey    {score 2026-04}
    2026-06-02  warning      华声外呼 vip-care  {rate 2026-05}
    2026-06-02  exit_opened  华声外呼 -         {warnings 1 2 3}
    2026-06-02  suspended    华声外呼 -         {exit 4}
"""
APPROVED = """
    2026-06-03  suspended    华声外呼 -         {exit 4}  by 王主任/supervisor
    2026-06-04  approval     华声外呼 -         {exit 4}  by 王主任/supervisor
    2026-06-05  approval     华声外呼 -         {exit 4}  by 李市场/marketing
    2026-06-08  approval     华声外呼 -         {exit 4}  by 陈副总/vice_president
"""
EXITED = """
    2026-06-20  handover     华声外呼 -         {exit 4 录音及清单}  by 王主任/supervisor
    2026-06-30  exit         华声外呼 -         {exit 4}  by 王主任/supervisor
"""


def history(*texts, vendor="华声外呼"):
    return histories(posted("\n".join(texts)), ZONE)[vendor]


def case(*texts):
    return history(*texts).cases[0]


def test_a_case_goes_through_its_states() -> None:
    assert case("\n".join(THREE.splitlines()[:-1])).state is CaseState.OPENED
    assert case(THREE).state is CaseState.SUSPENDED
    assert history(THREE).is_suspended
    approved = case(THREE, APPROVED)
    assert approved.state is CaseState.IN_APPROVAL
    assert [each.person for each in approved.approvals] == ["王主任", "李市场", "陈副总"]
    assert (approved.suspended.isoformat(), approved.recorded_by) == ("2026-06-02", "王主任")
    exited = case(THREE, APPROVED, EXITED)
    assert (exited.state, exited.exit_entry) == (CaseState.EXITED, 11)
    assert exited.handed_over == ("录音及清单",)
    assert history(THREE, APPROVED, EXITED).last_exit == 11
    assert not history(THREE, APPROVED, EXITED).is_suspended
    dropped = case(THREE, "2026-06-09 exit_dropped 华声外呼 - {exit 4} by 陈副总/vice_president")
    assert dropped.state is CaseState.DROPPED and not dropped.is_open


def test_a_voided_warning_reopens_what_hung_on_it_and_its_approvals_count_no_more() -> None:
    voided = "2026-06-09 warning_voided 华声外呼 survey {warning 2} reverses 2"
    told = history(THREE, APPROVED, voided)
    assert [one.number for one in told.standing(None)] == [1, 3]
    assert told.warnings[1].voided_by == 10
    assert (told.cases[0].state, told.cases[0].approvals, told.cases[0].fallen) == (CaseState.REOPENED, (), (2,))
    assert told.is_suspended
    again = history(THREE, APPROVED, voided, "2026-06-10 approval 华声外呼 - {exit 4} by 王主任/supervisor")
    assert again.cases[0].state is CaseState.IN_APPROVAL


def test_also_after_the_exit() -> None:
    told = history(THREE, APPROVED, EXITED, "2026-07-09 warning_voided 华声外呼 survey {warning 2} reverses 2")
    assert (told.cases[0].state, told.cases[0].exit_entry, told.last_exit) == (CaseState.REOPENED, 11, 0)
    assert told.cases[0].is_open


def test_a_warning_that_no_case_hangs_on_reopens_none() -> None:
    told = history(
        THREE,
        APPROVED,
        "2026-06-09 warning 华声外呼 survey {operating 2026-06}",
        "2026-06-10 warning_voided 华声外呼 survey {warning 10} reverses 10",
    )
    assert told.cases[0].state is CaseState.IN_APPROVAL and len(told.cases[0].approvals) == 3


def test_a_rectification_falls_with_its_warning_and_the_case_with_both() -> None:
    told = history("""
        2026-04-02  warning         华声外呼 survey  {breach 2026-03 17}
        2026-04-02  rectification   华声外呼 survey  {warning 1 until 2026-04-16}  (重新培训)
        2026-04-17  exit_opened     华声外呼 -       {rectification 2}
        2026-04-20  warning_voided  华声外呼 survey  {warning 1}  reverses 1
    """)
    assert told.rectifications[0].fallen_by == 4
    assert (told.cases[0].trigger, told.cases[0].state) == (Trigger.RECTIFICATION, CaseState.REOPENED)


def test_a_rectification_may_take_until_its_last_day_in_shanghai() -> None:
    ledger = "2026-03-05 09:00 rectification 华声外呼 survey {until 2026-03-19} (重新培训)"
    late = history(ledger, "2026-03-20 00:00 rectified 华声外呼 survey {rectification 1}").rectifications[0]
    on_time = history(ledger, "2026-03-19 23:59 rectified 华声外呼 survey {rectification 1}").rectifications[0]
    assert (on_time.rectified.isoformat(), late.rectified.isoformat()) == ("2026-03-19", "2026-03-20")
    assert late.is_overdue(late.rectified) and not on_time.is_overdue(late.rectified)


def test_a_reversed_veto_reopens_its_case_and_other_reversals_change_nothing() -> None:
    ledger = """
        2026-04-02  violation    华声外呼 survey  call 0007  phrase.competitor fatal  by 王敏/reviewer
        2026-04-02  veto         华声外呼 survey  {violation 1}
        2026-04-02  exit_opened  华声外呼 -       {veto 2}
        2026-04-20  reversal     华声外呼 survey  {verdict 7}  reverses 1
    """
    assert case(ledger).state is CaseState.OPENED
    told = history(ledger, "2026-04-20 reversal 华声外呼 - {veto 2} reverses 2")
    assert (told.vetoes[0].violation, told.vetoes[0].fallen_by) == (1, 5)
    assert told.cases[0].state is CaseState.REOPENED


def test_a_case_by_decision_may_be_about_one_type() -> None:
    told = history(
        "2026-04-02 exit_opened 华声外呼 - {decision survey} (年度资格验证未通过) by 王主任/supervisor",
        "2026-04-03 exit_opened 华声外呼 - {decision} by 王主任/supervisor",
    )
    assert [one.business_type for one in told.cases] == [BusinessType.SURVEY, None]
    exited = history("2026-04-02 exit_opened 华声外呼 - {decision survey}", "2026-05-02 exit 华声外呼 - {exit 1}")
    assert exited.last_exit == 0


def test_vendors_are_kept_apart_and_months_counted_by_their_own() -> None:
    told = histories(posted(THREE.replace("华声外呼 vip-care", "远达呼叫 vip-care")), ZONE)
    assert [len(told[vendor].warnings) for vendor in ("华声外呼", "远达呼叫")] == [2, 1]
    year = history(
        "2027-01-05 warning 华声外呼 survey {score 2026-12}", "2027-02-05 warning 华声外呼 survey {score 2027-01}"
    )
    assert [[str(one.month) for one in year.in_year(number)] for number in (2026, 2027)] == [["2026-12"], ["2027-01"]]
    assert year.warnings[0].month == Month(2026, 12)


@pytest.mark.parametrize(
    "line",
    [
        "2026-04-02 warning 华声外呼 survey {mood 2026-03}",
        "2026-04-02 warning_voided 华声外呼 survey reverses 9",
        "2026-04-02 approval 华声外呼 - {exit 1}",
        "2026-04-02 suspended 华声外呼 - {exit 1}",
        "2026-04-02 exit_opened 华声外呼 - {weather 1}",
    ],
)
def test_an_entry_that_makes_no_sense_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"^entry 1: "):
        histories(posted(line), ZONE)
