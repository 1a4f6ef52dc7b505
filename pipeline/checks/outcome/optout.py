"""The customer asks not to be called again (P-24): what later calls to the number are judged by.

    customer  你们别再打了            an opt-out at 别再打了
    customer  别再打给我儿子了        none: it is about somebody else
    customer  现在别再打了，晚点再打  none: it is about the hour
    unknown   别再打了                none: the agent may be telling what others say

Words that only nearly match are nobody's wish. The wordings are those of `lexicons/consent.toml`, [optout]. What no wording lists has a
second vote (`models/decisions/`): a sentence that is very much like such a wish is a near match, which leads to a finding for a reviewer alone.
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall
from pipeline.checks.ruleset import Ruleset
from pipeline.records.finding import Match
from pipeline.records.optout import OptOut
from pipeline.records.turn import Speaker
from pipeline.text.pieces import most_like
from pipeline.text.utterances import Utterance, utterances

_KEY = "optout"
# 别打折 and 别再打了 are near: the second vote must be surer of an opt-out than of a yes or a no.
_LIKE = 0.8


def heard_optouts(call: HeardCall, ruleset: Ruleset) -> Iterator[OptOut]:
    """The customer's opt-outs in the order of the call, one an utterance."""
    for utterance in utterances(call.turns, Speaker.CUSTOMER):
        if (found := _listed(utterance, ruleset) or _likely(utterance, ruleset)) is not None:
            yield found


def _listed(utterance: Utterance, ruleset: Ruleset) -> OptOut | None:
    hits = [
        hit for hit in ruleset.consent.find(utterance.text) if hit.phrase.key == _KEY and hit.match is not Match.NEAR
    ]
    best = max(hits, key=lambda hit: hit.confidence, default=None)
    return None if best is None else _optout(utterance, best.start, best.end, best.confidence, best.match)


def _likely(utterance: Utterance, ruleset: Ruleset) -> OptOut | None:
    """What is said in words that no wording lists, but for what an exception excuses."""
    if any(hit.phrase.key == _KEY for hit in ruleset.consent.excused(utterance.text)):
        return None
    likely = most_like(utterance, ruleset.decisions, _KEY)
    if likely is None or likely.probability < _LIKE:
        return None
    return _optout(utterance, likely.start, likely.end, likely.probability, Match.NEAR)


def _optout(utterance: Utterance, start: int, end: int, confidence: float, match: Match) -> OptOut:
    surely = round(min(utterance.confidence, confidence), 3)
    return OptOut(utterance.span_of(start, end), utterance.text, utterance.text[start:end], surely, match)
