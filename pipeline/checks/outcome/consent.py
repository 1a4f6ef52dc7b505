"""What the customer is heard to decide.

Consent is a customer's yes in answer to an offer, or their asking for it in so many words (给我办吧) any time after one: 对 in answer to
您是机主吗 agrees to nothing. A hum between offer and yes does not part them. A refusal after it takes it back.
"""

from dataclasses import dataclass

from pipeline.checks.check import HeardCall
from pipeline.checks.ruleset import Ruleset
from pipeline.records.call import Outcome
from pipeline.records.turn import Speaker
from pipeline.text.utterances import Utterance, utterances

_HUM_HANZI = 2


@dataclass(frozen=True, slots=True)
class Decision:
    """SUCCESS or REFUSED, the customer's utterance that decides it and the words in it that do."""

    outcome: Outcome
    utterance: Utterance
    matched: str


def heard_outcome(call: HeardCall, ruleset: Ruleset) -> Outcome | None:
    """The outcome by the customer's last decisive words; None where nothing is decided."""
    decided = decision(call, ruleset)
    return None if decided is None else decided.outcome


def decision(call: HeardCall, ruleset: Ruleset) -> Decision | None:
    """The customer's last decisive words. Turns of unknown speakers are read as either side's."""
    offered, is_asked, decided = False, False, None
    for utterance in utterances(call.turns):
        said = {hit.phrase.key: utterance.text[hit.start : hit.end] for hit in ruleset.consent.find(utterance.text)}
        kinds = said.keys()
        if utterance.speaker is not Speaker.AGENT:
            if "refuse" in kinds:
                decided = Decision(Outcome.REFUSED, utterance, said["refuse"])
            elif offered and "order" in kinds:
                decided = Decision(Outcome.SUCCESS, utterance, said["order"])
            elif is_asked and "agree" in kinds:
                decided = Decision(Outcome.SUCCESS, utterance, said["agree"])
            is_asked = is_asked and len(utterance.text) <= _HUM_HANZI
        if utterance.speaker is not Speaker.CUSTOMER and "offer" in kinds:
            offered = is_asked = True
    return decided
