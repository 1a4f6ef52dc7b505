"""Duplicate: one recording handed in for two calls (P-72).

    2 March 10:00  call 0007  sha256 ab12…
    2 March 15:00  call 0031  sha256 ab12…      claimed, naming 0007

Of calls with the same bytes the one that began first keeps its recording; every other one has none of its own. What another vendor calls its
calls is not told.
"""

from pipeline.records.finding import Claim, Match

RULE, VERSION = "audio.duplicate", 1


def duplicate(first_call_id: str, first_vendor: str, vendor: str) -> Claim:
    """The claim of a call of `vendor` whose recording is the one of an earlier call."""
    of = f"通话 {first_call_id} " if first_vendor == vendor else "另一家外呼公司一通通话"
    told = f"交来的录音与{of}的录音逐字节相同，不是这通电话自己的录音。"
    return Claim(None, told, matched=first_call_id if first_vendor == vendor else "", match=Match.STRUCTURE)
