"""Deciding at the desk: after hearing, undone within ten seconds, a verdict after them; blind for who hears a second time."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from pipeline.errors import StoreError, UsageError
from pipeline.findings.confirmation import Confirmation, written
from pipeline.records.finding import Severity
from pipeline.records.person import Person, Role
from pipeline.records.span import Span
from pipeline.records.verdict import Decision
from pipeline.review.decision import Charge
from pipeline.services.judging import (
    AlreadyDecided,
    FoundAlready,
    NotHeard,
    NotHeardWhole,
    Undecided,
    finish,
    judge,
    settle_due,
    take_back,
)
from pipeline.services.queueing import refresh_queue
from pipeline.services.reviewing import review
from pipeline.services.said import what_is_said
from pipeline.store.call_file import numbered_findings
from pipeline.store.engine import reading, writing
from pipeline.store.events import events
from pipeline.store.ledger import entries
from pipeline.store.pending import Judgement, NotYours, failed_of_person, open_of_call
from pipeline.store.people import add_user
from pipeline.store.seats import take_seat
from pipeline.store.states import find_call, withdraw
from pipeline.store.tables import (
    AssignmentRow,
    CalibrationCallRow,
    CalibrationSessionRow,
    CallReviewRow,
    Occasion,
    OpinionRow,
    PlayRow,
    QueueRow,
    VerdictRow,
)
from pipeline.store.visible import NotThere
from tests.heard import ANOTHER, HUASHENG, REVIEWER, SUPERVISOR, at, hear, in_force
from tests.store.test_races import at_once

CALLS = """
    华声 c1 telemarketing A1 2026-03-05
        phrase.abuse fatal 30.0-31.0 "你有病啊"
        phrase.taunt major 12.0-14.5 "活该"
        script.order notice
    华声 c2 telemarketing A2 2026-03-05
        script.missing.thanks minor
    华声 c3 telemarketing A2 2026-03-05
