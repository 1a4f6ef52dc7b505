"""What a sample says of a month: values with their intervals, and whether anything may hang on them."""

from dataclasses import dataclass
from enum import StrEnum
from math import floor


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with the bounds of its 95 % interval; `low` ≤ `value` ≤ `high`."""

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"an interval holds its value, got {self.low} ≤ {self.value} ≤ {self.high}")

    def whole(self, parts: int) -> tuple[int, int, int]:
        """Value, low and high in whole parts, half up: a score in hundredths (100), a share in basis points (10,000)."""
        value, low, high = (floor(round(number * parts, 6) + 0.5) for number in (self.value, self.low, self.high))
        return value, low, high


class MonthStatus(StrEnum):
    """`too_few`: shown, but no money and no warning hangs on it. `not_inspected`: an exempt month (免检, P-42), which is never 100."""

    SCORED = "scored"
    TOO_FEW = "too_few"
    NOT_INSPECTED = "not_inspected"


@dataclass(frozen=True, slots=True)
class MonthEstimate:
    """A vendor's project in a month, from calls drawn at random.

    `inspected` of them were judged, `reviewed` of the formal ones among these heard whole by a reviewer. `score` in points of 100; `rate` is the
    share (0-1) of calls with a major or fatal fault. Both are None where nobody has heard a call, and in an exempt month.
    """

    status: MonthStatus
    inspected: int
    reviewed: int
    score: Interval | None = None
    rate: Interval | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A place in a fair comparison: `rank` is 1 + the number of those that are better beyond chance, so what chance may explain shares a place."""

    name: str
    measured: Interval
    rank: int
    worse_than: tuple[str, ...]
