"""A morning of a reviewer: ten flagged calls from log-in on, by keyboard alone, each hit heard two seconds early."""

import shutil
from datetime import date

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from flows.demo_months import PASSWORD
from pipeline.records.verdict import Decision
from pipeline.settings import load
from pipeline.simulation.drop import simulate
from pipeline.store.tables import CallRow, QueueRow, VerdictRow
from tests.flows.conftest import Callqa
from tests.policy.outcomes.desk import Dice

from .desk import rows

CALLS = 10
MAY = date(2026, 5, 28)
PLAYING = "!document.getElementById('sound').paused"
EARLY = """finding => Math.abs(document.getElementById('sound').currentTime - Math.max(0, finding / 1000 - 2)) < 2"""


@pytest.fixture
def house(finished_house, tmp_path):
    """A house with a night more, so that there is a morning's work."""
    root = shutil.copytree(finished_house, tmp_path / "house")
    simulate(tmp_path / "drop", 24, 33, day=MAY, seconds=24, vendors=2)
    callqa = Callqa(root)
    callqa("ingest", tmp_path / "drop" / "manifest.csv")
    callqa("nightly", "--date", MAY)
    return load(root)


def logs_in(page):
    expect(page.locator("input[name=name]")).to_be_focused()
    page.keyboard.type("王敏")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")
    expect(page.locator(".queue-next")).to_be_focused()


def judges(page):
    """Judge what is open on the page, confirming and overturning in turn. What each finding was played from is checked."""
    decided = 0
    page.wait_for_selector("#call[data-ready]")
    left = int(page.get_attribute("#findings", "data-open"))
    page.keyboard.press("n")
    while left:
        page.wait_for_selector(".finding.is-current:not(.is-decided)")
        current = page.locator(".finding.is-current")
        if current.get_attribute("data-fault") != "yes":
            page.keyboard.press("n")
            continue
        if start := current.get_attribute("data-from"):
            page.wait_for_function(PLAYING)
            if current.get_attribute("data-heard") != "yes":
                page.wait_for_function(EARLY, arg=int(start), polling=20)
        page.wait_for_selector(".finding.is-current[data-heard=yes]")
        page.keyboard.press("o" if decided % 3 == 2 else "c")
        decided, left = decided + 1, left - 1
        page.wait_for_selector(f"#findings[data-open='{left}']")
    return decided


def test_ten_flagged_calls_by_keyboard_alone(browser_page, house, monkeypatch):
    monkeypatch.setattr("pipeline.web.queue._DICE", Dice(9_999))
    waiting = rows(house, select(func.count()).select_from(QueueRow).where(QueueRow.is_open))[0][0]
    assert waiting >= CALLS
    page = browser_page()
    logs_in(page)
    page.keyboard.press("Enter")
    seen, decided = [], 0
    for _ in range(CALLS):
        page.wait_for_url(lambda url: "/calls/" in url and url not in seen)
        seen.append(page.url)
        decided += judges(page)
        page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url not in seen)
    page.wait_for_timeout(12_500)
    given = rows(
        house,
        select(VerdictRow.decision, VerdictRow.call_pk)
        .join(CallRow, CallRow.id == VerdictRow.call_pk)
        .where(VerdictRow.person == "王敏", CallRow.day >= date(2026, 4, 1)),
    )
    assert len(given) == decided and len({call for _, call in given}) == CALLS
    assert {decision for decision, _ in given} == {Decision.CONFIRMED, Decision.OVERTURNED}
