"""Complaints, number checks and project checks: what is recorded, by whom, and what of it counts."""

from dataclasses import astuple
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from pipeline.errors import DataError, StoreError, UsageError
from pipeline.records.entry import Entry, EntryKind
from pipeline.records.month import Month
from pipeline.services.complaining import check_number, check_project, decide_complaint
from pipeline.store.complaints import answer_complaint, complaints, find_complaint, record_complaint
from pipeline.store.engine import reading, writing
from pipeline.store.ledger import entries, post
from pipeline.store.number_checks import number_checks
from pipeline.store.project_checks import project_checks
from pipeline.store.tables.review import ComplaintState
from tests.heard import ANOTHER, CHIEF, HUASHENG, REVIEWER, SECOND, SUPERVISOR, YUANDA, at, hear, in_force
from tests.store.test_races import at_once

CALLS = "华声 c1 telemarketing A1 2026-03-05\n远达 y1 survey B1 2026-03-05"
ZONE = ZoneInfo("Asia/Shanghai")
MARCH = Month(2026, 3)
NOW, TODAY = at("2026-03-12"), date(2026, 3, 12)
TEXT = "张女士13800138000说被强行开通"


@pytest.fixture
def ready(engine):
    in_force(engine)
    hear(engine, CALLS)
    return engine


def recorded(engine, person=REVIEWER, vendor="华声", project="telemarketing", on="2026-03-10", text=TEXT, call_id="c1"):
    with writing(engine) as session:
        return record_complaint(
            session, vendor, project, date.fromisoformat(on), text, person, NOW, today=TODAY, call_id=call_id
        )


def decided(engine, complaint_id, justified=True, person=SUPERVISOR, decision="录音属实"):
    with writing(engine) as session:
        return decide_complaint(
            session, complaint_id, justified=justified, decision=decision, person=person, now=at("2026-03-14")
        )


def close_march(engine):
    with writing(engine) as session:
        post(session, [Entry("close", EntryKind.CLOSE, Month(2026, 3), "", None, at("2026-04-02"))])


def nothing_is_posted(engine):
    with reading(engine) as session:
        return list(entries(session)) == []


@pytest.mark.parametrize(("closed", "month"), [(False, "2026-03"), (True, "2026-04")])
def test_a_justified_complaint_is_a_fault_of_the_month_it_was_received_in(ready, closed, month):
    made = recorded(ready)
    if closed:
        close_march(ready)
    done = decided(ready, made.complaint_id)
    entry = done.posted.entry
    assert (entry.kind, str(entry.month), entry.vendor, entry.project) == (
        *(EntryKind.COMPLAINT, month, "华声", "telemarketing"),
    )  # fmt: skip
    assert (entry.subject, entry.call_id, entry.agent) == (f"complaint {made.complaint_id}", "c1", "A1")
    assert (entry.person, entry.points) == ("李主任", 0)
    assert done.record.state is ComplaintState.JUSTIFIED


def test_no_word_of_a_complaint_enters_the_chain(ready):
    done = decided(ready, recorded(ready).complaint_id)
    assert not any("张" in str(value) or "138" in str(value) for value in astuple(done.posted.entry))


def test_an_unjustified_one_counts_for_nothing(ready):
    done = decided(ready, recorded(ready).complaint_id, justified=False)
    assert (done.record.state, done.posted) == (ComplaintState.UNJUSTIFIED, None)
    assert nothing_is_posted(ready)


def test_the_vendor_answers_once_before_the_decision_and_no_other_does(ready):
    made = recorded(ready)

    def answered(person=HUASHENG, text="已致歉"):
        with writing(ready) as session:
            return answer_complaint(session, made.complaint_id, text, person, at("2026-03-13"))

    for person, said in ((YUANDA, "is of '远达' and cannot answer"), (REVIEWER, "is reviewer and cannot answer")):
        with pytest.raises(StoreError, match=said):
            answered(person)
    with pytest.raises(UsageError, match="the answer is empty"):
        answered(text="")
    assert (answered().answer, answered.__name__) == ("已致歉", "answered")
    with pytest.raises(StoreError, match="was answered by 华声的人; an answer is given once"):
        answered()
    decided(ready, made.complaint_id)
    with pytest.raises(StoreError, match="was found justified by 李主任: that is final"):
        answered()
    with reading(ready) as session:
        assert find_complaint(session, made.complaint_id).answer == "已致歉"


def test_it_takes_two_people_and_the_second_is_a_supervisor(ready):
    made = recorded(ready, SUPERVISOR)
    for person, said in ((SUPERVISOR, "is his own"), (ANOTHER, "is reviewer and cannot decide a complaint")):
        with pytest.raises(StoreError, match=said):
            decided(ready, made.complaint_id, person=person)
    with pytest.raises(UsageError, match="the reason for the decision is empty"):
        decided(ready, made.complaint_id, person=SECOND, decision=" ")
    assert nothing_is_posted(ready)
    decided(ready, made.complaint_id, person=SECOND)
    with pytest.raises(StoreError, match="was found justified by 周主任: that is final"):
        decided(ready, made.complaint_id, justified=False)
    with pytest.raises(StoreError, match="there is no complaint 99"):
        decided(ready, 99)


