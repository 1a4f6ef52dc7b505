"""Which warnings (警告) a month brings a vendor (P-60): below the standard, or a breach that somebody has confirmed.

    score 71.2, interval 64.0 to 78.4, 120 calls, line 80      warning: even the bound that favours the vendor fails
    score 71.2, interval 61.0 to 81.4, 12 calls                none: with so few calls it may well have kept the standard
    rate 12 %, interval 9 % to 15 %, line 5 %, score too       the same warning: a month below the standard is one
    17  violation  2026-03  call 0007  phrase.insult  王敏      warning, resting on entry 17
    18  violation  2026-03  call 0007  phrase.abuse   王敏      the same warning: one a vendor, project, month and ground

A warning's entry says under `subject` its ground, its month and the entries it rests on: `breach 2026-03 17 18`. What is compared is what is
published, rounded half up: a bound shown as 80.00 has not failed a line of 80.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from math import floor

from pipeline.policy.consequences import WarningPolicy
from pipeline.records.entry import Posted
from pipeline.records.estimate import MonthEstimate, MonthStatus
from pipeline.records.month import Month


class Ground(StrEnum):
    """What a warning rests on. `operating`: a supervisor's word that a rule was broken in operating, beside any call."""

    SCORE = "score"
    RATE = "rate"
    BREACH = "breach"
    OPERATING = "operating"


@dataclass(frozen=True, slots=True)
class WarningDue:
    """A warning that a month brings. `evidence`: numbers of the violations of a breach, at least one; `reason` is what the vendor reads."""

    ground: Ground
    month: Month
    vendor: str
    project: str
    reason: str
    evidence: tuple[int, ...] = ()

    @property
    def subject(self) -> str:
        """As it stands in the entry."""
        return " ".join((self.ground.value, str(self.month), *map(str, self.evidence)))


def read_subject(subject: str) -> tuple[Ground, Month, tuple[int, ...]]:
    """Ground, month and evidence of a warning's entry. Raises ValueError where it says none."""
    ground, month, *evidence = subject.split() if " " in subject else (subject, "")
    return Ground(ground), Month.parse(month), tuple(map(int, evidence))


def below_standard(
    month: Month, vendor: str, project: str, estimate: MonthEstimate, policy: WarningPolicy
) -> Iterator[WarningDue]:
    """The warning of a month's estimate, one whether the score, the rate or both fail; none of an exempt month or of one with too few calls."""
    if estimate.status is not MonthStatus.SCORED:
        return
    of, calls = f"{month} {vendor} {project}", f"检查{estimate.inspected}通"
    failed: list[tuple[Ground, str]] = []
    if estimate.score is not None and (high := _published(estimate.score.high, 100)) < policy.score_line * 100:
        low, score = _published(estimate.score.low, 100), _published(estimate.score.value, 100)
        figures = f"{score / 100:.2f}分（95%区间{low / 100:.2f}至{high / 100:.2f}，{calls}）"
        failed.append((Ground.SCORE, f"得分{figures}，上限低于{policy.score_line}分"))
    if estimate.rate is not None and (low := _published(estimate.rate.low, 10_000)) > policy.rate_line_bp:
        high, rate = _published(estimate.rate.high, 10_000), _published(estimate.rate.value, 10_000)
        figures = f"{rate / 100:.2f}%（95%区间{low / 100:.2f}%至{high / 100:.2f}%，{calls}）"
        line = f"下限高于{policy.rate_line_bp / 100:.2f}%"
        failed.append((Ground.RATE, f"重大问题率{figures}，{line}"))
    if failed:
        yield WarningDue(failed[0][0], month, vendor, project, of + "；".join(told for _, told in failed))


def breached(violations: Iterable[Posted], policy: WarningPolicy) -> Iterator[WarningDue]:
    """The warnings of violations that nothing has reversed, of any vendors and months: a confirmed breach in so many calls of a month."""
    breaches = [one for one in violations if one.entry.rule in policy.breaches and one.entry.person is not None]
    for (month, vendor, project), group in groupby(sorted(breaches, key=_place), key=lambda one: _place(one)[:3]):
        found = list(group)
        calls = {one.entry.call_id or f"entry {one.number}" for one in found}
        if len(calls) >= policy.breach_calls:
            rules = "、".join(sorted({one.entry.rule or "" for one in found}))
            reason = f"{month} {vendor} {project}经复核确认{rules}，{len(calls)}通"
            yield WarningDue(Ground.BREACH, month, vendor, project, reason, tuple(one.number for one in found))


def _place(violation: Posted) -> tuple[Month, str, str, int]:
    entry = violation.entry
    return entry.month, entry.vendor, entry.project or "", violation.number


def _published(value: float, parts: int) -> int:
    """In whole hundredths or basis points, rounded half up (四舍五入); the tiny shift takes back what binary fractions lose."""
    return floor(value * parts + 0.5 + 1e-9)
