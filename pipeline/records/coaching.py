"""What inspection says to those who coach (辅导, P-80): calls as they were heard, what recurs in them, and what to listen to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipeline.records.estimate import Interval, Ranked
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.records.span import Span


@dataclass(frozen=True, slots=True)
class HeardFault:
    """A fault in a call. `confirmed`: a reviewer says so; `is_machines`: it would stand without one, as in every other call. Words are masked."""

    subject: str
    rule: str
    severity: Severity
    span: Span | None
    words: str
    confirmed: bool
    is_machines: bool


@dataclass(frozen=True, slots=True)
class HeardCall:
    """A judged call and its recording, which lies below the archive's root; `call_pk` is its number in the store.

    `draw_id`, stratum and probability are of its random draw; None of one drawn on purpose.
    """

    call_pk: int
    call_id: str
    project: str
    agent: str
    file: str
    draw_id: str | None
    stratum: str
    probability_num: int
    probability_den: int
    faults: tuple[HeardFault, ...]


class Trend(StrEnum):
    """Against the month before. `unclear`: chance may explain the difference; `no_month_before`: nothing was heard then."""

    BETTER = "better"
    WORSE = "worse"
    UNCLEAR = "unclear"
    NO_MONTH_BEFORE = "no_month_before"


@dataclass(frozen=True, slots=True)
class Recurring:
    """A rule that fails again and again: in how many calls, how often a reviewer confirmed it, its share of calls with interval, and its trend."""

    rule: str
    calls: int
    confirmed: int
    share: Interval
    before: Interval | None
    trend: Trend


@dataclass(frozen=True, slots=True)
class Clip:
    """Something to hear: a stretch of a recording, which lies below the archive's root, with a little before and after it."""

    file: str
    span: Span
    call_pk: int
    call_id: str
    agent: str
    fault: HeardFault


@dataclass(frozen=True, slots=True)
class Coaching:
    """A month's sheet of a vendor or one of its agents. `comparison`: agents of each project by their share of calls without a grave fault."""

    vendor: str
    agent: str | None
    month: Month
    calls: int
    calls_before: int
    recurring: tuple[Recurring, ...]
    clips: tuple[Clip, ...]
    comparison: Mapping[str, tuple[Ranked, ...]]
