"""The pages about inspection itself, and of coaching, over a real house."""

import re

from sqlalchemy import select

from pipeline.records.month import Month
from pipeline.records.verdict import Decision
from pipeline.review.decision import Charge
from pipeline.services.calibrating import drawn_calls
from pipeline.store.calibrations import session_faults
from pipeline.store.engine import open_engine, reading, writing
from pipeline.store.events import events
from pipeline.store.opinions import put_opinion
from pipeline.store.people import find_person
from pipeline.store.seats import Seat, take_seat
from pipeline.store.tables import AssignmentRow, CallRow, Did, Occasion, VerdictRow
from tests.web.axe import serious
from tests.web.desk import text_of


def hear_twice(house):
    """刘洋 says of all that 王敏 decided what he thinks: the first of it not so."""
    with writing(open_engine(house.database_url)) as session:
        query = select(VerdictRow).where(VerdictRow.finding_id.is_not(None), VerdictRow.person == "王敏")
        for number, row in enumerate(session.scalars(query.where(VerdictRow.follows.is_(None)))):
            is_other = number == 0
            decision = (
                (Decision.OVERTURNED if row.decision.is_fault else Decision.CONFIRMED) if is_other else row.decision
            )
            charge = Charge(row.rule, row.severity, None, row.words)
            seat = Seat(row.call_pk, find_person(session, "刘洋"), True, None)
            put_opinion(session, seat, row.finding_id, decision, charge, "", row.decided_at)


def vendors(house):
    with reading(open_engine(house.database_url)) as session:
        return sorted(set(session.scalars(select(CallRow.vendor))))


def test_precision_and_agreement_are_shown_and_can_be_taken_along(house, as_person):
    hear_twice(house)
    client = as_person("李主任")
    said = text_of(client.get("/quality", params={"month": "2026-03"}))
    assert "刘洋 · 王敏" in said and "漏检估计" in said
    rules = client.get("/quality/rules.csv", params={"month": "2026-03"})
    assert rules.headers["content-disposition"].startswith("attachment") and rules.content.startswith("﻿规则".encode())
    lines = rules.text.splitlines()[1:]
    with reading(open_engine(house.database_url)) as session:
        later = select(VerdictRow.follows).where(VerdictRow.follows.is_not(None))
        decided = len(
            list(
                session.scalars(
                    select(VerdictRow.id).where(VerdictRow.finding_id.is_not(None), VerdictRow.id.not_in(later))
                )
            )
        )
        assert len(events(session, did=Did.EXPORTED, subject="quality rules")) == 1
    assert sum(int(line.split(",")[1]) for line in lines) == decided > 0
    pairs = client.get("/quality/pairs.csv", params={"month": "all"}).text.splitlines()
    assert pairs[1].startswith("刘洋,王敏,")
    assert client.get("/quality/nothing.csv").status_code == 404


def test_filters_narrow_and_what_is_no_month_is_said(house, as_person):
    client, (first, *_) = as_person("审计员"), vendors(house)
    all_of_it = client.get("/quality/rules.csv", params={"month": "all"}).text
    one = client.get("/quality/rules.csv", params={"month": "all", "vendor": first}).text
    assert 1 < len(one.splitlines()) < len(all_of_it.splitlines())
    assert len(client.get("/quality/rules.csv", params={"month": "2020-01"}).text.splitlines()) == 1
    answer = client.get("/quality", params={"month": "März"})
    assert answer.status_code == 400 and "月份要写成 2026-03 这样" in answer.text


def test_who_is_of_a_vendor_or_administers_sees_no_quality(as_person):
    for name in ("华声外呼客服部", "管理员"):
        client = as_person(name)
        assert {client.get(path).status_code for path in ("/quality", "/quality/rules.csv", "/calibration")} == {403}


def test_a_reviewer_does_not_see_the_minutes_of_others(house, as_person):
    with writing(open_engine(house.database_url)) as session:
        row = session.scalars(select(VerdictRow).order_by(VerdictRow.id)).first()
        for name in ("王敏", "刘洋"):
            session.add(
                AssignmentRow(
                    call_pk=row.call_pk, person=name, occasion=Occasion.FLAGGED, assigned_at=row.decided_at,
                    opened_at=row.decided_at, done_at=row.decided_at,
                )
            )  # fmt: skip
    everybody = as_person("李主任").get("/quality/efforts.csv?month=all").text
    own = as_person("刘洋").get("/quality/efforts.csv?month=all").text
    assert "王敏" in everybody and "刘洋" in everybody
    assert "王敏" not in own and "刘洋" in own


