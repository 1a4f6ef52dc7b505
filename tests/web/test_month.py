"""The month as its people see it: the board, the close, the explanation down to the second, the files."""

import io
import re
import zipfile
from contextlib import ExitStack

import pytest
from playwright.sync_api import expect

from pipeline.records.entry import EntryKind
from pipeline.records.month import Month
from pipeline.services.ledger_proof import verify_ledger
from pipeline.store.counts import ProjectMonth, SuccessCount, save_success_counts
from pipeline.store.engine import open_engine, reading, writing
from pipeline.store.events import events
from pipeline.store.findings import to_review
from pipeline.store.ledger import entries
from pipeline.store.month_lines import closings
from pipeline.store.tables import Did
from pipeline.store.tables.months import Side
from tests.flows.test_closing import MARCH, overturned
from tests.heard import SUPERVISOR, at

from .axe import serious
from .closed_house import make_house
from .conftest import Client, serving
from .desk import text_of

LINE = "/month/2026-03/华声/telemarketing"


@pytest.fixture
def house(tmp_path):
    """March is closed: 72.00 points, 60.00 yuan less 6.00."""
    return make_house(tmp_path / "house")


@pytest.fixture
def open_house(tmp_path):
    """March is open, its coercion undecided."""
    return make_house(tmp_path / "open", undecided=["c4"], is_closed=False)


@pytest.fixture
def as_person_in():
    """as_person_in(settings, "王敏"): somebody's client at a server over another house."""
    with ExitStack() as until_the_end:
        served = {}

        def log_in(settings, name):
            if settings not in served:
                served[settings] = until_the_end.enter_context(serving(settings))
            return until_the_end.enter_context(Client(served[settings])).log_in(name)

        yield log_in


def told(house, did):
    with reading(open_engine(house.database_url)) as session:
        return [one.subject for one in events(session, did=did)]


def test_the_latest_month_opens_with_what_was_closed(as_person):
    client = as_person("陈副总")
    assert client.get("/month").headers["location"] == "/month/2026-03"
    said = text_of(client.get("/month/2026-03"))
    for figure in ("已关账", "已评分", "72.0 28.2–78.0", "50.0%", "三级", "0.90", "−6.00", "54.00"):
        assert figure in said, figure
    assert "关账清单" not in said and "重述这个月" not in said, "a vice-president closes nothing"


def test_a_vendor_is_chosen_and_its_projects_are_drawn(as_person):
    client = as_person("李主任")
    assert "没有通话" in text_of(client.get("/month/2026-03?vendor=远达"))
    page = client.get("/month/2026-03?vendor=华声").text
    assert "按项目" in page and "telemarketing" in page
    assert client.get("/month/2026-03?revision=7").status_code == 404
    for nowhere in (
        "/month/2026-13",
        "/month/now",
        "/month/2025-01",
        "/ranking/2026-04",
        "/month/2026-03/华声/nothing",
    ):
        assert client.get(nowhere).status_code == 404, nowhere


def test_the_board_and_the_files_are_taken_along_and_that_is_written_down(as_person, house):
    client = as_person("审计员")
    table = client.get("/month/2026-03/board.csv")
    heading, line = table.content.decode("utf-8-sig").splitlines()
    row = dict(zip(heading.split(","), line.split(","), strict=True))
    assert (row["外呼公司"], row["得分"], row["净额（分）"]) == ("华声", "72.00", "5400")
    answer = client.get("/month/2026-03/export.zip")
    assert answer.headers["content-disposition"] == 'attachment; filename="callqa-2026-03-r0.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert {"scores.csv", "settlement.csv", "report.xlsx", "manifest.json", "statements/华声.html"} <= set(
            packed.namelist()
        )
        statement = packed.read("statements/华声.html")
    shown = client.get("/statements/JS-202603-0001")
    assert shown.content == statement, "what is shown is what was exported"
    assert (
        "script" not in shown.headers["content-security-policy"]
        and "default-src 'none'" in shown.headers["content-security-policy"]
    )
    assert told(house, Did.EXPORTED) == ["month 2026-03", "board 2026-03"]
    assert client.get("/month/2026-04/export.zip").status_code == 404


