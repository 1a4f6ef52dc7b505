"""Interruption: the agent talks over the customer (P-24 room for the customer to speak).

It counts once when it is long, or each time when it is a habit. A 嗯 or 好的 while the customer speaks is listening, so a few hanzi at
least must be said over the customer. On a mono recording overlap cannot be heard and nothing is claimed.

    customer  0.0-6.0  我上个月已经跟你们说过了，我不需要这个，你们怎么还……
    agent     3.0-7.0  您先听我说完这个活动。      claimed where the limit is 2 s: 3.0 s of both
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall, Standard, check
from pipeline.checks.tone.certainty import certainty
from pipeline.checks.tone.turn_taking import overlaps
from pipeline.records.finding import Claim

_SURE_AT_MS = 1_000


@check("voice.interruption", version=1)
def interruption(call: HeardCall, standard: Standard) -> Iterator[Claim]:
    """Claim each long overlap, and all of them where they are a habit."""
    if call.mono or call.voice.customer_speech is None:
        return
    found = [
        one
        for one in overlaps(call.turns, call.voice.agent_speech, call.voice.customer_speech)
        if one.heard_ms >= standard.interruption_ms and one.hanzi >= standard.interruption_hanzi
    ]
    habit = len(found) >= standard.interruption_count
    for one in found:
        if habit or one.heard_ms >= standard.interruption_long_ms:
            why = (
                f"全程共 {len(found)} 次，达到上限 {standard.interruption_count} 次"
                if habit
                else f"达到上限 {standard.interruption_long_ms / 1000:.1f} 秒"
            )
            yield Claim(
                one.span,
                f"客户说话时客服插话，同时说话 {one.heard_ms / 1000:.1f} 秒，{why}",
                text=one.turn.text,
                matched=f"重叠 {one.heard_ms / 1000:.1f} 秒",
                confidence=certainty(one.heard_ms - standard.interruption_ms, _SURE_AT_MS) * one.turn.confidence,
            )
