"""user, vendor and policy as people type them: names proven, one line where something is wrong, nothing half-written."""

import json

import pytest

from pipeline.settings import CHECKOUT
from tests.flows.conftest import Callqa
from tests.flows.typed import PASSWORD, Typed
from tests.known import EXCLUSIVE, facts

ANOTHER = "another-1234"
HEAD = "外呼公司,事项,内容,生效日期,截止日期,项目,文件编号,文件日期\n"


@pytest.fixture
def office(tmp_path):
    """An installation with an administrator, a supervisor and a vice-president."""
    typed = Typed(tmp_path / "work")
    typed("init", tmp_path / "work")
    typed("user", "add", "管理", "--role", "administrator")
    typed("user", "add", "王敏", "--role", "supervisor", "--as", "管理")
    typed("user", "add", "陈总", "--role", "vice_president", "--as", "管理")
    return typed


@pytest.fixture
def ruled(office):
    """The same with the shipped policy in force."""
    office("policy", "propose", "--from", "2026-01", "--as", "王敏")
    (proposed,) = office.json("policy", "history")
    office("policy", "approve", proposed["version"], "--as", "陈总")
    return office


def table(text):
    rows = []
    for fact in facts(text):
        cells = (fact.vendor, fact.kind.chinese, fact.value, fact.valid_from, fact.valid_until, fact.project)
        rows.append(",".join(str(cell or "") for cell in (*cells, fact.document, fact.document_date)))
    return HEAD + "\n".join(rows) + "\n"


def test_people_are_added_by_an_administrator_and_prove_their_names(office):
    assert "an administrator adds people" in office.refused(2, "user", "add", "李娜", "--role", "reviewer")
    told = office.refused(1, "user", "add", "李娜", "--role", "reviewer", "--as", "王敏")
    assert "user '王敏' is supervisor; this takes administrator" in told
    vendor = ("user", "add", "客服", "--role", "vendor", "--vendor", "无名", "--as", "管理")
    assert "vendor '无名' is not registered" in office.refused(1, *vendor)
    office("user", "disable", "王敏", "--as", "管理")
    told = office.refused(1, "policy", "propose", "--from", "2026-01", "--as", "王敏")
    assert "name or password is wrong, or the user is disabled" in told
    people = {one["name"]: one for one in office.json("user", "list")}
    assert (people["王敏"]["created_by"], people["王敏"]["disabled_by"]) == ("管理", "管理")
    assert set(people) == {"管理", "王敏", "陈总"}


def test_the_first_user_is_an_administrator(tmp_path):
    callqa = Typed(tmp_path)
    callqa("init", tmp_path)
    told = callqa.refused(2, "user", "add", "王敏", "--role", "reviewer")
    assert "the first user is an administrator, not reviewer" in told
    assert callqa.json("user", "list") == []


def test_a_password_is_changed_with_the_old_one_or_by_an_administrator(office):
    office.environment["CALLQA_NEW_PASSWORD"] = ANOTHER
    assert "only an administrator" in office.refused(1, "user", "password", "管理", "--as", "王敏")
    office("user", "password", "王敏")
    assert "name or password is wrong" in office.refused(1, "user", "password", "王敏")
    office.environment["CALLQA_NEW_PASSWORD"] = PASSWORD
    office("user", "password", "王敏", "--as", "管理")
    office("user", "password", "王敏")


def test_without_a_terminal_and_a_password_it_says_what_to_set(office):
    office.environment["CALLQA_PASSWORD"] = None
    assert "set CALLQA_PASSWORD" in office.refused(2, "policy", "propose", "--from", "2026-01", "--as", "王敏")


def test_a_policy_is_proposed_by_one_and_approved_by_another(office, tmp_path):
    office("policy", "propose", "--from", "2026-03", "--as", "陈总")
    (proposed,) = office.json("policy", "history")
    told = office.refused(1, "policy", "approve", proposed["version"], "--as", "陈总")
    assert "was proposed by 陈总, who cannot approve it too" in told
    assert "this takes vice_president" in office.refused(1, "policy", "approve", proposed["version"], "--as", "王敏")
    assert "no approved policy is in force in 2026-03" in office.refused(1, "policy", "show", "--month", "2026-03")
    assert "'2026-13' is no month" in office.refused(2, "policy", "propose", "--from", "2026-13", "--as", "王敏")
    file = tmp_path / "p.toml"
    shipped = (CHECKOUT / "lexicons" / "policy.toml").read_text(encoding="utf-8")
    file.write_text(shipped.replace("seats = 10", "seats = -1"), encoding="utf-8")
    told = office.refused(1, "policy", "propose", file, "--from", "2026-03", "--as", "王敏")
    assert told == f"{file}: [registry] seats: -1 must lie between 0 and 1000000"
    assert len(office.json("policy", "history")) == 1


