"""The queue in the browser: ranked, filtered, and one button that chooses; nothing tells why a call is handed out."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, select

from pipeline.services.drawing import open_store
from pipeline.store.desks import hand
from pipeline.store.engine import reading, writing
from pipeline.store.people import find_person
from pipeline.store.tables import AssignmentRow, CallRow, FindingRow, Occasion, QueueRow, QueueRuleRow, VerdictRow
from pipeline.store.verdicts import judged_calls
from tests.flows.conftest import Callqa
from tests.policy.outcomes.desk import Dice
from tests.web.axe import serious

CALL = re.compile(r'<li>\s*<a href="/calls/(\d+)">')


def rows(house, *conditions):
    engine = open_store(house)
    with reading(engine) as session:
        found = session.scalars(select(QueueRow).where(*conditions).order_by(QueueRow.priority.desc(), QueueRow.call_pk.desc())).all()  # fmt: skip
    engine.dispose()
    return found


def put(house, call_pk, name, occasion):
    engine = open_store(house)
    with writing(engine) as session:
        row = session.get_one(CallRow, call_pk)
        hand(session, row.id, find_person(session, name), occasion, row.registered_at)
    engine.dispose()


def unflagged(house):
    engine = open_store(house)
    with reading(engine) as session:
        query = select(CallRow.id).where(CallRow.state == "inspected", CallRow.id.not_in(select(QueueRow.call_pk)))
        found = session.scalars(query.order_by(CallRow.id)).first()
    engine.dispose()
    return found


def listed(answer):
    return [int(pk) for pk in CALL.findall(answer.text)]


def test_the_most_urgent_is_on_top_with_its_words_and_its_second(house, as_person):
    answer = as_person("王敏").get("/queue")
    waiting = rows(house, QueueRow.is_open)
    assert listed(answer) == [row.call_pk for row in waiting] and waiting
    assert f"符合条件 {len(waiting)} 通" in answer.text
    engine = open_store(house)
    with reading(engine) as session:
        words = session.scalars(select(FindingRow.matched).where(FindingRow.severity == "fatal")).all()
    engine.dispose()
    quotes = "".join(re.findall(r"<q>(.*?)</q>", answer.text))
    assert any(word in quotes for word in words)
    assert re.search(r"\d:\d\d", answer.text)


def test_filters_are_a_plain_form_and_stay_in_it(house, as_person):
    client, first = as_person("王敏"), rows(house, QueueRow.is_open)[0]
    answer = client.get(
        "/queue", params={"vendor": first.vendor, "grade": first.grade, "day": str(first.day), "rule": ""}
    )
    alike = rows(
        house,
        QueueRow.is_open,
        QueueRow.vendor == first.vendor,
        QueueRow.grade == first.grade,
        QueueRow.day == first.day,
    )
    assert listed(answer) == [row.call_pk for row in alike]
    assert f'<option value="{first.vendor}" selected>' in answer.text and 'method="get" action="/queue"' in answer.text
    assert "没有符合条件的通话" in client.get("/queue", params={"agent": "没有这个人"}).text
    decided = listed(client.get("/queue?show=decided"))
    assert decided == [row.call_pk for row in rows(house, ~QueueRow.is_open)] and decided


def test_a_decided_call_is_listed_with_what_was_decided_not_with_what_was_found(house, as_person):
    engine = open_store(house)
    with reading(engine) as session:
        call_pk = session.scalars(select(VerdictRow.call_pk).where(VerdictRow.decision == "overturned")).one()
        judged = judged_calls(session, [call_pk])[call_pk]
    engine.dispose()
    (line,) = re.findall(
        rf'<li>\s*<a href="/calls/{call_pk}">.*?</li>', as_person("王敏").get("/queue?show=decided").text, re.DOTALL
    )
    assert f"属实 {judged.faults} 处，不属实 {judged.overturned} 处" in line
    assert f"severity-{judged.gravest}" in line if judged.gravest else "severity-" not in line


def test_pages_are_links(house, as_person, monkeypatch):
    monkeypatch.setattr("pipeline.services.queue_view.PAGE", 2)
    client, seen, address = as_person("王敏"), [], "/queue?show=decided&grade=3"
    while address:
        answer = client.get(address)
        seen += listed(answer)
        address = answer.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert seen == [row.call_pk for row in rows(house, ~QueueRow.is_open, QueueRow.grade == 3)]
    assert len(seen) > 4


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("day=gestern", "日期请写成"),
        ("grade=4", "级别是"),
        ("after=1", "这一页的地址不完整"),
        ("after=x.y", "这一页的地址不完整"),
        ("show=secret", "没有这个列表"),
    ],
)
def test_what_is_no_filter_is_refused_in_words(as_person, asked, said):
    answer = as_person("王敏").get(f"/queue?{asked}")
    assert answer.status_code == 400 and said in answer.text


def test_what_is_typed_into_a_filter_is_text(as_person):
    answer = as_person("王敏").get("/queue", params={"agent": '"><script>alert(1)</script>'})
    assert answer.status_code == 200 and "<script>alert" not in answer.text


def test_others_have_no_queue(as_person):
    for name in ("赵经理", "审计员", "管理员"):
        assert as_person(name).get("/queue").status_code == 403
        assert as_person(name).post("/queue/next").status_code == 403


@pytest.fixture
def flagged_alone(monkeypatch):
    """Dice that hand out neither control calls nor second hearings."""
    monkeypatch.setattr("pipeline.web.queue._DICE", Dice(9_999))


def test_the_button_hands_out_a_call_and_the_same_one_until_it_is_done(flagged_alone, as_person):
    first, other = as_person("王敏"), as_person("刘洋")
    given = first.post("/queue/next")
    assert given.status_code == 303 and re.fullmatch(r"/calls/\d+", given.headers["location"])
    assert first.post("/queue/next").headers["location"] == given.headers["location"]
    assert other.post("/queue/next").headers["location"] != given.headers["location"]
    assert first.get(given.headers["location"]).status_code == 200
    call_pk = int(given.headers["location"].rpartition("/")[2])
    assert call_pk not in listed(first.get("/queue"))
    mine = first.get("/queue?show=mine").text
    assert f'href="/calls/{call_pk}"' in mine and "放回队列" in mine
    back = first.post(f"/queue/{call_pk}/back")
    assert back.status_code == 303 and back.headers["location"] == "/queue"
    assert call_pk in listed(first.get("/queue"))
    assert first.post(f"/queue/{call_pk}/back").status_code == 404


def test_who_hears_a_call_now_is_told_to_the_others(flagged_alone, as_person):
    given = as_person("王敏").post("/queue/next").headers["location"]
    answer = as_person("刘洋").get("/queue")
    assert int(given.rpartition("/")[2]) in listed(answer)
    assert "王敏 正在听" in answer.text
    assert "刘洋 正在听" not in answer.text


def test_the_page_of_a_flagged_call_says_who_hears_it_and_other_pages_nothing(flagged_alone, house, as_person):
    address = as_person("王敏").post("/queue/next").headers["location"]
    other = as_person("刘洋")
    assert "王敏 正在听这一通" in other.get(address).text
    assert "正在听" not in as_person("王敏").get(address).text
    assert "正在听" not in as_person("赵经理").get(address).text
    put(house, unflagged(house), "王敏", Occasion.CONTROL)
    put(house, rows(house, ~QueueRow.is_open)[0].call_pk, "王敏", Occasion.SECOND)
    for call_pk in (unflagged(house), rows(house, ~QueueRow.is_open)[0].call_pk):
        assert "正在听" not in other.get(f"/calls/{call_pk}").text


@pytest.mark.parametrize("occasion", [Occasion.CONTROL, Occasion.SECOND])
def test_who_hears_a_call_is_not_told_to_who_has_it_on_his_own_desk(flagged_alone, house, as_person, occasion):
    address = as_person("王敏").post("/queue/next").headers["location"]
    put(house, int(address.rpartition("/")[2]), "刘洋", occasion)
    assert "正在听" not in as_person("刘洋").get(address).text


def test_nothing_tells_why_a_call_is_on_the_desk(house, as_person):
    """A flagged call, one in which nothing was found, and one that another has judged look the same, and are in no list."""
    calls = {
        Occasion.FLAGGED: rows(house, QueueRow.is_open)[0].call_pk,
        Occasion.CONTROL: unflagged(house),
        Occasion.SECOND: rows(house, ~QueueRow.is_open)[0].call_pk,
    }
    for occasion, call_pk in calls.items():
        put(house, call_pk, "刘洋", occasion)
    client = as_person("刘洋")
    pages = [client.get(f"/queue?show={show}").text for show in ("open", "decided", "mine")]
    lines = re.findall(r"<tr><td><a href=\"/calls/(\d+)\".*?</tr>", pages[2], re.DOTALL)
    assert sorted(map(int, lines)) == sorted(calls.values())
    shapes = {
        re.sub(r"\d+|[\u4e00-\u9fff\w-]+外呼|[\w-]+", "", line)
        for line in re.findall(r"<tr><td><a.*?</tr>", pages[2], re.DOTALL)
    }
    assert len(shapes) == 1
    for text in pages:
        assert not re.search(r"flagged|control|second|对照|盲|复听", text, re.IGNORECASE)
    assert not set(calls.values()) & {int(pk) for text in pages[:2] for pk in CALL.findall(text)}


def test_an_empty_queue_says_so(house, as_person):
    engine = open_store(house)
    with writing(engine) as session:
        for row in session.scalars(select(QueueRow)):
            row.is_open, row.open_findings = False, 0
        session.flush()
    engine.dispose()
    client = as_person("王敏")
    answer = client.post("/queue/next")
    assert answer.headers["location"] == "/queue?empty=1"
    assert "没有要判的通话了" in client.get("/queue?empty=1").text


def test_a_store_of_an_older_version_fills_its_queue_when_it_is_brought_up_to_date(house):
    engine = open_store(house)
    with writing(engine) as session:
        session.execute(delete(QueueRuleRow))
        session.execute(delete(QueueRow))
    engine.dispose()
    Callqa(house.root)("init", house.root)
    assert rows(house)


def test_it_reads_well_on_a_desk_and_on_a_telephone(browser_page, house):
    put(house, rows(house, QueueRow.is_open)[0].call_pk, "王敏", Occasion.FLAGGED)
    for width in (1280, 390):
        page = browser_page("王敏", width=width)
        for show in ("open", "decided", "mine"):
            page.goto(f"/queue?show={show}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert serious(page) == [], (show, width)


def test_one_press_begins(browser_page, house):
    page = browser_page("王敏")
    page.goto("/queue")
    # The browser gives the focus at its next picture, which may come after the page has loaded.
    expect(page.locator(".queue-next")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/calls/\d+$"))
    engine = open_store(house)
    with reading(engine) as session:
        assert session.scalars(select(AssignmentRow.person)).all() == ["王敏"]
    engine.dispose()


def test_it_works_without_javascript(browser_page):
    page = browser_page("王敏", java_script_enabled=False)
    page.goto("/queue")
    page.select_option("select[name=grade]", "3")
    page.click("form[action='/queue'] button")
    page.wait_for_url("**grade=3**")
    page.click("text=开始复核")
    page.wait_for_url(re.compile(r"/calls/\d+$"))
