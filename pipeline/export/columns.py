"""The columns of what is exported, once for the CSV files (English names, the outside contract) and for the workbook (Chinese headings).

    rate_low   错误率下限   0.0312        basis points, written as a share
    score      得分         91.50         hundredths of a point
    net_fen    净额（分）   1234500       fen

A cell that does not exist is empty, never 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from pipeline.records.closed import ScoreLine, SettlementLine, ViolationLine


class Unit(StrEnum):
    """What a column's numbers are, for those who set them for people to read: fen become yuan, shares per cent."""

    PLAIN = "plain"
    SHARE = "share"
    POINTS = "points"
    FEN = "fen"


Row = TypeVar("Row")
Cell = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column by its name in files and its heading for people, and how a row's cell is had."""

    name: str
    heading: str
    cell: Callable[[Row], Cell]
    unit: Unit = Unit.PLAIN


def share(basis_points: int | None) -> Decimal | None:
    """1234 → 0.1234."""
    return None if basis_points is None else Decimal(basis_points).scaleb(-4)


def points(hundredths: int | None) -> Decimal | None:
    """9150 → 91.50."""
    return None if hundredths is None else Decimal(hundredths).scaleb(-2)


def local_time(at: datetime | None, zone: ZoneInfo) -> str | None:
    """2026-03-02T10:00:00+08:00."""
    return None if at is None else at.astimezone(zone).isoformat(timespec="seconds")


SCORES: tuple[Column[ScoreLine], ...] = (
    Column("vendor", "外呼公司", lambda line: line.vendor),
    Column("project", "项目", lambda line: line.project),
    Column("month", "月份", lambda line: str(line.month)),
    Column("calls", "通话数", lambda line: line.calls),
    Column("inspected", "已检", lambda line: line.inspected),
    Column("partial", "部分可检", lambda line: line.partial),
    Column("quarantined", "无法检查", lambda line: line.quarantined),
    Column("not_produced", "未能调取", lambda line: line.not_produced),
    Column("fatal", "致命", lambda line: line.fatal),
    Column("major", "重大", lambda line: line.major),
    Column("minor", "轻微", lambda line: line.minor),
    Column("rate", "问题通话比例", lambda line: share(line.rate_bp), Unit.SHARE),
    Column("rate_low", "比例下限", lambda line: share(line.rate_low_bp), Unit.SHARE),
    Column("rate_high", "比例上限", lambda line: share(line.rate_high_bp), Unit.SHARE),
    Column("score", "得分", lambda line: points(line.score_c), Unit.POINTS),
    Column("score_low", "得分下限", lambda line: points(line.score_low_c), Unit.POINTS),
    Column("score_high", "得分上限", lambda line: points(line.score_high_c), Unit.POINTS),
    Column("factor_bp", "质量系数（基点）", lambda line: line.factor_bp),
    Column("complaints", "有理由投诉", lambda line: line.complaints),
    Column("number_checks_failed", "号码抽查不合格", lambda line: line.number_checks_failed),
    Column("warnings_total", "累计警告", lambda line: line.warnings_total),
    Column("grade", "级别", lambda line: line.grade),
    Column("status", "状态", lambda line: line.status),
    Column("policy_version", "政策版本", lambda line: line.policy),
    Column("revision", "修订", lambda line: line.revision),
)