def test_what_is_in_force_is_shown_as_it_was_proposed(ruled):
    shipped = (CHECKOUT / "lexicons" / "policy.toml").read_text(encoding="utf-8")
    assert ruled("policy", "show") == shipped
    (one,) = ruled.json("policy", "history")
    assert (one["from_month"], one["proposed_by"], one["approved_by"]) == ("2026-01", "王敏", "陈总")
    assert "everything in it adds up" in ruled("policy", "check")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_of_facts_goes_in_whole_once(ruled, tmp_path, encoding):
    file = tmp_path / "facts.csv"
    file.write_bytes(table(EXCLUSIVE + "华声 admitted survey 2026-02-01").encode(encoding))
    counts = ruled.json("vendor", "import", file, "--as", "王敏")
    assert counts == {"rows": 15, "new": 15, "problems": []}
    assert ruled.json("vendor", "import", file, "--as", "王敏")["new"] == 0
    shown = ruled.json("vendor", "show", "华声", "--on", "2026-03-01")
    assert (shown["mode"], shown["term"], shown["types"]) == ("exclusive", ["2026-01-01", "2027-12-31"], ["survey"])
    assert shown["missing"] == []
    agreement = next(fact for fact in shown["facts"] if fact["fact"] == "confidentiality")
    assert (agreement["document"], agreement["document_date"], agreement["person"]) == ("BM-1", "2025-12-20", "王敏")


def test_of_a_table_with_a_wrong_row_nothing_goes_in(ruled, tmp_path):
    file = tmp_path / "facts.csv"
    file.write_text(
        table(EXCLUSIVE) + "华声,台席,9,2026-01-01,,,,\n华声,台席数,-1,2026-01-01,,,K,2025-12-01\n", encoding="utf-8"
    )
    done = ruled.json("vendor", "import", file, "--as", "王敏", exits=1)
    assert done["new"] == 0
    assert [problem.removeprefix(f"{file} ")[:30] for problem in done["problems"]] == [
        "line 16: '台席' is no fact; known: "[:30],
        "line 17: seats '-1' must be a whole number"[:30],
    ]
    assert ruled.json("vendor", "list") == []


def test_a_vendor_by_hand_from_registration_to_its_yearly_check(ruled):
    ruled("vendor", "add", "华声", "--mode", "exclusive", "--from", "2026-01-01", "--as", "王敏")
    again = ("vendor", "add", "华声", "--mode", "exclusive", "--from", "2026-01-01", "--as", "王敏")
    assert "'华声' is registered already" in ruled.refused(1, *again)
    shown = ruled.json("vendor", "show", "华声", "--on", "2026-11-15")
    assert shown["term"] == ["2026-01-01", "2027-12-31"]
    assert "confidentiality (保密协议): not signed" in shown["missing"]
    assert shown["yearly_check"]["state"] == "due"
    admit = ("vendor", "record", "华声", "准入业务", "survey", "--from", "2026-01-01", "--as", "王敏")
    assert "lacks confidentiality (保密协议): not signed" in ruled.refused(1, *admit)
    report = ("--document", "考察报告-3", "--document-date", "2026-11-12")
    visit = ("vendor", "record", "华声", "yearly_check", "goes_on", "--from", "2026-11-12", *report, "--as", "王敏")
    ruled(*visit)
    assert "was known already" in ruled(*visit)
    assert ruled.json("vendor", "show", "华声", "--on", "2026-12-15")["yearly_check"]["state"] == "done"
    (check,) = ruled.json("vendor", "yearly-report", "--year", "2026")
    assert (check["state"], check["report"]["document"]) == ("done", "考察报告-3")


def test_what_cannot_be_recorded_is_one_line(ruled):
    ruled("vendor", "add", "华声", "--mode", "general", "--from", "2026-01-01", "--as", "王敏")
    record = ("vendor", "record", "华声")
    rest = ("--from", "2026-01-01", "--as", "王敏")
    assert "vendor '无名' is not registered" in ruled.refused(1, "vendor", "record", "无名", "seats", "9", *rest)
    assert "'台席' is no fact; known: mode (合作模式)" in ruled.refused(2, *record, "台席", "9", *rest)
    assert "seats rests on a document" in ruled.refused(2, *record, "seats", "9", *rest)
    assert "an exit takes three approvals" in ruled.refused(1, *record, "removed", "survey", *rest)
    assert "'1 January' is not a day" in ruled.refused(2, *record, "mode", "general", "--from", "1 January", *rest[2:])
    assert len(ruled.json("vendor", "show", "华声", "--on", "2026-02-01")["facts"]) == 2


@pytest.mark.slow
def test_two_tables_at_once_leave_no_fact_twice(ruled, tmp_path):
    file = tmp_path / "facts.csv"
    file.write_text(table(EXCLUSIVE + "华声 admitted survey 2026-02-01"), encoding="utf-8")
    callqa = Callqa(ruled.root, CALLQA_PASSWORD=PASSWORD)
    running = [callqa.start("vendor", "import", file, "--as", "王敏") for _ in range(3)]
    assert [process.wait(timeout=120) for process in running] == [0, 0, 0]
    assert len(ruled.json("vendor", "show", "华声", "--on", "2026-03-01")["facts"]) == 15
    assert json.dumps(ruled.json("vendor", "list", "--on", "2026-03-01"), ensure_ascii=False).count("BM-1") == 1
