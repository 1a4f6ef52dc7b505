"""Strata and how many calls each gives.

Calls are grouped by agent × outcome × duration band, so that no agent and no kind of call escapes by chance. A group stands as a stratum only
where its proportional share of the sample is at least one call; what is too small is regrouped more coarsely:

    agent|outcome|band  ->  agent|outcome|*  ->  agent|*|*  ->  *|outcome|*  ->  *|*|*  ->  joined to the smallest stratum ("& rest")

So strata can never outnumber the sample, every stratum gives at least one call, and no call has a probability of 0. Late rows of earlier days are
a stratum of their own with at least one call wherever two can be drawn. The sample is shared out by largest remainder in whole numbers;
ties go to the label that sorts first by its UTF-8 bytes. `tests/sampling` holds a worked example of it all.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.records.draw import FrameCall

LATE = "late"
EVERYTHING = "*|*|*"


@dataclass(frozen=True, slots=True)
class Stratum:
    """`sample` of the calls are drawn: each has the probability sample / len(call_ids)."""

    label: str
    call_ids: tuple[str, ...]
    sample: int


def stratify(calls: Sequence[FrameCall], sample: int, bands_ms: Sequence[int]) -> tuple[Stratum, ...]:
    """Strata in the order of their labels; their samples add up to `sample`, which lies between 1 and the number of calls."""
    late = [call for call in calls if call.late]
    punctual = [call for call in calls if not call.late]
    if not late:
        return _share_out(_collapse(punctual, sample, bands_ms), sample)
    if not punctual:
        return _share_out({LATE: late}, sample)
    if sample == 1:
        return _share_out({EVERYTHING: [*late, *punctual]}, sample)
    proportional = largest_remainder(sample, {LATE: len(late), EVERYTHING: len(punctual)})[LATE]
    late_sample = min(max(proportional, 1), sample - 1)
    rest = sample - late_sample
    strata = _share_out({LATE: late}, late_sample) + _share_out(_collapse(punctual, rest, bands_ms), rest)
    return tuple(sorted(strata, key=lambda stratum: stratum.label))


def largest_remainder(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Share `total` out in proportion to the weights (Hamilton's method), exact in whole numbers."""
    everything = sum(weights.values())
    shares = {name: total * weight // everything for name, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda name: (-(total * weights[name] % everything), name))
    for name in by_remainder[: total - sum(shares.values())]:
        shares[name] += 1
    return shares


def band_label(duration_ms: int, bands_ms: Sequence[int]) -> str:
    """The duration band in seconds, lower bound included: `0-30s`, `30-120s`, `120s+`."""
    band = bisect_right(bands_ms, duration_ms)
    low = bands_ms[band - 1] // 1000 if band else 0
    return f"{low}s+" if band == len(bands_ms) else f"{low}-{bands_ms[band] // 1000}s"


def _collapse(calls: Sequence[FrameCall], sample: int, bands_ms: Sequence[int]) -> dict[str, list[FrameCall]]:
    standing: dict[str, list[FrameCall]] = {}
    left = list(calls)
    for level in range(5):
        groups: dict[str, list[FrameCall]] = defaultdict(list)
        for call in left:
            groups[_labels(call, bands_ms)[level]].append(call)
        large = {label: group for label, group in groups.items() if len(group) * sample >= len(calls)}
        for label, group in large.items():
            # An agent who calls himself "*" shares a label with a coarser level, and then a stratum.
            standing.setdefault(label, []).extend(group)
        left = [call for label, group in groups.items() if label not in large for call in group]
    if left:
        smallest = min(standing, key=lambda label: (len(standing[label]), label))
        standing[f"{smallest} & rest"] = standing.pop(smallest) + left
    return standing


def _labels(call: FrameCall, bands_ms: Sequence[int]) -> tuple[str, ...]:
    """From fine to coarse. Outcome and band hold no `|`, so labels of one level differ whatever the agent is called."""
    band = band_label(call.duration_ms, bands_ms)
    return (
        f"{call.agent}|{call.outcome}|{band}",
        f"{call.agent}|{call.outcome}|*",
        f"{call.agent}|*|*",
        f"*|{call.outcome}|*",
        EVERYTHING,
    )


def _share_out(groups: Mapping[str, Sequence[FrameCall]], sample: int) -> tuple[Stratum, ...]:
    samples = largest_remainder(sample, {label: len(group) for label, group in groups.items()})
    return tuple(
        Stratum(label, tuple(sorted(call.call_id for call in groups[label])), samples[label])
        for label in sorted(groups)
    )
