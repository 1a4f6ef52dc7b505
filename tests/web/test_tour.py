"""The whole way by mouse and keyboard, as people go it who have read nothing; every page held against axe; the README's pictures.

`CALLQA_PICTURES=1 pytest tests/web/test_tour.py` takes the pictures anew.
"""

import json
import os
from pathlib import Path

import pytest
from sqlalchemy import select

from pipeline.records.person import Role
from pipeline.store.tables import AppealRow, CallRow, VerdictRow
from pipeline.web.menu import menu_for
from tests.web.axe import serious
from tests.web.desk import findings_of, rows
from tests.web.test_access import PEOPLE

PICTURES = Path(__file__).parents[1] / "pictures"


def picture(page, name):
    """Kept in the repository where it is asked for; taken always, so that what cannot be shown fails."""
    taken = page.screenshot(path=PICTURES / f"{name}.png" if os.environ.get("CALLQA_PICTURES") else None)
    assert len(taken) > 10_000


def did(steps, task, *acts):
    """What somebody does for a task, act by act; what he waits for between them is no act."""
    for act in acts:
        act()
    steps[task] = steps.get(task, 0) + len(acts)


def select_words(page, turn, first, last):
    """Draw the mouse over some words of a turn."""
    begin, end = (turn.locator(".w").nth(number).bounding_box() for number in (first, last))
    page.mouse.move(begin["x"] + 1, begin["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] - 1, end["y"] + 8, steps=5)
    page.mouse.up()


def test_eight_tasks_without_having_read_anything(browser_page, house):
    steps = {}
    reviewer = browser_page("王敏")
    picture(reviewer, "desk-queue")

    # 1. find the worst call: the queue's first line, or the button that chooses.
    did(steps, "find the worst call", lambda: reviewer.click("ol.queue li a >> nth=0"))
    reviewer.wait_for_selector("#call[data-ready]")
    call_pk = int(reviewer.locator("#call").get_attribute("data-call"))
    faults = [one for one in findings_of(house, call_pk) if one.is_fault]

    # 2. hear its hit, two seconds early.
    did(steps, "hear its hit", lambda: reviewer.keyboard.press("n"))
    reviewer.wait_for_function(
        "!document.getElementById('sound').paused && document.getElementById('sound').currentTime > 0"
    )
    reviewer.wait_for_selector(".finding.is-current[data-heard=yes]")
    picture(reviewer, "desk-call")

    # 3. confirm.
    did(steps, "confirm", lambda: reviewer.keyboard.press("c"))
    reviewer.wait_for_selector(".finding.is-decided")

    # 4. overturn with a note, on a call of its own, from the queue on.
    other = browser_page("刘洋")
    did(steps, "overturn with a note", lambda: other.click("ol.queue li a >> nth=1"))
    other.wait_for_selector("#call[data-ready]")
    did(steps, "overturn with a note", lambda: other.keyboard.press("n"))
    other.wait_for_selector(".finding.is-current[data-heard=yes]")
    did(
        steps,
        "overturn with a note",
        lambda: other.keyboard.press("t"),
        lambda: other.keyboard.type("是客户说的"),
        lambda: other.click(".finding.is-current button[value=overturned]"),
    )
    other.wait_for_selector(".finding.is-decided >> text=是客户说的")

    # 5. add a missed fault: hear a sentence, select its words, M, name the fault, save.
    turn = reviewer.locator(".turns .turn-agent:has(span.w:nth-of-type(6))").first
    did(steps, "add a missed fault", lambda: turn.locator(".w").first.click())
    until = int(turn.locator(".w").nth(3).get_attribute("data-to")) / 1000 + 1
    reviewer.wait_for_function("seconds => document.getElementById('sound').currentTime > seconds", arg=until)
    did(
        steps,
        "add a missed fault",
        lambda: select_words(reviewer, turn, 0, 3),
        lambda: reviewer.keyboard.press("m"),
        lambda: reviewer.locator("#add select[name=rule]").select_option("phrase.coldness"),
        lambda: reviewer.locator("#add button.primary").click(),
    )
    reviewer.wait_for_selector("#added .finding >> text=冷淡")

    # 6. the vendor appeals against what was confirmed, once it is a verdict.
    reviewer.wait_for_timeout(12_000)
    query = (
        select(VerdictRow.id, CallRow.vendor)
        .join(CallRow, CallRow.id == VerdictRow.call_pk)
        .where(VerdictRow.call_pk == call_pk)
    )
    verdict_id, vendor = rows(house, query)[-1]
    assert faults and verdict_id
    seller = browser_page(f"{vendor}客服部")
    form = seller.locator(f"form:has(input[name=verdict][value='{verdict_id}'])")
    did(
        steps,
        "appeal",
        lambda: seller.click(f"details:has(input[name=verdict][value='{verdict_id}']) summary"),
        lambda: form.locator("textarea").fill("录音里这句话是客户先说的"),
        lambda: form.locator("button").click(),
    )
    seller.wait_for_selector("text=录音里这句话是客户先说的")

    # 7. a supervisor who had no hand in it decides.
    appeal_id = rows(house, select(AppealRow.id).where(AppealRow.verdict_id == verdict_id))[0][0]
    supervisor = browser_page("李主任")
    did(
        steps,
        "decide the appeal",
        lambda: supervisor.click("nav >> text=申诉"),
        lambda: supervisor.click(f"a[href='/appeals/{appeal_id}'] >> nth=0"),
        lambda: supervisor.check("input[name=upheld][value=true]"),
        lambda: supervisor.fill("textarea[name=decision]", "复听属实"),
        lambda: supervisor.click("button:has-text('裁定')"),
    )
    supervisor.wait_for_selector("text=复听属实")

    # 8. why a vendor lost money.
    did(
        steps,
        "see why a vendor lost money",
        lambda: supervisor.click("nav >> text=月度看板"),
        lambda: supervisor.click("nav.months a:has-text('2026-03')"),
    )
    supervisor.wait_for_url("**/month/2026-03")
    picture(supervisor, "desk-month")
    did(steps, "see why a vendor lost money", lambda: supervisor.click("a:has-text('为什么') >> nth=0"))
    supervisor.wait_for_selector("text=这笔钱怎么来的")
    print(json.dumps(steps, ensure_ascii=False))
    assert max(steps.values()) <= 5


@pytest.mark.parametrize("role", list(Role))
def test_nothing_serious_on_any_page_of_the_menu_at_both_widths(role, browser_page, house):
    vendor = rows(house, select(CallRow.vendor).limit(1))[0][0]
    wrong = []
    for width in (1280, 390):
        page = browser_page(PEOPLE.get(role) or f"{vendor}客服部", width=width)
        for item in (*menu_for(role), None):
            path = item.path if item else "/me"
            answer = page.goto(path)
            assert answer.status == 200, f"{path}: {answer.status}"
            wrong += [(path, width, *one) for one in serious(page)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
                wrong.append((path, width, "scrolls sideways", ""))
    assert not wrong, "\n".join(map(str, wrong))


def test_lists_and_forms_work_without_javascript(browser_page):
    page = browser_page("王敏", java_script_enabled=False)
    page.select_option("select[name=vendor]", index=1)
    page.click("button:has-text('筛选')")
    page.wait_for_url("**vendor=**")
    page.click("button:has-text('下一通')")
    page.wait_for_url("**/calls/*")
    assert page.locator("audio[controls]").count() == 1
    assert page.locator(".turns .turn").count() > 3
