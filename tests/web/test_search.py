import re
from html import unescape
from urllib.parse import quote

from pipeline.store.engine import open_engine, reading
from pipeline.store.events import events
from pipeline.store.tables import Did, TurnRow
from pipeline.text.masking import mask


def said_in_store(house):
    """Any turn of an agent with enough hanzi and no number in it."""
    with reading(open_engine(house.database_url)) as session:
        for turn in session.query(TurnRow).order_by(TurnRow.inspection_id, TurnRow.position):
            if turn.speaker == "agent" and len(turn.text) > 8 and turn.text.isalpha() and mask(turn.text) == turn.text:
                return turn
    raise AssertionError("nobody says anything")


def hits(page):
    """(address of the call, marked words) of each hit."""
    items = re.findall(r'<li class="card">(.*?)</li>', page, re.S)
    return [
        (re.search(r'href="(/calls/\d+\?at=\d+)"', item).group(1), unescape("".join(re.findall(r"<mark[^>]*>(.*?)</mark>", item))))
        for item in items
    ]  # fmt: skip


def test_what_an_agent_said_leads_to_its_second(as_person, house):
    turn = said_in_store(house)
    words = turn.text[2:7]
    answer = as_person("王敏").get("/search", params={"q": words})
    assert answer.status_code == 200
    found = hits(answer.text)
    assert found and all(marked == words for _, marked in found)
    assert any(turn.start_ms <= int(address.rpartition("=")[2]) < turn.end_ms for address, _ in found)


def test_by_sound_a_homophone_is_found_and_named(as_person, house):
    words = said_in_store(house).text[2:7]
    homophone = words.translate(str.maketrans({"我": "窝", "是": "事", "不": "步", "他": "她", "这": "浙", "有": "友"}))
    assert homophone != words
    client = as_person("李主任")
    by_sound = client.get("/search", params={"q": homophone, "how": "sound"}).text
    assert words in [marked for _, marked in hits(by_sound)]
    letters = client.get("/search", params={"q": "yidong", "how": "sound"}).text
    assert "读音相同" in letters
    assert hits(client.get("/search", params={"q": "yidong"}).text) == []


def test_filters_and_pages_go_on_with_what_was_asked(as_person):
    client = as_person("王敏")
    page = client.get("/search", params={"q": "您", "speaker": "agent", "vendor": "华声外呼"}).text
    assert len(hits(page)) == 30
    assert page.count("华声外呼 ·") == 30
    following = unescape(re.search(r'rel="next" href="([^"]+)"', page).group(1))
    assert "speaker=agent" in following and quote("华声外呼") in following
    more = client.get(following).text
    assert hits(more) and not set(hits(page)) & set(hits(more))
    assert hits(client.get("/search", params={"q": "您", "first": "2020-01-01", "last": "2020-01-31"}).text) == []


def test_every_search_is_written_down_without_numbers(as_person, house):
    as_person("王敏").get("/search", params={"q": "给我 13800138000", "vendor": "华声外呼"})
    with reading(open_engine(house.database_url)) as session:
        (told, *_) = events(session, did=Did.READ, subject="search")
    assert (told.person, told.detail) == ("王敏", "q=给我 *********** how=words vendor=华声外呼")


def test_who_may_search(as_person):
    for name, status in (("审计员", 200), ("陈副总", 403), ("管理员", 403), ("华声外呼客服部", 403)):
        assert as_person(name).get("/search", params={"q": "您好"}).status_code == status, name


def test_what_cannot_be_searched_is_said(as_person):
    client = as_person("王敏")
    for given, sentence in (
        ({"q": "？！"}, "没有可以听到的字"),
        ({"q": "您", "first": "30.3.2026"}, "日期请写成"),
        ({"q": "您", "speaker": "robot"}, "请在列表里选择"),
    ):
        answer = client.get("/search", params=given)
        assert answer.status_code == 400 and sentence in answer.text, given
    for before in ("x", "-1", str(2**70)):
        assert client.get("/search", params={"q": "您", "before": before}).status_code == 422, before


def test_html_in_a_query_is_text(as_person):
    page = as_person("王敏").get("/search", params={"q": "<script>alert(1)</script>"}).text
    assert "<script>alert" not in page
