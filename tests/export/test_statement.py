"""The statement as a vendor gets it: everything it must say, nothing fetched, the same bytes again."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from pipeline.export.statement import Statement, statement_html
from pipeline.export.summary import Summary, worst_calls
from pipeline.records.month import Month
from pipeline.store.engine import reading
from pipeline.store.month_lines import find_closing, score_history, score_lines, settlement_lines, violations

from .closed_month import hear, store
from .march import CALLS, FEBRUARY, MARCH, VERDICTS

NAMES = {"phrase.insult": "侮辱", "phrase.shirking": "推诿", "call.out_of_hours": "非时段外呼"}


@pytest.fixture
def month(engine: Engine) -> Engine:
    hear(engine, CALLS, VERDICTS)
    store(engine, FEBRUARY, MARCH)
    return engine


def statement(engine: Engine, vendor: str = "华声") -> Statement:
    summary = Summary()
    with reading(engine) as session:
        closing = find_closing(session, Month(2026, 3))
        return Statement(
            closing,
            vendor,
            tuple(settlement_lines(session, closing, vendor)),
            tuple(score_lines(session, closing, vendor)),
            score_history(session, closing, vendor, 12),
            summary,
            worst_calls(summary.counted(violations(session, closing, vendor)), 8),
            NAMES,
            warning_line=80,
            appeal_days=10,
            zone=ZoneInfo("Asia/Shanghai"),
        )


class Texts(HTMLParser):
    """The texts of a page, and every tag that is not closed where it should be."""

    VOID = ("meta", "br", "path", "use", "rect")

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag, self.getpos()

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open[-1] != "style":
            self.texts.append(data.strip())


def texts(page: str) -> list[str]:
    parser = Texts()
    parser.feed(page)
    assert parser.open == []
    return parser.texts


def test_it_says_what_is_paid_and_why(month: Engine) -> None:
    said = texts(statement_html(statement(month)))
    assert said.count("5,882.34") == 2 and "¥ 5,882.34" in said
    assert {"JS-2026-03-0-001", "5,970.00", "-100.00", "不予结算 2", "91.5", "90.1–92.9", "2.5%", "0.9%–6.8%"} <= set(
        said
    )
    assert "2026-02" in said and "警告线 80" in said


def test_the_worst_call_is_quoted_with_its_seconds(month: Engine) -> None:
    (insult, shirking) = statement(month).worst
    assert (insult.call_id, insult.count, shirking.call_id, shirking.count) == ("c1", 1, "c2", 2)
    said = texts(statement_html(statement(month)))
    assert said.index("c1") < said.index("c2")
    assert {"0:12.0–0:14.5", "怎么这么笨", "侮辱", "第 2 号 · 确认 · -100 分"} <= set(said)


def test_an_exempt_month_has_no_score(month: Engine) -> None:
    said = texts(statement_html(statement(month, "明信")))
    assert "免检（未检）" in said and "–" in said and "100.0" not in said
    assert "免检" in said  # in the plot, where a point would be


def test_nothing_is_fetched_and_nothing_in_the_data_becomes_part_of_the_page(month: Engine) -> None:
    hostile = replace(statement(month), vendor="<script>alert(1)</script>")
    page = statement_html(replace(hostile, history=tuple(replace(one, project="<b>x</b>") for one in hostile.history)))
    assert "<script" not in page and "<b>x" not in page
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"|url\((?!#)|@import', page) == []


def test_the_same_close_gives_the_same_bytes(month: Engine) -> None:
    page = statement_html(statement(month))
    assert statement_html(statement(month)) == page
    assert "<svg" in page and "<metadata" not in page


@pytest.mark.parametrize(("number", "words"), [("warning_line", "警告线 70"), ("appeal_days", "70 个日历日内申诉")])
def test_the_policys_numbers_are_the_ones_that_are_said(month: Engine, number: str, words: str) -> None:
    assert words not in statement_html(statement(month))
    assert words in statement_html(replace(statement(month), **{number: 70}))


def test_a_vendor_without_anything_gets_a_page_that_says_so(month: Engine) -> None:
    said = texts(statement_html(statement(month, "新来")))
    assert {"本月没有结算项目。", "本月没有评分。", "本月没有入账的违规。"} <= set(said)
