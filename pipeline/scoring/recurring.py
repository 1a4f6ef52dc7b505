"""What recurs, whether it grows, and who does better (P-80): shares of calls with intervals, compared only where chance cannot explain it.

    script.missing.thanks   14 of 60 calls, 23 % (15-35)   last month 41 % (30-53)    better
    voice.too_fast           5 of 60 calls,  8 %  (4-18)   last month  5 %  (2-14)    unclear

Shares come from random draws; calls drawn on purpose are counted and say nothing about the others. Agents are compared by what the machine alone
finds, which comes about alike in every call: a reviewer's verdicts would count against those whose calls happened to be reviewed.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from pipeline.records.coaching import HeardCall, Recurring, Trend
from pipeline.records.estimate import Interval, Ranked
from pipeline.records.finding import Severity
from pipeline.scoring.comparison import chance_of, rank
from pipeline.scoring.estimates import Moments, Stratum, share_interval

# One fault is a slip; the same one in a second call is something to practise.
FEWEST_CALLS = 2
_WRONG = 0.05
_GRAVE = (Severity.MAJOR, Severity.FATAL)


def recurring(calls: Sequence[HeardCall], before: Sequence[HeardCall]) -> tuple[Recurring, ...]:
    """The rules that fail in at least two calls, the most frequent first, each held against the month before."""
    in_calls = Counter(rule for call in calls for rule in {fault.rule for fault in call.faults})
    confirmed = Counter(fault.rule for call in calls for fault in call.faults if fault.confirmed)
    found = []
    for rule, count in sorted(in_calls.items(), key=lambda one: (-one[1], one[0])):
        if count >= FEWEST_CALLS:
            now, then = share_of(calls, _fails(rule)), share_of(before, _fails(rule)) if before else None
            found.append(Recurring(rule, count, confirmed[rule], now, then, _trend(now, then)))
    return tuple(found)


def compare_agents(calls: Iterable[HeardCall]) -> Mapping[str, tuple[Ranked, ...]]:
    """For each project its agents, by the share of their calls without a major or fatal fault."""
    by_project: dict[str, dict[str, list[HeardCall]]] = defaultdict(lambda: defaultdict(list))
    for call in calls:
        if call.draw_id is not None:
            by_project[call.project][call.agent].append(call)
    return {
        project: rank({agent: _without(share_of(own, _is_grave)) for agent, own in agents.items()})
        for project, agents in sorted(by_project.items())
    }


def share_of(calls: Iterable[HeardCall], has: Callable[[HeardCall], bool]) -> Interval:
    """The share of calls that have something. People and months are compared by it, as they speak and not as a month's calls happened to be, so
    that calls which were all heard are no proof either: there is no finite population correction.
    """
    sums: dict[tuple[str, str, int, int], Moments] = defaultdict(Moments)
    for call in calls:
        if call.draw_id is not None:
            sums[call.draw_id, call.stratum, call.probability_num, call.probability_den].add(has(call))
    return share_interval([Stratum(den / num, 1.0, moments) for (_, _, num, den), moments in sorted(sums.items())])


def _fails(rule: str) -> Callable[[HeardCall], bool]:
    return lambda call: any(fault.rule == rule for fault in call.faults)


def _is_grave(call: HeardCall) -> bool:
    return any(fault.is_machines and fault.severity in _GRAVE for fault in call.faults)


def _without(share: Interval) -> Interval:
    return Interval(1 - share.value, 1 - share.high, 1 - share.low)


def _trend(now: Interval, then: Interval | None) -> Trend:
    if then is None:
        return Trend.NO_MONTH_BEFORE
    more, less = (now, then) if now.value >= then.value else (then, now)
    if chance_of(more, less) > _WRONG:
        return Trend.UNCLEAR
    return Trend.WORSE if now.value > then.value else Trend.BETTER
