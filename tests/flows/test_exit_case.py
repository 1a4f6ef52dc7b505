"""warning, rectification and exit-case as people type them."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.commands.setup import initialise
from pipeline.errors import CallqaError
from pipeline.records.month import Month
from pipeline.services.drawing import open_store
from pipeline.settings import load
from pipeline.store.engine import writing
from pipeline.store.facts import record_fact
from pipeline.store.ledger import post
from pipeline.store.people import add_user
from tests.heard import CHIEF, MARKETING, REVIEWER, SUPERVISOR, in_force
from tests.known import EXCLUSIVE, facts
from tests.ledger.text import ZONE, entries

PASSWORD = "geheim-1234"  # noqa: S105 - of people who exist in these tests only
TODAY = datetime.now(UTC).astimezone(ZONE).date()
ADMITTED = "华声 admitted survey 2026-01-01"
# Terms and months are those of the day on which the test runs.
TERM = f"华声 qualification exclusive {TODAY - timedelta(days=100)}..{TODAY + timedelta(days=600)}"
BREACHES = "\n".join(
    f"{TODAY} violation 华声 {project} call {project} phrase.insult fatal by 王敏/reviewer [{project}]"
    for project in ("survey", "养老关怀", "回访")
)


class Office:
    """The command in a working folder; what it prints, or why it was refused."""

    def __init__(self, root):
        self.root = root

    def __call__(self, *arguments):
        done = CliRunner().invoke(app, ["-C", str(self.root), *map(str, arguments)])
        assert done.exception is None, done.exception
        return done.output

    def json(self, *arguments):
        return json.loads(self(*arguments, "--json"))

    def refused(self, *arguments):
        done = CliRunner().invoke(app, ["-C", str(self.root), *map(str, arguments)])
        assert isinstance(done.exception, CallqaError), done.output
        assert "\n" not in str(done.exception)
        return str(done.exception)


@pytest.fixture
def office(tmp_path, monkeypatch):
    """An installation with a vendor of three confirmed breaches in three projects, and the people who decide."""
    monkeypatch.setenv("CALLQA_PASSWORD", PASSWORD)
    initialise(tmp_path / "work")
    engine = open_store(load(tmp_path / "work"))
    in_force(engine, month=str(Month.of(TODAY).plus(-6)))
    with writing(engine) as session:
        for person in (SUPERVISOR, MARKETING, CHIEF, REVIEWER):
            add_user(session, person.name, person.role, PASSWORD, datetime.now(UTC))
        for fact in facts(EXCLUSIVE + ADMITTED + "\n" + TERM):
            record_fact(session, fact)
        post(session, entries(BREACHES))
    engine.dispose()
    return Office(tmp_path / "work")


def test_from_three_breaches_to_the_exit(office):
    told = office("exit-case", "check")
    assert "华声 is suspended, exit case 7 is open: 资格期内累计3次警告" in told
    assert office("exit-case", "check") == "nothing is due\n"
    listed = office.json("warning", "list")
    (count,) = listed["vendors"]
    assert (count["in_term"], count["to_exit"], count["in_year"]) == (3, 3, 3)
    assert (count["exclusive_a_year"], count["over_the_year"], count["suspended"]) == (2, True, True)
    assert [one["evidence"] for one in listed["warnings"]] == [[1], [2], [3]]
    assert "3 stand in its term" in office("warning", "list", "--vendor", "华声")

    office("exit-case", "suspend", 7, "--as", "李主任", "--note", "已停发号码")
    assert "approval 1 of 3 is the supervisor's; 孙经理 is marketing" in office.refused(
        "exit-case", "approve", 7, "--as", "孙经理"
    )
    for name in ("李主任", "孙经理", "陈副总"):
        office("exit-case", "approve", 7, "--as", name)
    assert "not handed over yet: 录音及清单、" in office.refused("exit-case", "close", 7, "--as", "李主任")
    for item in office.json("exit-case", "show", 7)["to_hand_over"]:
        office("exit-case", "handover", 7, "--item", item, "--as", "李主任")
    assert "华声 is out of survey and thus altogether" in office("exit-case", "close", 7, "--as", "李主任")
    (case,) = office.json("exit-case", "list")
    assert (case["state"], case["to_hand_over"], case["next_approval"]) == ("exited", [], None)
    assert [one["person"] for one in case["approvals"]] == ["李主任", "孙经理", "陈副总"]
    assert office.json("exit-case", "list", "--open") == []
    assert "李主任 supervisor" in office("exit-case", "show", 7)
    office("verify")


def test_a_voided_warning_reopens_the_case_and_it_is_dropped(office):
    office("exit-case", "check")
    assert "user '孙经理' is marketing" in office.refused(
        "warning", "void", 5, "--reason", "申诉成立", "--as", "孙经理"
    )
    office("warning", "void", 5, "--reason", "申诉成立", "--as", "李主任")
    (case,) = office.json("exit-case", "list")
    assert (case["state"], case["taken_back"]) == ("reopened", [5])
    assert case["no_longer_stands"] == "2 warnings stand, an exit takes 3"
    listed, shown = office("exit-case", "list"), office("exit-case", "show", 7)
    for words in ("rests on", "cannot", "2 warnings", "whose turn"):
        assert words in listed
    assert case["next_approval"] is None
    assert "taken back: 5" in shown and "fallen" not in listed + shown
    office("exit-case", "drop", 7, "--reason", "依据已撤销", "--as", "李主任")
    assert office.json("exit-case", "list")[0]["state"] == "dropped"


def test_a_rectification_is_demanded_and_closed(office):
    told = office("rectification", "open", "华声", "--demand", "重新培训", "--as", "李主任")
    assert f"until {TODAY + timedelta(days=14)}, that day included" in told
    (one,) = [each for each in office.json("rectification", "list") if each["state"] == "open"]
    office("rectification", "close", one["rectification"], "--note", "考试合格", "--as", "李主任")
    assert [each["state"] for each in office.json("rectification", "list")] == ["rectified"]
    assert "rectified" in office("rectification", "list")


def test_what_makes_no_sense_is_refused_in_one_line(office, monkeypatch):
    assert "the ledger has no entry 99" in office.refused("exit-case", "show", 99)
    assert "entry 1 is no exit case: it is a violation" in office.refused("exit-case", "approve", 1, "--as", "陈副总")
    assert "entry 1 is no warning" in office.refused("warning", "void", 1, "--reason", "x", "--as", "李主任")
    assert "'无名' is not registered" in office.refused("exit-case", "open", "无名", "--reason", "x", "--as", "李主任")
    assert "not admitted to win-back" in office.refused(
        "exit-case", "open", "华声", "--type", "win-back", "--reason", "x", "--as", "李主任"
    )
    monkeypatch.setenv("CALLQA_PASSWORD", "falsch-1234")
    assert "name or password is wrong" in office.refused("exit-case", "approve", 1, "--as", "陈副总")


def test_a_warning_given_and_a_vendor_found_to_deal_for_others(office):
    told = office("warning", "give", "华声", "--project", "survey", "--reason", "漏报话单", "--as", "李主任")
    assert "exit case 8 is open: 资格期内累计4次警告" in told
    told = office("exit-case", "open", "华声", "--veto", "--reason", "现场发现代理其他运营商产品", "--as", "李主任")
    assert "is open: 现场发现代理其他运营商产品" in told
    told = office("exit-case", "open", "华声", "--type", "survey", "--reason", "业务调整", "--as", "孙经理")
    assert "of 华声 is open" in told
    cases = office.json("exit-case", "list")
    assert [(one["trigger"], one["state"], one["type"]) for one in cases] == [
        ("warnings", "suspended", None),
        ("veto", "suspended", None),
        ("decision", "opened", "survey"),
    ]
    assert "suspended" in office("exit-case", "list")
