"""The tables of how well inspection works, as files."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TypeVar

from pipeline.export.columns import Cell, Column
from pipeline.records.estimate import Interval
from pipeline.records.quality import Effort, MatchQuality, PairAgreement, RuleQuality, VersionQuality

Line = TypeVar("Line")
_PLACES = Decimal("0.0001")


def rounded(number: float | None) -> Cell:
    """To four places; an empty cell where there is no number, or none that is finite."""
    if number is None or number in (float("inf"), float("-inf")):
        return None
    return Decimal(number).quantize(_PLACES)


def value(interval: Interval | None) -> Cell:
    """The estimate."""
    return rounded(interval.value if interval else None)


def low(interval: Interval | None) -> Cell:
    """Its lower bound."""
    return rounded(interval.low if interval else None)


def high(interval: Interval | None) -> Cell:
    """Its upper bound."""
    return rounded(interval.high if interval else None)


def _bounded(name: str, title: str, of: Callable[[Line], Interval | None]) -> Iterator[Column[Line]]:
    """An estimate with its bounds, a column each."""
    yield Column(name, title, lambda one: value(of(one)))
    yield Column(f"{name}_low", f"{title}下限", lambda one: low(of(one)))
    yield Column(f"{name}_high", f"{title}上限", lambda one: high(of(one)))


RULES: tuple[Column[RuleQuality], ...] = (
    Column("rule", "规则", lambda one: one.rule),
    Column("decided", "已判定", lambda one: one.decided),
    Column("confirmed", "属实", lambda one: one.confirmed),
    Column("reclassified", "改判", lambda one: one.reclassified),
    Column("overturned", "推翻", lambda one: one.overturned),
    Column("added", "人工补充", lambda one: one.added),
    *_bounded("precision", "准确率", lambda one: one.precision),
)
VERSIONS: tuple[Column[VersionQuality], ...] = (
    Column("rule", "规则", lambda one: one.rule),
    Column("version", "版本", lambda one: one.version),
    Column("decided", "已判定", lambda one: one.decided),
    Column("overturned", "推翻", lambda one: one.overturned),
    *_bounded("rate", "推翻率", lambda one: one.rate),
)
MATCHES: tuple[Column[MatchQuality], ...] = (
    Column("match", "命中方式", lambda one: one.match.value),
    Column("decided", "已判定", lambda one: one.decided),
    Column("confirmed", "属实", lambda one: one.confirmed),
    *_bounded("precision", "准确率", lambda one: one.precision),
)
PAIRS: tuple[Column[PairAgreement], ...] = (
    Column("first", "复核员甲", lambda one: one.first),
    Column("second", "复核员乙", lambda one: one.second),
    Column("findings", "两人都判过", lambda one: one.findings),
    Column("alike", "一致率", lambda one: value(one.alike)),
    Column("kappa", "Kappa", lambda one: value(one.kappa)),
    Column("kappa_low", "Kappa 下限", lambda one: low(one.kappa)),
    Column("kappa_high", "Kappa 上限", lambda one: high(one.kappa)),
    Column("ac1", "AC1", lambda one: value(one.ac1)),
    Column("ac1_low", "AC1 下限", lambda one: low(one.ac1)),
    Column("ac1_high", "AC1 上限", lambda one: high(one.ac1)),
    Column("faults", "至少一人认定的问题", lambda one: one.faults),
    *_bounded("positive", "阳性一致率", lambda one: one.positive),
)
EFFORTS: tuple[Column[Effort], ...] = (
    Column("person", "复核员", lambda one: one.person or "合计"),
    Column("calls", "通话", lambda one: one.calls),
    Column("minutes", "分钟", lambda one: rounded(one.minutes)),
    Column("median_s", "每通中位秒数", lambda one: rounded(one.median_s)),
    Column("faults", "确认或补充的问题", lambda one: one.faults),
    Column("minutes_per_fault", "每个问题的分钟", lambda one: value(one.minutes_per_fault)),
    Column("minutes_per_fault_low", "下限", lambda one: low(one.minutes_per_fault)),
    Column("minutes_per_fault_high", "上限", lambda one: high(one.minutes_per_fault)),
)
