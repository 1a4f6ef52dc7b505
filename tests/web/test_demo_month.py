"""The demo's closed March as its pages tell it: calls that were all heard, what earlier months moved, who gets no new work."""

from dataclasses import replace

from pipeline.services import board as boards

from .desk import text_of


def test_a_month_that_was_heard_whole_shows_no_interval(as_person):
    client = as_person("赵经理")
    board = text_of(client.get("/month/2026-03"))
    assert "65.7 全查 33.3% 全查" in board and "–65.7" not in board and "“全查”是全部通话都查了" in board
    ranking = text_of(client.get("/ranking/2026-03"))
    assert "65.7 (全查)" in ranking and "–65.67" not in ranking
    why = text_of(client.get("/month/2026-03/华声外呼/telemarketing"))
    assert "65.67（全部通话都查了，没有抽样误差）" in why


def test_what_earlier_months_moved_stands_below_the_net(as_person, monkeypatch):
    client, lines = as_person("李主任"), boards.settlement_lines
    assert "含以前月份" not in text_of(client.get("/month/2026-03")), "nothing moved anything"

    def moved(session, closing):
        return [replace(one, prior_month_fen=-94 * (one.vendor == "远达呼叫")) for one in lines(session, closing)]

    monkeypatch.setattr(boards, "settlement_lines", moved)
    assert text_of(client.get("/month/2026-03")).count("含以前月份 −0.94") == 4


def test_who_is_suspended_is_named_and_gets_no_share(as_person):
    ranking = text_of(as_person("陈副总").get("/ranking/2026-03"))
    assert (
        "华声外呼 已中止新业务 65.7 (全查) – 75.0% 0.0%" in ranking
        and "远达呼叫 64.7 (全查) – 100.0% 100.0%" in ranking
    )


def test_grounds_of_a_warning_name_the_fault(as_person):
    own = text_of(as_person("华声外呼客服部").get("/vendor"))
    assert "telemarketing经复核确认谩骂，1通" in own and "phrase.abuse" not in own
