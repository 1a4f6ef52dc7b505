"""Pressing on: the customer has clearly refused twice, and the agent goes on selling.

    agent     您看给您开通一个好吗        customer  不需要
    agent     这个真的很划算              customer  不用了，我不办
    agent     要不您再考虑一下，免费送的    claimed: selling after the second refusal

One further offer after a first refusal is a salesman's right, begging, hurrying or shaming the customer into it is not (the pack's
`after_first_refusal`); the second no is to be respected, so that from then on any selling counts (`only_after_refusal`). A refusal counts
once a turn, and only where the agent spoke since the last one. Where the speakers are not known, this is not assessable.
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall
from pipeline.checks.ruleset import Ruleset
from pipeline.records.finding import Claim, Match
from pipeline.records.turn import Speaker
from pipeline.text.packs import FIRST
from pipeline.text.phrases import Hit
from pipeline.text.utterances import Utterance, utterances

RULE = "phrase.after_refusal"
REFUSALS = 2


def pressed_on(call: HeardCall, ruleset: Ruleset) -> Iterator[Claim]:
    """Claim the agent's first pressing words after each refusal, and any selling words after the second and later ones."""
    pack = ruleset.pack(RULE)
    refusals, answered, claimed = 0, True, False
    for utterance in utterances(call.turns, Speaker.AGENT, Speaker.CUSTOMER):
        if utterance.speaker is Speaker.CUSTOMER:
            if answered and any(hit.phrase.key == "refuse" for hit in ruleset.consent.find(utterance.text)):
                refusals, answered, claimed = refusals + 1, False, False
            continue
        answered = True
        if refusals == 0 or claimed:
            continue
        if hits := _pressing(utterance, refusals, ruleset):
            claimed = True
            span = utterance.span_of(hits[0].start, hits[-1].end)
            matched = "；".join(dict.fromkeys(utterance.text[hit.start : hit.end] for hit in hits))
            explanation = f"客户已明确拒绝 {refusals} 次，话务员仍继续推销：“{matched}”。"
            confidence = min(utterance.confidence, max(hit.confidence for hit in hits))
            severity = pack.severity if pack else None
            yield Claim(
                span, explanation, Speaker.AGENT, utterance.text, matched, Match.STRUCTURE, confidence, RULE, severity
            )


def _pressing(utterance: Utterance, refusals: int, ruleset: Ruleset) -> tuple[Hit, ...]:
    """What counts after so many refusals; nothing where the pack's own phrases have claimed these words already."""
    if any(hit.phrase.key == RULE for hit in ruleset.phrases.find(utterance.text)):
        return ()
    hits = ruleset.pressing.find(utterance.text)
    return hits if refusals >= REFUSALS else tuple(hit for hit in hits if hit.phrase.key == FIRST)
