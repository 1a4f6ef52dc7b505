"""Another order than the script's: 在固定语序模式上灵活运用 (P-20), so it is a notice and never a fault.

    script    greeting, self_introduction, purpose
    agent     我是移动公司的小李          agent  您好啊          claimed: 问候 after 自报家门

What is said early is no disorder where it is said again in its place. Two elements in one sentence are compared by their middles, for of one
the cue alone may be known and of the other the whole sentence. Of a cut recording nothing is claimed: what came first may be what is lost.
"""

from collections.abc import Iterator
from itertools import pairwise

from pipeline.checks.script.elements import is_shown_from
from pipeline.checks.script.scripted import Scripted, script_check
from pipeline.records.finding import Claim, Match


@script_check("script.order", version=4)
def disorder(scripted: Scripted) -> Iterator[Claim]:
    """Claim the first element that begins before the one the script puts before it."""
    if not scripted.whole:
        return
    script = scripted.script
    names = {required.cues.element: required.cues.name for required in script.elements}
    found = {element.element: element for element in scripted.elements}
    present = [(found[name], span) for name in script.order if (span := found[name].span) is not None]
    for (earlier, first), (later, second) in pairwise(present):
        is_before = second.start_ms < first.start_ms and second.middle_ms < first.middle_ms
        if is_before and not is_shown_from(
            later.element, first.end_ms, scripted.call, script, scripted.ruleset.elements
        ):
            explanation = (
                f"“{names[later.element]}”（{second.start_ms / 1000:.1f} 秒）说在“{names[earlier.element]}”"
                f"（{first.start_ms / 1000:.1f} 秒）之前，与脚本次序不同，仅作提示。"
            )
            order = f"{names[later.element]}、{names[earlier.element]}"
            yield Claim(second, explanation, text=later.text, matched=order, match=Match.STRUCTURE, rule="script.order")
            return
