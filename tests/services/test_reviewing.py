"""A verdict and its entries come together: confirmed, overturned, reclassified, added, in open months and closed ones."""

import pytest

from pipeline.errors import DataError, StoreError
from pipeline.records.entry import Entry, EntryKind
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.records.span import Span
from pipeline.records.turn import Speaker, Turn
from pipeline.records.verdict import Decision
from pipeline.review.decision import Charge
from pipeline.services.posting import post_by_machine
from pipeline.services.reviewing import add, change, review
from pipeline.store.engine import reading, writing
from pipeline.store.findings import to_review
from pipeline.store.ledger import entries, post
from pipeline.store.verdicts import all_verdicts
from tests.heard import REVIEWER, SECOND, SHIPPED, SUPERVISOR, at, hear, hear_again, in_force

CALLS = """
    华声 c1 telemarketing A1 2026-03-05
        phrase.taunt major 12.0-14.5 "活该，用不起就别用"
        script.missing.thanks minor
    华声 c2 telemarketing A2 2026-03-06
        call.out_of_hours major
        voice.raised major 3.0-4.0 near
"""
NOW = at("2026-03-07")


@pytest.fixture
def heard(engine):
    in_force(engine)
    hear(engine, CALLS)
    return engine


def number(engine, rule):
    with reading(engine) as session:
        return next(found.finding_id for found in to_review(session) if found.finding.rule == rule)


def decided(engine, found, /, decision=Decision.CONFIRMED, person=REVIEWER, now=NOW, **more):
    finding_id = number(engine, found)
    with writing(engine) as session:
        return review(session, finding_id, decision, person, now, **more)


def lines(engine):
    with reading(engine) as session:
        return [
            f"{one.entry.kind.value} {one.entry.month} {one.entry.rule or ''} {one.entry.points}"
            for one in entries(session)
        ]


def close(engine, month):
    with writing(engine) as session:
        post(session, [Entry(f"close {month}", EntryKind.CLOSE, Month.parse(month), "", None, at("2026-04-02"))])


def test_confirmed_is_a_violation_with_all_that_defends_it(heard):
    done = decided(heard, "phrase.taunt")
    (posted,) = done.posted
    made = posted.entry
    assert (made.key, made.subject) == (
        f"violation verdict {done.verdict.verdict_id}",
        f"verdict {done.verdict.verdict_id}",
    )
    assert (made.kind, made.month, made.vendor, made.project) == (
        EntryKind.VIOLATION, Month(2026, 3), "华声", "telemarketing",
    )  # fmt: skip
    assert (made.call_id, made.agent, made.rule, made.severity) == ("c1", "A1", "phrase.taunt", Severity.MAJOR)
    assert (made.span, made.words, made.points) == (Span(12_000, 14_500), "活该，用不起就别用", -10)
    assert (made.person, made.role, made.ruleset, made.model) == ("王敏", REVIEWER.role, "r1", "demo-asr@1234")


def test_points_are_those_of_the_policy_of_the_calls_month(engine):
    in_force(engine, SHIPPED.replace("major = 10", "major = 7"))
    in_force(engine, SHIPPED.replace("major = 10", "major = 12"), "2026-04")
    hear(engine, CALLS)
    close(engine, "2026-03")
    (posted,) = decided(engine, "phrase.taunt", now=at("2026-04-03")).posted
    assert (posted.entry.points, str(posted.entry.month)) == (-7, "2026-04")
    assert posted.entry.note == "of 2026-03, which is closed"


def test_overturned_at_once_costs_nothing_and_needs_no_policy(engine):
    hear(engine, CALLS)
    assert decided(engine, "phrase.taunt", Decision.OVERTURNED).posted == ()
    with pytest.raises(DataError, match="no approved policy is in force in 2026-03"):
        decided(engine, "script.missing.thanks")
    with reading(engine) as session:
        assert [one.decision for one in all_verdicts(session)] == [Decision.OVERTURNED]


