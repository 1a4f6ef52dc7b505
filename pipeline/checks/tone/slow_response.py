"""Slow response: the customer has finished and the agent lets them wait (P-30 冷淡, P-31).

A wait that is already dead air is claimed there and not again here.

    customer  0.0-2.0  这个月话费怎么这么多？
    agent     5.5-8.0  我帮您看一下。          claimed where the limit is 3 s and dead air begins at 6 s
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall, Standard, check
from pipeline.checks.tone.certainty import LOST_SOUND, certainty
from pipeline.checks.tone.turn_taking import waits
from pipeline.records.finding import Claim

_SURE_AT_MS = 1_000


@check("voice.slow_response", version=1)
def slow_response(call: HeardCall, standard: Standard) -> Iterator[Claim]:
    """Claim every wait for the agent's answer over the limit; needs to know who speaks."""
    limit_ms = standard.slow_response_ms
    heard = (*call.voice.agent_speech, *(call.voice.customer_speech or ()))
    for wait in waits(call.turns, heard):
        if limit_ms < wait.length_ms <= standard.longest_silence_ms:
            yield Claim(
                wait,
                f"客户说完后客服 {wait.length_ms / 1000:.1f} 秒才应答，超过上限 {limit_ms / 1000:.1f} 秒"
                + ("" if call.complete else "；录音不完整，请听辨是否缺失声音"),
                matched=f"等待 {wait.length_ms / 1000:.1f} 秒",
                confidence=certainty(wait.length_ms - limit_ms, _SURE_AT_MS) if call.complete else LOST_SOUND,
            )