def test_why_a_vendor_lost_money_is_three_clicks_away(browser_page):
    page = browser_page("李主任")
    page.goto("/month/2026-03")
    page.click("table.board a:has-text('54.00')")
    for words in ("质量系数 0.9：得分 72.00，在 70 分至不到 80 分一档", "通话 c4：0 分", "强迫诱骗 −100"):
        expect(page.get_by_text(words).first).to_be_visible()
    assert page.get_attribute("li.call:has-text('通话 c4') a.listen >> nth=0", "href").endswith("?at=20000")
    page.click("summary:has-text('通话 c4')")
    assert "王敏（复核员）" in page.inner_text("li.verdict >> nth=0"), "opened, a call says who decided"
    page.click("li.finding summary >> nth=0")
    assert "不办就给您停机" in page.inner_text("li.finding >> nth=0")
    page.goto("/month/2026-03")
    page.click("table.board a:has-text('为什么')")
    page.click("li.call a.listen >> nth=0")
    page.wait_for_url(re.compile(r"/calls/\d+\?at=20000$"))


@pytest.mark.parametrize("path", ["/month/2026-03", LINE, "/ranking/2026-03", "/explain?name=5", "/cases"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_for_everybody(browser_page, path, width):
    page = browser_page("李主任", width=width)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert serious(page) == []


def test_plots_are_drawn_with_their_table(browser_page):
    page = browser_page("李主任")
    page.goto("/month/2026-03")
    page.wait_for_selector("#plot-scores canvas")
    with page.expect_download() as picture:
        page.click("[data-download-plot=plot-scores]")
    assert picture.value.suggested_filename == "plot-scores.png"
    page.click("summary:has-text('数据表')")
    assert "72.0" in page.inner_text(".plot-table table")


def test_a_vendors_people_see_their_own_statement_and_nothing_else(as_person):
    own, other = as_person("华声客服部"), as_person("远达客服部")
    said = text_of(own.get("/explain?name=JS-202603-0001"))
    assert "净额 54.00 元" in said and "强迫诱骗" in said
    assert "王敏" not in said, "who decided is nobody's business outside"
    assert "王敏" in text_of(as_person("李主任").get("/explain?name=JS-202603-0001"))
    for path in ("/explain?name=JS-202603-0001", LINE, "/statements/JS-202603-0001"):
        assert own.get(path).status_code == 200, path
        assert other.get(path).status_code == 404, path
    for path in ("/explain?name=5", "/explain?name=verdict 1", "/explain?name=华声/c1", "/explain?name=JS-209901-0001"):
        assert own.get(path).status_code == 404, path
    for path in ("/month", "/month/2026-03", "/month/2026-03/board.csv", "/ranking/2026-03", "/cases"):
        assert own.get(path).status_code == 403, path


def test_an_explanation_is_said_in_the_language_of_the_page(as_person):
    client = as_person("李主任")
    client.cookies.set("lang", "en")
    assert "quality factor" in client.get(LINE).text
    assert "Nothing has this name: 什么" in text_of(client.get("/explain?name=什么"))
    assert client.get("/explain?name=什么").status_code == 404
    client.cookies.set("lang", "zh")
    assert "没有叫这个名字的东西： 什么" in text_of(client.get("/explain?name=什么"))


def test_an_open_month_says_what_is_in_the_way_and_is_closed_with_what_is_carried_over(open_house, as_person_in):
    client = as_person_in(open_house, "李主任")
    page = client.get("/month/2026-03")
    said = text_of(page)
    assert "致命发现都已判定" in said and "还有 1 处没有人判定" in said and "强迫诱骗" in said
    assert re.search(r'href="/calls/\d+\?at=20000"', page.text)
    assert "97.0" in text_of(client.get("/month/2026-03/running")), "the call that nobody has decided loses nothing yet"
    assert "97.0" in text_of(client.get("/month/2026-03?running=1")), "without scripts"
    assert client.post("/month/2026-03/close", data={}).status_code == 400
    refused = client.post("/month/2026-03/close", data={"sure": "yes"})
    assert refused.status_code == 409 and "还没有关账" in refused.text and "关账清单" in refused.text
    with reading(open_engine(open_house.database_url)) as session:
        (fatal,) = to_review(session)
        assert closings(session, MARCH) == ()
    done = client.post("/month/2026-03/close", data={"sure": "yes", "carry": str(fatal.finding_id)})
    assert (done.status_code, done.headers["location"]) == (303, "/month/2026-03?done=closed")
    assert "已关账。账目已签名" in text_of(client.get(done.headers["location"]))
    engine = open_engine(open_house.database_url)
    with reading(engine) as session:
        (closing,) = closings(session, MARCH)
        assert (closing.person, closing.revision) == ("李主任", 0)
    assert verify_ledger(open_house, engine).signed.checkpoints, "the ledger's end is signed"
    assert told(open_house, Did.DECIDED) == ["close 2026-03"]


def test_only_supervisors_close(open_house, as_person_in):
    for name in ("孙经理", "陈副总", "审计员", "王敏"):
        client = as_person_in(open_house, name)
        assert client.post("/month/2026-03/close", data={"sure": "yes"}).status_code == 403
        assert "我已核对" not in client.get("/month/2026-03").text


def test_a_restatement_follows_an_appeal_and_the_first_close_stays(as_person, house):
    client = as_person("李主任")
    engine = open_engine(house.database_url)
    same = client.post("/month/2026-03/restate", data={"sure": "yes"})
    assert same.headers["location"] == "/month/2026-03?done=same"
    overturned(engine)
    done = client.post("/month/2026-03/restate", data={"sure": "yes"})
    assert done.headers["location"] == "/month/2026-03?done=restated"
    said = text_of(client.get("/month/2026-03"))
    assert "第 1 次重述" in said and "72.0" not in said
    assert "72.0" in text_of(client.get("/month/2026-03?revision=0"))
    assert "54.00" in text_of(client.get(f"{LINE}?revision=0"))
    with reading(engine) as session:
        moved = [one.entry for one in entries(session, month=Month(2026, 4), kinds=(EntryKind.ADJUSTMENT,))]
    assert [one.subject for one in moved] == ["restatement 2026-03 r1"]


def test_counts_that_differ_are_audited_where_the_list_names_them(open_house, as_person_in):
    with writing(open_engine(open_house.database_url)) as session:
        counts = {ProjectMonth("华声", "telemarketing", MARCH): SuccessCount(9, 0)}
        save_success_counts(session, Side.VENDOR, counts, "5eed", SUPERVISOR, at("2026-04-01"))
    client = as_person_in(open_house, "周主任")
    assert "运营商 4，公司 9" in text_of(client.get("/month/2026-03"))
    audit = {"vendor": "华声", "project": "telemarketing", "accepted": "4", "text": "逐单核对工单"}
    assert client.post("/month/2026-03/audit", data=audit | {"text": " "}).status_code == 400
    by_hand = as_person_in(open_house, "李主任").post("/month/2026-03/audit", data=audit)
    assert by_hand.status_code == 409 and "没有记录" in by_hand.text, "李主任 handed in the counts"
    assert client.post("/month/2026-03/audit", data=audit | {"accepted": "10"}).status_code == 409
    done = client.post("/month/2026-03/audit", data=audit)
    assert "稽核结论已记录" in text_of(client.get(done.headers["location"]))
    assert "公司 9" not in text_of(client.get("/month/2026-03"))
