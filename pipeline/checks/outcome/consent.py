"""What the customer is heard to decide.

Consent is a customer's yes in answer to an offer, or their asking for it in so many words (给我办吧) any time after one: 对 in answer to
您是机主吗 agrees to nothing. A hum between offer and yes does not part them. A refusal after it takes it back.
"""

from pipeline.checks.check import HeardCall
from pipeline.checks.ruleset import Ruleset
from pipeline.records.call import Outcome
from pipeline.records.turn import Speaker
from pipeline.text.utterances import utterances

_HUM_HANZI = 2


def heard_outcome(call: HeardCall, ruleset: Ruleset) -> Outcome | None:
    """SUCCESS or REFUSED by the customer's last decisive words; None where nothing is decided.

    Turns of unknown speakers are read as either side's.
    """
    offered, is_asked, decided = False, False, None
    for utterance in utterances(call.turns):
        kinds = {hit.phrase.key for hit in ruleset.consent.find(utterance.text)}
        if utterance.speaker is not Speaker.AGENT:
            if "refuse" in kinds:
                decided = Outcome.REFUSED
            elif (offered and "order" in kinds) or (is_asked and "agree" in kinds):
                decided = Outcome.SUCCESS
            is_asked = is_asked and len(utterance.text) <= _HUM_HANZI
        if utterance.speaker is not Speaker.CUSTOMER and "offer" in kinds:
            offered = is_asked = True
    return decided
