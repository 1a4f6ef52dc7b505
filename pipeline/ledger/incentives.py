"""Incentives (激励, P-43): an account of points, their exchange for cash, and advice on who gets more of the work (业务倾斜).

A scored month earns points by its score; an exempt one, or one with too few calls, earns none and loses none. Points can be exchanged:

    2026-03  score 96.1    +10 points       2026-05  score 78.0    −5 points
    2026-04  score 91.0     +5 points       2026-06  exchange of 8: −8 points, +800.00 yuan      balance 2

Work moves only from where a vendor is worse beyond chance: of the allocation of a business type, `shift_bp` goes from the last place to the first,
and nothing where chance may explain who is which.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.errors import DataError
from pipeline.policy.consequences import IncentivePolicy
from pipeline.policy.policy import Policy
from pipeline.records.entry import Entry, EntryKind, Posted
from pipeline.records.estimate import MonthEstimate, MonthStatus, Ranked
from pipeline.records.month import Month
from pipeline.records.person import Person


@dataclass(frozen=True, slots=True)
class Advice:
    """How much of the work of a business type a vendor has and should have, in basis points; `gets_work`: whether it may have any new."""

    vendor: str
    rank: int
    share_bp: int
    advised_bp: int
    gets_work: bool = True


def points_entry(
    vendor: str, project: str, month: Month, estimate: MonthEstimate, policy: Policy, now: datetime
) -> Entry | None:
    """What a month adds to the account, once a vendor, project and month; None where its score counts for nothing, or for 0 points."""
    if estimate.status is not MonthStatus.SCORED or estimate.score is None:
        return None
    score_c, _, _ = estimate.score.whole(100)
    if not (points := policy.incentive.points(score_c / 100)):
        return None
    return Entry(
        key=f"points {month} {vendor!r} {project!r}",
        kind=EntryKind.POINTS,
        month=month,
        vendor=vendor,
        project=project,
        recorded_at=now,
        subject=f"score {month}",
        points=points,
        policy=policy.version,
        note=f"月度得分{score_c / 100:.2f}",
    )


def balance(posted: Iterable[Posted]) -> int:
    """The points of an account, from one vendor's entries; others than of points are not looked at."""
    return sum(one.entry.points for one in posted if one.entry.kind is EntryKind.POINTS)


def exchange_entry(
    vendor: str, points: int, standing: int, month: Month, person: Person, policy: Policy, now: datetime
) -> Entry:
    """Points out of the account, their worth to the vendor. Raises DataError for more points than there are, or none."""
    if not 0 < points <= standing:
        raise DataError(f"{vendor}: {points} points cannot be exchanged: the account holds {standing}")
    return Entry(
        key=f"exchange {vendor} {now.isoformat()}",
        kind=EntryKind.POINTS,
        month=month,
        vendor=vendor,
        project=None,
        recorded_at=now,
        subject="exchange",
        points=-points,
        amount_fen=points * policy.incentive.fen_per_point,
        person=person.name,
        role=person.role,
        policy=policy.version,
        note=f"兑换{points}分",
    )


def advise(
    ranked: Sequence[Ranked],
    shares_bp: Mapping[str, int],
    policy: IncentivePolicy,
    allotted_bp: Mapping[str, int] | None = None,
) -> tuple[Advice, ...]:
    """Who should have how much of a business type, from the vendors' places and their present shares of the work.

    The last place gives `shift_bp`, or what it has, and the first takes it; several in a place share evenly, a remainder goes by name. Who stands
    last must be worse than everybody in the first place. `allotted_bp`: the shares from which work moves, where some get no new work and are not
    in it; the places are then those among the others.
    """
    advised = dict(shares_bp if allotted_bp is None else allotted_bp)
    at_work = [one for one in ranked if one.name in advised]
    places = {one.name: one.rank - sum(name not in advised for name in one.worse_than) for one in at_work}
    first = sorted(name for name, place in places.items() if place == 1)
    lowest = max(places.values(), default=1)
    last = sorted(one.name for one in at_work if places[one.name] == lowest and set(first) <= set(one.worse_than))
    moved = 0
    for vendor, asked in zip(last, _evenly(policy.shift_bp, len(last)), strict=True):
        given = min(asked, advised[vendor])
        advised[vendor] -= given
        moved += given
    for vendor, taken in zip(first, _evenly(moved, len(first)), strict=True):
        advised[vendor] += taken
    return tuple(
        Advice(one.name, one.rank, shares_bp[one.name], advised.get(one.name, 0), one.name in advised) for one in ranked
    )


def _evenly(total: int, parts: int) -> list[int]:
    return [total // parts + (n < total % parts) for n in range(parts)]