def test_of_two_who_decide_at_once_one_does(ready, url):
    made = recorded(ready)

    def by(person, justified):
        return lambda own: decided(own, made.complaint_id, justified, person).record.decided_by

    results = at_once(url, by(SUPERVISOR, True), by(SECOND, True))
    assert sorted(isinstance(one, str) for one in results) == [False, True]
    with reading(ready) as session:
        assert len(list(entries(session))) == 1


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"vendor": "无此公司"}, DataError, "vendor '无此公司' is not registered and has no calls"),
        ({"project": "养老关怀"}, DataError, "vendor '华声' has no project '养老关怀'"),
        ({"call_id": "c9"}, DataError, "call 'c9' of vendor '华声' is not registered"),
        ({"project": "survey"}, DataError, "call 'c1' of vendor '华声' is of project 'telemarketing', not of 'survey'"),
        ({"on": "2026-03-13"}, DataError, "2026-03-13 is in the future, it is 2026-03-12"),
        ({"text": "  "}, UsageError, "the complaint is empty"),
        ({"person": HUASHENG}, StoreError, "is vendor and cannot record a complaint"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(ready, change, error, said):
    with pytest.raises(error, match=said):
        recorded(ready, **change)
    with reading(ready) as session:
        assert complaints(session) == ()


def test_the_same_complaint_twice_is_one(ready):
    made = recorded(ready)
    with pytest.raises(StoreError, match=f"the same complaint is there as {made.complaint_id}"):
        recorded(ready)
    other = recorded(ready, call_id=None)
    with reading(ready) as session:
        assert complaints(session, "华声", month=Month(2026, 3), state=ComplaintState.OPEN) == (made, other)
        assert complaints(session, month=Month(2026, 2)) == complaints(session, "远达") == ()


def numbered(engine, fault, person=REVIEWER, number="138 0013-8000", on=TODAY, **more):
    with writing(engine) as session:
        return check_number(session, "华声", "telemarketing", on, number, fault, person, NOW, zone=ZONE, **more)


def test_a_failed_number_check_is_a_fault_and_one_in_order_is_none(ready):
    assert numbered(ready, None).posted is None
    done = numbered(ready, "客户称未办理", call_id="c1")
    entry = done.posted.entry
    assert (entry.kind, entry.subject) == (EntryKind.NUMBER_CHECK, f"number_check {done.record.check_id}")
    assert (str(entry.month), entry.call_id, entry.agent) == ("2026-03", "c1", "A1")
    assert not any("8000" in str(value) or "未办理" in str(value) for value in astuple(entry))
    with pytest.raises(StoreError, match="the same number check is there"):
        numbered(ready, "客户称未办理")
    with reading(ready) as session:
        assert [one.number for one in number_checks(session, "华声", month=Month(2026, 3))] == ["13800138000"] * 2
        assert number_checks(session, month=Month(2026, 4)) == ()


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"number": "一三八"}, UsageError, "'一三八' is no telephone number"),
        ({"number": "1234"}, UsageError, "'1234' is no telephone number"),
        ({"on": date(2026, 3, 13)}, DataError, "is in the future"),
        ({"person": CHIEF}, StoreError, "is vice_president and cannot record a number check"),
        ({"fault": ""}, UsageError, "the fault is empty"),
    ],
)
def test_a_number_check_that_makes_no_sense(ready, change, error, said):
    with pytest.raises(error, match=said):
        numbered(ready, **({"fault": None} | change))
    with reading(ready) as session:
        assert number_checks(session) == ()


def project_checked(engine, points=5, month=MARCH, person=REVIEWER, item="培训记录"):
    with writing(engine) as session:
        return check_project(
            session, "华声", "telemarketing", month, item, points, "三月无培训签到表", person, NOW, zone=ZONE
        )


def test_a_project_check_costs_its_points_in_its_month(ready):
    done = project_checked(ready)
    assert (done.posted.entry.kind, done.posted.entry.points) == (EntryKind.PROJECT_CHECK, -5)
    with pytest.raises(StoreError, match="the same project check is there"):
        project_checked(ready)
    close_march(ready)
    late = project_checked(ready, item="回访").posted.entry
    assert (str(late.month), late.note) == ("2026-04", "of 2026-03, which is closed")
    with reading(ready) as session:
        assert [one.points for one in project_checks(session, "华声", month=Month(2026, 3))] == [5, 5]


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"points": 0}, UsageError, "0 points: a project check costs 1 to 100"),
        ({"points": 101}, UsageError, "101 points"),
        ({"month": Month(2026, 4)}, DataError, "2026-04-01 is in the future"),
        ({"item": " "}, UsageError, "the item is empty"),
        ({"person": HUASHENG}, StoreError, "cannot record a project check"),
    ],
)
def test_a_project_check_that_makes_no_sense(ready, change, error, said):
    with pytest.raises(error, match=said):
        project_checked(ready, **change)
    assert nothing_is_posted(ready)
