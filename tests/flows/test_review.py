"""review, appeal, complaint, number-check and project-check as people type them."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.commands.setup import initialise
from pipeline.errors import CallqaError
from pipeline.services.drawing import open_store
from pipeline.settings import load
from pipeline.store.engine import writing
from pipeline.store.people import add_user
from tests.heard import HUASHENG, REVIEWER, SUPERVISOR, hear, in_force

SECRET = "一个很长的口令一个"  # noqa: S105 - of this test alone
DAY = (datetime.now(UTC) + timedelta(hours=8)).date() - timedelta(days=1)
CALLS = f"""
    华声 c1 telemarketing A1 {DAY}
        phrase.taunt major 12.0-14.5 "活该，打13800138000"
        script.missing.thanks minor
"""


@pytest.fixture
def work(tmp_path, monkeypatch):
    """An installation with people, a policy and a call that was heard."""
    root = initialise(tmp_path / "work").root
    engine = open_store(load(root))
    with writing(engine) as session:
        for person in (REVIEWER, SUPERVISOR, HUASHENG):
            add_user(session, person.name, person.role, SECRET, datetime.now(UTC), vendor=person.vendor)
    in_force(engine)
    hear(engine, CALLS)
    engine.dispose()
    monkeypatch.setenv("CALLQA_PASSWORD", SECRET)

    def run(*arguments, refused=None):
        done = CliRunner().invoke(app, ["-C", str(root), *map(str, arguments)])
        if refused is None:
            assert done.exit_code == 0, f"{done.output}{done.exception!r}"
            return done.output
        assert isinstance(done.exception, CallqaError) or done.exit_code == 2, done.output
        assert refused in f"{done.exception}{done.output}"
        return None

    return run


def told(work, *arguments):
    return json.loads(work(*arguments, "--json"))


def test_from_the_list_to_an_upheld_appeal(work):
    taunt, thanks = told(work, "review", "list")
    assert (taunt["rule"], taunt["call_id"], taunt["start_ms"]) == ("phrase.taunt", "c1", 12_000)
    table = work("review", "list")
    assert "挖苦" in table
    assert "13800138000" not in table
    shown = told(work, "review", "show", taunt["finding"])
    assert (shown["said"][0]["text"], shown["verdicts"]) == ("活该，打13800138000", [])
    assert shown["recording"]["archive"].endswith("-000001")
    assert "> 00:12.0 agent" in work("review", "show", taunt["finding"])

    made = told(work, "review", "confirm", taunt["finding"], "--as", "王敏")
    (entry,) = made["posted"]
    assert (entry["kind"], entry["points"], entry["month"]) == ("violation", -10, f"{DAY:%Y-%m}")
    assert "is decided" not in work("review", "reclassify", thanks["finding"], "--severity", "notice", "--as", "王敏")
    assert work("review", "list") == "nothing waits for a reviewer\n"

    filed = told(work, "appeal", "file", "--entry", entry["entry"], "--reason", "是客户说的", "--as", "华声的人")
    assert (filed["verdict"], filed["state"]) == (made["verdict"], "open")
    decided = told(work, "appeal", "decide", filed["appeal"], "--uphold", "--reason", "核听属实", "--as", "李主任")
    assert (decided["state"], decided["posted"][0]["kind"], decided["posted"][0]["reverses"]) == (
        *("upheld", "reversal", entry["entry"]),
    )  # fmt: skip
    assert "核听属实" in work("appeal", "list")
    assert "verdict" in work("review", "show", taunt["finding"])


def test_added_revised_and_heard_whole(work):
    times = ("--from", 20, "--to", 21.5)
    made = told(work, "review", "add", "华声/c1", "phrase.sarcasm", *times, "--words", "您可真会算账", "--as", "王敏")
    assert (made["decision"], made["start_ms"], made["end_ms"]) == ("added", 20_000, 21_500)
    revised = told(work, "review", "revise", made["verdict"], "overturned", "--note", "是客户说的", "--as", "李主任")
    assert [one["kind"] for one in revised["posted"]] == ["reversal"]
    assert [one["call_id"] for one in told(work, "review", "calls", f"{DAY:%Y-%m}")] == ["c1"]
    work("review", "done", "华声/c1", "--as", "王敏", refused="has findings that nobody has decided")
    for found in told(work, "review", "list"):
        work("review", "overturn", found["finding"], "--as", "王敏")
    assert "is heard whole by 王敏" in work("review", "done", "华声/c1", "--as", "王敏")
    assert "no call of the formal sample waits" in work("review", "calls", f"{DAY:%Y-%m}")


def test_complaints_and_checks(work):
    of = ("--vendor", "华声", "--project", "telemarketing")
    made = told(work, "complaint", "add", *of, "--text", "被强行开通[b]", "--call", "c1", "--as", "王敏")
    work("complaint", "answer", made["complaint"], "--text", "已致歉", "--as", "华声的人")
    decided = told(work, "complaint", "decide", made["complaint"], "--justified", "--text", "属实", "--as", "李主任")
    assert (decided["state"], decided["answer"]) == ("justified", "已致歉")
    assert [one["kind"] for one in decided["posted"]] == ["complaint"]
    assert "被强行开通[b]" in "".join(work("complaint", "list", "--vendor", "华声").split())
    checked = told(work, "number-check", "add", "13800138000", *of, "--fault", "客户称未办理", "--as", "王敏")
    assert [one["kind"] for one in checked["posted"]] == ["number_check"]
    assert "nothing is posted" in work("number-check", "add", "13900139000", *of, "--as", "王敏")
    assert "13800138000" not in work("number-check", "list")
    assert [one["fault"] for one in told(work, "number-check", "list")] == ["客户称未办理", None]
    in_month = ("--month", f"{DAY:%Y-%m}", "--item", "培训", "--points", 5, "--text", "无签到")
    assert "-5 points" in work("project-check", "add", *of, *in_month, "--as", "王敏")
    assert [one["points"] for one in told(work, "project-check", "list")] == [5]


REFUSED = [
    ("review confirm 1 --as 无此人", "name or password is wrong"),
    ("review confirm 1 --as 华声的人", "this takes reviewer or supervisor"),
    ("review confirm 99 --as 王敏", "there is no finding 99"),
    ("review reclassify 1 --as 王敏", "name a rule or a severity other than"),
    ("review revise 1 added --note x --as 李主任", "a verdict is revised to confirmed, overturned or reclassified"),
    ("review revise 1 confirmed --note x --as 王敏", "this takes supervisor"),
    ("review add 华声/c1 phrase.nothing --as 王敏", "there is no rule 'phrase.nothing'"),
    ("review add 华声/c9 phrase.abuse --as 王敏", "no call 'c9' of vendor '华声' is registered"),
    ("review add 华声/c1 phrase.abuse --from 3 --as 王敏", "give both --from and --to"),
    ("review add 华声/c1 phrase.abuse --from 3 --to 2 --as 王敏", "the later one after the earlier"),
    ("review done c1 --as 王敏", "write VENDOR/CALL"),
    ("review calls 2026-13", "'2026-13' is no month"),
    ("appeal file --reason x --as 华声的人", "takes either a VERDICT or --entry N"),
    ("appeal file 1 --entry 1 --reason x --as 华声的人", "takes either a VERDICT or --entry N"),
    ("appeal decide 1 --reason x --as 李主任", "Missing option '--uphold'"),
    ("complaint add --vendor 无此公司 --project survey --text x --as 王敏", "is not registered and has no calls"),
    ("complaint add --vendor 华声 --project survey --text x --on 2999-01-01 --as 王敏", "is in the future"),
    ("number-check add 12ab --vendor 华声 --project survey --as 王敏", "is no telephone number"),
    (
        "project-check add --vendor 华声 --project survey --month 2999-01 --item x --points 1 --text x --as 王敏",
        "future",
    ),
]


def test_refused_in_one_line_and_nothing_kept(work):
    for arguments, said in REFUSED:
        work(*arguments.split(), refused=said)
    assert json.loads(work("ledger", "list", "--json")) == []
    assert json.loads(work("complaint", "list", "--json")) == json.loads(work("appeal", "list", "--json")) == []
