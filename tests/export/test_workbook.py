"""The workbook as openpyxl reads it back, and its bytes."""

import time
import zipfile
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from pipeline.export import workbook as made
from pipeline.export.summary import Summary
from pipeline.export.workbook import Book, write_workbook
from pipeline.records.month import Month
from pipeline.store.engine import reading
from pipeline.store.month_lines import find_closing, score_lines, settlement_lines, violations

from .closed_month import hear, store
from .march import CALLS, FEBRUARY, MARCH, VERDICTS

NAMES = {"phrase.insult": "侮辱", "phrase.shirking": "推诿"}


@pytest.fixture
def month(engine: Engine) -> Engine:
    hear(engine, CALLS, VERDICTS)
    store(engine, FEBRUARY, MARCH)
    return engine


def write(engine: Engine, target: Path) -> Path:
    with reading(engine) as session:
        closing = find_closing(session, Month(2026, 3))
        lines = list(score_lines(session, closing)), list(settlement_lines(session, closing))
        every = list((summary := Summary()).counted(violations(session, closing)))
        write_workbook(target, Book(closing, *lines, every, summary, NAMES, ZoneInfo("Asia/Shanghai")))
    return target


def test_sheets_have_chinese_headings_yuan_and_no_formula(month: Engine, tmp_path: Path) -> None:
    book = load_workbook(write(month, tmp_path / "report.xlsx"))
    assert book.sheetnames == ["概览", "得分", "结算", "对账差异", "违规明细", "违规汇总", "图表"]
    headings, first, *_, total = book["结算"].values
    line = dict(zip(headings, first, strict=True))
    assert (line["外呼公司"], line["单价（元）"], line["净额（元）"], line["以前月份调整（元）"]) == (
        "华声",
        15,
        5882.34,
        -100,
    )
    assert (total[0], dict(zip(headings, total, strict=True))["净额（元）"]) == ("合计", 6182.34)
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert [row[7] for row in book["违规明细"].values][:2] == ["规则", "侮辱"]
    exempt = next(row for row in book["得分"].values if row[1] == "survey")
    assert "免检（未检）" in exempt and exempt[14] is None


def test_rules_are_counted_by_severity(month: Engine, tmp_path: Path) -> None:
    rows = list(load_workbook(write(month, tmp_path / "report.xlsx"))["违规汇总"].values)
    assert rows[0] == ("规则", "致命", "重大", "轻微", "提示", "合计")
    assert ("侮辱", 1, 0, 0, 0, 1) in rows and ("推诿", 0, 1, 0, 0, 1) in rows and len(rows) == 5


def test_charts_are_the_spreadsheets_own_with_the_interval(month: Engine, tmp_path: Path) -> None:
    with zipfile.ZipFile(write(month, tmp_path / "report.xlsx")) as opened:
        charts = [name for name in opened.namelist() if name.startswith("xl/charts/chart")]
        assert len(charts) == 3
        score = opened.read(charts[0]).decode()
    assert "errBars" in score and "$C$2:$C$2" in score


def test_the_same_month_gives_the_same_bytes(month: Engine, tmp_path: Path) -> None:
    first = write(month, tmp_path / "one.xlsx").read_bytes()
    time.sleep(2.1)  # a zip's times have two seconds
    assert write(month, tmp_path / "two.xlsx").read_bytes() == first
    assert b"2026-04-03T18:00:00Z" in zipfile.ZipFile(tmp_path / "one.xlsx").read("docProps/core.xml")


def test_what_a_spreadsheet_cannot_hold_is_counted_and_said(
    month: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made, "MOST_VIOLATIONS", 2)
    book = load_workbook(write(month, tmp_path / "report.xlsx"))
    assert book["违规明细"].max_row == 3
    assert dict(row[:2] for row in book["概览"].values)["违规"] == "共 4 条，“违规明细”列出 2 条；其余见 violations.csv"
