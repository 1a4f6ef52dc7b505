"""What to listen to: three stretches of recordings that show what recurs, each with two seconds before and after it.

What a reviewer confirmed goes first, then what weighs more, then what recurs more often; another rule before the same one again.
"""

from collections.abc import Iterable, Sequence

from pipeline.export.columns import Column
from pipeline.export.quality import high, low, value
from pipeline.records.coaching import Clip, HeardCall, HeardFault, Recurring
from pipeline.records.finding import Severity
from pipeline.records.span import Span

CLIPS = 3
AROUND_MS = 2000
RECURRING: tuple[Column[Recurring], ...] = (
    Column("rule", "规则", lambda one: one.rule),
    Column("calls", "通话", lambda one: one.calls),
    Column("confirmed", "已确认", lambda one: one.confirmed),
    Column("share", "占比", lambda one: value(one.share)),
    Column("share_low", "占比下限", lambda one: low(one.share)),
    Column("share_high", "占比上限", lambda one: high(one.share)),
    Column("before", "上月占比", lambda one: value(one.before)),
    Column("before_low", "上月下限", lambda one: low(one.before)),
    Column("before_high", "上月上限", lambda one: high(one.before)),
    Column("trend", "趋势", lambda one: one.trend.value),
)
_GRAVITY = (Severity.NOTICE, Severity.MINOR, Severity.MAJOR, Severity.FATAL)


def clips_of(calls: Iterable[HeardCall], recurring: Sequence[Recurring], most: int = CLIPS) -> tuple[Clip, ...]:
    """The clips of some calls. Faults of a whole call, such as a missing element, have none."""
    frequency = {one.rule: one.calls for one in recurring}
    heard = [(call, fault) for call in calls for fault in call.faults if fault.span is not None]
    heard.sort(key=lambda one: (_worth(one[1], frequency), one[0].call_id, one[1].subject))
    chosen: list[tuple[HeardCall, HeardFault]] = []
    while heard and len(chosen) < most:
        shown = {fault.rule for _, fault in chosen}
        following = next((one for one in heard if one[1].rule not in shown), heard[0])
        heard.remove(following)
        chosen.append(following)
    return tuple(
        Clip(call.file, _around(fault), call.call_pk, call.call_id, call.agent, fault) for call, fault in chosen
    )


def _worth(fault: HeardFault, frequency: dict[str, int]) -> tuple[bool, int, int]:
    return not fault.confirmed, -_GRAVITY.index(fault.severity), -frequency.get(fault.rule, 1)


def _around(fault: HeardFault) -> Span:
    span = fault.span or Span(0, 0)
    return Span(max(0, span.start_ms - AROUND_MS), span.end_ms + AROUND_MS)
