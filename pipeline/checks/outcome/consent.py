"""What the customer is heard to decide.

Consent is a customer's yes in answer to an offer, or their asking for it in so many words (给我办吧) any time after one: 对 in answer to
您是机主吗 agrees to nothing. A hum between offer and yes does not part them. A refusal after it takes it back.

What no wording lists has a second vote (`models/decisions/`): an offer, a yes or a no in other words. A yes so heard supports a success; a no
so heard is only ever a near match.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.checks.check import HeardCall
from pipeline.checks.ruleset import Ruleset
from pipeline.records.call import Outcome
from pipeline.records.finding import Match
from pipeline.records.turn import Speaker
from pipeline.text.likeness import Likeness
from pipeline.text.phrases import Hit
from pipeline.text.pieces import most_like
from pipeline.text.utterances import Utterance, utterances

_HUM_HANZI = 2


@dataclass(frozen=True, slots=True)
class Decision:
    """SUCCESS or REFUSED, the customer's utterance that decides it and the words in it that do; NEAR where they are only like a decision."""

    outcome: Outcome
    utterance: Utterance
    matched: str
    match: Match = Match.STRUCTURE


def heard_outcome(call: HeardCall, ruleset: Ruleset) -> Outcome | None:
    """The outcome by the customer's last decisive words; None where nothing is decided."""
    decided = decision(call, ruleset)
    return None if decided is None else decided.outcome


def decision(call: HeardCall, ruleset: Ruleset) -> Decision | None:
    """The customer's last decisive words. On mono, and where the speaker is unknown, an utterance is read as either side's, or as both's.

    But a yes alone is read out of a turn taken for the agent's: a no there (以后不想要了打一零零八六) would accuse.
    """
    offered, is_asked, decided = False, False, None
    for utterance in utterances(call.turns):
        is_either = call.mono or utterance.speaker is Speaker.UNKNOWN
        hits = ruleset.consent.find(utterance.text)
        said = {hit.phrase.key: hit for hit in hits}
        offers = [hit for hit in hits if hit.phrase.key == "offer"]
        offer = said.get("offer") if is_either or utterance.speaker is Speaker.AGENT else None
        if is_either or utterance.speaker is Speaker.CUSTOMER:
            heard = _decision(utterance, said, offered, is_asked, offer)
            if heard is None and is_asked and not is_either:
                heard = _like_a_decision(utterance, ruleset.decisions)
            decided = heard or decided
            if is_either and offers and decided is None:
                decided = _answered_within(utterance, offers, ruleset)
            is_asked = is_asked and len(utterance.text) <= _HUM_HANZI
        if offer is not None or (
            utterance.speaker is Speaker.AGENT and most_like(utterance, ruleset.decisions, "offer") is not None
        ):
            offered = is_asked = True
    return decided


def _like_a_decision(utterance: Utterance, model: Likeness) -> Decision | None:
    """A yes or a no in words that are not listed, whichever is likelier."""
    likely = [
        (found.probability, outcome, utterance.text[found.start : found.end])
        for kind, outcome in (("consent", Outcome.SUCCESS), ("refuse", Outcome.REFUSED))
        if (found := most_like(utterance, model, kind)) is not None
    ]
    if not likely:
        return None
    _, outcome, words = max(likely, key=lambda one: one[0])
    return Decision(outcome, utterance, words, Match.NEAR)


def _answered_within(utterance: Utterance, offers: Sequence[Hit], ruleset: Ruleset) -> Decision | None:
    """A yes between one offer and the next: 给您申请好不好|好我同意 is two people's, and the 不 of the first takes nothing from the second."""
    ends = [*(hit.start for hit in offers[1:]), len(utterance.text)]
    for offer, end in zip(offers, ends, strict=True):
        answer = utterance.text[offer.end : end]
        for hit in ruleset.consent.find(answer):
            if hit.phrase.key in ("order", "agree"):
                return Decision(Outcome.SUCCESS, utterance, answer[hit.start : hit.end])
    return None


def _decision(
    utterance: Utterance, said: Mapping[str, Hit], offered: bool, is_asked: bool, offer: Hit | None
) -> Decision | None:
    """What this utterance decides; an order counts after an `offer` in the same breath too."""
    for key, outcome in (("refuse", Outcome.REFUSED), ("order", Outcome.SUCCESS), ("agree", Outcome.SUCCESS)):
        hit = said.get(key)
        if hit is None or (key == "refuse" and utterance.speaker is Speaker.AGENT):
            continue
        is_after = offer is not None and offer.end <= hit.start
        if key == "refuse" or (key == "order" and (offered or is_after)) or (key == "agree" and (is_asked or is_after)):
            return Decision(outcome, utterance, utterance.text[hit.start : hit.end])
    return None
