"""The queue follows what is found and decided; whoever asks for a call is handed one, and is not told why."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from pipeline.findings.confirmation import Confirmation
from pipeline.ledger.grades import NO_FAULTS, Grading, grade_entry
from pipeline.policy.review import ReviewPolicy
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.records.verdict import Decision
from pipeline.services.queueing import fill_queue, next_call, refresh_call, refresh_queue, review_policy
from pipeline.services.reviewing import change, review
from pipeline.store.desks import hand, heard_by, on_desk, put_back
from pipeline.store.engine import reading, writing
from pipeline.store.findings import Wanted, to_review
from pipeline.store.hearings import mark_reviewed
from pipeline.store.ledger import post
from pipeline.store.pending import Judgement, put
from pipeline.store.policies import policy_for
from pipeline.store.seats import finish_assignment, take_seat
from pipeline.store.soon_heard import soon_heard
from pipeline.store.states import find_call, withdraw
from pipeline.store.tables import (
    AssignmentRow,
    CallRow,
    DestroyedRow,
    DestructionRow,
    Gone,
    Occasion,
    QueueRow,
    QueueRuleRow,
    RecordingRow,
)
from pipeline.store.visible import NotThere
from tests.heard import ANOTHER, REVIEWER, SHIPPED, SUPERVISOR, at, hear, hear_again, in_force

CALLS = """
    华声 c1 telemarketing A1 2026-03-05
        phrase.abuse fatal 30.0-31.0 "你有病啊"
        phrase.taunt major 12.0-14.5 "活该"
        script.order notice
    华声 c2 telemarketing A2 2026-03-05
        script.missing.thanks minor
    华声 c3 telemarketing A2 2026-03-05
        voice.too_slow notice
    远达 d1 survey B1 2026-03-05
        phrase.taunt major 3.0-4.0 "活该"
    远达 d2 survey B1 2026-03-05
"""
NOW = at("2026-03-06")
FLAGGED_ONLY = ReviewPolicy(0, 0, 30)
CONTROLS, SECONDS = ReviewPolicy(10_000, 0, 30), ReviewPolicy(0, 10_000, 30)


@pytest.fixture
def house(engine):
    hear(engine, CALLS)
    in_force(engine)
    refresh_queue(engine, NOW)
    return engine


def pk(engine, call_id):
    with reading(engine) as session:
        return session.scalar(select(CallRow.id).where(CallRow.call_id == call_id))


def row(engine, call_id):
    with reading(engine) as session:
        return session.get(QueueRow, pk(engine, call_id))


def rules(engine, call_id):
    with reading(engine) as session:
        query = select(QueueRuleRow).where(QueueRuleRow.call_pk == pk(engine, call_id))
        return {one.rule: (one.is_open, one.priority) for one in session.scalars(query)}


def decide(engine, call_id, *which, by=REVIEWER, decision=Decision.CONFIRMED):
    """Decide a call's findings, those of some rules or all."""
    with writing(engine) as session:
        vendor = session.get(CallRow, pk(engine, call_id)).vendor
        found = [
            one for one in to_review(session, Wanted(vendor=vendor, call_id=call_id)) if one.finding.rule in which or not which
        ]  # fmt: skip
        assert found
        return [review(session, one.finding_id, decision, by, NOW).verdict.verdict_id for one in found]


def following(engine, person=REVIEWER, now=NOW, policy=FLAGGED_ONLY, seed=1):
    with writing(engine) as session:
        found = next_call(session, person, now, policy, Random(seed))
        return None if found is None else session.get(CallRow, found).call_id


def finish(engine, call_id, person=REVIEWER, now=NOW):
    with writing(engine) as session:
        finish_assignment(session, pk(engine, call_id), person, now)


def occasion(engine, call_id, person=REVIEWER):
    with reading(engine) as session:
        query = select(AssignmentRow.occasion).where(AssignmentRow.person == person.name)
        return session.scalar(query.where(AssignmentRow.call_pk == pk(engine, call_id)))


def test_a_row_says_what_a_page_needs(house):
    found = row(house, "c1")
    assert (found.vendor, found.project, found.agent, str(found.day)) == ("华声", "telemarketing", "A1", "2026-03-05")
    assert (found.state, found.is_open, found.open_findings, found.findings) == ("inspected", True, 2, 2)
    assert (found.severity, found.confidence_bp, found.value_fen, found.grade) == (Severity.FATAL, 9000, 1500, 3)
    # Fatal 2,000 · 0.9, fifteen yuan, the day; the first of its vendor.
    assert (found.turn, found.priority) == (0, 1800 + 15 + 269_650)
    assert rules(house, "c1") == {"phrase.abuse": (True, found.priority), "phrase.taunt": (True, found.priority)}


