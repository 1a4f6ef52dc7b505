"""The vendor's page: own letters, statement, faults, complaints and rectifications; and vendors as the house sees them."""

import re

from pipeline.records.month import Month
from pipeline.services.exiting import Desk
from pipeline.store.confirmations import confirmations
from pipeline.store.engine import reading, writing
from pipeline.store.events import events
from pipeline.store.outbox import letters
from pipeline.store.rectification_reports import rectification_reports
from tests.heard import SUPERVISOR, YUANDA

from .disputed_house import NOW, ZONE, disputed_house, house, store

__all__ = ["disputed_house", "house", "store"]


def rectification(page):
    return int(re.search(r"/vendor/rectifications/(\d+)/report", page)[1])


def test_only_a_vendor_s_people_have_it(as_person):
    assert as_person("李主任").get("/vendor").status_code == 403
    page = as_person("远达客服部").get("/vendor").text
    assert "华声" not in page and "还没有反馈。" in page and "没有已确认的问题。" in page and "还没有关账的月份" in page


def test_the_day_s_letter_is_read_and_acknowledged_once(as_person, store):
    vendor = as_person("华声客服部")
    page = vendor.get("/vendor").text
    assert "已确认的问题（2 处），要求立即改进" in page and "今天" in page and "幺三八" not in page
    (form,) = re.findall(r'action="(/vendor/letters/\d+/acknowledge)"', page)
    assert as_person("远达客服部").post(form).status_code == 404
    assert vendor.post(form).headers["location"].startswith("/vendor?done=letter-")
    with reading(store) as session:
        (kept,) = letters(session, "华声")
    assert kept.acknowledged_by == "华声客服部"
    page = vendor.get("/vendor").text
    assert "华声客服部 已确认" in page and form not in page
    again = vendor.post(form)
    assert again.status_code == 409 and "已经有人确认过" in again.text


def test_the_statement_is_linked_and_confirmed(as_person, store):
    vendor = as_person("华声客服部")
    page = vendor.get("/vendor").text
    assert "2026-03" in page and "应付 54.00 元" in page and "72.00" in page and "−6.00" in page
    link = re.search(r'href="(/statements/[^"]+)"', page)[1]
    statement = vendor.get(link)
    assert statement.status_code == 200 and "54.00" in statement.text
    assert as_person("远达客服部").get(link).status_code == 404
    assert vendor.post("/vendor/statements/2026-03/confirm").status_code == 303
    assert vendor.post("/vendor/statements/2026-03/confirm").status_code == 303, "a second click says nothing new"
    with reading(store) as session:
        (one,) = confirmations(session, Month(2026, 3))
    assert (one.vendor, one.person) == ("华声", "华声客服部")
    assert "/vendor/statements/2026-03/confirm" not in vendor.get("/vendor?month=2026-03").text
    for month in ("2026-04", "2026-3", "x"):
        assert vendor.post(f"/vendor/statements/{month}/confirm").status_code == 404
        assert vendor.get(f"/vendor?month={month}").status_code == 404
    assert as_person("远达客服部").post("/vendor/statements/2026-03/confirm").status_code == 404


def test_faults_are_paged_newest_first_with_their_second_and_window(as_person):
    vendor = as_person("华声客服部")
    page = vendor.get("/vendor").text
    listed = page.partition('id="faults"')[2]
    assert listed.index("通话 n1") < listed.index("通话 c4")
    assert "/calls/" in page and "?at=47000" in page
    # The letter has not gone out yet: the days run from then on.
    assert "反馈发出后起算" in page
    older = vendor.get("/vendor?before=4").text
    listed = older.partition('id="faults"')[2]
    assert "通话 n1" not in listed and "通话 c4" in listed and "回到最新" in listed
    assert vendor.get("/vendor?before=0").status_code == 422
    assert vendor.get(f"/vendor?before={10**30}").status_code == 422


def test_a_rectification_is_planned_reported_and_then_closed_by_a_supervisor(as_person, store):
    vendor = as_person("华声客服部")
    page = vendor.get("/vendor").text
    number = rectification(page)
    assert "还有 14 天" in page and "全员重训服务禁语" in page
    path = f"/vendor/rectifications/{number}/report"
    assert as_person("远达客服部").post(path, data={"kind": "plan", "text": "x"}).status_code == 404
    assert vendor.post(path, data={"kind": "nothing", "text": "x"}).status_code == 422
    assert vendor.post(path, data={"kind": "plan", "text": " "}).status_code == 400
    assert vendor.post("/vendor/rectifications/1/report", data={"kind": "plan", "text": "x"}).status_code == 404
    assert vendor.post(path, data={"kind": "plan", "text": "周一开班<i>重训</i>"}).status_code == 303
    vendor.post(path, data={"kind": "done", "text": "签到表已交"})
    page = vendor.get("/vendor").text
    assert "周一开班&lt;i&gt;重训" in page and "整改完成情况 · 华声客服部" in page
    file = as_person("王敏").get("/vendors/华声").text
    assert "周一开班&lt;i&gt;重训" in file and "签到表已交" in file
    with writing(store) as session:
        Desk(session, SUPERVISOR, NOW, ZONE).close_rectification(number, "核验属实")
        assert rectification_reports(session, YUANDA, [number]) == {}
    late = vendor.post(path, data={"kind": "done", "text": "再报一次"})
    assert late.status_code == 409 and "已经结束" in late.text
    assert path not in vendor.get("/vendor").text
    with reading(store) as session:
        assert [one.detail for one in events(session, subject=f"rectification {number}")] == ["done", "plan"]


def test_the_house_sees_all_vendors_and_what_each_lacks(as_person):
    reviewer = as_person("王敏")
    page = reviewer.get("/vendors").text
    assert all(words in page for words in ("/vendors/%E5%8D%8E%E5%A3%B0", "总代理", "2026-01-01–2028-12-31"))
    file = reviewer.get("/vendors/华声")
    assert file.status_code == 200 and "J-3" in file.text and "警告" in file.text
    assert "没有登记的话务员" in file.text
    assert reviewer.get("/vendors/无此公司").status_code == 404
    assert as_person("华声客服部").get("/vendors/华声").status_code == 403
    english = reviewer.get(
        "/vendors/华声", headers={"Cookie": f"callqa_session={reviewer.cookies['callqa_session']}; lang=en"}
    )
    assert "joining fee fen" in english.text and "加盟费(分)" not in english.text
