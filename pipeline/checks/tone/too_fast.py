"""Too fast: the customer cannot follow (P-31 语速).

agent  0.0-3.0  您现在办理就送十个吉字节的流量    15 hanzi in 2.4 s: 375 a minute, claimed where the limit is 350
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall, Standard, check
from pipeline.checks.tone.certainty import certainty
from pipeline.checks.tone.spoken_rates import judge_pace
from pipeline.records.finding import Claim

_SURE_AT_SHARE = 0.2


@check("voice.too_fast", version=1)
def too_fast(call: HeardCall, standard: Standard) -> Iterator[Claim]:
    """Claim turns over the limit, or the fastest one where the call's median is over it."""
    limit = standard.rate_max_cpm
    pace = judge_pace(call, standard.rate_min_hanzi, limit, 1)
    habit = f"，全程中位语速每分钟 {pace.median_cpm:.0f} 字" if pace.median_cpm is not None else ""
    for one in pace.past:
        yield Claim(
            one.turn.span,
            f"语速每分钟 {one.rate_cpm:.0f} 字{habit}，超过上限 {limit:.0f} 字",
            text=one.turn.text,
            matched=f"{one.rate_cpm:.0f} 字/分",
            confidence=certainty(one.rate_cpm - limit, _SURE_AT_SHARE * limit) * one.turn.confidence,
        )
