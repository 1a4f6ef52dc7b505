"""The frame (P-12): what the operator knows of a vendor's calls against what the manifest tells, per project and day.

The cheapest cheat is a call left out of the list: it can never be drawn. So the numbers issued, the operator's own call records and its count of
successes are held against the manifest's rows, and what does not fit is a finding until somebody has explained it:

    2 March   issued 500   records 480   successes 61
              manifest     471 rows      successes 64, of them 2 drawn without a recording
              missing_calls 9    successes_over 3    not_produced 2

Numbers are issued for the month and called on many days: over_issued counts calls beyond all numbers issued up to that day. A success without a
producible recording is not payable until it is explained. The other gaps cost nothing by themselves: the settlement goes by the smaller count anyhow.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby


class GapKind(StrEnum):
    """What does not fit. `unknown_calls` are rows beyond the operator's records; `no_record`: rows on a day of which the operator gave none."""

    MISSING_CALLS = "missing_calls"
    UNKNOWN_CALLS = "unknown_calls"
    NO_RECORD = "no_record"
    SUCCESSES_OVER = "successes_over"
    OVER_ISSUED = "over_issued"
    NOT_PRODUCED = "not_produced"


@dataclass(frozen=True, slots=True, order=True)
class FrameDay:
    """A vendor's project on a day."""

    vendor: str
    project: str
    day: date


@dataclass(frozen=True, slots=True)
class OperatorCount:
    """What the operator knows of a day: numbers issued on it, call records, successes."""

    issued: int
    calls: int
    successes: int


@dataclass(frozen=True, slots=True)
class ManifestCount:
    """What the manifests tell of a day: rows, successes, and how many of these were drawn and have no recording."""

    calls: int
    successes: int
    not_produced: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a gap of up to so many calls is none, by whom."""

    calls: int
    text: str
    person: str


@dataclass(frozen=True, slots=True)
class Gap:
    """So many calls do not fit on a day. An explanation covers no more calls than there were when it was given."""

    at: FrameDay
    kind: GapKind
    calls: int
    explanation: Explanation | None = None

    @property
    def is_open(self) -> bool:
        """Whether something of it is unexplained."""
        return self.explanation is None or self.explanation.calls < self.calls

    @property
    def not_payable(self) -> int:
        """Successes that are not paid while the gap is open."""
        return self.calls if self.kind is GapKind.NOT_PRODUCED and self.is_open else 0


def reconcile(
    operator: Mapping[FrameDay, OperatorCount],
    manifest: Mapping[FrameDay, ManifestCount],
    explained: Mapping[tuple[FrameDay, GapKind], Explanation],
) -> tuple[Gap, ...]:
    """The gaps of a month in the order of vendor, project, day; all of its days must be there, for issued numbers add up over them."""
    gaps = []
    days = sorted(operator.keys() | manifest.keys())
    for _, group in groupby(days, key=lambda at: (at.vendor, at.project)):
        issued = called = over = 0
        for at in group:
            known, told = operator.get(at), manifest.get(at, ManifestCount(0, 0, 0))
            issued += known.issued if known else 0
            called += max(known.calls, told.calls) if known else 0
            beyond = max(0, called - issued)
            found = {**_of_day(known, told), GapKind.OVER_ISSUED: max(0, beyond - over)}
            over = max(over, beyond)
            gaps += [Gap(at, kind, calls, explained.get((at, kind))) for kind, calls in found.items() if calls]
    return tuple(gaps)


def not_payable(gaps: Iterable[Gap]) -> dict[tuple[str, str], int]:
    """Successes that are not payable yet, by vendor and project."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for gap in gaps:
        counts[gap.at.vendor, gap.at.project] += gap.not_payable
    return dict(counts)


def _of_day(known: OperatorCount | None, told: ManifestCount) -> dict[GapKind, int]:
    if known is None:
        return {GapKind.NO_RECORD: told.calls, GapKind.NOT_PRODUCED: told.not_produced}
    return {
        GapKind.MISSING_CALLS: max(0, known.calls - told.calls),
        GapKind.UNKNOWN_CALLS: max(0, told.calls - known.calls),
        GapKind.SUCCESSES_OVER: max(0, told.successes - known.successes),
        GapKind.NOT_PRODUCED: told.not_produced,
    }
