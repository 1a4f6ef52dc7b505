"""A key figure said only once (关键数字重复, P-24): what the customer pays must be heard a second time before they hang up.

    agent  每个月三十八元，一百分钟通话          agent  那我跟您确认一下，办的是畅享套餐      claimed: 三十八元 only once
    agent  每个月三十八元，一百分钟通话          agent  那我跟您确认一下，每月三十八块        not claimed

Told is what stands in an utterance with the content, ahead of the closing; said again is the same number, with or without its unit and by sound
too, or any other figure of the kind, in another utterance: whether 三十八 and 四十八 were two prices or one misheard, a transcript cannot
tell, and content may be told in words that no cue lists. A call that lacks the confirmation as a whole is claimed for that alone.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

from pipeline.checks.script.figures import NAMES, Figure, Kind, figures
from pipeline.checks.script.scripted import Scripted, script_check
from pipeline.records.finding import Claim, Match, Part
from pipeline.records.turn import Speaker
from pipeline.text.normal import normalize
from pipeline.text.numerals import numerals
from pipeline.text.pinyin import encode
from pipeline.text.utterances import Utterance, utterances

_LEAST_BY_SOUND = 2
# Hanzi between two sayings of a figure in one utterance, which are further apart than one breath: the other speaker was not heard between.
_ONE_BREATH = 40


@script_check("script.key_figure", version=2)
def unrepeated_figures(scripted: Scripted) -> Iterator[Claim]:
    """Claim each kind of figure that the script wants repeated, was told with the content and is not heard again."""
    if not scripted.whole or scripted.lacks("confirmation"):
        return
    spoken = utterances(scripted.call.turns, Speaker.AGENT, Speaker.UNKNOWN)
    for kind, when in scripted.script.throughout.key_figures:
        if when.under(scripted.outcome):
            yield from _unrepeated(kind, spoken, scripted)


def _unrepeated(kind: Kind, spoken: Sequence[Utterance], scripted: Scripted) -> Iterator[Claim]:
    told = next((at for at, utterance in enumerate(spoken) if _tells(utterance, kind, scripted)), None)
    if told is None:
        return
    utterance = spoken[told]
    found = tuple(figures(utterance.text, kind))
    is_again = any(two.value == one.value and two.start - one.end > _ONE_BREATH for one, two in combinations(found, 2))
    if is_again or any(_says_again(other.text, kind, found) for at, other in enumerate(spoken) if at != told):
        return
    words = "；".join(dict.fromkeys(utterance.text[figure.start : figure.end] for figure in found))
    yield Claim(
        utterance.span_of(found[0].start, found[-1].end),
        f"{NAMES[kind]}“{words}”只说了一遍，之后没有再跟客户重复。",
        text=utterance.text,
        matched=words,
        match=Match.STRUCTURE,
        confidence=min(utterance.confidence, scripted.call.confidence(Speaker.AGENT, Speaker.UNKNOWN)),
        rule="script.key_figure",
    )


def _tells(utterance: Utterance, kind: Kind, scripted: Scripted) -> bool:
    """Whether content is told here with a figure of the kind; what a confirmation or the closing repeats was told before."""
    first = next(figures(utterance.text, kind), None)
    closing = next((one.span for one in scripted.parts if one.part is Part.CLOSING), None)
    if first is None or (closing and utterance.span_of(first.start, first.end).start_ms >= closing.start_ms):
        return False
    keys = {hit.phrase.key for hit in scripted.script.matcher.find(utterance.text)}
    return "content" in keys and "confirmation" not in keys


def _says_again(text: str, kind: Kind, told: Sequence[Figure]) -> bool:
    if any(figures(text, kind)):
        return True
    values, sounds = {figure.value for figure in told}, encode(normalize(text), is_fuzzy=True)
    numbers = {number for figure in told if len(number := normalize(figure.number)) >= _LEAST_BY_SOUND}
    return any(numeral.value in values for numeral in numerals(text)) or any(
        encode(number, is_fuzzy=True) in sounds for number in numbers
    )
