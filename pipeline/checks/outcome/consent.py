"""What the customer is heard to decide.

Consent is a customer's yes after the agent offered something: 对 in answer to 您是机主吗 agrees to nothing. A refusal after it takes it back.
"""

from pipeline.checks.check import HeardCall
from pipeline.checks.ruleset import Ruleset
from pipeline.records.call import Outcome
from pipeline.records.turn import Speaker
from pipeline.text.utterances import utterances


def heard_outcome(call: HeardCall, ruleset: Ruleset) -> Outcome | None:
    """SUCCESS or REFUSED by the customer's last decisive words; None where nothing is decided.

    Turns of unknown speakers are read as either side's.
    """
    offered, decided = False, None
    for utterance in utterances(call.turns):
        kinds = {hit.phrase.key for hit in ruleset.consent.find(utterance.text)}
        if utterance.speaker is not Speaker.AGENT:
            if "refuse" in kinds:
                decided = Outcome.REFUSED
            elif "agree" in kinds and offered:
                decided = Outcome.SUCCESS
        if utterance.speaker is not Speaker.CUSTOMER and "offer" in kinds:
            offered = True
    return decided
