"""Who decides has heard: what of a call somebody has had played, and whether that is enough to judge a place in it.

    hit 42.2-42.8       played 40.2-43.5                                    heard
    hit 42.2-42.8       played 40.2-42.5                                    not heard: its end was not played
    dead air 20-60 s    played 20-35 s                                      heard: fifteen seconds of one silence are enough
    a missing thanks    played ten seconds anywhere, or half a shorter call heard: nothing in particular could be played

A player tells its position a few times a second, so that a little may be missing at either end.
"""

from collections.abc import Iterable, Sequence

from pipeline.records.span import Span

EDGE_MS = 400
ENOUGH_MS = 15_000
WITHOUT_SPAN_MS = 10_000
WHOLE_BP = 9_000
# Nobody listens at more than double speed, and a clock runs a little unevenly.
FASTEST = 2.0
SLACK_MS = 4_000


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """What was played, in order; stretches that touch or overlap are one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start_ms <= found[-1].end_ms:
            found[-1] = Span(found[-1].start_ms, max(found[-1].end_ms, span.end_ms))
        elif span.length_ms:
            found.append(span)
    return tuple(found)


def played_ms(played: Iterable[Span]) -> int:
    """How much of a call was played, what was played twice counted once."""
    return sum(span.length_ms for span in joined(played))


def is_heard(place: Span | None, played: Sequence[Span], call_ms: int) -> bool:
    """Whether a place in a call of `call_ms` was heard; None: something about the whole call."""
    if place is None:
        return played_ms(played) >= min(WITHOUT_SPAN_MS, call_ms // 2)
    edge_ms = min(EDGE_MS, (place.length_ms - 1) // 2) if place.length_ms else 0
    inner = Span(place.start_ms + edge_ms, max(place.end_ms - edge_ms, place.start_ms + edge_ms + 1))
    within = sum(inner.overlap_ms(span) for span in joined(played))
    return within >= min(ENOUGH_MS, inner.length_ms)


def is_heard_whole(played: Iterable[Span], call_ms: int) -> bool:
    """Whether the call was heard whole: all but a tenth of it, for ringing and for silence that is skipped."""
    return played_ms(played) * 10_000 >= call_ms * WHOLE_BP


def could_be_played(told: Iterable[Span], passed_ms: int) -> bool:
    """Whether so much can have been played in the time that passed since the person's last word of it."""
    return sum(span.length_ms for span in told) <= FASTEST * passed_ms + SLACK_MS
