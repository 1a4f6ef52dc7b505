"""A success that the recording denies: the last thing the customer is heard to decide is a refusal (P-13).

    manifest  success
    agent     那我给您办上啊        customer  不要，我说了不要        claimed: the customer refused

A refusal that a later consent takes back is none. Where nothing is decided at all, the success is unsupported instead. A refusal in
words that no list has is a near match, for a reviewer.
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall
from pipeline.checks.outcome.consent import decision
from pipeline.checks.ruleset import Ruleset
from pipeline.records.call import Outcome
from pipeline.records.finding import Claim

RULE = "outcome.contradicted"


def contradicted(call: HeardCall, ruleset: Ruleset) -> Iterator[Claim]:
    """Claim a success whose customer is heard to refuse, with the words of the refusal."""
    decided = decision(call, ruleset)
    if call.facts.outcome is not Outcome.SUCCESS or decided is None or decided.outcome is not Outcome.REFUSED:
        return
    words = decided.utterance
    explanation = f"清单报为成功，但客户最后说的是“{words.text}”。"
    yield Claim(
        words.span, explanation, words.speaker, words.text, decided.matched, decided.match, words.confidence, RULE
    )
