"""Appeals, complaints and vendors' pages in a browser: filed with a file, typed text that survives, no serious finding of axe, no sideways scroll."""

from pathlib import Path

import pytest

from .axe import serious
from .disputed_house import disputed_house, house

__all__ = ["disputed_house", "house"]

PAGES = (
    ("华声客服部", "/vendor"),
    ("华声客服部", "/appeals/1"),
    ("李主任", "/appeals/1"),
    ("李主任", "/appeals"),
    ("李主任", "/complaints"),
    ("审计员", "/vendors"),
    ("审计员", "/vendors/华声"),
)


def filed(page, file):
    """Appeal against the latest fault, with a file beside it."""
    page.goto("/vendor")
    first = page.locator("#faults .entry").first
    first.locator("summary").click()
    first.locator("textarea").fill("这句话是客户说的")
    first.locator("input[type=file]").set_input_files(file)
    first.locator("button").click()
    page.wait_for_load_state()


def test_a_wrong_file_is_refused_and_what_was_typed_is_still_there(browser_page, tmp_path):
    page = browser_page("华声客服部")
    wrong, right = tmp_path / "录音.wav", tmp_path / "证明.txt"
    wrong.write_bytes(b"MZ\x90\0")
    right.write_text("当时的工单", encoding="utf-8")
    filed(page, wrong)
    assert "附件只收录音" in page.inner_text("[role=alert]")
    page.goto("/vendor")
    first = page.locator("#faults .entry").first
    first.locator("summary").click()
    assert first.locator("textarea").input_value() == "这句话是客户说的"
    filed(page, right)
    page.wait_for_url("**/appeals/1?done=appeal-*")
    with page.expect_download() as coming:
        page.click("text=证明.txt")
    assert Path(coming.value.path()).read_text("utf-8") == "当时的工单"
    page.goto("/vendor")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))") == []


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_serious_and_no_sideways_scroll(browser_page, tmp_path, width, light):
    proof = tmp_path / "证明.txt"
    proof.write_text("工单", encoding="utf-8")
    filed(browser_page("华声客服部"), proof)
    people = {name: browser_page(name, width=width, color_scheme=light) for name in {name for name, _ in PAGES}}
    for name, path in PAGES:
        page = people[name]
        assert page.goto(path).status == 200
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{path} scrolls sideways at {width}"
        )
        assert serious(page) == [], f"{path} at {width}, {light}"
