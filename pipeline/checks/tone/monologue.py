"""Monologue: the agent talks on and on and the customer never gets a word in (P-24 room for the customer to speak).

Any word of the customer ends it (嗯 too), and so does a pause of two seconds in which the customer could have spoken.

    agent  0.0-31.0   这个活动是这样的……
    agent  31.4-62.0  另外您还可以……         claimed where the limit is 60 s: 62.0 s
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall, Standard, check
from pipeline.checks.tone.certainty import certainty
from pipeline.checks.tone.stretches import cut, join
from pipeline.records.finding import Claim
from pipeline.records.span import Span
from pipeline.records.turn import Speaker

_ROOM_MS = 2_000
_HEARD_MS = 300
_SURE_AT_MS = 10_000


@check("voice.monologue", version=1)
def monologue(call: HeardCall, standard: Standard) -> Iterator[Claim]:
    """Claim every stretch of the agent alone that outlasts the standard."""
    limit_ms = standard.monologue_ms
    for alone in stretches_alone(call):
        if alone.length_ms > limit_ms:
            yield Claim(
                alone,
                f"客服连续说话 {alone.length_ms / 1000:.0f} 秒，没有给客户说话的机会，超过上限 {limit_ms / 1000:.0f} 秒",
                matched=f"连续 {alone.length_ms / 1000:.0f} 秒",
                confidence=certainty(alone.length_ms - limit_ms, _SURE_AT_MS),
            )


def stretches_alone(call: HeardCall) -> tuple[Span, ...]:
    """Where the agent talks without room for the customer."""
    others = [turn.span for turn in call.turns if turn.speaker is not Speaker.AGENT]
    others += [span for span in call.voice.customer_speech or () if span.length_ms >= _HEARD_MS]
    own = [turn.span for turn in call.turns if turn.speaker is Speaker.AGENT]
    return cut(join(own, _ROOM_MS - 1), others)
