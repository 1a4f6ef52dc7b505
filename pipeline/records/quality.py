"""What tells how well inspection itself works: verdicts counted by rule, calls heard whole, things that two people judged, time at the desk."""

from dataclasses import dataclass

from pipeline.records.estimate import Interval
from pipeline.records.finding import Match
from pipeline.records.span import Span


@dataclass(frozen=True, slots=True)
class RuleCount:
    """Decided findings of a rule's version by what they matched with. Reclassified: a fault, but of another rule or severity."""

    rule: str
    version: int
    match: Match
    confirmed: int
    reclassified: int
    overturned: int

    @property
    def decided(self) -> int:
        """All of them."""
        return self.confirmed + self.reclassified + self.overturned


@dataclass(frozen=True, slots=True)
class RuleQuality:
    """A rule's precision: confirmed of decided. `added` faults of it no finding had named."""

    rule: str
    confirmed: int
    reclassified: int
    overturned: int
    added: int
    precision: Interval | None

    @property
    def decided(self) -> int:
        """Findings with a verdict."""
        return self.confirmed + self.reclassified + self.overturned


@dataclass(frozen=True, slots=True)
class VersionQuality:
    """How often findings of a rule's version were overturned."""

    rule: str
    version: int
    decided: int
    overturned: int
    rate: Interval


@dataclass(frozen=True, slots=True)
class MatchQuality:
    """How often what was found this way was confirmed."""

    match: Match
    decided: int
    confirmed: int
    precision: Interval


@dataclass(frozen=True, slots=True)
class ControlCounts:
    """Calls drawn at random and inspected, those with findings among them, and of either kind how many somebody heard whole and found at fault."""

    inspected: int
    flagged: int
    flagged_heard: int
    flagged_faulty: int
    others_heard: int
    others_faulty: int

    @property
    def others(self) -> int:
        """Calls in which nothing was found."""
        return self.inspected - self.flagged


@dataclass(frozen=True, slots=True)
class MissedFaults:
    """What follows from them. `faulty`: the share of all calls with a fault; `missed` calls have one that no finding named; `found`: the share of
    calls with a fault that were flagged. None where nobody has heard such calls.
    """

    counts: ControlCounts
    precision: Interval | None
    miss_rate: Interval | None
    faulty: Interval | None
    missed: Interval | None
    found: Interval | None


@dataclass(frozen=True, slots=True)
class Judged:
    """Something that two people judged who did not know of each other: whether each calls it a fault. `finding_id` None: one of them added it."""

    call_pk: int
    finding_id: int | None
    rule: str
    first: str
    second: str
    is_fault_to_first: bool
    is_fault_to_second: bool


@dataclass(frozen=True, slots=True)
class NamedFault:
    """A fault that somebody added to a call by himself."""

    rule: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class AddedTwice:
    """What each of two people added to a call that both heard whole."""

    call_pk: int
    first: str
    second: str
    by_first: tuple[NamedFault, ...]
    by_second: tuple[NamedFault, ...]


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """How two people agree about so many findings. `faults`: things that at least one of them calls a fault, added ones among them."""

    first: str
    second: str
    findings: int
    alike: Interval
    kappa: Interval | None
    ac1: Interval | None
    faults: int
    positive: Interval | None


@dataclass(frozen=True, slots=True)
class Sitting:
    """A call that somebody opened and finished: how long that took, and how many faults he confirmed or added in it."""

    person: str
    call_pk: int
    length_ms: int
    faults: int


@dataclass(frozen=True, slots=True)
class Effort:
    """Somebody's sittings, or everybody's (`person` None). `minutes_per_fault` None: no fault was confirmed."""

    person: str | None
    calls: int
    minutes: float
    median_s: float
    faults: int
    minutes_per_fault: Interval | None


@dataclass(frozen=True, slots=True)
class Quality:
    """All of it, for a page."""

    rules: tuple[RuleQuality, ...]
    versions: tuple[VersionQuality, ...]
    matches: tuple[MatchQuality, ...]
    missed: MissedFaults
    pairs: tuple[PairAgreement, ...]
    efforts: tuple[Effort, ...]