SETTLEMENT: tuple[Column[SettlementLine], ...] = (
    Column("statement_no", "结算单号", lambda line: line.statement_no),
    Column("vendor", "外呼公司", lambda line: line.vendor),
    Column("project", "项目", lambda line: line.project),
    Column("month", "月份", lambda line: str(line.month)),
    Column("count_operator", "运营商成功量", lambda line: line.count_operator),
    Column("count_vendor", "外呼公司成功量", lambda line: line.count_vendor),
    Column("difference", "差异", lambda line: line.difference_known),
    Column("tolerance", "误差认可值", lambda line: line.tolerance),
    Column("count_accepted", "认可量", lambda line: line.count_accepted),
    Column("unit_price_fen", "单价（分）", lambda line: line.unit_price_fen, Unit.FEN),
    Column("gross_fen", "毛额（分）", lambda line: line.gross_fen, Unit.FEN),
    Column("usage_share_fen", "使用费提成（分）", lambda line: line.usage_share_fen, Unit.FEN),
    Column("factor_bp", "质量系数（基点）", lambda line: line.factor_bp),
    Column("adjustment_fen", "质量调整（分）", lambda line: line.adjustment_fen, Unit.FEN),
    Column("prior_month_fen", "以前月份调整（分）", lambda line: line.prior_month_fen, Unit.FEN),
    Column("net_fen", "净额（分）", lambda line: line.net_fen, Unit.FEN),
    Column("tax_basis", "计税口径", lambda line: line.tax_basis),
    Column("price_version", "价格版本", lambda line: line.price_version),
    Column("revision", "修订", lambda line: line.revision),
)

DIFFERENCES: tuple[Column[SettlementLine], ...] = (
    Column("statement_no", "结算单号", lambda line: line.statement_no),
    Column("vendor", "外呼公司", lambda line: line.vendor),
    Column("project", "项目", lambda line: line.project),
    Column("month", "月份", lambda line: str(line.month)),
    Column("count_operator", "运营商成功量", lambda line: line.count_operator),
    Column("count_vendor", "外呼公司成功量", lambda line: line.count_vendor),
    Column("difference", "差异", lambda line: line.difference_known),
    Column("tolerance", "误差认可值", lambda line: line.tolerance),
    Column("within_tolerance", "在认可值内", lambda line: "yes" if line.is_within_tolerance else "no"),
    Column("not_payable", "不予结算量", lambda line: line.not_payable),
    Column("count_accepted", "认可量", lambda line: line.count_accepted),
    Column("audited", "稽核结论", lambda line: line.audited),
    Column("revision", "修订", lambda line: line.revision),
)


def violation_columns(zone: ZoneInfo) -> tuple[Column[ViolationLine], ...]:
    """The columns of violations, with times in the zone in which days are counted."""
    return (
        Column("entry", "账目号", lambda line: line.posted.number),
        Column("vendor", "外呼公司", lambda line: line.posted.entry.vendor),
        Column("project", "项目", lambda line: line.posted.entry.project),
        Column("month", "月份", lambda line: str(line.posted.entry.month)),
        Column("call_id", "通话编号", lambda line: line.posted.entry.call_id),
        Column("agent", "话务员", lambda line: line.posted.entry.agent),
        Column("started_at", "通话开始", lambda line: local_time(line.started_at, zone)),
        Column("rule", "规则", lambda line: line.posted.entry.rule),
        Column("severity", "严重程度", lambda line: _word(line.posted.entry.severity)),
        Column("start_ms", "起（毫秒）", lambda line: _start_ms(line)),
        Column("end_ms", "止（毫秒）", lambda line: _end_ms(line)),
        Column("words", "话语", lambda line: line.posted.entry.words),
        Column("match", "匹配方式", lambda line: _word(line.posted.entry.match)),
        Column("verdict", "复核结论", lambda line: line.verdict),
        Column("reviewer_role", "复核人角色", lambda line: _word(line.posted.entry.role)),
        Column("points", "扣分", lambda line: line.posted.entry.points),
        Column("ruleset", "规则库版本", lambda line: line.posted.entry.ruleset),
        Column("model", "识别模型", lambda line: line.posted.entry.model),
    )


def _word(word: str | None) -> str | None:
    return None if word is None else str(word)


def _start_ms(line: ViolationLine) -> int | None:
    span = line.posted.entry.span
    return None if span is None else span.start_ms


def _end_ms(line: ViolationLine) -> int | None:
    span = line.posted.entry.span
    return None if span is None else span.end_ms
