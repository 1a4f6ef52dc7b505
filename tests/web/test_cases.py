"""Warnings and exit cases in the hands of those who decide them: by forms alone, and by three people in three browsers."""

import re

import pytest
from playwright.sync_api import expect

from pipeline.records.entry import EntryKind
from pipeline.services.cases import open_what_is_due
from pipeline.services.exiting import Desk
from pipeline.store.cases import vendor_history
from pipeline.store.engine import open_engine, reading, writing
from pipeline.store.events import events
from pipeline.store.facts import record_fact
from pipeline.store.ledger import entries
from pipeline.store.tables import Did
from tests.heard import SUPERVISOR, at
from tests.known import EXCLUSIVE, facts
from tests.ledger.text import ZONE

from .axe import serious
from .closed_house import make_house
from .desk import text_of

NOTE = "<b onclick=alert(1)>核实</b>"


@pytest.fixture
def house(tmp_path):
    """March has warned 华声 twice; a third warning has opened a case."""
    made = make_house(tmp_path / "house")
    with writing(open_engine(made.database_url)) as session:
        for fact in facts(
            f"{EXCLUSIVE}华声 admitted survey 2026-01-01\n华声 qualification exclusive 2026-01-01..2027-12-31"
        ):
            record_fact(session, fact)
        Desk(session, SUPERVISOR, at("2026-04-03"), ZONE).give_warning("华声", "telemarketing", "未按脚本外呼")
        open_what_is_due(session, at("2026-04-03"), zone=ZONE)
    return made


@pytest.fixture
def number(house):
    """The case's."""
    return history(house).cases[0].number


def history(house):
    with reading(open_engine(house.database_url)) as session:
        return vendor_history(session, "华声", ZONE)


def test_three_people_end_a_cooperation_in_their_order(as_person, house, number):
    """The suspension, 初审, 复审, 终审, the checklist, the exit; whoever acts too early or twice is refused and nothing is written."""
    path = f"/cases/{number}"
    lee, sun, chen = (as_person(name) for name in ("李主任", "孙经理", "陈副总"))
    assert "等您处理" in text_of(lee.get("/cases")) and "等您处理" not in text_of(chen.get("/cases"))
    said = text_of(lee.get(path))
    assert "系统已于 2026-04-03 自动中止新业务；请主管核实并记录" in said and "系统自动中止新业务" in said
    assert "可以先办先记；结案前必须齐全。" in said and "可以先办先记" not in text_of(chen.get(path)), "who hands over"
    assert lee.post(f"{path}/approve").status_code == 409, "the suspension comes first"
    assert lee.post(f"{path}/suspend", data={"note": NOTE}).headers["location"] == f"{path}?done=suspended"
    assert f"{path}/approve" not in sun.get(path).text and f"{path}/approve" in lee.get(path).text
    said = text_of(sun.get(path))
    assert "请主管核实并记录" not in said and "核实并记录中止新业务 李主任" in said
    for early in (sun, chen):
        refused = early.post(f"{path}/approve")
        assert refused.status_code == 409 and "没有记录：情况已经变了" in refused.text
    for client in (lee, sun, chen):
        assert "等您处理" in text_of(client.get("/cases"))
        assert client.post(f"{path}/approve", data={"note": "同意"}).status_code == 303
        assert client.post(f"{path}/approve").status_code == 409, "nobody approves twice"
    assert lee.post(f"{path}/close").status_code == 409, "nothing is handed over yet"
    listed = re.findall(r'name="item" value="([^"]+)"', lee.get(path).text)
    assert len(listed) == 5
    for item in listed:
        assert as_person("王敏").post(f"{path}/handover", data={"item": item}).status_code == 303
    assert lee.post(f"{path}/handover", data={"item": "别的东西"}).status_code == 409
    done = lee.post(f"{path}/close", data={"note": "办结"})
    assert "已结案，该公司退出" in text_of(lee.get(done.headers["location"]))
    (case,) = history(house).cases
    assert (case.state.value, [one.person for one in case.approvals]) == ("exited", ["李主任", "孙经理", "陈副总"])
    with reading(open_engine(house.database_url)) as session:
        decided = [one.detail for one in events(session, did=Did.DECIDED, subject=f"exit case {number}")]
    assert sorted(set(decided)) == ["approved", "closed", "handed", "suspended"]


def test_a_note_is_text(as_person, number):
    client = as_person("李主任")
    client.post(f"/cases/{number}/suspend", data={"note": NOTE})
    page = client.get(f"/cases/{number}").text
    assert "&lt;b onclick" in page and "<b onclick" not in page
    assert client.post(f"/cases/{number}/approve", data={"note": "长" * 2_001}).status_code == 400


