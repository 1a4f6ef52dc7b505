"""Silent: the agent's channel holds no sound, so nothing that the agent said can be judged (P-72).

left, the agent's   digital silence      right   喂你好 … 不用了谢谢        claimed for the whole call
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall, Standard, check
from pipeline.records.finding import Claim, Match

SILENT_AGENT = "agent_channel_silent"
"""Among the reasons of a call of whose two channels the agent's is silent."""


@check("audio.silent", version=1)
def silent(call: HeardCall, _standard: Standard) -> Iterator[Claim]:
    """Claim a call of whose two channels the agent's is silent. A recording silent on both is quarantined and never gets here."""
    if SILENT_AGENT in call.reasons:
        yield Claim(None, "客服声道全程没有声音，话务员的话无法评定。", matched=SILENT_AGENT, match=Match.STRUCTURE)