def test_what_was_never_flagged_has_no_row(house):
    assert row(house, "c3") is None
    assert row(house, "d2") is None


def test_each_vendor_has_its_turns(house):
    assert [row(house, call).turn for call in ("c1", "c2", "d1")] == [0, 1, 0]
    assert row(house, "c2").priority == 90 + 15 + 269_650 - 30


def test_a_verdict_leaves_its_mark_at_once(house):
    decide(house, "c1", "phrase.abuse")
    found = row(house, "c1")
    assert (found.is_open, found.open_findings, found.findings, found.severity) == (True, 1, 2, Severity.MAJOR)
    assert {rule: is_open for rule, (is_open, _) in rules(house, "c1").items()} == {
        "phrase.abuse": False,
        "phrase.taunt": True,
    }
    decide(house, "c1")
    found = row(house, "c1")
    assert (found.is_open, found.open_findings, found.findings, found.severity) == (False, 0, 2, Severity.FATAL)


def test_a_verdict_keeps_the_turn_that_the_night_gave(house):
    with writing(house) as session:
        refresh_call(session, pk(house, "c2"), NOW, None)
    assert row(house, "c2").turn == 1


def test_a_revised_verdict_stays_decided(house):
    (verdict,) = decide(house, "d1")
    with writing(house) as session:
        change(session, verdict, Decision.OVERTURNED, SUPERVISOR, NOW, note="是客户说的")
    assert row(house, "d1").is_open is False


def test_a_better_model_s_finding_opens_a_call_again_and_one_that_finds_nothing_takes_it_out(house):
    decide(house, "d1")
    hear_again(house, "远达", "d1", ['phrase.taunt major 3.0-4.0 "活该"', "script.missing.thanks minor"])
    refresh_queue(house, NOW)
    found = row(house, "d1")
    assert (found.is_open, found.open_findings, found.findings, found.severity) == (True, 1, 2, Severity.MINOR)
    hear_again(house, "华声", "c2", ["script.order notice"])
    refresh_queue(house, NOW)
    assert row(house, "c2") is None
    assert rules(house, "c2") == {}


def test_a_withdrawn_call_waits_for_nobody(house):
    with writing(house) as session:
        withdraw(session, "华声", "c1", "投诉人要求", NOW)
    assert following(house) == "d1"
    refresh_queue(house, NOW)
    found = row(house, "c1")
    assert (found.is_open, found.state, found.open_findings, found.findings) == (False, "withdrawn", 0, 2)


def test_a_call_that_can_be_heard_no_more_waits_for_nobody(house):
    with writing(house) as session:
        recording = session.scalars(select(RecordingRow).where(RecordingRow.call_pk == pk(house, "c2"))).one()
        lists = DestructionRow(until=recording.archive_day, items_sha256="x", proposed_by="王敏", proposed_at=NOW)
        session.add(lists)
        session.flush()
        gone = {"destruction_id": lists.id, "vendor": "华声", "gone_at": NOW}
        session.add(DestroyedRow(recording_id=recording.id, gone=Gone.DELETED, **gone))
        kept = session.scalars(select(RecordingRow).where(RecordingRow.call_pk == pk(house, "c1"))).one()
        session.add(DestroyedRow(recording_id=kept.id, gone=Gone.HELD, **gone))
    refresh_queue(house, NOW)
    assert (row(house, "c2").is_open, row(house, "c1").is_open) == (False, True)


def test_the_grade_is_the_one_that_is_in_force(house):
    with writing(house) as session:
        policy = policy_for(session, Month(2026, 2))
        post(session, [grade_entry(Grading("华声", Month(2026, 2), 3, 1, NO_FAULTS, True), policy, NOW)])
    refresh_queue(house, NOW)
    assert (row(house, "c1").grade, row(house, "d1").grade) == (1, 3)


def test_without_a_policy_nobody_is_graded_and_nothing_is_worth_money(engine):
    hear(engine, CALLS)
    refresh_queue(engine, NOW)
    assert (row(engine, "c1").grade, row(engine, "c1").value_fen) == (0, 0)


def test_an_accepted_model_ranks(house):
    model = Confirmation(-35.0, {"rule script.missing.thanks": 70.0})
    refresh_queue(house, NOW, model)
    found = row(house, "c2")
    assert (found.turn, found.confidence_bp) == (0, 10_000)


