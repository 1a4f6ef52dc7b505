"""Partial: a stretch or a side of the recording is lost, so it is a notice to hand it in again (P-72).

frames 812-840 cannot be decoded             claimed
right, the customer's, digital silence       claimed
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall, Standard, check
from pipeline.records.finding import Claim, Match

_LOST = {"bad_frames": "有一段无法解码", "customer_channel_silent": "客户声道没有声音"}


@check("audio.partial", version=1)
def partial(call: HeardCall, _standard: Standard) -> Iterator[Claim]:
    """Claim a call in whose recording frames or the customer's side are missing."""
    lost = [reason for reason in _LOST if reason in call.reasons]
    if lost:
        told = "，".join(_LOST[reason] for reason in lost)
        yield Claim(None, f"录音不完整：{told}。", matched=" ".join(lost), match=Match.STRUCTURE)
