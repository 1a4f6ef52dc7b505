"""Level too high: the agent booms into the customer's ear (P-31 音量).

active speech level -11 dBFS, highest allowed -14 dBFS    claimed for the whole call
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall, Standard, check
from pipeline.checks.tone.certainty import certainty
from pipeline.records.finding import Claim

_SURE_AT_DB = 4.0


@check("voice.level_high", version=1)
def level_high(call: HeardCall, standard: Standard) -> Iterator[Claim]:
    """Claim the call when the agent's active speech level is over the limit."""
    level, limit = call.voice.tone.active_level_dbfs, standard.level_high_dbfs
    if level is not None and level > limit:
        yield Claim(
            None,
            f"客服音量 {level:.1f} dBFS，高于上限 {limit:.1f} dBFS",
            speaker=call.voice.tone.speaker,
            matched=f"{level:.1f} dBFS",
            confidence=certainty(level - limit, _SURE_AT_DB),
        )
