"""Swapped: the agent is on the channel that the manifest gives the customer (P-72).

    agent     喂你好 … 是我 … 不用了
    customer  您好，我是移动公司的客服小李，请问是王先生吗 …     swapped: the script is said on the other side

Whoever judges the call exchanges the sides first, so that nobody is charged with the other's words; the finding tells that it was done.
"""

from collections.abc import Iterator
from dataclasses import replace

from pipeline.checks.check import HeardCall, Standard, check
from pipeline.checks.ruleset import Ruleset
from pipeline.checks.script.elements import find_elements
from pipeline.checks.script.script import Script
from pipeline.records.finding import Claim, ElementState, Match
from pipeline.records.turn import Speaker, Turn

SWAPPED = "channels_swapped"
"""Among the reasons of a call whose sides were exchanged."""

_OTHER = {Speaker.AGENT: Speaker.CUSTOMER, Speaker.CUSTOMER: Speaker.AGENT}
# Said by agents alone. A customer may well say 您好, 谢谢 and a price.
_AGENTS_OWN = frozenset({"self_introduction", "identity", "recording_notice", "purpose", "enquiry_channel"})
_MORE = 3


@check("audio.swapped", version=1)
def swapped(call: HeardCall, _standard: Standard) -> Iterator[Claim]:
    """Claim a call whose sides were exchanged before it was judged."""
    if SWAPPED in call.reasons:
        explanation = "话务员的话在清单所说的客户声道里，已对调声道评定；仅作提示。"
        yield Claim(None, explanation, matched=SWAPPED, match=Match.STRUCTURE)


def is_swapped(call: HeardCall, ruleset: Ruleset) -> bool:
    """Whether of what agents alone say at least three things more are said on the customer's side, with who is calling there alone."""
    script = ruleset.script(call.facts.project) or next(iter(ruleset.scripts), None)
    if call.mono or script is None:
        return False
    here = _own(call, script, ruleset)
    if "self_introduction" in here:
        return False
    there = _own(replace(call, turns=exchanged(call.turns)), script, ruleset)
    return "self_introduction" in there and len(there) >= len(here) + _MORE


def exchanged(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The turns, each given to the other side."""
    return tuple(replace(turn, speaker=_OTHER.get(turn.speaker, turn.speaker)) for turn in turns)


def _own(call: HeardCall, script: Script, ruleset: Ruleset) -> set[str]:
    elements = find_elements(call, script, ruleset)
    return {one.element for one in elements if one.state is ElementState.PRESENT} & _AGENTS_OWN
