"""Who decides about a finding, once, and what it takes to put another verdict in its place."""

import pytest

from pipeline.errors import StoreError, UsageError
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.records.span import Span
from pipeline.records.verdict import Decision
from pipeline.review.decision import Charge
from pipeline.store.deciding import add_fault, decide, revise
from pipeline.store.engine import reading, writing
from pipeline.store.findings import Wanted, find_finding, to_review, undecided
from pipeline.store.states import find_call, withdraw
from pipeline.store.verdicts import Judged, all_verdicts, history, judged_calls, verdict, verdict_of, verdicts_of_call
from tests.heard import ANOTHER, CHIEF, HUASHENG, REVIEWER, SECOND, SUPERVISOR, hear, hear_again

from .samples import NOW
from .test_races import at_once

CALLS = """
    华声 c1 telemarketing A1 2026-03-05
        phrase.coldness minor 20.0-21.0 "随便你"
        phrase.abuse fatal 30.0-31.0 "你有病啊"
        phrase.taunt major 12.0-14.5 "活该"
        script.order notice
    华声 c2 vip-care A2 2026-03-06
        script.missing.thanks minor
    远达 y1 survey B1 2026-04-01
        phrase.rudeness major 3.0-4.0 "关你什么事" near
"""
EVERYTHING = Wanted()
ALL = ["phrase.abuse", "phrase.taunt", "phrase.rudeness", "phrase.coldness", "script.missing.thanks"]


@pytest.fixture
def heard(engine):
    hear(engine, CALLS)
    return engine


def rules(engine, wanted=EVERYTHING, limit=None):
    with reading(engine) as session:
        return [one.finding.rule for one in to_review(session, wanted, limit)]


def number(engine, rule):
    with reading(engine) as session:
        return next(one.finding_id for one in to_review(session) if one.finding.rule == rule)


def given(engine, found, /, decision=Decision.CONFIRMED, person=REVIEWER, **more):
    finding_id = number(engine, found)
    with writing(engine) as session:
        return decide(session, finding_id, decision, person, NOW, **more)


def test_the_gravest_come_first_then_the_oldest_and_notices_only_by_name(heard):
    assert rules(heard) == ALL
    assert rules(heard, limit=2) == ALL[:2]
    assert rules(heard, Wanted(month=Month(2026, 4))) == ["phrase.rudeness"]
    assert rules(heard, Wanted(vendor="华声", project="vip-care")) == ["script.missing.thanks"]
    assert rules(heard, Wanted(rule="phrase.taunt")) == ["phrase.taunt"]
    assert rules(heard, Wanted(call_id="c1", severities=(Severity.NOTICE,))) == ["script.order"]
    assert rules(heard, Wanted(vendor="无此公司")) == []


def test_what_was_decided_of_calls_is_told_by_the_gravest_fault_that_stands(heard):
    abuse = given(heard, "phrase.abuse")
    given(heard, "phrase.taunt")
    given(heard, "phrase.coldness", Decision.OVERTURNED)
    given(heard, "phrase.rudeness", Decision.OVERTURNED)
    with writing(heard) as session:
        revise(session, abuse.verdict_id, Decision.OVERTURNED, SECOND, NOW, note="客户说的")
        calls = {one: find_call(session, *one).id for one in (("华声", "c1"), ("华声", "c2"), ("远达", "y1"))}
        judged = judged_calls(session, calls.values())
    assert judged == {calls["华声", "c1"]: Judged(Severity.MAJOR, 1, 2), calls["远达", "y1"]: Judged(None, 0, 1)}


def test_a_finding_is_told_with_its_call(heard):
    with reading(heard) as session:
        found = find_finding(session, number(heard, "phrase.taunt"))
        with pytest.raises(StoreError, match="there is no finding 999"):
            find_finding(session, 999)
    assert (found.row.vendor, found.row.call_id, str(found.day), found.ruleset) == ("华声", "c1", "2026-03-05", "r1")
    assert (found.finding.span, found.finding.text) == (Span(12_000, 14_500), "活该")


