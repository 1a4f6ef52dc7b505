"""A calendar month (自然月, P-50), written 2026-03."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

_WRITTEN = re.compile(r"([2-8]\d{3})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """Months are ordered and counted on: `Month(2026, 12).plus(1)` is 2027-01."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1 <= self.number <= 12 and 1 <= self.year <= 9999):
            raise ValueError(f"{self.year}-{self.number:02d} is no month; write it as 2026-03")

    @classmethod
    def parse(cls, text: str) -> "Month":
        """From 2026-03. Raises ValueError, saying how it is written, also for years at whose edges no month could be counted on."""
        if (found := _WRITTEN.fullmatch(text)) is None:
            raise ValueError(f"{text!r} is no month; write it as 2026-03")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month of a day."""
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.plus(1).first_day - timedelta(days=1)

    def plus(self, months: int) -> "Month":
        """So many months later (or, negative, earlier)."""
        count = self.year * 12 + self.number - 1 + months
        return Month(count // 12, count % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"
