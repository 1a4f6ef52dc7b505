"""A house to work in: two simulated months, heard by the real model; March is reviewed, appealed and closed, April waits for its reviewers."""

import hashlib
import re
import shutil
import socket
import threading
import time
from datetime import date
from pathlib import Path

import httpx
import pytest
import uvicorn
from filelock import FileLock

from flows.commands.serve import server_config
from flows.demo_months import PASSWORD, DemoMonths
from pipeline.services.drawing import open_store
from pipeline.settings import CHECKOUT, FILE, load
from pipeline.simulation.drop import simulate
from pipeline.store.schema import newest
from pipeline.web.app import create_app
from tests.flows.conftest import Callqa

from .desk import calls_with

MARCH, APRIL = date(2026, 3, 30), date(2026, 4, 29)
CHROMIUM = "/usr/bin/chromium"
# How long a browser waits for what it looks for: a trial of rules takes ten seconds by itself, and a machine that tests
# on all cores takes its time.
PATIENCE_MS = 90_000


def _made_of():
    """A name for what the house is made of: with other words, limits, tables or months it is made anew."""
    files = [*(CHECKOUT / "lexicons").rglob("*.toml"), CHECKOUT / "flows" / "demo_months.py"]
    parts = [newest().encode(), *(file.read_bytes() for file in sorted(files))]
    return hashlib.sha256(b"".join(parts)).hexdigest()[:12]


@pytest.fixture(scope="session")
def finished_house(request):
    """The working folder that every test gets a copy of. It takes a minute, so pytest's cache keeps it; `pytest --cache-clear` makes it anew."""
    root = request.config.cache.mkdir("house") / _made_of()
    with FileLock(root.with_suffix(".lock")):
        if not (root / "made").exists():
            _make(root)
    return root


def _make(root):
    shutil.rmtree(root, ignore_errors=True)
    callqa = Callqa(root)
    callqa("init", root)
    own = root / "lexicons"
    shutil.copytree(load(root).lexicons_path, own)
    policy = own / "policy.toml"
    policy.write_text(re.sub(r"(?m)^smallest_sample = \d+$", "smallest_sample = 2", policy.read_text("utf-8")), "utf-8")
    with (root / FILE).open("a", encoding="utf-8") as file:
        file.write('lexicons = "lexicons"\n')
    settings = load(root)
    drops = {day: root / f"drop-{day:%m}" for day in (MARCH, APRIL)}
    for number, (day, drop) in enumerate(drops.items()):
        simulate(drop, 12, 31 + number, day=day, seconds=24, vendors=2)
        callqa("ingest", drop / "manifest.csv")
    callqa("nightly", "--date", APRIL)
    DemoMonths(settings, {MARCH: drops[MARCH]}).play()
    (root / "made").touch()


@pytest.fixture
def house(finished_house, tmp_path):
    """Settings of a working folder of one's own."""
    return load(shutil.copytree(finished_house, tmp_path / "house"))


@pytest.fixture
def two(house):
    """A call with two undecided faults."""
    return calls_with(house, findings=2)[0]


@pytest.fixture
def site(house):
    """The address of a server over the house."""
    with serving(house) as address:
        yield address


class serving:  # noqa: N801 - reads as a word
    """A real server in a thread, until the block ends."""

    def __init__(self, settings):
        self.engine = open_store(settings)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.server = uvicorn.Server(server_config(settings, create_app(settings, self.engine), "127.0.0.1", port))
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        return self.address

    def __exit__(self, *_):
        self.server.should_exit = True
        self.thread.join(20)
        self.engine.dispose()


class Client(httpx.Client):
    """A browser without a screen: keeps its cookies and sends the token of its page with everything that changes something."""

    def __init__(self, address):
        super().__init__(base_url=address, headers={"Accept": "text/html,*/*"}, timeout=60)
        self.token = ""

    def log_in(self, name, password=PASSWORD):
        answer = self.post("/login", data={"name": name, "password": password})
        assert answer.status_code == 303, answer.text
        found = re.search(r'X-CSRF-Token": "([^"]+)"', self.get("/me").text)
        self.token = found.group(1) if found else ""
        return self

    def request(self, method, url, **more):
        if method not in ("GET", "HEAD") and getattr(self, "token", ""):
            more["headers"] = {"X-CSRF-Token": self.token, **(more.get("headers") or {})}
        return super().request(method, url, **more)


@pytest.fixture
def as_person(site):
    """as_person("王敏"): somebody's client, logged in."""
    made = []

    def log_in(name, password=PASSWORD):
        made.append(Client(site))
        return made[-1].log_in(name, password)

    yield log_in
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, driven by Playwright; a machine without it is told so."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is not installed: `apt-get install chromium fonts-noto-cjk` runs the browser tests")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def browser_page(browser, site):
    """browser_page("王敏", width=390): a page of somebody who has logged in through the form."""
    contexts = []

    def open_page(name=None, *, width=1280, height=900, **more):
        contexts.append(
            browser.new_context(viewport={"width": width, "height": height}, base_url=site, locale="zh-CN", **more)
        )
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto("/login")
        if name is not None:
            page.fill("input[name=name]", name)
            page.fill("input[name=password]", PASSWORD)
            page.click("main button")
            page.wait_for_url(lambda url: "/login" not in url)
        return page

    yield open_page
    for context in contexts:
        context.close()
