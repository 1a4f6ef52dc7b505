"""Overtime: the call or its opening lasts longer than the script allows (P-24). A long talk may be the customer's wish: a notice.

    script    call_s = 480, opening_s = 60
    agent     0.5-3.0      您好，我是移动公司的小李
    agent     75.0-80.0    这个套餐每月三十八元        claimed: the body begins after 74.5 s
    customer  483.0-484.0  再见                        claimed: 483.5 s of talk; 480.0 s would be in time

Time runs from the first word to the last, for ringing and silence afterwards are nobody's talk. The opening ends where the content begins;
where no content is heard, its length is unknown.
"""

from collections.abc import Iterator

from pipeline.checks.script.scripted import Scripted, script_check
from pipeline.records.finding import Claim, Match
from pipeline.records.span import Span


@script_check("script.overtime", version=1)
def overtime(scripted: Scripted) -> Iterator[Claim]:
    """Claim what lies beyond the script's limits for the opening and for the whole call."""
    turns, limits = scripted.call.turns, scripted.script.throughout.limits
    if not scripted.whole or not turns:
        return
    from_ms, until_ms = turns[0].span.start_ms, max(turn.span.end_ms for turn in turns)
    content = next((e.span for e in scripted.elements if e.element == "content" and e.span), None)
    if content is not None:
        yield from _beyond("开场白", limits.opening_ms, from_ms, content.start_ms)
    yield from _beyond("通话", limits.call_ms, from_ms, until_ms)


def _beyond(what: str, limit_ms: int | None, from_ms: int, until_ms: int) -> Iterator[Claim]:
    if limit_ms is None or until_ms - from_ms <= limit_ms:
        return
    lasted = _clock(until_ms - from_ms)
    explanation = f"{what}用了 {lasted}，脚本规定不超过 {_clock(limit_ms)}，仅作提示。"
    yield Claim(
        Span(from_ms + limit_ms, until_ms), explanation, matched=lasted, match=Match.STRUCTURE, rule="script.overtime"
    )


def _clock(length_ms: int) -> str:
    minutes, seconds = divmod(-(-length_ms // 1000), 60)
    return f"{minutes} 分 {seconds} 秒" if minutes else f"{seconds} 秒"
