import re
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from flows.demo_months import PASSWORD
from flows.signing_in import COMMAND_LINE
from pipeline.store.engine import open_engine, reading, writing
from pipeline.store.events import events
from pipeline.store.failed_log_ins import record_failure
from pipeline.store.tables import Did

from .conftest import serving


def test_who_is_not_logged_in_is_sent_to_the_log_in_and_back(site):
    with httpx.Client(base_url=site, headers={"Accept": "text/html"}) as client:
        answer = client.get("/")
        assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/")
        assert client.post("/logout").status_code == 401
        answer = client.post("/login", data={"name": "王敏", "password": PASSWORD, "next": "/queue?day=2026-04-29"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/queue?day=2026-04-29")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=lax" in cookie


def test_a_form_that_comes_too_late_leads_back_to_the_page_it_stood_on_with_its_question(site):
    before = f"{site}/calls/7?session=3"
    with httpx.Client(base_url=site, headers={"Accept": "text/html", "Referer": before}) as client:
        answer = client.post("/calls/7/done")
        assert answer.status_code == 401
        back = re.search(r'name="next" value="([^"]+)"', answer.text).group(1)
        assert back == "/calls/7?session=3"
        answer = client.post("/login", data={"name": "王敏", "password": PASSWORD, "next": back})
        assert (answer.status_code, answer.headers["location"]) == (303, back)


@pytest.mark.parametrize("away", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"])
def test_a_log_in_leads_nowhere_else(site, away):
    answer = httpx.post(f"{site}/login", data={"name": "王敏", "password": PASSWORD, "next": away})
    assert answer.headers["location"] == "/"


def test_ten_wrong_passwords_make_one_wait_and_are_written_down(site, house):
    for _ in range(10):
        answer = httpx.post(f"{site}/login", data={"name": "王敏", "password": "guess"})
        assert answer.status_code == 401
        assert "用户名或密码不对" in answer.text
    assert httpx.post(f"{site}/login", data={"name": "王敏", "password": PASSWORD}).status_code == 429
    with reading(open_engine(house.database_url)) as session:
        assert len(events(session, did=Did.LOG_IN_FAILED)) == 10


def test_an_address_that_is_only_claimed_is_not_believed(site):
    for guess in range(10):
        forged = {"X-Forwarded-For": f"203.0.113.{guess}"}
        httpx.post(f"{site}/login", data={"name": f"somebody {guess}", "password": "guess"}, headers=forged)
    locked = httpx.post(
        f"{site}/login", data={"name": "王敏", "password": PASSWORD}, headers={"X-Forwarded-For": "203.0.113.99"}
    )
    assert locked.status_code == 429


def test_a_proxy_that_is_set_is_believed(house):
    with serving(replace(house, proxy="127.0.0.1")) as site:
        for guess in range(10):
            forged = {"X-Forwarded-For": f"203.0.113.{guess}"}
            httpx.post(f"{site}/login", data={"name": f"somebody {guess}", "password": "guess"}, headers=forged)
        behind = {"X-Forwarded-For": "203.0.113.99", "X-Forwarded-Proto": "https"}
        answer = httpx.post(f"{site}/login", data={"name": "王敏", "password": PASSWORD}, headers=behind)
    assert answer.status_code == 303
    assert "Secure" in answer.headers["set-cookie"]


def test_no_address_is_made_of_what_a_request_calls_its_host(site):
    answer = httpx.get(f"{site}/queue/", headers={"Host": "evil.example", "Accept": "text/html"})
    assert (answer.status_code, "evil.example" in str(answer.headers)) == (404, False)


def test_who_was_locked_out_on_the_command_line_is_so_here_too(site, house):
    engine, now = open_engine(house.database_url), datetime.now(UTC)
    for _ in range(10):
        with writing(engine) as session:
            record_failure(session, "李主任", COMMAND_LINE, now)
    answer = httpx.post(f"{site}/login", data={"name": "李主任", "password": PASSWORD})
    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    assert "用户名或密码不对" in answer.text


def test_a_form_without_its_token_changes_nothing(site):
    with httpx.Client(base_url=site) as client:
        client.post("/login", data={"name": "王敏", "password": PASSWORD})
        assert client.post("/logout").status_code == 403
        assert client.post("/logout", headers={"X-CSRF-Token": "falsch"}).status_code == 403
        token = re.search(r'X-CSRF-Token": "([^"]+)"', client.get("/nowhere", headers={"Accept": "text/html"}).text)
        assert token is None, "a page that is not there knows nobody"


def test_who_logs_out_is_out(as_person, site):
    client = as_person("王敏")
    cookies = dict(client.cookies)
    assert client.post("/logout").headers["location"] == "/login"
    assert (
        httpx.get(f"{site}/", cookies=cookies, headers={"Accept": "text/html"}).headers["location"].startswith("/login")
    )


def test_every_answer_forbids_foreign_scripts(site):
    for path in ("/login", "/nowhere", "/static/app.css"):
        said = httpx.get(site + path).headers
        assert "script-src 'self';" in said["content-security-policy"]
        assert "unsafe" not in said["content-security-policy"]
        assert said["x-content-type-options"] == "nosniff"


def test_a_huge_form_is_refused_before_it_is_read(site):
    answer = httpx.post(f"{site}/login", data={"name": "x" * 2_000_000}, headers={"Accept": "text/html"})
    assert answer.status_code == 413
    assert "太大" in answer.text


def test_english_is_a_click_away(site):
    with httpx.Client(base_url=site, follow_redirects=True) as client:
        assert "登录" in client.get("/login").text
        assert "Log in" in client.get("/language/en", params={"next": "/login"}).text
