"""Complaints, number checks and project checks: recorded, answered, decided, counted; each by whom it is for."""

import pytest

from pipeline.records.entry import EntryKind
from pipeline.store.complaints import find_complaint
from pipeline.store.engine import reading
from pipeline.store.events import events
from pipeline.store.ledger import entries
from pipeline.store.number_checks import number_checks
from pipeline.store.tables.review import ComplaintState

from .disputed_house import TODAY, YESTERDAY, disputed_house, house, store

__all__ = ["disputed_house", "house", "store"]

PLACE = {"vendor": "华声", "project": "telemarketing"}


def posted(store, kind):
    with reading(store) as session:
        return [one.entry for one in entries(session, kinds=(kind,))]


def test_recorded_by_one_answered_by_the_vendor_decided_by_another(as_person, store):
    supervisor, vendor = as_person("李主任"), as_person("华声客服部")
    made = supervisor.post(
        "/complaints",
        data={**PLACE, "received_on": str(TODAY), "text": "一天内被呼叫三次，电话13812345678<b>", "call_id": "n1"},
    )
    assert (made.status_code, made.headers["location"]) == (303, "/complaints?done=complaint-new#complaints")
    page = vendor.get("/complaints").text
    assert "一天内被呼叫三次，电话***********&lt;b&gt;" in page and "李主任" not in page
    assert "一天内被呼叫三次" in vendor.get("/vendor").text
    assert as_person("远达客服部").post("/complaints/2/answer", data={"answer": "x"}).status_code == 404
    assert vendor.post("/complaints/2/answer", data={"answer": ""}).status_code == 400
    answered = vendor.post("/complaints/2/answer", data={"answer": "已致歉", "back": "vendor"})
    assert answered.headers["location"] == "/vendor?done=answer-2#complaints"
    assert vendor.post("/complaints/2/answer", data={"answer": "再答"}).status_code == 409
    own = supervisor.post("/complaints/2/decide", data={"justified": "true", "decision": "属实"})
    assert own.status_code == 409 and "是您记录的" in own.text
    assert "要由另一位主管裁定" in supervisor.get("/complaints").text
    second = as_person("周主任")
    assert second.post("/complaints/2/decide", data={"justified": "true", "decision": "属实"}).status_code == 303
    with reading(store) as session:
        found = find_complaint(session, 2)
        assert [one.detail for one in events(session, subject="complaint 2")] == ["justified", "answered", "recorded"]
    assert (found.state, found.answer, found.decided_by) == (ComplaintState.JUSTIFIED, "已致歉", "周主任")
    (entry,) = posted(store, EntryKind.COMPLAINT)
    assert (entry.call_id, entry.agent, entry.person) == ("n1", "A7", "周主任")
    page = vendor.get("/complaints").text
    assert "有理由投诉" in page and "周主任" not in page


def test_an_unjustified_one_counts_for_nothing(as_person, store):
    as_person("李主任").post("/complaints/1/decide", data={"justified": "false", "decision": "查无此事"})
    assert "无理由投诉" in as_person("审计员").get("/complaints").text
    assert posted(store, EntryKind.COMPLAINT) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"vendor": "无此公司"},
        {"project": "无此项目"},
        {"received_on": "2999-01-01"},
        {"text": " "},
        {"text": "长" * 2001},
        {"call_id": "没有这通"},
    ],
)
def test_a_complaint_that_makes_no_sense_is_not_recorded(wrong, as_person):
    data = {**PLACE, "received_on": str(TODAY), "text": "呼叫三次", **wrong}
    answer = as_person("王敏").post("/complaints", data=data)
    assert answer.status_code == 400 and "没有记录" in answer.text
    assert "呼叫三次" not in as_person("王敏").get("/complaints").text


def test_the_same_one_twice_and_a_field_that_is_missing(as_person):
    reviewer = as_person("王敏")
    data = {**PLACE, "received_on": str(YESTERDAY), "text": "客户13812345678称未办理<b>套餐</b>"}
    again = reviewer.post("/complaints", data=data)
    assert again.status_code == 409 and "已经有了" in again.text
    assert reviewer.post("/complaints", data={**data, "received_on": "昨天"}).status_code == 422
    assert as_person("审计员").post("/complaints", data=data).status_code == 403
    assert (
        as_person("王敏").post("/complaints/1/decide", data={"justified": "true", "decision": "x"}).status_code == 403
    )


def test_checked_numbers(as_person, store):
    reviewer = as_person("王敏")
    data = {**PLACE, "checked_on": str(TODAY), "number": "139 1234 5678", "fault": "客户称未办理"}
    assert reviewer.post("/number-checks", data=data).headers["location"] == "/complaints?done=number-new#numbers"
    reviewer.post("/number-checks", data={**data, "number": "13912345670", "fault": ""})
    wrong = reviewer.post("/number-checks", data={**data, "number": "一三九"})
    assert wrong.status_code == 400 and "号码是 5 到 20 位数字" in wrong.text
    assert reviewer.post("/number-checks", data=data).status_code == 409
    page = reviewer.get("/complaints").text
    assert page.count("***********</td>") == 2 and "13912345678" not in page
    assert "不合格" in page and "客户称未办理" in page
    assert len(posted(store, EntryKind.NUMBER_CHECK)) == 1
    with reading(store) as session:
        assert [one.number for one in number_checks(session, "华声")] == ["13912345678", "13912345670"]


def test_checked_projects_and_filters(as_person, store):
    reviewer = as_person("王敏")
    data = {**PLACE, "month": "2026-03", "item": "培训记录", "points": "5", "text": "无签到表"}
    reviewer.post("/project-checks", data=data)
    (entry,) = posted(store, EntryKind.PROJECT_CHECK)
    assert entry.points == -5 and str(entry.month) != "2026-03", "March is closed: it counts in the next open month"
    assert reviewer.post("/project-checks", data={**data, "points": "101"}).status_code == 422
    assert reviewer.post("/project-checks", data={**data, "month": "三月"}).status_code == 400
    assert "无签到表" in reviewer.get("/complaints?month=2026-03").text
    assert "套餐" not in reviewer.get("/complaints?month=2026-03").text
    assert "无签到表" not in reviewer.get("/complaints?month=2026-02").text
    assert "无签到表" not in reviewer.get("/complaints?vendor=远达").text
    assert "无签到表" not in as_person("远达客服部").get("/complaints?vendor=华声").text
    assert reviewer.get("/complaints?month=2026-13").status_code == 400
    assert reviewer.get("/complaints?offset=30").status_code == 200
    assert reviewer.get(f"/complaints?offset={10**30}").status_code == 422
