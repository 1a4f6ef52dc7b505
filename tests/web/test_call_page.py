"""The call page as people use it: Chromium, real sound, a keyboard."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from pipeline.records.verdict import Decision
from pipeline.store.tables import (
    PendingRow,
    PlayRow,
    VerdictRow,
    WebSessionRow,
)

from .axe import serious
from .desk import changes, faults, hears, long_call, rows, turns_of

READY = "#call[data-ready]"
MOST_KEYS = 6


def opened(page, call_pk, query=""):
    page.goto(f"/calls/{call_pk}{query}")
    page.wait_for_selector(READY)
    return page


def now_s(page):
    return page.evaluate("document.getElementById('sound').currentTime")


def test_a_call_with_two_findings_is_judged_with_six_keys_or_fewer(browser_page, house, two):
    page = opened(browser_page("王敏"), two)
    pressed = []

    def press(key):
        pressed.append(key)
        page.keyboard.press(key)

    hit = next(one.finding for one in faults(house, two) if one.finding.span)
    press("n")
    page.wait_for_function(
        "!document.getElementById('sound').paused && document.getElementById('sound').currentTime > 0"
    )
    assert now_s(page) == pytest.approx(max(0, hit.span.start_ms / 1000 - 2), abs=1.5), "two seconds early"
    for left in (1, 0):
        page.wait_for_selector(".finding.is-current[data-heard=yes]")
        press("c")
        page.wait_for_selector(f"#findings[data-open='{left}']")
    press("Enter")
    page.wait_for_url(lambda url: f"/calls/{two}" not in url)
    assert len(pressed) <= MOST_KEYS, pressed
    print(f"keys: {' '.join(pressed)}")
    played = rows(house, select(PlayRow.start_ms, PlayRow.end_ms).where(PlayRow.call_pk == two))
    assert sum(end - start for start, end in played) >= 10_000, "what was played is what was heard"
    page.wait_for_timeout(12_500)
    given = rows(house, select(VerdictRow.decision, VerdictRow.person).where(VerdictRow.call_pk == two))
    assert given == [(Decision.CONFIRMED, "王敏")] * 2


def test_sound_is_played_where_it_was_asked_for_and_transcript_keeps_step(browser_page, house, two):
    turn = turns_of(house, two)[4]
    page = opened(browser_page("王敏"), two, f"?at={turn.start_ms}")
    page.wait_for_function("document.getElementById('sound').currentTime > 0.1")
    assert now_s(page) == pytest.approx(turn.start_ms / 1000 - 2, abs=2)
    word = page.locator(".turns .turn").nth(8).locator(".w").first
    word.click()
    page.wait_for_timeout(400)
    start = int(word.get_attribute("data-from")) / 1000
    assert start <= now_s(page) < start + 3
    expect(page.locator(".turn.is-spoken")).to_have_count(1)
    assert not page.evaluate("document.getElementById('sound').muted")
    before = now_s(page)
    page.keyboard.press("Space")
    page.keyboard.press("l")
    assert now_s(page) == pytest.approx(before + 3, abs=1)
    page.keyboard.press("]")
    assert page.evaluate("document.getElementById('sound').playbackRate") == 1.25


def test_what_was_not_heard_is_played_instead_of_decided(browser_page, house, two):
    page = opened(browser_page("王敏"), two)
    page.keyboard.press("c")
    page.wait_for_selector("#notices >> text=请先听完这一处")
    page.wait_for_function("!document.getElementById('sound').paused")
    assert rows(house, select(PendingRow)) == []


def test_a_missed_fault_that_was_not_heard_is_played_instead_of_added(browser_page, house, two):
    page = opened(browser_page("王敏"), two)
    total = int(page.get_attribute("#findings", "data-total"))
    at_s = int(page.locator(".turns .turn").nth(1).get_attribute("data-from")) // 1000 + 1
    page.keyboard.press("m")
    page.locator("#add select[name=rule]").select_option("phrase.coldness")
    page.locator("#add input[name=start]").fill(f"{at_s}")
    page.locator("#add input[name=end]").fill(f"0:{at_s + 1:02}")
    page.locator("#add button.primary").click()
    page.wait_for_selector("#add form >> text=请先听完这一处")
    page.wait_for_function("!document.getElementById('sound').paused")
    assert rows(house, select(PendingRow)) == [] and page.locator("#notices").inner_text() == ""
    page.wait_for_selector(".hear-first", state="detached")
    page.locator("#add button.primary").click()
    page.wait_for_selector("#added .finding >> text=冷淡")
    assert page.locator("#findings-title").inner_text().startswith(f"问题 {total + 1}")
    first = page.locator(".turns .w.match-added").first
    assert int(first.get_attribute("data-to")) > at_s * 1000
    page.locator("#added .undo").click()
    page.wait_for_selector("#added .finding", state="detached")
    page.wait_for_selector(".turns .w.match-added", state="detached")


def test_a_decision_that_is_taken_back_is_the_one_to_judge(browser_page, house, two):
    hears(house, two, "王敏")
    second = faults(house, two)[1].finding_id
    page = opened(browser_page("王敏"), two)
    for left in (1, 0):
        page.keyboard.press("c")
        page.wait_for_selector(f"#findings[data-open='{left}']")
    page.wait_for_selector("#notices >> text=全部判定完了")
    page.keyboard.press("u")
    page.wait_for_selector(f"#finding-{second}.is-current:not(.is-decided)")
    assert "全部判定完了" not in page.locator("#notices").inner_text()


def test_what_was_played_survives_a_refusal(browser_page, house, two):
    page = opened(browser_page("王敏"), two)
    page.route("**/played", lambda route: route.abort())
    page.keyboard.press("n")
    page.wait_for_selector(".finding.is-current[data-heard=yes]")
    page.keyboard.press("Space")
    page.evaluate("document.getElementById('findings').dataset.before = 'yes'")
    page.keyboard.press("Enter")
    page.wait_for_selector("#notices >> text=还有 2 处没有判定")
    page.wait_for_selector("#findings:not([data-before]) .finding.is-current")
    page.keyboard.press("c")
    page.wait_for_selector("#findings[data-open='1']")


def test_overturn_with_a_note_reclassify_and_undo(browser_page, house, two):
    hears(house, two, "王敏")
    first, second = (one.finding_id for one in faults(house, two))
    page = opened(browser_page("王敏"), two)
    page.keyboard.press("t")
    page.keyboard.type("是客户说的")
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    page.wait_for_selector(f"#finding-{first}.is-decided >> text=是客户说的")
    assert page.evaluate(f"localStorage.getItem('draft:王敏:call-{two}-{first}')") is None
    page.keyboard.press("u")
    page.wait_for_selector(f"#finding-{first}:not(.is-decided)")
    assert page.locator(f"#finding-{first} textarea").input_value() == "是客户说的"
    page.locator(f"#finding-{second} h3").click()
    page.keyboard.press("r")
    page.locator(f"#finding-{second} select[name=rule]").select_option("phrase.impatience")
    page.locator(f"#finding-{second} button[value=reclassified]").click()
    page.wait_for_selector(f"#finding-{second}.is-decided >> text=不耐烦")
    kept = rows(house, select(PendingRow.finding_id, PendingRow.rule).where(PendingRow.settled_at.is_(None)))
    assert kept == [(second, "phrase.impatience")]


def test_a_missed_fault_is_added_by_selecting_words(browser_page, house, two):
    hears(house, two, "王敏")
    page = opened(browser_page("王敏"), two)
    turn = page.locator(".turns .turn").nth(1)
    turn.scroll_into_view_if_needed()
    first, last = turn.locator(".w").nth(0).bounding_box(), turn.locator(".w").nth(3).bounding_box()
    page.mouse.move(first["x"] + 1, first["y"] + 8)
    page.mouse.down()
    page.mouse.move(last["x"] + last["width"] - 1, last["y"] + 8, steps=5)
    page.mouse.up()
    page.keyboard.press("m")
    page.keyboard.press("Tab")
    text = page.locator("#add input[name=words]").input_value()
    assert text == turns_of(house, two)[1].text[: len(text)] and len(text) >= 3
    page.locator("#add select[name=rule]").select_option("phrase.coldness")
    page.locator("#add button.primary").click()
    page.wait_for_selector("#added .finding >> text=冷淡")
    ((pending,),) = rows(house, select(PendingRow))
    assert (pending.rule, pending.words, pending.decision) == ("phrase.coldness", text, Decision.ADDED)


def test_a_missed_fault_is_added_by_dragging_over_the_waveform(browser_page, house, two):
    hears(house, two, "王敏")
    page = opened(browser_page("王敏"), two)
    box = page.locator("#wave").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.05, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + 20, steps=8)
    page.mouse.up()
    page.keyboard.press("m")
    length_s = int(page.get_attribute("#call", "data-length-ms")) / 1000
    minutes, seconds = page.locator("#add input[name=start]").input_value().split(":")
    assert int(minutes) * 60 + float(seconds) == pytest.approx(length_s * 0.05, abs=0.6)


def test_of_two_browsers_the_second_is_told_and_loses_nothing(browser_page, house, two):
    for name in ("王敏", "刘洋"):
        hears(house, two, name)
    finding_id = faults(house, two)[0].finding_id
    mine, theirs = opened(browser_page("刘洋"), two), opened(browser_page("王敏"), two)
    mine.locator(f"#finding-{finding_id} textarea").fill("我觉得不是")
    theirs.locator(f"#finding-{finding_id} button[value=confirmed]").click()
    theirs.wait_for_selector(f"#finding-{finding_id}.is-decided")
    mine.locator(f"#finding-{finding_id} button[value=overturned]").click()
    mine.wait_for_selector("#notices >> text=已由 王敏 判定：属实")
    mine.wait_for_selector(f"#finding-{finding_id}.is-decided >> text=王敏")
    assert mine.evaluate(f"localStorage.getItem('draft:刘洋:call-{two}-{finding_id}')") == "我觉得不是"


def test_a_session_that_ends_in_the_middle_of_a_note_loses_nothing(browser_page, house, two):
    hears(house, two, "王敏")
    finding_id = faults(house, two)[0].finding_id
    page = opened(browser_page("王敏"), two)
    page.wait_for_selector("#plot-voice canvas")
    page.locator(f"#finding-{finding_id} textarea").fill("写到一半")
    changes(house, update(WebSessionRow).values(ended_at=datetime.now(UTC)))
    page.locator(f"#finding-{finding_id} button[value=confirmed]").click()
    page.wait_for_url(re.compile("/login"))
    page.fill("input[name=name]", "王敏")
    page.fill("input[name=password]", "callqa-demo")
    page.click("main button")
    page.wait_for_selector(READY)
    assert page.locator(f"#finding-{finding_id} textarea").input_value() == "写到一半"


def test_keys_are_changed_and_switched_off(browser_page, two):
    page = opened(browser_page("王敏"), two)
    page.keyboard.press("?")
    page.locator("[data-key=play]").click()
    page.keyboard.press("k")
    assert page.locator("[data-key=play]").input_value() == "K"
    page.keyboard.press("n")
    page.wait_for_selector("#notices >> text=这个键已用于")
    page.locator("[data-keys-close]").click()
    page.keyboard.press("k")
    page.wait_for_function("!document.getElementById('sound').paused")
    opened(page, two)
    page.keyboard.press("?")
    assert page.locator("[data-key=play]").input_value() == "K"
    page.locator("[data-keys-on]").uncheck()
    page.locator("[data-keys-close]").click()
    page.keyboard.press("k")
    page.wait_for_timeout(300)
    assert page.evaluate("document.getElementById('sound').paused")


def test_a_channel_is_muted_and_sound_goes_on(browser_page, house, two):
    page = opened(browser_page("王敏"), two)
    page.keyboard.press("Space")
    page.keyboard.press("1")
    page.wait_for_selector("[data-do=mute1][aria-pressed=true]")
    before = now_s(page)
    page.wait_for_timeout(800)
    assert now_s(page) > before


def test_without_javascript_the_page_shows_all_plays_and_posts(browser_page, house, two):
    page = browser_page("王敏", java_script_enabled=False)
    page.goto(f"/calls/{two}")
    assert page.locator("audio[controls]").is_visible()
    assert not page.locator(".transport").is_visible()
    finding_id = faults(house, two)[0].finding_id
    for text in ("脚本核对", "对话", "得分", "经过"):
        assert page.get_by_role("heading", name=text).first.is_visible()
    page.locator(f"#finding-{finding_id} textarea").fill("听过了")
    page.locator(f"#finding-{finding_id} button[value=confirmed]").click()
    assert page.locator("[role=alert]").inner_text().startswith("请先在本页播放")
    expect(page.locator(f"#finding-{finding_id} textarea")).to_have_value("听过了")
    hears(house, two, "王敏")
    page.locator(f"#finding-{finding_id} button[value=confirmed]").click()
    expect(page.locator(f"#finding-{finding_id}.is-decided")).to_be_visible()
    page.locator(".undo").first.click()
    expect(page.locator(f"#finding-{finding_id} textarea")).to_have_value("听过了")
    page.goto(f"/calls/{two}/voice")
    page.locator(".plot-table summary").click()
    assert page.locator(".plot-table tbody tr").count() > 30


@pytest.mark.parametrize("light", ["light", "dark"])
def test_nothing_serious_for_who_needs_help_to_see_or_hear(browser_page, two, light):
    page = opened(browser_page("王敏", color_scheme=light), two)
    page.wait_for_selector("#plot-voice canvas")
    assert serious(page) == []


def test_on_a_phone_nothing_scrolls_sideways_and_sound_is_at_hand(browser_page, two):
    page = opened(browser_page("王敏", width=390, height=844), two)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.locator("[data-do=play]").click()
    page.wait_for_function("!document.getElementById('sound').paused")


def test_a_ten_minute_call_is_shown_whole_and_can_be_played(browser_page, house, two):
    long_call(house, two)
    page = opened(browser_page("王敏"), two)
    page.wait_for_function("document.getElementById('sound').readyState >= 3")
    assert page.evaluate("document.getElementById('sound').duration") == pytest.approx(600, abs=1)
    assert page.locator(".turns .turn").count() > 100
