"""Pressing on: the customer has clearly refused twice, and the agent goes on selling.

    agent     您看给您开通一个好吗        customer  不需要
    agent     这个真的很划算              customer  不用了，我不办
    agent     要不您再考虑一下，免费送的    claimed: selling after the second refusal

One further offer after a first refusal is a salesman's right, begging, hurrying or shaming the customer into it is not (the pack's
`after_first_refusal`); the second no is to be respected, so that from then on any selling counts (`only_after_refusal`). A refusal counts
once a turn, and only where the agent spoke since the last one. Where the speakers are not known, this is not assessable.

Pressing in words that no pack lists is found by likeness (`models/phrases/`), after the second refusal only, and goes to a reviewer; so does
any pressing on after a refusal in words that no list has (`models/decisions/`).
"""

from collections.abc import Iterator
from dataclasses import replace

from pipeline.checks.check import HeardCall
from pipeline.checks.ruleset import Ruleset
from pipeline.records.finding import Claim, Match
from pipeline.records.turn import Speaker
from pipeline.text.packs import FIRST
from pipeline.text.phrases import Hit
from pipeline.text.pieces import most_like
from pipeline.text.utterances import Utterance, utterances

RULE = "phrase.after_refusal"
REFUSALS = 2


def pressed_on(call: HeardCall, ruleset: Ruleset) -> Iterator[Claim]:
    """Claim the agent's first pressing words after each refusal, and any selling words after the second and later ones."""
    refusals, answered, claimed, sure = 0, True, False, True
    for utterance in utterances(call.turns, Speaker.AGENT, Speaker.CUSTOMER):
        if utterance.speaker is Speaker.CUSTOMER:
            listed = any(hit.phrase.key == "refuse" for hit in ruleset.consent.find(utterance.text))
            if answered and (listed or most_like(utterance, ruleset.decisions, "refuse") is not None):
                refusals, answered, claimed, sure = refusals + 1, False, False, sure and listed
            continue
        answered = True
        # What the pack's own phrases have claimed already is not claimed again.
        if refusals == 0 or claimed or any(hit.phrase.key == RULE for hit in ruleset.phrases.find(utterance.text)):
            continue
        claim = _listed(utterance, refusals, ruleset) or _like(utterance, refusals, ruleset)
        if claim is not None:
            claimed = True
            yield claim if sure else replace(claim, match=Match.NEAR)


def _listed(utterance: Utterance, refusals: int, ruleset: Ruleset) -> Claim | None:
    hits = _pressing(utterance, refusals, ruleset)
    if not hits:
        return None
    pack = ruleset.pack(RULE)
    return Claim(
        utterance.span_of(hits[0].start, hits[-1].end),
        _explanation(refusals, matched := "；".join(dict.fromkeys(utterance.text[h.start : h.end] for h in hits))),
        Speaker.AGENT,
        utterance.text,
        matched,
        Match.STRUCTURE,
        min(utterance.confidence, max(hit.confidence for hit in hits)),
        RULE,
        pack.severity if pack else None,
    )


def _like(utterance: Utterance, refusals: int, ruleset: Ruleset) -> Claim | None:
    if refusals < REFUSALS or (likely := most_like(utterance, ruleset.manners, RULE)) is None:
        return None
    said = utterance.text[likely.start : likely.end]
    return Claim(
        utterance.span_of(likely.start, likely.end),
        _explanation(refusals, said) + "词表中没有这种说法，只作复核线索。",
        Speaker.AGENT,
        utterance.text,
        said,
        Match.NEAR,
        min(utterance.confidence, likely.probability),
        RULE,
    )


def _explanation(refusals: int, said: str) -> str:
    return f"客户已明确拒绝 {refusals} 次，话务员仍继续推销：“{said}”。"


def _pressing(utterance: Utterance, refusals: int, ruleset: Ruleset) -> tuple[Hit, ...]:
    """What counts after so many refusals."""
    hits = ruleset.pressing.find(utterance.text)
    return hits if refusals >= REFUSALS else tuple(hit for hit in hits if hit.phrase.key == FIRST)
