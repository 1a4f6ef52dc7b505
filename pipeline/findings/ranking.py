"""In which order calls are judged: by what is probably wrong in them, what hangs on it, how long they wait, and so that every vendor has its turn.

A call is as urgent as its worst open finding: what such a fault weighs, times how likely it is one. Money and age are added, and what follows is
taken off for the calls of the same vendor that stand before it, or one with ten thousand faults would keep the others unheard.

    phrase.abuse, fatal, 0.9 sure        2,000 · 0.9                       1,800
    a success of 15 yuan                 a point a yuan, 100 at most          15
    of 2026-03-05                        ten points a day until 2100     269,650
    the sixth of its vendor              30 for each doubling of 5: three    −90
                                                                priority 271,375

Age is told by the day itself, so that no priority changes overnight: a day older is ten points more, and a minor fault of five weeks ago goes before
a major one of today. Until a reviewers' model is accepted (`confirmation.py`) a finding is as likely as it says, and half as likely where it does not
count by itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.findings.confirmation import Confirmation
from pipeline.records.finding import Match, Severity

WHOLE_BP = 10_000
_WEIGHT = {Severity.FATAL: 2000, Severity.MAJOR: 400, Severity.MINOR: 100, Severity.NOTICE: 0}
_FEN_A_POINT, _MOST_FOR_VALUE = 100, 100
_A_DAY = 10
_LAST_DAY = date(2100, 1, 1)
_A_DOUBLING = 30


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a queue knows of a finding; `confidence` 0-1, `snr_db` is the call's, None where it could not be measured."""

    rule: str
    severity: Severity
    match: Match
    confidence: float
    counts: bool
    snr_db: float | None = None


@dataclass(frozen=True, slots=True)
class Worst:
    """The finding that a call is ranked by: its severity, how likely it is a fault in basis points, and the points of both."""

    severity: Severity
    likelihood_bp: int
    points: int


def worst(found: Iterable[Suspicion], model: Confirmation | None = None) -> Worst:
    """The worst of at least one finding."""
    weighed = (_weighed(one, model) for one in found)
    return max(weighed, key=lambda one: (one.points, one.likelihood_bp))


def worth(at: Worst, value_fen: int, day: date) -> int:
    """A call's points without regard to others: `value_fen` hangs on it, `day` is the day of the call."""
    value = min(value_fen // _FEN_A_POINT, _MOST_FOR_VALUE)
    return at.points + value + _A_DAY * (_LAST_DAY - day).days


def priority(points: int, turn: int) -> int:
    """The priority of a call worth so many points before which `turn` calls of its vendor stand."""
    return points - _A_DOUBLING * turn.bit_length()


def turns(points: Sequence[int]) -> list[int]:
    """How many of a vendor's calls stand before each of them, of equals the earlier; in the order given."""
    places = [0] * len(points)
    for turn, at in enumerate(sorted(range(len(points)), key=lambda one: -points[one])):
        places[at] = turn
    return places


def _weighed(one: Suspicion, model: Confirmation | None) -> Worst:
    by_itself = one.confidence if one.counts else one.confidence / 2
    likelihood_bp = round(WHOLE_BP * (by_itself if model is None else model.probability(one, one.snr_db)))
    return Worst(one.severity, likelihood_bp, _WEIGHT[one.severity] * likelihood_bp // WHOLE_BP)