def test_a_store_without_a_queue_fills_it_and_one_with_a_queue_is_left_alone(engine):
    hear(engine, CALLS)
    in_force(engine)
    fill_queue(engine, NOW, None)
    assert row(engine, "c1").is_open
    with writing(engine) as session:
        session.delete(session.get(QueueRuleRow, (pk(engine, "c2"), "script.missing.thanks")))
        session.flush()
        session.delete(session.get(QueueRow, pk(engine, "c2")))
    fill_queue(engine, NOW, None)
    assert row(engine, "c2") is None
    refresh_queue(engine, NOW)
    assert row(engine, "c2").is_open


def test_brought_up_to_date_twice_it_says_the_same(house):
    with reading(house) as session:
        before = [one.priority for one in session.scalars(select(QueueRow).order_by(QueueRow.call_pk))]
    refresh_queue(house, NOW)
    with reading(house) as session:
        assert [one.priority for one in session.scalars(select(QueueRow).order_by(QueueRow.call_pk))] == before


def test_the_most_urgent_call_first_and_none_twice(house):
    assert following(house) == "c1"
    assert following(house, ANOTHER) == "d1"
    finish(house, "c1")
    decide(house, "c1")
    assert following(house) == "c2"
    finish(house, "c2")
    decide(house, "c2")
    assert following(house) is None


def test_what_is_on_the_desk_comes_again_until_it_is_done(house):
    assert [following(house, now=NOW + timedelta(minutes=minutes)) for minutes in (0, 5, 60)] == ["c1"] * 3


def test_after_half_an_hour_a_call_is_free_for_the_others(house):
    assert following(house) == "c1"
    assert following(house, ANOTHER, NOW + timedelta(minutes=29)) == "d1"
    finish(house, "d1", ANOTHER)
    decide(house, "d1", by=ANOTHER)
    assert following(house, ANOTHER, NOW + timedelta(minutes=31)) == "c1"
    assert following(house, REVIEWER, NOW + timedelta(minutes=32)) == "c2"


def test_a_call_that_is_put_back_goes_to_the_others_and_not_to_the_same_person_at_once(house):
    assert following(house) == "c1"
    with writing(house) as session:
        put_back(session, pk(house, "c1"), REVIEWER, NOW)
    assert following(house, now=NOW) == "d1"
    assert following(house, ANOTHER) == "c1"
    with reading(house) as session:
        assert [one.call_pk for one in on_desk(session, REVIEWER)] == [pk(house, "d1")]
    with writing(house) as session, pytest.raises(NotThere):
        put_back(session, pk(house, "c1"), REVIEWER, NOW)
    with writing(house) as session:
        put_back(session, pk(house, "d1"), REVIEWER, NOW)
        put_back(session, pk(house, "c1"), ANOTHER, NOW)
    assert following(house, now=NOW + timedelta(hours=13)) == "c1"


def test_the_copies_that_are_made_ahead_are_of_what_is_heard_next(house):
    with writing(house) as session:
        hand(session, pk(house, "d1"), REVIEWER, Occasion.FLAGGED, NOW)
        hand(session, pk(house, "d2"), ANOTHER, Occasion.CONTROL, NOW)
        put_back(session, pk(house, "d2"), ANOTHER, NOW)
    with reading(house) as session:
        assert [one.lstrip("0") for one in soon_heard(session, NOW, 2)] == ["d1", "c1"]


def test_a_call_that_another_judged_from_the_list_leaves_the_desk(house):
    assert following(house) == "c1"
    decide(house, "c1", by=ANOTHER)
    with reading(house) as session:
        assert on_desk(session, REVIEWER) == []
    assert following(house) == "d1"


def test_what_somebody_can_still_undo_is_handed_to_nobody(house):
    with reading(house) as session:
        found = to_review(session, Wanted(vendor="华声", call_id="c1"))
    with writing(house) as session:
        for one in found:
            judgement = Judgement(one.finding_id, Decision.CONFIRMED)
            put(session, one.call_pk, judgement, ANOTHER, NOW, opinion=False, session_id=None)
    assert following(house) == "d1"


def test_control_calls_are_unflagged_unheard_and_nobody_else_s(house):
    given = {following(house, person, policy=CONTROLS) for person in (REVIEWER, ANOTHER)}
    assert given == {"c3", "d2"}
    for person in (REVIEWER, ANOTHER):
        for call in given:
            assert occasion(house, call, person) in (None, Occasion.CONTROL)
    # None is left: a flagged one takes its place.
    assert following(house, SUPERVISOR, policy=CONTROLS) == "c1"


