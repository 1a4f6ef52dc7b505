"""The customer asks not to be called again (P-24): what later calls to the number are judged by.

    customer  你们别再打了            an opt-out at 别再打了
    customer  别再打给我儿子了        none: it is about somebody else
    customer  现在别再打了，晚点再打  none: it is about the hour
    unknown   别再打了                none: the agent may be telling what others say

Words that only nearly match are nobody's wish. The wordings are those of `lexicons/consent.toml`, [optout].
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall
from pipeline.checks.ruleset import Ruleset
from pipeline.records.finding import Match
from pipeline.records.optout import OptOut
from pipeline.records.turn import Speaker
from pipeline.text.utterances import utterances

_KEY = "optout"


def heard_optouts(call: HeardCall, ruleset: Ruleset) -> Iterator[OptOut]:
    """The customer's opt-outs in the order of the call, one an utterance."""
    for utterance in utterances(call.turns, Speaker.CUSTOMER):
        hits = [hit for hit in ruleset.consent.find(utterance.text) if hit.phrase.key == _KEY]
        if sure := [hit for hit in hits if hit.match is not Match.NEAR]:
            best = max(sure, key=lambda hit: hit.confidence)
            confidence = round(min(utterance.confidence, best.confidence), 3)
            matched = utterance.text[best.start : best.end]
            yield OptOut(utterance.span_of(best.start, best.end), utterance.text, matched, confidence)
