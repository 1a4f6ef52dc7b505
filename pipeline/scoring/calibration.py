"""Limits from one's own recordings: what share of calls a limit claims now, and where it would claim one call in twenty.

A limit above which a fault lies is proposed at the 95th percentile of the calls' figures, one below at the 5th, rounded away from the middle to
the limit's step. Nothing is proposed from fewer than 50 calls: of 49 the 95th percentile is little more than the third largest.

    100 calls whose fastest turns run 201, 202 … 300 hanzi a minute, rate_max_cpm = 350
    → P5 206, P50 250.5, P95 295; claims 0 of 100 now; proposed 300 (295.05 in steps of 5), claims 0

One standard serves all projects, so what is proposed for the file comes from the calls of every project that has enough.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.records.limit import CallFigures, Limit, Side
from pipeline.scoring.intervals import wilson

FEWEST_CALLS = 50
_LOW_PERCENTILE, _MIDDLE, _HIGH_PERCENTILE = 5, 50, 95


@dataclass(frozen=True, slots=True)
class Claimed:
    """Calls that a limit claims, with the 95 % interval of their share (Wilson)."""

    calls: int
    of: int

    @property
    def share(self) -> float:
        """0-1."""
        return self.calls / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound of the share."""
        return wilson(self.calls, self.of)


@dataclass(frozen=True, slots=True)
class Spread:
    """How one limit lies in the figures of a project, or of all that have enough calls (`project` None). `values` ascend.

    `proposed` is None where there are too few figures.
    """

    project: str | None
    limit: Limit
    values: tuple[float, ...]
    present: float
    proposed: float | None

    def percentile(self, percent: float) -> float | None:
        """Between the two nearest figures, linearly; None where there are none."""
        return float(np.percentile(self.values, percent)) if self.values else None

    def claimed(self, at: float) -> Claimed:
        """What a limit at `at` claims."""
        return Claimed(sum(self.limit.is_past(value, at) for value in self.values), len(self.values))


@dataclass(frozen=True, slots=True)
class Calibration:
    """`projects` with enough calls, each limit; `together` over all of them; `too_few` names the others with their calls."""

    projects: tuple[Spread, ...]
    together: tuple[Spread, ...]
    too_few: tuple[tuple[str, int], ...]

    @property
    def proposals(self) -> tuple[Spread, ...]:
        """Those of `together` for which a value is proposed."""
        return tuple(spread for spread in self.together if spread.proposed is not None)


def calibrate(calls: Iterable[CallFigures], limits: Sequence[Limit], present: Mapping[str, float]) -> Calibration:
    """Spreads of all limits. `present` are the limits in force, by name. A call without any figure counts for nothing."""
    by_project: dict[str, list[CallFigures]] = defaultdict(list)
    for call in calls:
        if call.values:
            by_project[call.project].append(call)
    enough = {name: found for name, found in sorted(by_project.items()) if len(found) >= FEWEST_CALLS}
    together = [call for found in enough.values() for call in found]
    return Calibration(
        tuple(_spread(name, limit, found, present) for name, found in enough.items() for limit in limits),
        tuple(_spread(None, limit, together, present) for limit in limits) if enough else (),
        tuple((name, len(found)) for name, found in sorted(by_project.items()) if name not in enough),
    )


def propose(limit: Limit, values: Sequence[float]) -> float | None:
    """The limit that claims about one in twenty of the values, on its step away from the middle; None for fewer than 50 values."""
    if len(values) < FEWEST_CALLS:
        return None
    percent = _HIGH_PERCENTILE if limit.side is Side.HIGH else _LOW_PERCENTILE
    steps = round(float(np.percentile(values, percent)) / limit.step, 6)
    outward = math.ceil(steps) if limit.side is Side.HIGH else math.floor(steps)
    if limit.claims_at and outward == steps:
        outward += 1 if limit.side is Side.HIGH else -1
    # Ten decimals: 3 steps of 0.0005 must not be written as 0.0015000000000000002.
    proposed = round(outward * limit.step, 10)
    return proposed if limit.least is None else max(limit.least, proposed)


def _spread(project: str | None, limit: Limit, calls: Sequence[CallFigures], present: Mapping[str, float]) -> Spread:
    values = tuple(sorted(value for call in calls for name, value in call.values if name == limit.name))
    return Spread(project, limit, values, present[limit.name], propose(limit, values))
