"""Clipped: the agent's voice is distorted because it was recorded or sent too loud (P-31 音量).

1.2 % of the agent's speech at full scale, allowed 0.5 %    claimed for the whole call
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall, Standard, check
from pipeline.checks.tone.certainty import certainty
from pipeline.records.finding import Claim


@check("voice.clipped", version=1)
def clipped(call: HeardCall, standard: Standard) -> Iterator[Claim]:
    """Claim the call when more of the agent's speech stands at full scale than the limit allows."""
    share, limit = call.voice.tone.clipped_share, standard.clipped_share
    if share is not None and share > limit:
        yield Claim(
            None,
            f"客服声音削波失真，占其说话的 {share:.2%}，超过上限 {limit:.2%}",
            speaker=call.voice.tone.speaker,
            matched=f"{share:.2%}",
            confidence=certainty(share - limit, max(limit, 0.001)),
        )
