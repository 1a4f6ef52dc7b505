"""The score of a call: 100 points, less what its faults lose under each item of the sheet (P-50).

An item loses no more than its points, so that one bad habit cannot eat the whole sheet, and a fatal fault leaves nothing of it:

    script.key_figure       10 points   主体 15      10 lost, 5 left
    script.missing.content   8 points   主体 15       5 lost: the cap cuts 3
    voice.dead_air           3 points   声音 15       3 lost                     100 − 10 − 5 − 3 = 82

Under an item the graver fault comes first, and of equal ones the one recorded first, so that the order in which faults are read decides nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.errors import DataError
from pipeline.policy.scoring import FULL_SCORE, ScorePolicy
from pipeline.records.finding import Severity


@dataclass(frozen=True, slots=True)
class Fault:
    """What stands against a call. `source` names its record: `finding 12`, `verdict 7`."""

    source: str
    rule: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Deduction:
    """What a fault loses under an item of the sheet: `points` of the `asked` ones, the rest is cut by the item's cap (or by a fatal fault)."""

    item: str
    fault: Fault
    asked: int
    points: int


@dataclass(frozen=True, slots=True)
class CallScore:
    """`points` 0-100; the deductions' points add up to what is missing of 100."""

    points: int
    deductions: tuple[Deduction, ...]


_FLAWLESS = CallScore(FULL_SCORE, ())


def score_call(faults: Iterable[Fault], policy: ScorePolicy) -> CallScore:
    """The score of a call with these faults. Faults that cost nothing are left out. Raises DataError for a rule without an item."""
    costly = [(points, fault) for fault in faults if (points := policy.points(fault.rule, fault.severity))]
    if not costly:
        return _FLAWLESS
    costly.sort(key=lambda one: (one[1].severity is not Severity.FATAL, -one[0], len(one[1].source), one[1].source))
    left = {item.name: item.points for item in policy.items}
    deductions = []
    for asked, fault in costly:
        item = _item(fault, policy)
        if fault.severity is Severity.FATAL:
            points, left = sum(left.values()), dict.fromkeys(left, 0)
        else:
            points = min(asked, left[item])
            left[item] -= points
        deductions.append(Deduction(item, fault, asked, points))
    return CallScore(sum(left.values()), tuple(deductions))


def _item(fault: Fault, policy: ScorePolicy) -> str:
    try:
        return policy.item(fault.rule).name
    except KeyError as error:
        raise DataError(
            f"{fault.source}: rule {fault.rule!r} stands under no item of the score sheet; name it under [[score.item]] of the policy"
        ) from error