def test_a_call_that_was_heard_whole_is_no_control(house):
    with writing(house) as session:
        mark_reviewed(session, pk(house, "c3"), ANOTHER, NOW)
        mark_reviewed(session, pk(house, "d2"), ANOTHER, NOW)
    assert following(house, policy=CONTROLS) == "c1"


def test_which_control_comes_next_is_the_draw_s_matter_and_not_the_asker_s(engine):
    calls = "\n".join(f"华声 x{n} telemarketing A1 2026-03-05" for n in range(12))
    hear(engine, f"{calls}\n华声 y telemarketing A1 2026-03-05\nphrase.abuse fatal 1.0-2.0 \"你有病啊\"")  # fmt: skip
    refresh_queue(engine, NOW)
    first = []
    for seed in range(5):
        first.append(following(engine, policy=CONTROLS, seed=seed))
        with writing(engine) as session:
            session.delete(session.scalars(select(AssignmentRow)).one())
    assert len(set(first)) == 1 and first[0].startswith("x")


def test_a_second_hearing_is_of_a_call_that_another_judged_and_blind(house):
    decide(house, "c1")
    assert following(house, policy=SECONDS) == "d1"
    assert following(house, ANOTHER, policy=SECONDS) == "c1"
    assert occasion(house, "c1", ANOTHER) is Occasion.SECOND
    with reading(house) as session:
        assert take_seat(session, pk(house, "c1"), ANOTHER).blind
        assert not take_seat(session, pk(house, "d1"), REVIEWER).blind
    # Once heard twice, it is heard by no third.
    assert following(house, SUPERVISOR, policy=SECONDS) == "c2"


def test_half_judged_and_long_judged_calls_are_heard_by_no_second(house):
    decide(house, "c1", "phrase.abuse")
    assert following(house, ANOTHER, policy=SECONDS) == "c1"
    assert occasion(house, "c1", ANOTHER) is Occasion.FLAGGED
    finish(house, "c1", ANOTHER)
    decide(house, "c1", by=ANOTHER)
    assert following(house, SUPERVISOR, NOW + timedelta(days=15), policy=SECONDS) == "d1"
    assert occasion(house, "d1", SUPERVISOR) is Occasion.FLAGGED


def test_without_anything_flagged_nothing_is_handed_out(house):
    for call in ("c1", "c2", "d1"):
        decide(house, call)
    for policy in (CONTROLS, SECONDS, FLAGGED_ONLY):
        assert following(house, ANOTHER, policy=policy) is None


def test_shares_are_those_of_the_policy(engine):
    hear(engine, "\n".join(f"华声 x{n} telemarketing A1 2026-03-05" for n in range(80)) + CALLS)
    in_force(engine, SHIPPED.replace("control_bp = 500", "control_bp = 2500"))
    refresh_queue(engine, NOW)
    with reading(engine) as session:
        policy = review_policy(session, Month(2026, 3))
    assert policy == ReviewPolicy(2500, 500, 30)
    controls, dice = 0, Random(11)
    for _ in range(120):
        with writing(engine) as session:
            call_pk = next_call(session, REVIEWER, NOW, policy, dice)
            assignment = session.scalars(select(AssignmentRow)).one()
            controls += assignment.occasion is Occasion.CONTROL
            assert assignment.call_pk == call_pk
            session.delete(assignment)
    assert 18 <= controls <= 45


def test_only_those_who_hear_flagged_calls_are_named(house):
    with writing(house) as session:
        hand(session, pk(house, "c1"), ANOTHER, Occasion.FLAGGED, NOW)
        hand(session, pk(house, "d1"), ANOTHER, Occasion.SECOND, NOW)
    with reading(house) as session:
        both = [pk(house, "c1"), pk(house, "d1")]
        assert heard_by(session, both, NOW - timedelta(minutes=1)) == {pk(house, "c1"): "赵静"}
        assert heard_by(session, both, NOW) == {}


def test_two_who_ask_at_once_are_handed_two_calls(house):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(lambda person: following(house, person), (REVIEWER, ANOTHER))) == {"c1", "d1"}


def test_a_call_of_an_unknown_number_is_no_trouble(house):
    with writing(house) as session:
        refresh_call(session, 999_999, NOW, None)
        assert find_call(session, "华声", "c1") is not None
