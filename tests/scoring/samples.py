"""Months for the tests of estimates: populations of calls with a known truth, and samples drawn from them as the nights draw."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.scoring.month_score import SampledCall


@dataclass(frozen=True)
class Vendor:
    """How often calls of an agent of the middle kind have faults, and how well the machine hears them."""

    days: int = 10
    calls_a_day: int = 200
    major: float = 0.1
    fatal: float = 0.005
    minor: float = 0.1
    recall: float = 0.9
    false: float = 0.02


@dataclass(frozen=True)
class TrueCall:
    """What the machine says of a call of an agent, and what a reviewer would."""

    agent: str
    machine_points: int
    machine_fault: bool
    points: int
    fault: bool


_FAULTINESS = {"甲": 0.5, "乙": 1.0, "丙": 1.8}


def population(vendor: Vendor, chance: random.Random) -> list[list[TrueCall]]:
    """All calls of a month, day by day; days differ in size, agents in their faults."""
    sizes = [chance.randint(vendor.calls_a_day // 2, vendor.calls_a_day * 3 // 2) for _ in range(vendor.days)]
    return [[_call(vendor, chance) for _ in range(size)] for size in sizes]


def sample(
    days: list[list[TrueCall]], chance: random.Random, *, minimum: int = 30, formal: int = 60
) -> Iterator[SampledCall]:
    """Per day at least `minimum` calls or a tenth, in proportion by agent; the formal ones are all reviewed."""
    formal_so_far = 0
    for day, calls in enumerate(days):
        size = min(len(calls), max(minimum, -(-len(calls) // 10)))
        by_agent = defaultdict(list)
        for call in calls:
            by_agent[call.agent].append(call)
        drawn = []
        for agent, theirs in sorted(by_agent.items()):
            count = min(len(theirs), max(1, round(size * len(theirs) / len(calls))))
            drawn += [(agent, count, len(theirs), call) for call in chance.sample(theirs, count)]
        due = min(-(-formal * (day + 1) // len(days)) - formal_so_far, len(drawn))
        reviewed = set(chance.sample(range(len(drawn)), due))
        formal_so_far += due
        for at, (agent, num, den, call) in enumerate(drawn):
            yield SampledCall(
                f"D{day}", agent, num, den, at in reviewed, at in reviewed,
                call.machine_points, call.machine_fault, call.points, call.fault,
            )  # fmt: skip


def _call(vendor: Vendor, chance: random.Random) -> TrueCall:
    agent = chance.choice("甲乙丙")
    often = _FAULTINESS[agent]

    def happens(share: float) -> bool:
        return chance.random() < share

    fatal, major = happens(vendor.fatal * often), happens(vendor.major * often)
    minors = sum(happens(vendor.minor * often) for _ in range(4))
    heard_fatal = fatal and happens(vendor.recall)
    heard_major = (major and happens(vendor.recall)) or happens(vendor.false)
    heard_minors = sum(happens(vendor.recall) for _ in range(minors)) + happens(vendor.false)
    return TrueCall(
        agent,
        0 if heard_fatal else 100 - 10 * heard_major - 3 * heard_minors,
        heard_fatal or heard_major,
        0 if fatal else 100 - 10 * major - 3 * minors,
        fatal or major,
    )