def test_a_confirmed_notice_is_no_fault(heard):
    done = decided(heard, "phrase.taunt", Decision.RECLASSIFIED, severity=Severity.NOTICE)
    assert (done.verdict.charge.severity, done.posted) == (Severity.NOTICE, ())


@pytest.mark.parametrize(("closed", "month"), [(False, "2026-03"), (True, "2026-04")])
def test_overturning_what_was_posted_reverses_it_in_the_month_or_the_next_open_one(heard, closed, month):
    first = decided(heard, "phrase.taunt")
    if closed:
        close(heard, "2026-03")
    with writing(heard) as session:
        done = change(
            session, first.verdict.verdict_id, Decision.OVERTURNED, SUPERVISOR, at("2026-04-03"), note="是客户说的"
        )
    (posted,) = done.posted
    assert posted.entry.reverses == first.posted[0].number
    assert (posted.entry.kind, posted.entry.points, str(posted.entry.month)) == (EntryKind.REVERSAL, 10, month)
    assert (posted.entry.person, posted.entry.subject) == ("李主任", first.posted[0].entry.subject)
    with writing(heard) as session:
        change(
            session, done.verdict.verdict_id, Decision.CONFIRMED, SECOND, at("2026-04-04"), note="再听一遍，是话务员"
        )
    assert [line.split()[0] for line in lines(heard) if "close" not in line] == ["violation", "reversal", "violation"]


def test_reclassified_is_a_violation_of_the_other_rule(heard):
    (posted,) = decided(heard, "phrase.taunt", Decision.RECLASSIFIED, rule="phrase.coldness").posted
    assert (posted.entry.rule, posted.entry.severity, posted.entry.points) == ("phrase.coldness", Severity.MINOR, -3)


def test_reclassifying_what_was_posted_takes_the_old_points_back(heard):
    first = decided(heard, "phrase.taunt")
    with writing(heard) as session:
        change(
            session, first.verdict.verdict_id, Decision.RECLASSIFIED, SUPERVISOR, NOW, rule="phrase.coldness", note="只是冷淡"
        )  # fmt: skip
    assert lines(heard) == [
        "violation 2026-03 phrase.taunt -10",
        "reversal 2026-03 phrase.taunt 10",
        "violation 2026-03 phrase.coldness -3",
    ]


def test_what_follows_fails_together(heard, monkeypatch):
    monkeypatch.setattr("pipeline.services.posting.post", lambda *_: (_ for _ in ()).throw(StoreError("refused")))
    with pytest.raises(StoreError, match="refused"):
        decided(heard, "phrase.taunt")
    with reading(heard) as session:
        assert list(all_verdicts(session)) == []


def test_a_breach_warns_at_once(heard):
    charge = Charge("phrase.abuse", Severity.FATAL, Span(20_000, 21_000), "你有病啊")
    with writing(heard) as session:
        done = add(session, "华声", "c1", charge, REVIEWER, NOW)
    assert [one.entry.kind for one in done.posted] == [EntryKind.VIOLATION, EntryKind.WARNING]
    with writing(heard) as session:
        done = change(session, done.verdict.verdict_id, Decision.OVERTURNED, SUPERVISOR, NOW, note="不是话务员说的")
    assert [one.entry.kind for one in done.posted] == [EntryKind.REVERSAL, EntryKind.WARNING_VOIDED]


def test_an_offer_of_another_operator_suspends_at_once(heard):
    charge = Charge("phrase.competitor", Severity.FATAL, Span(20_000, 21_000), "我给您办一张联通的卡")
    with writing(heard) as session:
        kinds = [one.entry.kind for one in add(session, "华声", "c1", charge, REVIEWER, NOW).posted]
    assert kinds[0] is EntryKind.VIOLATION
    assert {EntryKind.VETO, EntryKind.EXIT_OPENED, EntryKind.SUSPENDED} <= set(kinds)
    assert EntryKind.EXIT not in kinds