def test_a_session_is_opened_judged_unseen_and_compared(house, as_person):
    boss, one, other = as_person("李主任"), as_person("王敏"), as_person("刘洋")
    answer = boss.post("/calibration", data={"title": "三月校准", "month": "2026-03", "count": "2"})
    assert answer.status_code == 303
    place = answer.headers["location"].removesuffix("?done=opened")
    number = int(place.rsplit("/", 1)[1])
    with writing(open_engine(house.database_url)) as session:
        for fault in session_faults(session, number):
            for name, decision in (("王敏", Decision.CONFIRMED), ("刘洋", Decision.OVERTURNED)):
                seat = take_seat(session, fault.call_pk, find_person(session, name), number)
                charge = Charge(fault.rule, fault.severity, fault.span, fault.words)
                put_opinion(
                    session,
                    seat,
                    fault.finding_id,
                    decision,
                    charge,
                    f"<b>{name}的看法</b>，手机 13812345678",
                    seat_time(session),
                )
    assert f"?session={number}" in one.get(place).text
    for client in (boss, one, other):
        assert "的看法" not in client.get(place).text
        assert client.get(f"{place}/opinions.csv").status_code == 400
    assert one.post(f"{place}/close").status_code == 403
    assert boss.post(f"{place}/close").status_code == 303
    assert boss.post(f"{place}/close").status_code == 400
    shown = other.get(place).text
    assert "&lt;b&gt;王敏的看法" in shown and "<b>王敏的看法" not in shown
    assert "不属实" in shown and "刘洋 · 王敏" in shown
    assert "，手机 *" in shown and "13812345678" not in shown
    lines = other.get(f"{place}/opinions.csv").text.splitlines()
    assert "13812345678" not in "".join(lines)
    assert len(lines) > 2 and all(line.endswith(",1") for line in lines[1:])
    with reading(open_engine(house.database_url)) as session:
        assert events(session, subject=f"calibration {number}", did=Did.CHANGED)[0].detail == "closed"


def seat_time(session):
    return session.scalars(select(VerdictRow.decided_at)).first()


def test_what_makes_no_session_is_said(as_person):
    client = as_person("李主任")
    for form, says in (
        ({"title": "", "month": "2026-03", "count": "2"}, "请写一个标题"),
        ({"title": "x", "month": "3", "count": "2"}, "请填月份和通数"),
        ({"title": "x", "month": "2026-03", "count": "51"}, "最多 50 通"),
        ({"title": "x", "month": "2020-03", "count": "5"}, "这个月没有命中的通话"),
        ({"title": "x", "calls": "华声外呼/nothing"}, "有一通找不到"),
    ):
        answer = client.post("/calibration", data=form)
        assert answer.status_code == 400 and says in answer.text
    assert "还没有过校准" in client.get("/calibration").text
    found = {client.get("/calibration/99").status_code, client.post("/calibration/99/close").status_code}
    assert found == {404} and client.get("/calibration/x").status_code == 404
    reviewer = as_person("王敏")
    assert reviewer.post("/calibration", data={"title": "x", "month": "2026-03", "count": "1"}).status_code == 403


def test_coaching_shows_a_vendors_own_agents_and_where_to_hear_them(house, as_person):
    client = as_person("华声外呼客服部")
    place = client.get("/coaching").headers["location"]
    page = client.get(place, params={"month": "2026-03"})
    with reading(open_engine(house.database_url)) as session:
        rows = session.execute(select(CallRow.id, CallRow.vendor, CallRow.agent)).tuples().all()
    own = {pk for pk, vendor, _ in rows if vendor == "华声外呼"}
    clips = [(int(pk), int(ms)) for pk, ms in re.findall(r"/calls/(\d+)\?at=(\d+)", page.text)]
    assert clips and {pk for pk, _ in clips} <= own
    agent = next(agent for _, vendor, agent in rows if vendor == "华声外呼" and agent in page.text)
    assert agent in client.get(f"{place}/{agent}", params={"month": "2026-03"}).text
    other = next(vendor for _, vendor, _ in rows if vendor != "华声外呼")
    assert client.get(f"/coaching/{other}").status_code == 404
    assert client.get("/coaching-sheet.csv", params={"vendor": other}).status_code == 404
    assert as_person("王敏").get(f"/coaching/{other}").status_code == 200
    assert client.get(f"{place}/nobody").status_code == 404
    assert "没有判过的通话" in client.get(place, params={"month": "2020-01"}).text


def test_the_draw_of_a_session_can_be_made_again_from_its_seed(house, as_person):
    as_person("李主任").post("/calibration", data={"title": "x", "month": "2026-03", "count": "3"})
    with reading(open_engine(house.database_url)) as session:
        (event,) = events(session, subject="calibration 1")
        seed = event.detail.rsplit(" ", 1)[1]
        again = drawn_calls(session, find_person(session, "李主任"), Month(2026, 3), 3, seed)
    listed = re.findall(r"/calls/(\d+)\?session=1", as_person("王敏").get("/calibration/1").text)
    assert sorted(map(int, listed)) == sorted(again)


def test_for_everybody_at_every_width_in_light_and_dark(house, browser_page):
    hear_twice(house)
    for width, light in ((390, "dark"), (1280, "light"), (1280, "dark")):
        page, errors = browser_page("李主任", width=width, color_scheme=light), []
        page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
        page.on("console", lambda said, errors=errors: errors.append(said.text) if said.type == "error" else None)
        for path in ("/quality?month=all", "/calibration", "/coaching/华声外呼?month=2026-03"):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert serious(page) == []
            assert errors == []
    page.goto("/quality?month=all")
    page.wait_for_selector("#plot-precision canvas")
    plotted = "echarts.getInstanceByDom(document.getElementById('plot-precision')).getOption().series.length"
    assert page.evaluate(plotted) == 3
