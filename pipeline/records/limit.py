"""Limits of the standard, and what one call has to be compared with them."""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """On which side of a limit a fault lies."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit by its name in `standard.toml`. It is set in whole `step`s and never under `least`; where `claims_at` a value at it is past it."""

    name: str
    side: Side
    step: float
    least: float | None = None
    claims_at: bool = False

    def is_past(self, value: float, limit: float) -> bool:
        """Whether a value is a fault where the limit stands at `limit`."""
        if value == limit:
            return self.claims_at
        return value > limit if self.side is Side.HIGH else value < limit


@dataclass(frozen=True, slots=True)
class CallFigures:
    """One call's value for each limit that it can be compared with."""

    project: str
    values: tuple[tuple[str, float], ...]
