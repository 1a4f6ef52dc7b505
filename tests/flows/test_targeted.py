"""Calls drawn on purpose (定向抽检): heard by the next night, counted as faults, and in no mean."""

import re
import shutil
import sqlite3

import pytest

from pipeline.records.month import Month
from pipeline.services.drawing import open_store
from pipeline.services.month_figures import heard_in
from pipeline.settings import load
from pipeline.store.closes import counted
from pipeline.store.engine import reading
from pipeline.store.ledger import entries
from pipeline.store.policies import policy_for
from tests.flows.conftest import DAY, Callqa, with_a_supervisor
from tests.heard import in_force

VENDOR, HEARD, LEFT = "远达呼叫", "2026030200008", "2026030200011"
# Of the two it draws the one without a fault.
SEED = "s4"
ACT = ("--reason", "客户投诉被强行开通", "--as", "李主任")


@pytest.fixture
def sampled(drop, tmp_path):
    """A night of which one call a project was drawn, under a policy that scores from one on. 远达呼叫's survey has two: one is left."""
    callqa = Callqa(tmp_path / "work")
    callqa("init", tmp_path / "work")
    shutil.copytree(load(callqa.root).lexicons_path, callqa.root / "lexicons")
    policy = callqa.root / "lexicons" / "policy.toml"
    text = re.sub(r"(?m)^(minimum_calls|smallest_sample) = \d+$", r"\1 = 1", policy.read_text("utf-8"))
    policy.write_text(text, "utf-8")
    with (callqa.root / "callqa.toml").open("a", encoding="utf-8") as file:
        file.write('lexicons = "lexicons"\n')
    with_a_supervisor(callqa)
    callqa("ingest", drop / "manifest.csv")
    callqa("nightly", "--date", DAY, "--seed", SEED)
    in_force(open_store(load(callqa.root)), text)
    return callqa


def rows(callqa, query, *given):
    with sqlite3.connect(callqa.root / "callqa.db") as database:
        return database.execute(query, given).fetchall()


def estimates(callqa):
    """The month's estimates by vendor and project."""
    engine = open_store(load(callqa.root))
    with reading(engine) as session:
        month = Month.parse(DAY[:7])
        heard = heard_in(session, month, counted(session, month), policy_for(session, month))
        found = {place: one.estimate for place, one in heard.items()}
    engine.dispose()
    return found


def test_the_next_night_hears_it_its_fault_counts_and_no_mean_moves(sampled):
    assert rows(sampled, "SELECT call_id FROM calls WHERE state = 'not_sampled' AND connected") == [(LEFT,)]
    sampled("review", "done", f"{VENDOR}/{HEARD}", "--as", "李主任")
    before = estimates(sampled)
    assert before[VENDOR, "survey"].inspected == before[VENDOR, "survey"].reviewed == 1
    assert before[VENDOR, "survey"].score is not None
    draw = sampled.json("sample", "--call", f"{VENDOR}/{LEFT}", *ACT)[0]
    assert (draw["kind"], draw["calls"][0]["probability"], draw["calls"][0]["formal"]) == ("targeted", [0, 1], False)
    assert sampled.json("nightly", "--date", DAY)["open"] == 0
    assert rows(sampled, "SELECT state FROM calls WHERE call_id = ?", LEFT) == [("inspected",)]
    found = [one for one in sampled.json("review", "list", "--month", DAY[:7]) if one["call_id"] == LEFT]
    assert "phrase.taunt" in {one["rule"] for one in found}
    done = sampled.json("review", "confirm", found[0]["finding"], "--as", "李主任")
    (posted,) = (one for one in done["posted"] if one["kind"] == "violation")
    assert posted["points"] < 0
    sampled("review", "done", f"{VENDOR}/{LEFT}", "--as", "李主任")
    engine = open_store(load(sampled.root))
    with reading(engine) as session:
        stands = [one.entry for one in entries(session, month=Month.parse(DAY[:7]), vendor=VENDOR)]
    engine.dispose()
    assert [(one.kind.value, one.call_id) for one in stands] == [("violation", LEFT)]
    assert estimates(sampled) == before
    told = rows(sampled, "SELECT person, detail FROM events WHERE detail LIKE 'drawn on purpose%'")
    assert told == [("李主任", "drawn on purpose: 客户投诉被强行开通")]
    again = sampled.run("sample", "--call", f"{VENDOR}/{LEFT}", *ACT)
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    assert "has been heard already" in again.stderr


def test_a_call_is_drawn_once_and_several_all_or_none(sampled):
    first, silent = f"{VENDOR}/{LEFT}", "明信通信/2026030200003N"
    draws = len(rows(sampled, "SELECT id FROM draws"))
    none = sampled.run("sample", "--call", first, "--call", "nobody/1", *ACT)
    assert none.returncode == 1 and "no call '1' of vendor 'nobody'" in none.stderr
    refused = sampled.run("sample", "--call", first, "--call", f"{VENDOR}/{HEARD}", *ACT)
    assert refused.returncode == 1 and "has been heard already" in refused.stderr
    assert len(rows(sampled, "SELECT id FROM draws")) == draws
    refused = sampled.run("sample", "--call", first, "--call", silent, *ACT)
    assert refused.returncode == 1 and "was not connected" in refused.stderr
    assert len(rows(sampled, "SELECT id FROM draws")) == draws
    made = sampled.json("sample", "--call", first, "--call", first, *ACT)
    assert [one["calls"][0]["call_id"] for one in made] == [LEFT]
    waiting = sampled.run("sample", "--call", first, *ACT)
    assert waiting.returncode == 1 and "is drawn already: the next night hears it" in waiting.stderr
    assert len(rows(sampled, "SELECT id FROM draws")) == draws + 1
    assert sampled.json("sample", "--replay", made[0]["draw"])["differences"] == []


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        ((), 2, "takes a reason and a supervisor"),
        (("--reason", "客户投诉"), 2, "takes a reason and a supervisor"),
        (("--reason", "  ", "--as", "李主任"), 2, "say why the call is drawn"),
        (("--reason", "客户投诉", "--as", "管理员"), 1, "this takes supervisor"),
    ],
)
def test_somebody_answers_for_it_and_says_why(callqa, drop, given, code, says):
    with_a_supervisor(callqa)
    callqa("ingest", drop / "manifest.csv")
    name = "/".join(rows(callqa, "SELECT vendor, call_id FROM calls")[0])
    done = callqa.run("sample", "--call", name, *given)
    assert (done.returncode, done.stderr.count("\n")) == (code, 1)
    assert says in done.stderr
    assert rows(callqa, "SELECT id FROM draws") == []
    assert callqa.run("sample", "--date", DAY, "--as", "李主任").returncode == 2
