"""Key figures in what is said: a number with a unit that makes it money, a term, minutes, data or points.

    每月三十八元，送一百分钟，用满十二个月     money 38 (三十八元), minutes 100 (一百分钟), months 12 (十二个月)

一分钱 and 一毛五 are manners of speaking or charges beside the point; money counts in yuan. Units are also heard by sound where the number
stands right before them (三十八员), for recognisers err by homophones.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from pipeline.text.numerals import numerals


class Kind(StrEnum):
    """What a key figure is of."""

    MONEY = "money"
    MONTHS = "months"
    MINUTES = "minutes"
    DATA = "data"
    POINTS = "points"


NAMES = {Kind.MONEY: "金额", Kind.MONTHS: "期限", Kind.MINUTES: "分钟数", Kind.DATA: "流量", Kind.POINTS: "积分"}
_UNITS = {
    Kind.MONEY: re.compile("元|圆|员|园|块钱|块(?!儿|用)|快钱"),
    Kind.MONTHS: re.compile("个月|年(?!前|来|多|级)"),
    Kind.MINUTES: re.compile("分钟"),
    Kind.DATA: re.compile("兆|[个]?[gG]|个流量"),
    Kind.POINTS: re.compile("个?积分|分积分"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a kind; its number and unit stand at characters [start, end) of the text, `number` as it was heard."""

    kind: Kind
    value: Decimal
    number: str
    start: int
    end: int


def figures(text: str, kind: Kind) -> Iterator[Figure]:
    """Every figure of the kind in a text, in order."""
    for numeral in numerals(text):
        unit = _UNITS[kind].match(text, numeral.end)
        number = text[numeral.start : numeral.end]
        # 信号这一块, 团队的一员, 花一块钱: what is counted there is no price.
        if unit is not None and (kind, number) != (Kind.MONEY, "一"):
            yield Figure(kind, numeral.value, number, numeral.start, unit.end())