def test_a_verdict_takes_the_finding_off_the_list(heard):
    made = given(heard, "phrase.taunt", note=" 清楚 ")
    assert rules(heard) == [rule for rule in ALL if rule != "phrase.taunt"]
    assert made.charge == Charge("phrase.taunt", Severity.MAJOR, Span(12_000, 14_500), "活该")
    assert (made.person, made.role, made.note, made.decided_at, made.follows) == (
        "王敏",
        Role.REVIEWER,
        "清楚",
        NOW,
        None,
    )
    with reading(heard) as session:
        assert verdict_of(session, made.finding_id) == made == verdict(session, made.verdict_id)
        assert list(all_verdicts(session, month=Month(2026, 3), vendor="华声", project="telemarketing")) == [made]
        assert list(all_verdicts(session, month=Month(2026, 4))) == []
        with pytest.raises(StoreError, match="there is no verdict 99"):
            verdict(session, 99)


def test_a_second_decision_is_told_who_made_the_first(heard):
    finding_id = number(heard, "phrase.taunt")
    made = given(heard, "phrase.taunt")
    said = f"finding {finding_id} is already decided by 王敏: confirmed, verdict {made.verdict_id}"
    with pytest.raises(StoreError, match=said), writing(heard) as session:
        decide(session, finding_id, Decision.OVERTURNED, ANOTHER, NOW)


def test_of_two_at_once_one_decides(heard, url):
    finding_id = number(heard, "phrase.taunt")

    def by(person, decision):
        def run(engine):
            with writing(engine) as session:
                return decide(session, finding_id, decision, person, NOW).person

        return run

    results = at_once(url, by(REVIEWER, Decision.CONFIRMED), by(ANOTHER, Decision.OVERTURNED))
    refused = [one for one in results if isinstance(one, Exception)]
    (winner,) = (one for one in results if isinstance(one, str))
    assert len(refused) == 1
    assert f"already decided by {winner}" in str(refused[0])


def test_of_two_who_revise_at_once_one_does(heard, url):
    first = given(heard, "phrase.taunt")

    def by(person):
        def run(engine):
            with writing(engine) as session:
                return revise(session, first.verdict_id, Decision.OVERTURNED, person, NOW, note="听不清").person

        return run

    results = at_once(url, by(SUPERVISOR), by(SECOND))
    assert sorted(isinstance(one, str) for one in results) == [False, True]
    assert any("was replaced by verdict" in str(one) for one in results)


@pytest.mark.parametrize("person", [HUASHENG, CHIEF])
def test_others_decide_nothing(heard, person):
    with pytest.raises(StoreError, match="cannot decide about a finding; reviewer or supervisor can"):
        given(heard, "phrase.taunt", person=person)


def test_a_reclassified_fault_has_the_catalogues_severity_where_none_is_given(heard):
    made = given(heard, "phrase.coldness", Decision.RECLASSIFIED, rule="phrase.insult")
    assert (made.charge.rule, made.charge.severity) == ("phrase.insult", Severity.FATAL)
    with pytest.raises(UsageError, match=r"there is no rule 'phrase\.tount'; rules are phrase\.taunt"):
        given(heard, "phrase.taunt", Decision.RECLASSIFIED, rule="phrase.tount")


def test_a_verdict_is_revised_by_a_supervisor_who_had_no_hand_in_it_and_says_why(heard):
    first = given(heard, "phrase.taunt", person=SUPERVISOR)
    for person, note, said in (
        (REVIEWER, "x", "is reviewer and cannot revise"),
        (SUPERVISOR, "x", "is his own"),
        (SECOND, " ", "the reason for another verdict is empty"),
    ):
        with pytest.raises((StoreError, UsageError), match=said), writing(heard) as session:
            revise(session, first.verdict_id, Decision.OVERTURNED, person, NOW, note=note)
    with pytest.raises(StoreError, match="says so already"), writing(heard) as session:
        revise(session, first.verdict_id, Decision.CONFIRMED, SECOND, NOW, note="x")
    with writing(heard) as session:
        second = revise(session, first.verdict_id, Decision.OVERTURNED, SECOND, NOW, note="是客户说的")
        assert verdict_of(session, first.finding_id) == second
        assert history(session, second) == [second, first]
    assert list(rules(heard)) == [rule for rule in ALL if rule != "phrase.taunt"]
    said = f"verdict {first.verdict_id} was replaced by verdict {second.verdict_id}"
    with pytest.raises(StoreError, match=said), writing(heard) as session:
        revise(session, first.verdict_id, Decision.OVERTURNED, SECOND, NOW, note="x")


def call_pk(engine, call_id="c1", vendor="华声"):
    with reading(engine) as session:
        return find_call(session, vendor, call_id).id


