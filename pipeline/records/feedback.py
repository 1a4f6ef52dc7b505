"""What a vendor is told of a day (P-40): faults that were confirmed that day, what else was decided, and what a machine alone found.

confirmed    verdict 7     call 0007   phrase.taunt    12.0-14.5 s   "用不起就别用"
withdrawn    verdict 9     call 0003   overturned on appeal
matter       complaint 3   客户称未办理却被开通
unreviewed   finding 12    call 0009   phrase.rudeness               待核实: nothing hangs on it
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from pipeline.records.finding import Severity
from pipeline.records.span import Span


@dataclass(frozen=True, slots=True)
class Told:
    """A fault as its vendor is told of it. `subject` is the verdict or the finding; `words` are masked."""

    subject: str
    project: str
    call_id: str
    agent: str
    started_at: datetime
    rule: str
    severity: Severity
    span: Span | None
    words: str


class MatterKind(StrEnum):
    """What else there is to tell: a justified complaint, a number check that failed, a project check."""

    COMPLAINT = "complaint"
    NUMBER_CHECK = "number_check"
    PROJECT_CHECK = "project_check"


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that was decided or recorded about a vendor; `text` is masked."""

    subject: str
    kind: MatterKind
    project: str
    call_id: str | None
    text: str


@dataclass(frozen=True, slots=True)
class DayFeedback:
    """All there is to tell a vendor of a day. Of `unreviewed_count` machine findings the gravest are in `unreviewed`."""

    vendor: str
    day: date
    confirmed: tuple[Told, ...]
    withdrawn: tuple[Told, ...]
    matters: tuple[Matter, ...]
    unreviewed: tuple[Told, ...]
    unreviewed_count: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.confirmed or self.withdrawn or self.matters or self.unreviewed)

    @property
    def demands_correction(self) -> bool:
        """Whether it asks for immediate correction 立即改进, which is to be acknowledged."""
        return bool(self.confirmed or self.matters)


class LetterKind(StrEnum):
    """What a letter is: the day's feedback, a reminder of one that nobody has acknowledged, a demand to destroy copies or to produce recordings."""

    FEEDBACK = "feedback"
    REMINDER = "reminder"
    DESTRUCTION = "destruction"
    PROBE = "probe"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it goes out. `key` makes it once; `subjects` are what it tells.

    What it demands is to be acknowledged within `acknowledge_days` calendar days of its delivery; None where it demands nothing.
    """

    key: str
    vendor: str
    kind: LetterKind
    day: date
    title: str
    body: str
    subjects: tuple[str, ...]
    acknowledge_days: int | None

    def due(self, delivered: date) -> date | None:
        """The last day on which an acknowledgement is in time, of a letter that was delivered on a day; None where it demands nothing."""
        return None if self.acknowledge_days is None else delivered + timedelta(days=self.acknowledge_days)