def test_words_are_masked_also_where_a_number_is_spread_over_turns(engine):
    in_force(engine)
    said = "活该，您这幺三八零零"
    turns = (
        Turn(Speaker.AGENT, Span(12_000, 14_500), said, 0.9),
        Turn(Speaker.CUSTOMER, Span(14_600, 14_800), "嗯", 0.9),
        Turn(Speaker.AGENT, Span(14_900, 16_000), "幺三八零零零就别用", 0.9),
    )
    hear(engine, f'华声 c1 telemarketing A1 2026-03-05\n phrase.taunt major 12.0-14.5 "{said}"', turns=turns)
    (posted,) = decided(engine, "phrase.taunt").posted
    assert posted.entry.words == "活该，您这*****"
    with writing(engine) as session:
        charge = Charge("voice.raised", Severity.MAJOR, Span(0, 1000), "打13800138000")
        added = add(session, "华声", "c1", charge, REVIEWER, NOW)
    assert added.posted[0].entry.words == "打***********"
    assert added.verdict.charge.words == "打13800138000"


def test_rules_of_the_clock_post_by_themselves_and_once(heard):
    for _ in range(2):
        with writing(heard) as session:
            post_by_machine(session, Month(2026, 3), NOW)
    assert lines(heard) == ["violation 2026-03 call.out_of_hours -10"]
    with reading(heard) as session:
        (posted,) = entries(session)
    assert (posted.entry.person, posted.entry.subject.split()[0]) == (None, "finding")


def test_which_rules_post_by_themselves_is_policy(engine):
    in_force(engine, SHIPPED.replace('by_machine = ["call.out_of_hours", ', "by_machine = ["))
    hear(engine, CALLS)
    with writing(engine) as session:
        assert post_by_machine(session, Month(2026, 3), NOW) == 0


def test_what_the_machine_posted_is_confirmed_without_another_entry_and_overturned_by_a_reversal(heard):
    with writing(heard) as session:
        assert post_by_machine(session, Month(2026, 3), NOW) == 1
    first = decided(heard, "call.out_of_hours")
    assert first.posted == ()
    with writing(heard) as session:
        done = change(session, first.verdict.verdict_id, Decision.OVERTURNED, SUPERVISOR, NOW, note="时钟错了")
    assert [one.entry.kind for one in done.posted] == [EntryKind.REVERSAL]
    with writing(heard) as session:
        assert post_by_machine(session, Month(2026, 3), NOW) == 0
    assert lines(heard) == ["violation 2026-03 call.out_of_hours -10", "reversal 2026-03 call.out_of_hours 10"]


def test_a_better_models_finding_of_what_the_machine_posted_is_the_same_fault(heard):
    with writing(heard) as session:
        post_by_machine(session, Month(2026, 3), NOW)
    hear_again(heard, "华声", "c2", ["call.out_of_hours major"])
    with writing(heard) as session:
        assert post_by_machine(session, Month(2026, 3), NOW) == 0
    first = decided(heard, "call.out_of_hours")
    assert first.posted == ()
    with writing(heard) as session:
        done = change(session, first.verdict.verdict_id, Decision.OVERTURNED, SUPERVISOR, NOW, note="时钟错了")
    assert [one.entry.kind for one in done.posted] == [EntryKind.REVERSAL]


def test_the_machine_posts_no_notice_and_nothing_that_may_only_go_to_a_reviewer(engine):
    in_force(engine)
    hear(engine, "华声 c1 telemarketing A1 2026-03-05\n call.out_of_hours major near\n audio.truncated notice")
    with writing(engine) as session:
        assert post_by_machine(session, Month(2026, 3), NOW) == 0


def test_of_a_closed_month_the_machine_posts_into_the_next_open_one(heard):
    close(heard, "2026-03")
    with writing(heard) as session:
        assert post_by_machine(session, Month(2026, 3), at("2026-04-03")) == 1
        assert post_by_machine(session, Month(2026, 3), at("2026-04-03")) == 0
    assert lines(heard)[1:] == ["violation 2026-04 call.out_of_hours -10"]
