"""How well inspection itself works: what its findings are worth, and what it misses.

    1,000 calls drawn at random    200 flagged: 100 heard whole, 90 at fault      precision 0.90
                                   800 not:      50 heard whole,  2 at fault      miss rate 0.04
    share of calls at fault   (200 · 0.90 + 800 · 0.04) / 1000 = 0.212
    missed                     800 · 0.04 = 32 calls, of 212 with a fault: 85 % are found

The two groups are heard by themselves, so the interval of their sum follows from theirs (`estimates.summed`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pipeline.records.estimate import Interval
from pipeline.records.quality import ControlCounts, MatchQuality, MissedFaults, RuleCount, RuleQuality, VersionQuality
from pipeline.scoring.estimates import bounded, scaled, summed
from pipeline.scoring.intervals import proportion


def share(found: int, of: int) -> Interval | None:
    """A proportion with Wilson's interval; None of nothing."""
    return proportion(found, of) if of else None


def by_rule(counts: Iterable[RuleCount], added: Mapping[str, int]) -> tuple[RuleQuality, ...]:
    """Each rule's precision, those with most verdicts first."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in counts:
        for place, count in enumerate((one.confirmed, one.reclassified, one.overturned)):
            sums[one.rule][place] += count
    rules = []
    for rule in {*sums, *added}:
        confirmed, reclassified, overturned = sums[rule]
        precision = share(confirmed, confirmed + reclassified + overturned)
        rules.append(RuleQuality(rule, confirmed, reclassified, overturned, added.get(rule, 0), precision))
    return tuple(sorted(rules, key=lambda one: (-one.decided, -one.added, one.rule)))


def by_version(counts: Iterable[RuleCount]) -> tuple[VersionQuality, ...]:
    """How often each version of a rule was overturned."""
    sums: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for one in counts:
        sums[one.rule, one.version][0] += one.overturned
        sums[one.rule, one.version][1] += one.decided
    return tuple(
        VersionQuality(rule, version, decided, overturned, rate)
        for (rule, version), (overturned, decided) in sorted(sums.items())
        if (rate := share(overturned, decided)) is not None
    )


def by_match(counts: Iterable[RuleCount]) -> tuple[MatchQuality, ...]:
    """Precision by the way of matching, those with most verdicts first."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    words = {}
    for one in counts:
        words[one.match.value] = one.match
        sums[one.match.value][0] += one.confirmed
        sums[one.match.value][1] += one.decided
    found = [
        MatchQuality(words[match], decided, confirmed, precision)
        for match, (confirmed, decided) in sums.items()
        if (precision := share(confirmed, decided)) is not None
    ]
    return tuple(sorted(found, key=lambda one: (-one.decided, one.match)))


def missed_faults(counts: ControlCounts) -> MissedFaults:
    """What is missed, by the calls that somebody heard whole."""
    precision = share(counts.flagged_faulty, counts.flagged_heard)
    miss_rate = share(counts.others_faulty, counts.others_heard)
    # A kind of which there is no call at all needs nobody to hear it.
    caught = scaled(precision or Interval(0, 0, 0), counts.flagged) if precision or not counts.flagged else None
    missed = scaled(miss_rate or Interval(0, 0, 0), counts.others) if miss_rate or not counts.others else None
    faulty = found = None
    if caught is not None and missed is not None and counts.inspected:
        faulty = bounded(scaled(summed([caught, missed], []), 1 / counts.inspected), 0, 1)
        found = _found(caught, missed)
    return MissedFaults(counts, precision, miss_rate, faulty, missed, found)


def _found(caught: Interval, missed: Interval) -> Interval | None:
    """The share of those caught, least where fewest were caught and most missed: wider than 95 %, never narrower."""
    if not caught.value + missed.value:
        return None
    low = caught.low / (caught.low + missed.high) if caught.low else 0.0
    high = caught.high / (caught.high + missed.low)
    value = caught.value / (caught.value + missed.value)
    return Interval(value, min(low, value), max(high, value))
