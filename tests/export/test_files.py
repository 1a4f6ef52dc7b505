"""CSV files by the outside contract, as a spreadsheet and a program read them."""

import csv
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from pipeline.errors import StorageError
from pipeline.export.columns import DIFFERENCES, SCORES, SETTLEMENT, violation_columns
from pipeline.export.files import harmless, write_table, written
from pipeline.records.month import Month
from pipeline.store.engine import reading
from pipeline.store.month_lines import find_closing, score_lines, settlement_lines, violations

from .closed_month import hear, store
from .march import CALLS, FEBRUARY, MARCH, VERDICTS

ZONE = ZoneInfo("Asia/Shanghai")
# Word for word the contract of the design.
CONTRACT = {
    "scores.csv": "vendor,project,month,calls,inspected,partial,quarantined,not_produced,fatal,major,minor,rate,rate_low,rate_high,score,"
    "score_low,score_high,factor_bp,complaints,number_checks_failed,warnings_total,grade,status,policy_version,revision",
    "violations.csv": "entry,vendor,project,month,call_id,agent,started_at,rule,severity,start_ms,end_ms,words,match,verdict,reviewer_role,"
    "points,ruleset,model",
    "settlement.csv": "statement_no,vendor,project,month,count_operator,count_vendor,difference,tolerance,count_accepted,unit_price_fen,"
    "gross_fen,usage_share_fen,factor_bp,adjustment_fen,prior_month_fen,net_fen,tax_basis,price_version,revision",
}


@pytest.fixture
def folder(engine: Engine, tmp_path: Path) -> Path:
    hear(engine, CALLS, VERDICTS)
    store(engine, FEBRUARY, MARCH)
    with reading(engine) as session:
        closing = find_closing(session, Month(2026, 3))
        write_table(tmp_path / "out" / "scores.csv", SCORES, score_lines(session, closing))
        write_table(tmp_path / "out" / "violations.csv", violation_columns(ZONE), violations(session, closing))
        lines = list(settlement_lines(session, closing))
    write_table(tmp_path / "out" / "settlement.csv", SETTLEMENT, lines)
    write_table(tmp_path / "out" / "differences.csv", DIFFERENCES, (line for line in lines if line.differs))
    return tmp_path / "out"


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.mark.parametrize("name", CONTRACT)
def test_the_header_is_the_contracts(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") and not content.startswith(b"\xef\xbb\xbf\xef\xbb\xbf")
    assert content.split(b"\r\n")[0].decode("utf-8-sig") == CONTRACT[name]


def test_scores_have_shares_and_points_with_their_places_and_nothing_where_there_is_none(folder: Path) -> None:
    exempt, scored = sorted(rows(folder / "scores.csv"), key=lambda row: row["project"])
    assert (scored["vendor"], scored["rate"], scored["rate_low"], scored["score"], scored["score_high"]) == (
        ("华声", "0.0250", "0.0090", "91.50", "92.90")
    )
    assert (exempt["status"], exempt["rate"], exempt["score"], exempt["factor_bp"]) == (
        "not_inspected",
        "",
        "",
        "10000",
    )


def test_a_violation_names_its_call_seconds_words_and_who_decided(folder: Path) -> None:
    insult, *_, night = rows(folder / "violations.csv")
    assert (insult["call_id"], insult["start_ms"], insult["end_ms"], insult["words"]) == (
        "c1",
        "12000",
        "14500",
        "怎么这么笨",
    )
    assert (insult["reviewer_role"], insult["points"], insult["severity"]) == ("reviewer", "-100", "fatal")
    assert insult["started_at"] == "2026-03-05T10:00:00+08:00"
    assert [row["verdict"] for row in rows(folder / "violations.csv")] == [
        "confirmed",
        "reclassified",
        "added",
        "machine",
    ]
    assert (night["verdict"], night["reviewer_role"], night["start_ms"]) == ("machine", "", "")


def test_the_list_of_differences_holds_what_differs_only(folder: Path) -> None:
    (line,) = rows(folder / "differences.csv")
    assert (line["vendor"], line["difference"], line["within_tolerance"], line["not_payable"]) == (
        "华声",
        "2",
        "yes",
        "2",
    )
    assert len(rows(folder / "settlement.csv")) == 2


@pytest.mark.parametrize(
    "formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", " =1", '=HYPERLINK("http://x")']
)
def test_no_cell_is_a_formula(formula: str) -> None:
    assert harmless(formula) == f"'{formula}"


def test_words_and_numbers_stay_as_they_are() -> None:
    assert [written(cell) for cell in ("您好", "a=b", "", -3, Decimal("0.1200"), None)] == [
        "您好",
        "a=b",
        "",
        "-3",
        "0.1200",
        "",
    ]


def test_formulas_in_the_data_are_neutralised(folder: Path) -> None:
    night = rows(folder / "violations.csv")[-1]
    assert (night["agent"], night["words"]) == ("'=SUM(A1)", "'=1+1")


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    def breaking():
        yield from ()
        raise ValueError("the rows end here")

    (tmp_path / "scores.csv").write_text("old")
    with pytest.raises(ValueError, match="end here"):
        write_table(tmp_path / "scores.csv", SCORES, breaking())
    assert [file.name for file in tmp_path.iterdir()] == ["scores.csv"]
    assert (tmp_path / "scores.csv").read_text() == "old"


def test_a_place_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written") as error:
        write_table(tmp_path / "file" / "scores.csv", SCORES, [])
    assert "\n" not in str(error.value)