def added(engine, rule, start=None, end=None, severity=Severity.MAJOR, call_id="c1"):
    charge = Charge(rule, severity, None if start is None else Span(start, end), "您可真会算账")
    with writing(engine) as session:
        return add_fault(session, call_pk(engine, call_id), charge, REVIEWER, NOW)


def test_a_fault_that_no_finding_named(heard):
    made = added(heard, "phrase.sarcasm", 40_000, 41_000)
    assert (made.decision, made.finding_id, made.match, made.ruleset) == (Decision.ADDED, None, None, None)
    with reading(heard) as session:
        assert verdicts_of_call(session, made.call_pk) == [made]
    with pytest.raises(StoreError, match=r"phrase\.sarcasm there is already decided by 王敏: added"):
        added(heard, "phrase.sarcasm", 40_500, 42_000)
    assert added(heard, "phrase.sarcasm", 50_000, 51_000).verdict_id != made.verdict_id


def test_what_a_finding_names_is_confirmed_instead_of_added(heard):
    finding_id = number(heard, "phrase.taunt")
    with pytest.raises(StoreError, match=f"finding {finding_id} says so"):
        added(heard, "phrase.taunt", 14_000, 15_000)
    assert added(heard, "phrase.taunt", 16_000, 17_000).charge.span == Span(16_000, 17_000)
    given(heard, "phrase.taunt", Decision.OVERTURNED)
    # What was overturned may be a fault after all, for another reviewer's ear: as a verdict of its own.
    assert added(heard, "phrase.taunt", 14_000, 15_000).decision is Decision.ADDED


def test_a_fault_is_not_there_twice_by_reclassifying(heard):
    given(heard, "phrase.coldness", Decision.RECLASSIFIED, rule="phrase.taunt")
    added(heard, "phrase.shirking", 12_500, 13_000)
    with pytest.raises(StoreError, match=r"phrase\.shirking there is already decided"):
        given(heard, "phrase.taunt", Decision.RECLASSIFIED, rule="phrase.shirking")


def test_nothing_lies_behind_the_end_of_a_call(heard):
    with pytest.raises(UsageError, match="call 'c1' is 60980 ms long: there is nothing at 61000 ms"):
        added(heard, "phrase.sarcasm", 60_000, 61_000)
    assert added(heard, "phrase.sarcasm", 60_000, 60_980)


def test_nothing_counts_in_a_call_that_was_withdrawn(heard):
    finding_id = number(heard, "phrase.taunt")
    with writing(heard) as session:
        withdraw(session, "华声", "c1", "客户要求删除", NOW)
    assert rules(heard) == ["phrase.rudeness", "script.missing.thanks"]
    with pytest.raises(StoreError, match="was withdrawn by the operator"), writing(heard) as session:
        decide(session, finding_id, Decision.CONFIRMED, REVIEWER, NOW)
    with pytest.raises(StoreError, match="was withdrawn by the operator"):
        added(heard, "phrase.sarcasm", 1, 2)


def test_a_better_model_brings_no_fault_back_that_was_decided(heard):
    given(heard, "phrase.taunt", Decision.OVERTURNED)
    given(heard, "phrase.coldness", Decision.RECLASSIFIED, rule="phrase.rudeness")
    added(heard, "phrase.sarcasm", 40_000, 41_000)
    abuse = number(heard, "phrase.abuse")
    hear_again(
        heard,
        "华声",
        "c1",
        [
            'phrase.taunt major 15.0-15.5 "活该"',
            'phrase.coldness minor 20.2-21.2 "随便你"',
            'phrase.rudeness major 20.2-21.2 "随便你"',
            'phrase.sarcasm major 40.1-41.0 "您可真会算账"',
            'phrase.abuse fatal 30.0-31.0 "你有病啊"',
            'phrase.taunt major 15.6-16.0 "活该您"',
        ],
    )
    # Half a second off is the same place, a little more is another; nothing is asked of the older judgement.
    assert rules(heard, Wanted(vendor="华声", call_id="c1")) == ["phrase.abuse", "phrase.taunt"]
    with reading(heard) as session:
        (newest,) = undecided(session, Wanted(rule="phrase.abuse"))
    assert newest.finding_id != abuse
    with writing(heard) as session:
        made = decide(session, newest.finding_id, Decision.CONFIRMED, REVIEWER, NOW)
    said = f"is the fault that is already decided by 王敏: confirmed, verdict {made.verdict_id}"
    with pytest.raises(StoreError, match=said), writing(heard) as session:
        decide(session, abuse, Decision.CONFIRMED, ANOTHER, NOW)
