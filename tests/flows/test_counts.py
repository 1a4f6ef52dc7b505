"""frame and counts as people type them: GBK tables, one line where something is wrong, nothing half-written."""

import pytest

from flows.commands.setup import initialise
from pipeline.records.call import Outcome
from pipeline.records.person import Role
from pipeline.services.drawing import open_store
from pipeline.settings import load
from pipeline.store.engine import writing
from pipeline.store.facts import record_fact
from pipeline.store.people import add_user
from tests.flows.typed import PASSWORD, Typed
from tests.heard import at, in_force
from tests.known import EXCLUSIVE, facts
from tests.store.samples import register, row

FRAME = "外呼公司,项目,日期,下发号码数,通话记录数,成功量\n"
COUNTS = "外呼公司,项目,月份,成功量,使用费(元)\n"
PEOPLE = {"王敏": Role.SUPERVISOR, "周审计": Role.AUDITOR, "小赵": Role.REVIEWER, "华声的人": Role.VENDOR}


@pytest.fixture
def office(tmp_path):
    """华声 is registered, a policy is in force, and its manifest of 2 March has three calls."""
    initialise(tmp_path / "work")
    engine = open_store(load(tmp_path / "work"))
    in_force(engine)
    started = at("2026-03-02", "10:00")
    outcomes = {"c1": Outcome.SUCCESS, "c2": Outcome.SUCCESS, "c3": Outcome.REFUSED}
    register(engine, *(row(name, started.date(), outcome=outcome) for name, outcome in outcomes.items()))
    with writing(engine) as session:
        for fact in facts(EXCLUSIVE):
            record_fact(session, fact)
        for name, role in PEOPLE.items():
            add_user(session, name, role, PASSWORD, started, vendor="华声" if role is Role.VENDOR else None)
    engine.dispose()
    return Typed(tmp_path / "work")


def write(folder, name, head, *rows, encoding="utf-8"):
    file = folder / name
    file.write_text(head + "\n".join(rows) + "\n", encoding=encoding)
    return file


def test_a_frame_with_gaps_fails_until_they_are_explained(office, tmp_path):
    file = write(tmp_path, "frame.csv", FRAME, "华声,vip-care,2026-03-02,10,4,1", encoding="gb18030")
    assert office.json("frame", "import", file, "--as", "王敏") == {"rows": 1, "new": 1, "problems": []}
    assert office.json("frame", "import", file, "--as", "王敏")["new"] == 0
    found = office.json("frame", "gaps", "2026-03", exits=1)
    assert {gap["gap"]: gap["calls"] for gap in found} == {"missing_calls": 1, "successes_over": 1}
    assert office.json("frame", "gaps", "2026-03", "--vendor", "别家") == []
    for gap in ("missing_calls", "successes_over"):
        explain = ("frame", "explain", "华声", "vip-care", "2026-03-02", gap, "--text", "交换机重复计数")
        told = office.refused(1, *explain, "--as", "小赵")
        assert "user '小赵' is reviewer; this takes supervisor or auditor" in told
        office(*explain, "--as", "王敏")
    assert "交换机重复计数" in office("frame", "gaps", "2026-03")
    told = office.refused(
        1, "frame", "explain", "华声", "vip-care", "2026-03-02", "over_issued", "--text", "x", "--as", "王敏"
    )
    assert "has no gap over_issued on 2026-03-02" in told


def test_a_table_with_a_wrong_line_leaves_nothing(office, tmp_path):
    rows = {
        "华声,vip-care,2026-03-02,10,4,1": None,
        "无名,vip-care,2026-03-02,10,4,1": "vendor '无名' is not registered",
        "华声,,2026-03-02,10,4,1": "project is missing",
        "华声,vip-care,2026-02-30,10,4,1": "day '2026-02-30' is no day",
        "华声,vip-care,2999-01-01,10,4,1": "day 2999-01-01 is in the future",
        "华声,vip-care,2026-03-03,-1,4,1": "issued '-1' is no count",
        "华声,vip-care,2026-03-04,10,4,5": "5 successes in 4 calls",
        "华声,vip-care,2026/3/2,10,4,1": "counted in an earlier line already",
    }
    file = write(tmp_path, "frame.csv", FRAME, *rows)
    result = office.json("frame", "import", file, "--as", "王敏", exits=1)
    expected = [f"{file} line {at}: {why}" for at, why in enumerate(rows.values(), start=2) if why]
    assert [told.split(";")[0] for told in result["problems"]] == expected
    assert office.json("frame", "gaps", "2026-03", exits=1)[0]["gap"] == "no_record"
    formula = write(tmp_path, "formula.csv", FRAME, "华声,vip-care,2026-03-02,=1+1,4,1")
    assert "line 2: '=1+1' is a formula" in office.refused(1, "frame", "import", formula, "--as", "王敏")


def test_counts_of_both_sides_and_their_audit(office, tmp_path):
    operator = write(tmp_path, "operator.csv", COUNTS, "华声,vip-care,2026-03,900,12345.50")
    vendor = write(tmp_path, "vendor.csv", COUNTS.replace(",使用费(元)", ""), "华声,vip-care,2026-03,1000")
    told = office.refused(1, "counts", "import", operator, "--side", "operator", "--as", "华声的人")
    assert "cannot hand in the operator's counts" in told
    office("counts", "import", operator, "--side", "operator", "--as", "王敏")
    office("counts", "import", vendor, "--side", "vendor", "--as", "华声的人")
    (shown,) = office.json("counts", "show", "2026-03")
    assert (shown["count_operator"], shown["count_vendor"], shown["usage_fen"]) == (900, 1000, 1_234_550)
    assert (shown["difference"], shown["tolerance"], shown["needs_audit"]) == (100, 9, True)
    audit = ("counts", "audit", "华声", "vip-care", "2026-03", "--accept", 950, "--text", "重复50笔")
    assert "handed in a count of it" in office.refused(1, *audit, "--as", "王敏")
    office(*audit, "--as", "周审计")
    (shown,) = office.json("counts", "show", "2026-03")
    assert (shown["agreed"], shown["audited"]) == (950, "周审计: 重复50笔")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("华声,vip-care,2999-01,1,", "month 2999-01 is in the future"),
        ("华声,vip-care,2026-13,1,", "'2026-13' is no month"),
        ("华声,vip-care,2026-03,1.5,", "successes '1.5' is no count"),
        ("华声,vip-care,2026-03,1,-0.01", "usage_yuan '-0.01' must be an amount"),
        ("华声,vip-care,2026-03,1,1.005", "usage_yuan '1.005' must be an amount"),
        ("华声,vip-care,2026-03,1,NaN", "usage_yuan 'NaN' must be an amount"),
        ("华声,vip-care,2026-03,1,many", "usage_yuan 'many' is no amount"),
    ],
)
def test_what_is_no_count(office, tmp_path, row, why):
    file = write(tmp_path, "counts.csv", COUNTS, row)
    (told,) = office.json("counts", "import", file, "--side", "operator", "--as", "王敏", exits=1)["problems"]
    assert told.startswith(f"{file} line 2: {why}")
    assert office.json("counts", "show", "2026-03") == []
