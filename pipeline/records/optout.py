"""A customer's wish not to be called again: as it is heard in one call, and as later calls to the number have to respect it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.records.finding import Match
from pipeline.records.span import Span

_MASKS = frozenset("*＊#?？xX•●")
_FEWEST = 7


@dataclass(frozen=True, slots=True)
class OptOut:
    """The customer's sentence, the words in it that opt out, when they were said; `confidence` 0-1, NEAR where no listed wording is heard."""

    span: Span
    text: str
    matched: str
    confidence: float
    match: Match


@dataclass(frozen=True, slots=True)
class KnownOptOut:
    """An opt-out and the call that it was heard in."""

    vendor: str
    call_id: str
    started_at: datetime
    optout: OptOut

    @property
    def at(self) -> datetime:
        """The instant at which the customer said so."""
        return self.started_at + timedelta(milliseconds=self.optout.span.start_ms)


def names_one_customer(number: str) -> bool:
    """Whether a number as the manifest gives it can stand for one customer: a masked one (138****8000) is many people's."""
    return len(number) >= _FEWEST and not _MASKS.intersection(number)
