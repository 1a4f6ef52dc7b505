"""Too slow: the agent drawls or reads haltingly (P-31 语速).

agent  0.0-9.0  请 问 您 现 在 方 便 听 电 话 吗 好    12 hanzi in 7.2 s: 100 a minute, claimed where the limit is 120
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall, Standard, check
from pipeline.checks.tone.certainty import certainty
from pipeline.checks.tone.spoken_rates import judge_pace
from pipeline.records.finding import Claim

_SURE_AT_SHARE = 0.2


@check("voice.too_slow", version=1)
def too_slow(call: HeardCall, standard: Standard) -> Iterator[Claim]:
    """Claim turns under the limit, or the slowest one where the call's median is under it."""
    limit = standard.rate_min_cpm
    pace = judge_pace(call, standard.rate_min_hanzi, limit, -1)
    habit = f"，全程中位语速每分钟 {pace.median_cpm:.0f} 字" if pace.median_cpm is not None else ""
    for one in pace.past:
        yield Claim(
            one.turn.span,
            f"语速每分钟 {one.rate_cpm:.0f} 字{habit}，低于下限 {limit:.0f} 字",
            text=one.turn.text,
            matched=f"{one.rate_cpm:.0f} 字/分",
            confidence=certainty(limit - one.rate_cpm, _SURE_AT_SHARE * limit) * one.turn.confidence,
        )