def test_what_no_longer_stands_is_dropped(as_person, house, number):
    client = as_person("李主任")
    warning = history(house).warnings[0].number
    assert client.post(f"/cases/warnings/{warning}/void", data={"reason": " "}).status_code == 400
    assert client.post(f"/cases/warnings/{warning}/void", data={"reason": "申诉成立"}).status_code == 303
    assert client.post(f"/cases/warnings/{warning}/void", data={"reason": "申诉成立"}).status_code == 409
    said = text_of(client.get(f"/cases/{number}"))
    assert "立案依据已不成立" in said and "只能撤案" in said
    assert client.post(f"/cases/{number}/drop", data={"reason": ""}).status_code == 400
    client.post(f"/cases/{number}/drop", data={"reason": "警告已撤销"})
    assert history(house).cases[0].state.value == "dropped"


def test_what_is_to_be_put_right_has_its_last_day(as_person, house):
    client = as_person("李主任")
    demand = {"vendor": "华声", "demand": "全员重训服务禁语", "warning": ""}
    assert client.post("/cases/rectifications", data=demand | {"warning": "九"}).status_code == 400
    assert client.post("/cases/rectifications", data=demand | {"warning": "999"}).status_code == 409
    assert client.post("/cases/rectifications", data=demand | {"vendor": "没有的公司"}).status_code == 400
    assert client.post("/cases/rectifications", data=demand).status_code == 303
    said = text_of(client.get("/cases"))
    assert "还剩 14 天" in said and "全员重训服务禁语" in said
    (open_one,) = history(house).rectifications
    assert client.post(f"/cases/rectifications/{open_one.number}/close", data={"shown": "签到表"}).status_code == 303
    assert client.post(f"/cases/rectifications/{open_one.number}/close", data={"shown": "签到表"}).status_code == 409
    assert "已完成" in text_of(client.get("/cases?vendor=华声"))


def test_an_exit_is_proposed_and_a_veto_recorded_by_those_who_may(as_person, house):
    sun, chen = as_person("孙经理"), as_person("陈副总")
    proposal = {"vendor": "华声", "business_type": "survey", "reason": "本公司申请退出调查业务"}
    assert as_person("王敏").post("/cases/propose", data=proposal).status_code == 409
    assert sun.post("/cases/propose", data=proposal | {"business_type": "fishing"}).status_code == 400
    opened = sun.post("/cases/propose", data=proposal)
    assert re.fullmatch(r"/cases/\d+\?done=opened", opened.headers["location"])
    assert "调查" in text_of(sun.get(opened.headers["location"]))
    assert sun.post("/cases/propose", data=proposal).status_code == 409, "one open case about it"
    assert chen.post("/cases/veto", data={"vendor": "华声", "reason": "现场推销联通卡"}).status_code == 303
    with reading(open_engine(house.database_url)) as session:
        kinds = [one.entry.kind for one in entries(session, kinds=(EntryKind.VETO, EntryKind.EXIT_OPENED))]
    assert kinds == [EntryKind.EXIT_OPENED, EntryKind.EXIT_OPENED, EntryKind.VETO, EntryKind.EXIT_OPENED]


def test_roles_see_and_do_what_is_theirs(as_person, number):
    auditor, reviewer, vendor = (as_person(name) for name in ("审计员", "王敏", "华声客服部"))
    assert auditor.get(f"/cases/{number}").status_code == 200
    assert "<form" not in auditor.get(f"/cases/{number}").text.partition("<main")[2], "an auditor changes nothing"
    for path in (f"/cases/{number}/approve", f"/cases/{number}/suspend", "/cases/warnings", "/cases/veto"):
        assert auditor.post(path, data={"vendor": "华声", "project": "x", "reason": "x"}).status_code == 403, path
    assert reviewer.post(f"/cases/{number}/suspend").status_code == 403
    assert vendor.get("/cases").status_code == 403
    for nowhere in ("/cases/1", "/cases/999", "/cases/x"):
        assert auditor.get(nowhere).status_code == 404


def test_warning_a_vendor_by_hand(as_person, house):
    client = as_person("周主任")
    told = {"vendor": "华声", "project": "survey", "reason": "私自外包"}
    assert client.post("/cases/warnings", data=told | {"project": ""}).status_code in (400, 422)
    assert client.post("/cases/warnings", data=told).status_code == 303
    assert client.post("/cases/warnings", data=told).status_code == 409
    assert "私自外包" in text_of(client.get("/cases"))


@pytest.mark.parametrize("width", [1280, 390])
def test_three_browsers_approve(browser_page, house, number, width):
    """As people do it, by buttons; with a phone too."""
    steps = [("李主任", "核实并记录"), ("李主任", "同意退出"), ("孙经理", "同意退出"), ("陈副总", "同意退出")]
    pages = {name: browser_page(name, width=width) for name in {name for name, _ in steps}}
    for name, button in steps:
        page = pages[name]
        page.goto("/cases")
        page.click(".mine a")
        page.wait_for_url(f"**/cases/{number}*")
        assert serious(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.click(f"button:has-text('{button}')")
        expect(page.locator(".done")).to_be_visible()
    assert len(history(house).cases[0].approvals) == 3
