"""The score of a month: what the machine heard in every drawn call, corrected by what people heard in the formal ones (P-42, P-50, P-60).

Only random draws weigh in. The machine judges them all (phase 1); of these the formal sample, random itself, is heard whole by a reviewer who does
not know what the machine found (phase 2), and tells how often the machine is wrong. With 4 % of the calls flagged, 9 of 10 flagged ones right and
1 of 90 unflagged ones missed, the rate is not 4 % but 0.04 · 0.9 + 0.96 / 90 = 4.7 %:

    rate   = flagged − flagged · (share of false ones among flagged) + unflagged · (share of missed ones among unflagged)
    score  = 100 − what the machine deducts + what of it was wrong − what it missed

Fatal calls, which lose everything at once, are counted as shares of their own in both phases: a normal interval fails on what is rare and large.
Calls that could not be heard are left out here, as if the rest of their stratum spoke for them; they have counts of their own.

Memory grows with the strata and draws, never with the calls.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from pipeline.policy.scoring import FULL_SCORE, ScorePolicy
from pipeline.records.estimate import Interval, MonthEstimate, MonthStatus
from pipeline.records.finding import Severity
from pipeline.scoring.estimates import (
    Moments,
    Stratum,
    bounded,
    mean_interval,
    scaled,
    seldom_interval,
    share_interval,
    summed,
)


@dataclass(frozen=True, slots=True)
class SampledCall:
    """A randomly drawn call that was judged: `probability_num` calls of the `probability_den` of its draw's stratum were drawn.

    `machine_*` is what stands without the reviewer of this call; it must come about in the same way for every call, formal or not. (Fatal
    findings are reviewed in all calls, so what was decided of them is in it, and an undecided one is not; of others no decision may be.)
    `final_*` is what stands after the review and is read only where the call is `formal` and `reviewed` whole. A `fault` is a major or fatal
    one; a fatal call has 0 points.
    """

    draw_id: str
    stratum: str
    probability_num: int
    probability_den: int
    formal: bool
    reviewed: bool
    machine_points: int
    machine_fault: bool
    final_points: int
    final_fault: bool


@dataclass(slots=True)
class _Sums:
    """What is known of a stratum of a draw."""

    num: int
    den: int
    flagged: Moments = field(default_factory=Moments)
    fatal: Moments = field(default_factory=Moments)
    loss: Moments = field(default_factory=Moments)
    false: Moments = field(default_factory=Moments)
    missed: Moments = field(default_factory=Moments)
    too_low: Moments = field(default_factory=Moments)
    too_high: Moments = field(default_factory=Moments)
    missed_fatal: Moments = field(default_factory=Moments)

    def add(self, call: SampledCall) -> None:
        """One more judged call."""
        is_fatal = call.machine_points == 0
        self.flagged.add(call.machine_fault)
        self.fatal.add(is_fatal)
        self.loss.add(0 if is_fatal else FULL_SCORE - call.machine_points)
        if not (call.formal and call.reviewed):
            return
        if call.machine_fault:
            self.false.add(not call.final_fault)
        else:
            self.missed.add(call.final_fault)
        change = call.final_points - call.machine_points
        misses_fatal = call.final_points == 0
        self.too_low.add(max(0, change))
        self.too_high.add(0 if misses_fatal else max(0, -change))
        self.missed_fatal.add(max(0, -change) if misses_fatal else 0)

    @property
    def heard(self) -> int:
        return self.flagged.calls

    @property
    def reviewed(self) -> int:
        return self.too_low.calls


def estimate_month(calls: Iterable[SampledCall], policy: ScorePolicy, *, inspected: bool = True) -> MonthEstimate:
    """The estimate of one vendor's project from its randomly drawn, judged calls. `inspected` False: an exempt month.

    Status `scored` takes at least `smallest_sample` judged calls and as many reviewed ones. Raises ValueError for a call without probability.
    """
    sums: dict[tuple[str, str], _Sums] = {}
    for call in calls:
        key = (call.draw_id, call.stratum)
        if key not in sums:
            if not 0 < call.probability_num <= call.probability_den:
                raise ValueError(
                    f"draw {call.draw_id}: {call.stratum}: only calls drawn at random weigh in an estimate"
                )
            sums[key] = _Sums(call.probability_num, call.probability_den)
        sums[key].add(call)
    heard = sum(one.heard for one in sums.values())
    reviewed = sum(one.reviewed for one in sums.values())
    if not inspected:
        return MonthEstimate(MonthStatus.NOT_INSPECTED, heard, reviewed)
    enough = min(heard, reviewed) >= policy.smallest_sample
    status = MonthStatus.SCORED if enough else MonthStatus.TOO_FEW
    if not reviewed:
        return MonthEstimate(status, heard, reviewed)
    sample = _Sample(sums)
    return MonthEstimate(status, heard, reviewed, _score(sample, policy.deduct[Severity.MAJOR]), _rate(sample))


class _Sample:
    """Strata of both phases. A reviewed call stands for the calls of its draw, too, that were judged and not reviewed."""

    def __init__(self, sums: dict[tuple[str, str], _Sums]) -> None:
        self._sums = [sums[key] for key in sorted(sums)]
        heard: dict[str, int] = defaultdict(int)
        reviewed: dict[str, int] = defaultdict(int)
        for (draw_id, _), one in sums.items():
            heard[draw_id] += one.heard
            reviewed[draw_id] += one.reviewed
        self._judged_by_reviewed = [
            heard[draw_id] / reviewed[draw_id] if reviewed[draw_id] else 0.0 for draw_id, _ in sorted(sums)
        ]

    def judged(self, amount: Callable[[_Sums], Moments]) -> list[Stratum]:
        return [Stratum(one.den / one.num, 1 - min(one.heard, one.num) / one.den, amount(one)) for one in self._sums]

    def reviewed(self, amount: Callable[[_Sums], Moments]) -> list[Stratum]:
        return list(self._reviewed(amount))

    def _reviewed(self, amount: Callable[[_Sums], Moments]) -> Iterator[Stratum]:
        for one, judged in zip(self._sums, self._judged_by_reviewed, strict=True):
            if (moments := amount(one)).calls:
                weight = one.den / one.num * judged
                yield Stratum(weight, 1 - 1 / weight, moments)


def _rate(sample: _Sample) -> Interval:
    flagged = share_interval(sample.judged(lambda one: one.flagged))
    false = share_interval(sample.reviewed(lambda one: one.false))
    missed = share_interval(sample.reviewed(lambda one: one.missed))
    wrongly = scaled(false, flagged.value)
    return bounded(summed([flagged, scaled(missed, 1 - flagged.value)], [wrongly]), 0.0, 1.0)


def _score(sample: _Sample, unseen_loss: int) -> Interval:
    fatal = scaled(seldom_interval(sample.judged(lambda one: one.fatal), 1), FULL_SCORE)
    losses = sample.judged(lambda one: one.loss)
    loss = mean_interval(losses)
    standing = FULL_SCORE - fatal.value - loss.value
    too_low = seldom_interval(sample.reviewed(lambda one: one.too_low), unseen_loss)
    too_high = seldom_interval(sample.reviewed(lambda one: one.too_high), unseen_loss)
    missed_fatal = seldom_interval(sample.reviewed(lambda one: one.missed_fatal), standing)
    full = Interval(FULL_SCORE, FULL_SCORE, FULL_SCORE)
    return bounded(summed([full, too_low], [fatal, loss, too_high, missed_fatal]), 0.0, FULL_SCORE)
