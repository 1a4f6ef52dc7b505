"""How soon a call can be played in a browser: python -m tests.bench_call_page. Wants Debian's Chromium; prints Markdown.

A call of ten minutes against one of half a minute on the same machine, from the click until the page is drawn and its sound can be played:
the first time, when the copy to listen to has to be made, and later.
"""

import statistics
import tempfile
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from flows.demo_months import PASSWORD
from pipeline.settings import load
from pipeline.simulation.drop import simulate
from tests.flows.conftest import DAY, Callqa
from tests.web.conftest import CHROMIUM, serving
from tests.web.desk import calls_with, long_call

_OPENINGS = 9


def main() -> None:
    """Simulate a night in a temporary folder, make one of its calls long, and open both."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "house"
        callqa = Callqa(root)
        callqa("init", root)
        simulate(Path(folder) / "drop", 12, 31, day=date.fromisoformat(DAY), seconds=24)
        callqa("ingest", Path(folder) / "drop" / "manifest.csv")
        callqa("nightly", "--date", DAY)
        callqa.environment |= {"CALLQA_PASSWORD": PASSWORD, "CALLQA_NEW_PASSWORD": PASSWORD}
        callqa("user", "add", "管理员", "--role", "administrator")
        callqa("user", "add", "王敏", "--role", "reviewer", "--as", "管理员")
        settings = load(root)
        short, long, *_ = [call for findings in range(9) for call in calls_with(settings, findings=findings)]
        long_call(settings, long)
        with serving(settings) as address, sync_playwright() as playwright:
            page = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]).new_page(
                base_url=address
            )
            page.goto("/login")
            page.fill("input[name=name]", "王敏")
            page.fill("input[name=password]", PASSWORD)
            page.click("main button")
            page.wait_for_url("**/queue")
            _report({name: _opened(page, call) for name, call in (("half a minute", short), ("ten minutes", long))})


def _opened(page: Page, call_pk: int) -> list[int]:
    """Milliseconds of each opening, the first one first."""
    took = []
    for _ in range(1 + _OPENINGS):
        page.goto("/me")
        page.goto(f"/calls/{call_pk}")
        page.wait_for_selector("#call[data-ready]", timeout=60_000)
        page.wait_for_function("document.getElementById('sound').readyState >= 3")
        took.append(int(page.get_attribute("#call", "data-ready") or 0))
    return took


def _report(opened: dict[str, list[int]]) -> None:
    print("| call | its copy to be made, s | later, median s | longest s |\n|---|---|---|---|")
    for name, (first, *later) in opened.items():
        print(f"| {name} | {first / 1000:.2f} | {statistics.median(later) / 1000:.2f} | {max(later) / 1000:.2f} |")
    short, long = (statistics.median(later) for _, *later in opened.values())
    print(f"| ten minutes against half a minute | | {long / short:.2f} × | |")


if __name__ == "__main__":
    main()
