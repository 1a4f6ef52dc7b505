"""Level too low: the customer can hardly hear the agent (P-31 音量).

active speech level -38 dBFS, lowest allowed -35 dBFS    claimed for the whole call
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall, Standard, check
from pipeline.checks.tone.certainty import certainty
from pipeline.records.finding import Claim

_SURE_AT_DB = 4.0


@check("voice.level_low", version=1)
def level_low(call: HeardCall, standard: Standard) -> Iterator[Claim]:
    """Claim the call when the agent's active speech level is under the limit."""
    level, limit = call.voice.tone.active_level_dbfs, standard.level_low_dbfs
    if level is not None and level < limit:
        yield Claim(
            None,
            f"客服音量 {level:.1f} dBFS，低于下限 {limit:.1f} dBFS",
            speaker=call.voice.tone.speaker,
            matched=f"{level:.1f} dBFS",
            confidence=certainty(limit - level, _SURE_AT_DB),
        )