"""
NOW = at("2026-03-06")
LATER = NOW + timedelta(seconds=10)
UNTAUGHT = Path("/nowhere/confirmation.json")
CONFIRMED, OVERTURNED = Decision.CONFIRMED, Decision.OVERTURNED


@pytest.fixture
def house(engine):
    hear(engine, CALLS)
    in_force(engine)
    with writing(engine) as session:
        add_user(session, "管理员", Role.ADMINISTRATOR, "callqa-demo", NOW)
        for person in (REVIEWER, ANOTHER, SUPERVISOR):
            add_user(session, person.name, person.role, "callqa-demo", NOW, created_by="管理员")
    return engine


def pk(engine, call_id):
    with reading(engine) as session:
        return find_call(session, "华声", call_id).id


def finding(engine, rule, call_id="c1"):
    with reading(engine) as session:
        found = numbered_findings(session, pk(engine, call_id))
        return next(one.finding_id for one in found if one.finding.rule == rule)


def hears(engine, spans="0-60.98", call_id="c1", person=REVIEWER):
    with writing(engine) as session:
        for one in spans.split():
            start, end = (round(float(text) * 1000) for text in one.split("-"))
            session.execute(
                insert(PlayRow).values(
                    call_pk=pk(engine, call_id), person=person.name, start_ms=start, end_ms=end, at=NOW
                )
            )


def decides(engine, found, /, decision=CONFIRMED, person=REVIEWER, call_id="c1", now=NOW, calibration=None, **more):
    return says(engine, Judgement(finding(engine, found, call_id), decision, **more), person, call_id, now, calibration)


def says(engine, judgement, person=REVIEWER, call_id="c1", now=NOW, calibration=None):
    with writing(engine) as session:
        return judge(session, take_seat(session, pk(engine, call_id), person, calibration), judgement, now)


def said(engine, person=REVIEWER, call_id="c1", calibration=None):
    with reading(engine) as session:
        seat = take_seat(session, pk(engine, call_id), person, calibration)
        found = what_is_said(session, seat, numbered_findings(session, seat.call_pk))
        return [(one.charge.rule, one.decision, one.person, one.verdict_id is not None) for one in found]


def done(engine, person=REVIEWER, call_id="c1", now=NOW):
    with writing(engine) as session:
        return finish(session, take_seat(session, pk(engine, call_id), person), now)


def assign(engine, person, occasion, call_id="c1"):
    with writing(engine) as session:
        session.add(AssignmentRow(call_pk=pk(engine, call_id), person=person.name, occasion=occasion, assigned_at=NOW))


def test_a_decision_is_a_verdict_after_ten_seconds_with_what_it_posts(house):
    hears(house, "10-32")
    decides(house, "phrase.taunt", note="听清楚了")
    assert settle_due(house, LATER - timedelta(milliseconds=1), UNTAUGHT) == 0
    assert said(house) == [("phrase.taunt", CONFIRMED, "王敏", False)]
    assert settle_due(house, LATER, UNTAUGHT) == 1
    assert said(house) == [("phrase.taunt", CONFIRMED, "王敏", True)]
    with reading(house) as session:
        (row,) = session.scalars(select(VerdictRow))
        assert (row.note, row.decided_at) == ("听清楚了", LATER)
        assert [posted.entry.points for posted in entries(session)] == [-10]
    assert settle_due(house, LATER, UNTAUGHT) == 0


def test_what_is_left_of_a_call_is_ranked_by_the_accepted_model(house, tmp_path):
    accepted = tmp_path / "confirmation.json"
    model = Confirmation(-1.0, {"rule phrase.abuse": 1.5})
    accepted.write_text(written(model, {}), encoding="utf-8")
    hears(house, "10-32")
    decides(house, "phrase.taunt")
    settle_due(house, LATER, accepted)
    confidence = []
    for rank in (lambda: None, lambda: refresh_queue(house, LATER, model), lambda: refresh_queue(house, LATER)):
        rank()
        with reading(house) as session:
            confidence.append(session.get(QueueRow, pk(house, "c1")).confidence_bp)
    assert confidence[0] == confidence[1] != confidence[2]


def test_nobody_decides_what_he_has_not_heard(house):
    hears(house, "0-14")
    with pytest.raises(NotHeard):
        decides(house, "phrase.taunt")
    with pytest.raises(NotHeard):
        decides(house, "phrase.taunt", person=ANOTHER)
    hears(house, "14-15")
    decides(house, "phrase.taunt")
    with pytest.raises(NotHeard):
        decides(house, "phrase.abuse")


def test_a_missing_sentence_takes_ten_seconds_of_the_call(house):
    hears(house, "0-9.9", "c2")
    with pytest.raises(NotHeard):
        decides(house, "script.missing.thanks", call_id="c2")
    hears(house, "50-51", "c2")
    decides(house, "script.missing.thanks", call_id="c2")


def test_what_is_undone_has_never_been(house):
    hears(house)
    made = decides(house, "phrase.taunt")
    with writing(house) as session, pytest.raises(NotYours):
        take_back(session, made.pending_id, ANOTHER, NOW)
    with writing(house) as session:
        take_back(session, made.pending_id, REVIEWER, NOW)
    assert said(house) == []
    assert settle_due(house, LATER, UNTAUGHT) == 0
    with writing(house) as session, pytest.raises(NotYours):
        take_back(session, made.pending_id, REVIEWER, NOW)
    decides(house, "phrase.taunt", person=REVIEWER)


def test_a_verdict_can_be_undone_no_more(house):
    hears(house)
    made = decides(house, "phrase.taunt")
    settle_due(house, LATER, UNTAUGHT)
    with writing(house) as session, pytest.raises(NotYours):
        take_back(session, made.pending_id, REVIEWER, LATER)


def test_who_changes_his_mind_within_ten_seconds_has_decided_once(house):
    hears(house)
    decides(house, "phrase.taunt", CONFIRMED)
    decides(house, "phrase.taunt", OVERTURNED, note="客户说的")
    settle_due(house, LATER, UNTAUGHT)
    assert said(house) == [("phrase.taunt", OVERTURNED, "王敏", True)]


def test_of_two_the_second_is_told_who_was_first_pending_or_not(house):
    hears(house)
    hears(house, person=ANOTHER)
    decides(house, "phrase.taunt")
    with pytest.raises(AlreadyDecided) as refused:
        decides(house, "phrase.taunt", OVERTURNED, ANOTHER)
    assert (refused.value.said.person, refused.value.said.decision) == ("王敏", CONFIRMED)
    settle_due(house, LATER, UNTAUGHT)
    with pytest.raises(AlreadyDecided) as refused:
        decides(house, "phrase.taunt", OVERTURNED, ANOTHER)
    assert refused.value.said.person == "王敏"
    with pytest.raises(AlreadyDecided):
        decides(house, "phrase.taunt", OVERTURNED)


def test_a_reclassified_fault_is_another(house):
    hears(house)
    decides(house, "phrase.taunt", Decision.RECLASSIFIED, rule="phrase.insult")
    settle_due(house, LATER, UNTAUGHT)
    with reading(house) as session:
        (row,) = session.scalars(select(VerdictRow))
        assert (row.rule, row.severity) == ("phrase.insult", Severity.FATAL)
    with pytest.raises(UsageError):
        decides(house, "phrase.abuse", Decision.RECLASSIFIED)


def test_a_missed_fault_is_added_where_it_was_heard_and_only_once(house):
    hears(house, "0-21")
    missed = Judgement(None, Decision.ADDED, "phrase.shirking", None, Span(18_000, 20_000), "不归我们管")
    says(house, missed)
    with pytest.raises(AlreadyDecided):
        says(house, missed)
    with pytest.raises(NotHeard):
        says(house, Judgement(None, Decision.ADDED, "phrase.shirking", None, Span(40_000, 41_000)))
    with pytest.raises(FoundAlready) as refused:
        says(house, Judgement(None, Decision.ADDED, "phrase.taunt", None, Span(14_000, 15_000)))
    assert refused.value.finding_id == finding(house, "phrase.taunt")
    with pytest.raises(UsageError):
        says(house, Judgement(None, Decision.ADDED, None, None, Span(1_000, 2_000)))
    with pytest.raises(UsageError):
        says(house, Judgement(None, Decision.ADDED, "phrase.unheard_of", None, Span(1_000, 2_000)))
    settle_due(house, LATER, UNTAUGHT)
    assert said(house) == [("phrase.shirking", Decision.ADDED, "王敏", True)]


def test_findings_of_other_calls_are_not_there(house):
    hears(house)
    with pytest.raises(NotThere):
        says(house, Judgement(finding(house, "script.missing.thanks", "c2"), CONFIRMED))


def test_only_reviewers_and_supervisors_decide(house):
    for person in (HUASHENG, Person("审计员", Role.AUDITOR), Person("管理员", Role.ADMINISTRATOR)):
        hears(house, person=person)
        with pytest.raises(StoreError, match="cannot decide"):
            decides(house, "phrase.taunt", person=person)


def test_what_cannot_become_a_verdict_is_told_to_its_person(house):
    hears(house)
    decides(house, "phrase.taunt")
    done_with = decides(house, "phrase.abuse")
    done(house)
    with writing(house) as session:
        review(session, done_with.judgement.finding_id, OVERTURNED, ANOTHER, NOW)
    settle_due(house, LATER, UNTAUGHT)
    with reading(house) as session:
        (failed,) = failed_of_person(session, pk(house, "c1"), REVIEWER, LATER)
        assert "already decided by 赵静" in failed.failure
        assert session.scalars(select(CallReviewRow)).all() == [], "not heard whole by who judged something else"
    assert said(house) == [
        ("phrase.taunt", CONFIRMED, "王敏", True),
        ("phrase.abuse", OVERTURNED, "赵静", True),
    ]


def test_a_withdrawn_call_is_not_judged(house):
    hears(house)
    decides(house, "phrase.taunt")
    with writing(house) as session:
        withdraw(session, "华声", "c1", "客户要求", NOW)
    with pytest.raises(StoreError, match="withdrawn"):
        decides(house, "phrase.abuse")
    settle_due(house, LATER, UNTAUGHT)
    assert said(house) == []


def test_who_is_done_has_decided_all_and_is_on_record_only_where_he_heard_it_whole(house):
    hears(house, "10-32")
    assign(house, REVIEWER, Occasion.FLAGGED)
    decides(house, "phrase.taunt")
    with pytest.raises(Undecided) as refused:
        done(house)
    assert refused.value.count == 1
    decides(house, "phrase.abuse", OVERTURNED)
    assert not done(house).whole
    with reading(house) as session:
        assert session.scalars(select(CallReviewRow)).all() == []
        assert session.scalars(select(AssignmentRow)).one().done_at == NOW
    hears(house, "0-60")
    assert done(house).whole
    with reading(house) as session:
        assert session.scalars(select(CallReviewRow)).one().person == "王敏"


def test_undoing_after_being_done_brings_the_call_back(house):
    hears(house)
    assign(house, REVIEWER, Occasion.FLAGGED)
    decides(house, "phrase.taunt")
    made = decides(house, "phrase.abuse")
    done(house)
    with writing(house) as session:
        take_back(session, made.pending_id, REVIEWER, NOW)
    with reading(house) as session:
        assert session.scalars(select(CallReviewRow)).all() == []
        assert session.scalars(select(AssignmentRow)).one().done_at is None
    with pytest.raises(Undecided):
        done(house)


def test_a_call_without_findings_is_done_with_once_it_was_heard(house):
    hears(house, "0-30", "c3")
    with pytest.raises(NotHeardWhole) as refused:
        done(house, call_id="c3")
    assert refused.value.share == pytest.approx(0.49, abs=0.01)
    hears(house, "30-55", "c3")
    assert done(house, call_id="c3").whole


def test_who_hears_a_second_time_is_blind_and_decides_nothing(house):
    hears(house)
    hears(house, person=ANOTHER)
    decides(house, "phrase.taunt")
    decides(house, "phrase.abuse")
    settle_due(house, LATER, UNTAUGHT)
    assign(house, ANOTHER, Occasion.SECOND)
    assert said(house, ANOTHER) == []
    decides(house, "phrase.taunt", OVERTURNED, ANOTHER)
    with pytest.raises(Undecided):
        done(house, ANOTHER)
    decides(house, "phrase.abuse", CONFIRMED, ANOTHER)
    says(house, Judgement(None, Decision.ADDED, "phrase.shirking", None, Span(1_000, 2_000)), ANOTHER)
    assert done(house, ANOTHER).whole
    assert settle_due(house, LATER, UNTAUGHT) == 3
    with reading(house) as session:
        given = {(row.rule, row.decision, row.person) for row in session.scalars(select(OpinionRow))}
        assert given == {
            ("phrase.taunt", OVERTURNED, "赵静"),
            ("phrase.abuse", CONFIRMED, "赵静"),
            ("phrase.shirking", Decision.ADDED, "赵静"),
        }
        assert {row.person for row in session.scalars(select(VerdictRow))} == {"王敏"}
        assert session.scalars(select(CallReviewRow)).all() == []
    assert len(said(house)) == 2


def test_a_second_hearing_gets_the_same_refusals(house):
    assign(house, ANOTHER, Occasion.SECOND)
    with pytest.raises(NotHeard):
        decides(house, "phrase.taunt", person=ANOTHER)
    hears(house, person=ANOTHER)
    decides(house, "phrase.taunt", person=ANOTHER)
    settle_due(house, LATER, UNTAUGHT)
    with pytest.raises(AlreadyDecided) as refused:
        decides(house, "phrase.taunt", OVERTURNED, ANOTHER)
    assert refused.value.said.person == "赵静"


def test_a_calibration_session_takes_opinions_of_its_own_calls_until_it_is_over(house):
    hears(house)
    with writing(house) as session:
        session.add(CalibrationSessionRow(id=1, title="三月", opened_by="李主任", opened_at=NOW))
        session.flush()
        session.add(CalibrationCallRow(session_id=1, call_pk=pk(house, "c1")))
    decides(house, "phrase.taunt", calibration=1)
    assert said(house, calibration=1) == [("phrase.taunt", CONFIRMED, "王敏", False)]
    assert said(house) == [], "what he says there is not said here"
    decides(house, "phrase.taunt", OVERTURNED)
    settle_due(house, LATER, UNTAUGHT)
    with reading(house) as session:
        assert session.scalars(select(OpinionRow)).one().session_id == 1
        assert session.scalars(select(VerdictRow)).one().decision is OVERTURNED
    with pytest.raises(NotThere):
        decides(house, "script.missing.thanks", call_id="c2", calibration=1)
    with writing(house) as session:
        session.get_one(CalibrationSessionRow, 1).closed_at = NOW
    with pytest.raises(NotThere):
        decides(house, "phrase.abuse", calibration=1)


def test_decisions_are_in_the_audit_trail(house):
    hears(house)
    made = decides(house, "phrase.taunt")
    with writing(house) as session:
        take_back(session, made.pending_id, REVIEWER, NOW)
    with reading(house) as session:
        told = [(one.person, one.subject, one.detail) for one in events(session)]
    assert told[1] == ("王敏", "call 华声/c1", f"finding {made.judgement.finding_id} confirmed phrase.taunt")
    assert told[0][2] == "undone: confirmed"


def test_nothing_is_pending_for_ever(house):
    hears(house)
    decides(house, "phrase.taunt")
    decides(house, "phrase.abuse")
    settle_due(house, LATER + timedelta(days=3), UNTAUGHT)
    with reading(house) as session:
        assert open_of_call(session, pk(house, "c1")) == []
        assert {one.charge for one in what_is_said(session, take_seat(session, pk(house, "c1"), REVIEWER), ())} == {
            Charge("phrase.taunt", Severity.MAJOR, Span(12_000, 14_500), "活该"),
            Charge("phrase.abuse", Severity.FATAL, Span(30_000, 31_000), "你有病啊"),
        }


def test_of_two_at_the_same_moment_one_is_first(house, url):
    hears(house)
    hears(house, person=ANOTHER)
    found = at_once(
        url,
        lambda engine: decides(engine, "phrase.taunt"),
        lambda engine: decides(engine, "phrase.taunt", OVERTURNED, ANOTHER),
    )
    assert sorted(type(one).__name__ for one in found) == ["AlreadyDecided", "Pending"]


def test_two_servers_settle_a_decision_once(house, url):
    hears(house)
    decides(house, "phrase.taunt")
    decides(house, "phrase.abuse")
    at_once(url, *(lambda engine: settle_due(engine, LATER, UNTAUGHT) for _ in range(4)))
    with reading(house) as session:
        assert len(session.scalars(select(VerdictRow)).all()) == 2
        assert failed_of_person(session, pk(house, "c1"), REVIEWER, LATER) == []
