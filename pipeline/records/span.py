"""A stretch of a recording in whole milliseconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open [start_ms, end_ms), 0 ≤ start ≤ end."""

    start_ms: int
    end_ms: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_ms <= self.end_ms:
            raise ValueError(f"a span must run forward from 0, got {self.start_ms}-{self.end_ms} ms")

    @property
    def middle_ms(self) -> float:
        """Halfway between start and end."""
        return (self.start_ms + self.end_ms) / 2

    @property
    def length_ms(self) -> int:
        """Length in ms."""
        return self.end_ms - self.start_ms

    def touches(self, other: "Span") -> bool:
        """Whether no time lies between them."""
        return self.start_ms <= other.end_ms and other.start_ms <= self.end_ms

    def overlap_ms(self, other: "Span") -> int:
        """Shared length in ms, 0 where apart."""
        return max(0, min(self.end_ms, other.end_ms) - max(self.start_ms, other.start_ms))


def span_between(start_ms: int | None, end_ms: int | None) -> Span | None:
    """A stretch as it is stored; None of what is about a whole call."""
    return None if start_ms is None or end_ms is None else Span(start_ms, end_ms)
