"""What is due: the plan of a vendor's night, and the secretly drawn months of a year.

The formal sample (P-42) is a fixed number of calls per vendor and month. It is filled evenly: by the k-th of a month of d days, k/d of it is
due, rounded up; what a day without calls leaves open is due the next day. With 60 a month and 30 days, day 1 takes 2; after two days without
calls, day 4 takes 6. In an exempt month nothing is formal, but calls are drawn and heard all the same: what is fatal must not pass unheard.
"""

import calendar
import hashlib
from collections.abc import Mapping
from datetime import date

from pipeline.policy.policy import Policy
from pipeline.records.draw import Plan
from pipeline.sampling.draw import sample_size
from pipeline.sampling.strata import largest_remainder


def formal_due(policy: Policy, day: date, formal_so_far: int) -> int:
    """How many formal calls a vendor still lacks on a day; `formal_so_far` counts those of the month's draws up to then."""
    days_in_month = calendar.monthrange(day.year, day.month)[1]
    due = -(-policy.sampling.formal_calls_per_month * day.day // days_in_month)
    return max(0, due - formal_so_far)


def plan_night(
    policy: Policy, day: date, frame_sizes: Mapping[str, int], formal_so_far: int, *, inspected: bool = True
) -> dict[str, Plan]:
    """Plans of one vendor's projects for one day, from the number of calls in each project's frame.

    The formal calls due are shared among the projects in proportion to what is drawn from each. `inspected` False is an exempt month (免检).
    """
    sampling = policy.sampling
    empty = Plan(sampling.minimum_calls, sampling.share_bp, 0, policy.version, sampling.duration_bands_ms)
    sizes = {project: sample_size(empty, size) for project, size in frame_sizes.items() if size}
    due = min(formal_due(policy, day, formal_so_far), sum(sizes.values())) if inspected else 0
    formal = largest_remainder(due, sizes) if sizes else {}
    return {
        project: Plan(
            sampling.minimum_calls,
            sampling.share_bp,
            formal.get(project, 0),
            policy.version,
            sampling.duration_bands_ms,
        )
        for project in frame_sizes
    }


def inspected_months(policy: Policy, vendor: str, year: int, grade: int, seed: str) -> frozenset[int]:
    """The months of a year in which a vendor of a grade (1-3) is scored (P-42); nobody who lacks the seed can foresee them.

    From each stretch of months the one with the smallest SHA-256(seed ‖ vendor ‖ "YYYY-MM") is taken.
    """
    stretch = policy.calendar.months_by_grade[grade - 1]
    return frozenset(
        min(range(first, first + stretch), key=lambda month: _order(seed, vendor, year, month))
        for first in range(1, 13, stretch)
    )


def _order(seed: str, vendor: str, year: int, month: int) -> str:
    return hashlib.sha256(f"{seed}{vendor}{year:04}-{month:02}".encode()).hexdigest()
