"""What follows from confirmed breaches, months and overturned verdicts; and what people may do about it, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import pytest

from pipeline.errors import DataError, StoreError
from pipeline.policy.policy import parse_policy
from pipeline.records.entry import EntryKind
from pipeline.records.estimate import Interval, MonthEstimate, MonthStatus
from pipeline.records.month import Month
from pipeline.records.person import Person, Role
from pipeline.records.project import BusinessType, Mode
from pipeline.services.case_book import CaseBook
from pipeline.services.cases import after_reversal, open_what_is_due, warn_of_month, warnings_total
from pipeline.services.docket import warning_count
from pipeline.services.exiting import Desk
from pipeline.store.engine import reading, writing
from pipeline.store.facts import known_vendor, record_fact
from pipeline.store.ledger import entries as stored
from pipeline.store.ledger import find_entry, post
from tests.heard import SHIPPED, in_force
from tests.known import EXCLUSIVE, facts
from tests.ledger.text import at, entries, without_notes, written

WANG, ZHOU = Person("王主任", Role.SUPERVISOR), Person("周主任", Role.SUPERVISOR)
LI, CHEN = Person("李市场", Role.MARKETING), Person("陈副总", Role.VICE_PRESIDENT)
POLICY = parse_policy(SHIPPED.encode(), "policy")
ADMITTED = """
    华声  admitted  telemarketing  2026-01-01
    华声  admitted  survey         2026-01-01
"""
INSULTS = """
    2026-03-05  violation  华声 survey         call c1  phrase.insult fatal  by 王敏/reviewer
    2026-04-06  violation  华声 telemarketing  call c2  phrase.abuse fatal   by 王敏/reviewer
    2026-05-07  violation  华声 survey         call c3  phrase.insult fatal  by 王敏/reviewer
