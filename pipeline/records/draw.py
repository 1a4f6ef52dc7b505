"""A draw: which calls of a frozen list are heard, and with which probability each could have been."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pipeline.records.call import Outcome


class DrawKind(StrEnum):
    """`random` draws weigh in estimates; `targeted` ones (定向抽检) count as faults but never in a mean."""

    RANDOM = "random"
    TARGETED = "targeted"


@dataclass(frozen=True, slots=True, order=True)
class FrameCall:
    """A connected call in the frame: what strata are made of."""

    call_id: str
    agent: str
    outcome: Outcome
    duration_ms: int
    late: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """How many to draw from one vendor × project × day, from the policy.

    At least `minimum_calls`, at least `share_bp` (basis points) of the frame, and of the drawn `formal_calls` form the formal sample (P-42).
    `duration_bands_ms` are the limits between the bands of the strata, lower bound included.
    """

    minimum_calls: int
    share_bp: int
    formal_calls: int
    policy_version: str
    duration_bands_ms: tuple[int, ...] = (30_000, 120_000)


@dataclass(frozen=True, slots=True)
class DrawnCall:
    """A drawn call with its stratum and its inclusion probability (numerator / denominator, exact)."""

    call_id: str
    stratum: str
    probability_num: int
    probability_den: int
    formal: bool


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw that anybody can replay: the frozen frame's hash, the seed, its commitment made first, the result."""

    draw_id: str
    vendor: str
    project: str
    day: date
    kind: DrawKind
    frame_sha256: str
    seed: str
    seed_sha256: str
    plan: Plan
    drawn: tuple[DrawnCall, ...]
    made_at: datetime