"""
NOW = at("2026-05-08")
ESTIMATE = MonthEstimate(MonthStatus.SCORED, 120, 40, Interval(71, 64, 78), Interval(0.05, 0.02, 0.09))
GOOD = MonthEstimate(MonthStatus.SCORED, 120, 40, Interval(91, 88, 94), Interval(0.05, 0.02, 0.09))


@pytest.fixture
def known(engine):
    """A vendor with its papers, and the shipped policy in force."""
    in_force(engine)
    with writing(engine) as session:
        for fact in facts(EXCLUSIVE + ADMITTED):
            record_fact(session, fact)
    return engine


def posting(engine, text):
    with writing(engine) as session:
        return post(session, entries(text))


def due(engine, now=NOW, **more):
    with writing(engine) as session:
        return without_notes(open_what_is_due(session, now, **more))


def act(engine, person, now, do):
    with writing(engine) as session:
        return do(Desk(session, person, now))


def state(engine, number):
    with reading(engine) as session:
        return CaseBook(session, NOW).case(number)[0].state.value


THREE_WARNINGS = [
    "2026-05-08 warning 华声 survey for 2026-03 {breach 2026-03 1}",
    "2026-05-08 warning 华声 telemarketing for 2026-04 {breach 2026-04 2}",
    "2026-05-08 warning 华声 survey {breach 2026-05 3}",
    "2026-05-08 exit_opened 华声 - {warnings 4 5 6}",
    "2026-05-08 suspended 华声 - {exit 7}",
]


def test_three_confirmed_breaches_warn_suspend_and_open_a_case_once(known):
    posting(known, INSULTS)
    assert due(known) == THREE_WARNINGS
    assert due(known) == []
    assert due(known, at("2026-06-01")) == []
    with reading(known) as session:
        assert not list(stored(session, kinds=[EntryKind.EXIT]))
        assert [warnings_total(session, "华声", date(2026, month, 28), POLICY.warning) for month in (2, 3, 4, 5)] == [
            0,
            1,
            2,
            3,
        ]


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ("to_exit = 3", "to_exit = 4", ["warning"] * 3),
        ("to_exit = 3", "to_exit = 2", ["warning"] * 3 + ["exit_opened", "suspended"]),
        ("breach_calls = 1", "breach_calls = 2", []),
        ('breaches = ["phrase.abuse", ', "breaches = [", ["warning"] * 2),
    ],
)
def test_the_numbers_are_the_policys(engine, old, new, kinds):
    assert old in SHIPPED
    in_force(engine, SHIPPED.replace(old, new))
    posting(engine, INSULTS)
    assert [line.split()[1] for line in due(engine)] == kinds


def test_only_one_vendors_where_one_is_named(known):
    posting(known, INSULTS + "2026-05-07 violation 远达 survey call c9 phrase.insult fatal by 王敏/reviewer")
    assert [line.split()[2] for line in due(known, vendor="远达")] == ["远达"]
    assert len(due(known)) == 5


def test_warnings_of_another_term_do_not_count(known):
    with writing(known) as session:
        (term,) = facts("华声 qualification exclusive 2026-04-01..2028-03-31")
        record_fact(session, term)
    posting(known, INSULTS)
    assert [line.split()[1] for line in due(known)] == ["warning"] * 3


def test_without_a_policy_it_says_what_to_run(engine):
    posting(engine, "2026-05-01 warning 华声 survey {score 2026-04}")
    with pytest.raises(DataError, match="callqa policy propose"):
        due(engine)


COMPETITOR = "2026-05-07 violation 华声 survey call c1 phrase.competitor fatal"


def test_a_confirmed_competitor_offer_suspends_at_once_and_an_unconfirmed_one_does_nothing(known):
    posting(known, COMPETITOR)
    assert due(known) == []
    posting(known, COMPETITOR.replace("c1", "c2") + " by 王敏/reviewer [confirmed]")
    assert due(known) == [
        "2026-05-08 warning 华声 survey {breach 2026-05 2}",
        "2026-05-08 veto 华声 survey {violation 2}",
        "2026-05-08 exit_opened 华声 - {veto 4}",
        "2026-05-08 suspended 华声 - {exit 5}",
    ]


def test_a_warning_that_a_person_voided_is_not_given_again_on_the_same_grounds(known):
    posting(known, INSULTS.splitlines()[1])
    of_march(known, ESTIMATE)
    for number in (2, 3):
        act(known, WANG, NOW, lambda desk, number=number: desk.void_warning(number, "情有可原"))
    assert due(known) == [] and of_march(known, ESTIMATE) == []
    posting(known, "2026-03-09 violation 华声 survey call c8 phrase.insult fatal by 王敏/reviewer [new]")
    assert due(known) == ["2026-05-08 warning 华声 survey for 2026-03 {breach 2026-03 1 6}"]


def reverse(engine, number, now=NOW, key="reversal"):
    """Reverse an entry as an upheld appeal does, with what follows from it."""
    with writing(engine) as session:
        (reversal,) = post(session, entries(f"2026-05-20 reversal 华声 - reverses {number} [{key} {number}]"))
        return without_notes(after_reversal(session, reversal, now))


def test_an_upheld_appeal_voids_the_warning_and_reopens_the_case(known):
    posting(known, INSULTS)
    due(known)
    assert reverse(known, 2) == ["2026-05-08 warning_voided 华声 telemarketing reverses 5 {warning 5}"]
    assert state(known, 7) == "reopened"
    assert due(known) == []


def test_a_warning_stands_while_one_of_its_months_breaches_does(known):
    posting(known, INSULTS)
    due(known)
    posting(known, "2026-05-09 violation 华声 survey call c8 phrase.insult fatal by 王敏/reviewer [eighth]")
    assert due(known) == []
    assert reverse(known, 3) == []
    assert reverse(known, 9) == ["2026-05-08 warning_voided 华声 survey reverses 6 {warning 6}"]
    posting(known, "2026-05-10 violation 华声 survey call c9 phrase.insult fatal by 王敏/reviewer [again]")
    assert due(known) == ["2026-05-08 warning 华声 survey {breach 2026-05 13}"]


def test_an_overturned_offer_takes_back_veto_and_warning(known):
    posting(known, COMPETITOR + " by 王敏/reviewer")
    due(known)
    assert reverse(known, 1) == [
        "2026-05-08 warning_voided 华声 survey reverses 2 {warning 2}",
        "2026-05-08 reversal 华声 - reverses 3 {veto 3}",
    ]
    assert state(known, 4) == "reopened"
    assert due(known) == []


def of_march(engine, estimate, day="2026-04-02"):
    with writing(engine) as session:
        return without_notes(warn_of_month(session, Month(2026, 3), {("华声", "survey"): estimate}, at(day)))


def test_a_month_below_the_standard_warns_in_it_and_its_restatement_takes_the_warning_back(known):
    posting(known, INSULTS.splitlines()[1])
    warned = [
        "2026-04-02 warning 华声 survey for 2026-03 {score 2026-03}",
        "2026-04-02 warning 华声 survey for 2026-03 {breach 2026-03 1}",
    ]
    assert of_march(known, ESTIMATE) == warned
    assert of_march(known, ESTIMATE) == []
    posting(known, "2026-04-03 close - - for 2026-03 [close]")
    later = "2026-04-20"
    assert of_march(known, ESTIMATE, later) == []
    assert of_march(known, GOOD, later) == ["2026-04-20 warning_voided 华声 survey reverses 2 {warning 2}"]
    assert of_march(known, GOOD, later) == []
    assert of_march(known, ESTIMATE, later) == ["2026-04-20 warning 华声 survey {score 2026-03}"]


def test_a_rectification_that_takes_15_days_opens_a_case(known):
    demand = act(known, WANG, at("2026-03-05"), lambda desk: desk.demand_rectification("华声", None, "重新培训"))
    assert written(demand.entry) == "2026-03-05 rectification 华声 - by 王主任/supervisor {until 2026-03-19} (重新培训)"
    assert due(known, at("2026-03-19 23:59")) == []
    assert due(known, at("2026-03-20 00:00")) == [
        "2026-03-20 00:00 exit_opened 华声 - {rectification 1}",
        "2026-03-20 00:00 suspended 华声 - {exit 2}",
    ]
    act(known, WANG, at("2026-03-20 09:00"), lambda desk: desk.close_rectification(1, "考试合格"))
    with pytest.raises(StoreError, match="rectification 1 is over: put right on 2026-03-20"):
        act(known, WANG, at("2026-03-21"), lambda desk: desk.close_rectification(1, "考试合格"))
    assert due(known, at("2026-03-21")) == []


def test_a_rectification_on_time_and_one_that_falls_with_its_warning(known):
    posting(known, INSULTS)
    due(known)
    hung = act(known, WANG, at("2026-05-09"), lambda desk: desk.demand_rectification("华声", "survey", "整改", 6))
    free = act(known, WANG, at("2026-05-09"), lambda desk: desk.demand_rectification("华声", "survey", "整改"))
    act(known, WANG, at("2026-05-23"), lambda desk: desk.close_rectification(free.number, "已整改"))
    act(known, WANG, at("2026-05-24"), lambda desk: desk.void_warning(6, "申诉成立"))
    assert due(known, at("2026-07-01")) == []
    with pytest.raises(StoreError, match="taken back with its warning, by entry"):
        act(known, WANG, at("2026-05-24"), lambda desk: desk.close_rectification(hung.number, "已整改"))
    with pytest.raises(StoreError, match="has no standing warning 6"):
        act(known, WANG, at("2026-05-24"), lambda desk: desk.demand_rectification("华声", "survey", "整改", 6))


def approved(engine, number=7):
    act(engine, WANG, NOW, lambda desk: desk.record_suspension(number, ""))
    for person in (WANG, LI, CHEN):
        act(engine, person, NOW, lambda desk: desk.approve(number, "同意"))


def handed_over(engine, number=7):
    for item in ("录音及清单", "客户号码清单", "业务受理单据", "系统账号注销", "保密责任确认书"):
        act(engine, WANG, NOW, lambda desk, item=item: desk.hand_over(number, item, "现场清点"))


def refused(engine, person, do):
    with reading(engine) as session:
        before = list(stored(session))
    with pytest.raises(StoreError) as error:
        act(engine, person, NOW, do)
    with reading(engine) as session:
        assert list(stored(session)) == before
    return str(error.value)


def test_three_people_in_order_then_the_handover_then_the_exit(known):
    posting(known, INSULTS)
    due(known)
    assert "records the suspension first" in refused(known, WANG, lambda desk: desk.approve(7, ""))
    assert "cannot record a suspension" in refused(known, LI, lambda desk: desk.record_suspension(7, ""))
    act(known, WANG, NOW, lambda desk: desk.record_suspension(7, "已停发号码"))
    assert "approval 1 of 3 is the supervisor's" in refused(known, CHEN, lambda desk: desk.approve(7, ""))
    act(known, WANG, NOW, lambda desk: desk.approve(7, "属实"))
    assert "王主任 has approved it already" in refused(known, WANG, lambda desk: desk.approve(7, ""))
    assert "approval 2 of 3 is the marketing's" in refused(known, ZHOU, lambda desk: desk.approve(7, ""))
    act(known, LI, NOW, lambda desk: desk.approve(7, "同意"))
    handed_over(known)
    assert "2 of 3 approvals are there" in refused(known, WANG, lambda desk: desk.close(7, ""))
    act(known, CHEN, NOW, lambda desk: desk.approve(7, "同意退出"))
    exited = act(known, WANG, NOW, lambda desk: desk.close(7, "移交完毕"))
    assert exited.types == (BusinessType.TELEMARKETING, BusinessType.SURVEY)
    assert (exited.is_out, exited.barred_until) == (True, date(2028, 5, 8))
    assert state(known, 7) == "exited"
    assert "exit case 7 is exited" in refused(known, WANG, lambda desk: desk.close(7, ""))
    with reading(known) as session:
        assert known_vendor(session, "华声", date(2026, 5, 8)).types == ()
    assert due(known) == []


def test_an_exit_waits_for_the_whole_checklist(known):
    posting(known, INSULTS)
    due(known)
    approved(known)
    assert "is not on the checklist: 录音及清单、" in refused(known, WANG, lambda desk: desk.hand_over(7, "钥匙", ""))
    act(known, WANG, NOW, lambda desk: desk.hand_over(7, "录音及清单", ""))
    assert "handed over already" in refused(known, WANG, lambda desk: desk.hand_over(7, "录音及清单", ""))
    told = refused(known, WANG, lambda desk: desk.close(7, ""))
    assert "not handed over yet: 客户号码清单、业务受理单据、系统账号注销、保密责任确认书" in told


@pytest.mark.parametrize(
    ("old", "new", "until"),
    [
        ("bar_vendor_years = 2", "bar_vendor_years = 2", date(2028, 5, 8)),
        ("bar_vendor_years = 2", "bar_vendor_years = 5", date(2031, 5, 8)),
    ],
)
def test_the_bar_after_an_exit_is_the_policys(engine, old, new, until):
    in_force(engine, SHIPPED.replace(old, new))
    with writing(engine) as session:
        for fact in facts(EXCLUSIVE + ADMITTED):
            record_fact(session, fact)
    posting(engine, INSULTS)
    due(engine)
    approved(engine)
    handed_over(engine)
    assert act(engine, WANG, NOW, lambda desk: desk.close(7, "")).barred_until == until


@pytest.mark.parametrize("years", [1, 3])
def test_the_bar_after_leaving_one_type_is_the_policys(engine, years):
    in_force(engine, SHIPPED.replace("bar_type_years = 1", f"bar_type_years = {years}"))
    with writing(engine) as session:
        for fact in facts(EXCLUSIVE + ADMITTED):
            record_fact(session, fact)
    case = act(engine, LI, NOW, lambda desk: desk.propose_exit("华声", BusinessType.SURVEY, "业务调整")).number
    for person in (WANG, LI, CHEN):
        act(engine, person, NOW, lambda desk: desk.approve(case, ""))
    handed_over(engine, case)
    assert act(engine, WANG, NOW, lambda desk: desk.close(case, "")).barred_until == date(2026 + years, 5, 8)


def test_an_exclusive_vendors_limit_of_a_year_is_reported_beside_it(known):
    policy = POLICY.warning
    posting(known, INSULTS)
    due(known)
    with reading(known) as session:
        history = CaseBook(session, NOW).history("华声")
        vendor = known_vendor(session, "华声", date(2026, 5, 8))
    told = warning_count(vendor, history, policy)
    assert (told.in_term, told.to_exit, told.in_year, told.is_over_the_year) == (3, 3, 3, True)
    assert not warning_count(vendor, history, replace(policy, exclusive_a_year=3)).is_over_the_year
    assert warning_count(replace(vendor, mode=Mode.GENERAL), history, policy).exclusive_a_year is None


def test_out_of_one_type_is_not_out_and_out_of_the_last_one_is(known):
    survey = act(known, WANG, NOW, lambda desk: desk.propose_exit("华声", BusinessType.SURVEY, "业务调整"))
    assert "about it is open already" in refused(
        known, WANG, lambda desk: desk.propose_exit("华声", BusinessType.SURVEY, "业务调整")
    )
    for person in (WANG, LI, CHEN):
        act(known, person, NOW, lambda desk: desk.approve(survey.number, ""))
    handed_over(known, survey.number)
    out = act(known, WANG, NOW, lambda desk: desk.close(survey.number, ""))
    assert (out.types, out.is_out, out.barred_until) == ((BusinessType.SURVEY,), False, date(2027, 5, 8))
    assert "not admitted to survey" in refused(
        known, WANG, lambda desk: desk.propose_exit("华声", BusinessType.SURVEY, "业务调整")
    )
    last = act(known, WANG, NOW, lambda desk: desk.propose_exit("华声", BusinessType.TELEMARKETING, "业务调整"))
    for person in (WANG, LI, CHEN):
        act(known, person, NOW, lambda desk: desk.approve(last.number, ""))
    handed_over(known, last.number)
    out = act(known, WANG, NOW, lambda desk: desk.close(last.number, ""))
    assert (out.is_out, out.barred_until) == (True, date(2028, 5, 8))


def test_a_vendor_that_is_out_leaves_nothing_to_decide_in_its_other_cases(known):
    """Until the exit is taken back: then the other case goes on where it stood."""
    act(known, WANG, NOW, lambda desk: desk.veto("华声", "现场发现代理其他运营商产品"))
    posting(known, INSULTS)
    due(known)
    warned, veto = 8, 10
    with reading(known) as session:
        assert [one.number for one in CaseBook(session, NOW).history("华声").cases] == [warned, veto]
    for number in (warned, veto):
        act(known, WANG, NOW, lambda desk, number=number: desk.record_suspension(number, ""))
    for person in (WANG, LI, CHEN):
        act(known, person, NOW, lambda desk: desk.approve(warned, ""))
    handed_over(known, warned)
    act(known, WANG, NOW, lambda desk: desk.close(warned, ""))
    moot = "exit case 10: 华声 is out of everything by exit case 8: nothing is left to decide; `callqa exit-case drop 10` ends it"
    for do in (
        lambda desk: desk.approve(veto, ""),
        lambda desk: desk.record_suspension(veto, ""),
        lambda desk: desk.hand_over(veto, "录音及清单", ""),
        lambda desk: desk.close(veto, ""),
    ):
        assert refused(known, WANG, do) == moot
    assert "is out of everything already" in refused(known, WANG, lambda desk: desk.propose_exit("华声", None, "x"))
    reverse(known, 3)
    act(known, CHEN, at("2026-05-21"), lambda desk: desk.drop(warned, "申诉成立"))
    act(known, WANG, at("2026-05-22"), lambda desk: desk.approve(veto, ""))
    assert state(known, veto) == "in_approval"


def test_a_case_of_one_type_is_moot_once_the_vendor_left_it_and_can_be_dropped(known):
    survey = act(known, LI, NOW, lambda desk: desk.propose_exit("华声", BusinessType.SURVEY, "业务调整")).number
    whole = act(known, LI, NOW, lambda desk: desk.propose_exit("华声", None, "业务调整")).number
    for person in (WANG, LI, CHEN):
        act(known, person, NOW, lambda desk: desk.approve(survey, ""))
        act(known, person, NOW, lambda desk: desk.approve(whole, ""))
    handed_over(known, survey)
    act(known, WANG, NOW, lambda desk: desk.close(survey, ""))
    handed_over(known, whole)
    other = act(known, LI, NOW, lambda desk: desk.propose_exit("华声", BusinessType.TELEMARKETING, "业务调整")).number
    act(known, WANG, NOW, lambda desk: desk.close(whole, ""))
    assert f"华声 is out of telemarketing by exit case {whole}" in refused(
        known, WANG, lambda desk: desk.approve(other, "")
    )
    act(known, WANG, NOW, lambda desk: desk.drop(other, "已整体退出"))
    assert state(known, other) == "dropped"


def test_what_fell_cannot_be_approved_and_is_dropped(known):
    posting(known, INSULTS)
    due(known)
    approved(known)
    assert "cannot drop this exit case" in refused(known, WANG, lambda desk: desk.drop(7, "误判"))
    reverse(known, 2)
    assert "2 warnings stand, an exit takes 3" in refused(known, WANG, lambda desk: desk.approve(7, ""))
    handed_over(known)
    assert "2 warnings stand, an exit takes 3" in refused(known, WANG, lambda desk: desk.close(7, ""))
    act(known, WANG, NOW, lambda desk: desk.drop(7, "申诉成立"))
    assert state(known, 7) == "dropped"
    assert due(known) == []


def test_an_exit_whose_ground_falls_later_is_taken_back(known):
    posting(known, INSULTS)
    due(known)
    approved(known)
    handed_over(known)
    act(known, WANG, NOW, lambda desk: desk.close(7, ""))
    reverse(known, 2)
    assert state(known, 7) == "reopened"
    act(known, WANG, at("2026-05-21"), lambda desk: desk.drop(7, "申诉成立"))
    with reading(known) as session:
        types = known_vendor(session, "华声", date(2026, 5, 21)).types
    assert types == (BusinessType.TELEMARKETING, BusinessType.SURVEY)


def test_approvals_before_the_ground_fell_do_not_count_when_it_stands_again(known):
    posting(known, INSULTS)
    due(known)
    approved(known)
    reverse(known, 2)
    posting(known, "2026-05-22 violation 华声 telemarketing call c7 phrase.abuse fatal by 王敏/reviewer [new]")
    assert [line.split()[1] for line in due(known, at("2026-05-22"))] == ["warning"]
    handed_over(known)
    assert "0 of 3 approvals are there; next is the supervisor" in refused(known, WANG, lambda desk: desk.close(7, ""))
    for person in (ZHOU, LI, CHEN):
        act(known, person, NOW, lambda desk: desk.approve(7, "复核"))
    act(known, WANG, NOW, lambda desk: desk.close(7, ""))
    assert state(known, 7) == "exited"


def test_a_supervisor_warns_once_a_month_and_voids_once(known):
    given = act(known, WANG, NOW, lambda desk: desk.give_warning("华声", "survey", "漏报话单"))
    assert given.entry.subject == "operating 2026-05"
    assert "has a warning for operating in 2026-05 already" in refused(
        known, WANG, lambda desk: desk.give_warning("华声", "survey", "漏报话单")
    )
    act(known, WANG, NOW, lambda desk: desk.void_warning(given.number, "查无实据"))
    assert "was voided already" in refused(known, WANG, lambda desk: desk.void_warning(given.number, "查无实据"))
    assert "cannot void a warning" in refused(known, LI, lambda desk: desk.void_warning(given.number, ""))
    assert "entry 2 is no warning" in refused(known, WANG, lambda desk: desk.void_warning(2, ""))
    with pytest.raises(DataError, match="'无名' is not registered"):
        act(known, WANG, NOW, lambda desk: desk.give_warning("无名", "survey", "漏报话单"))
    with pytest.raises(DataError, match="华声 has no project '春季'; its projects: "):
        act(known, WANG, NOW, lambda desk: desk.give_warning("华声", "春季", "漏报话单"))


def test_found_on_site_to_deal_for_others(known):
    act(known, WANG, NOW, lambda desk: desk.veto("华声", "现场发现代理其他运营商产品"))
    assert [line.split()[1] for line in due(known)] == ["exit_opened", "suspended"]
    with reading(known) as session:
        assert find_entry(session, "exit_opened veto 1")


def at_once(engine, *acts):
    """Do several things at the same moment; what each gave, or why it was refused."""
    ready = Barrier(len(acts))

    def one(do):
        ready.wait()
        try:
            with writing(engine) as session:
                return do(session)
        except StoreError as error:
            return str(error)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def test_two_at_once_open_one_case_and_give_one_approval(known):
    posting(known, INSULTS)
    opened = at_once(known, *[lambda session: open_what_is_due(session, NOW)] * 2)
    assert sorted(len(posted) for posted in opened) == [0, 5]
    act(known, WANG, NOW, lambda desk: desk.record_suspension(7, ""))
    first = at_once(
        known,
        *[lambda session, person=person: Desk(session, person, NOW).approve(7, "") for person in (WANG, ZHOU)],
    )
    (refusal,) = [one for one in first if isinstance(one, str)]
    assert "approval 2 of 3 is the marketing's" in refusal
    with reading(known) as session:
        assert len(list(stored(session, kinds=[EntryKind.APPROVAL]))) == 1
