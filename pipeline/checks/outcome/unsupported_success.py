"""A success nobody agreed to: pay hangs on success, so the recording must carry the customer's audible consent (P-13).

    manifest  success
    agent     我给您开通了啊        customer  喂？你说什么        claimed: no consent is heard

A recording that is not whole may lack exactly the consent: nothing is claimed of it. A customer heard to refuse contradicts the success
(`contradicted.py`), which is another rule.
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall
from pipeline.checks.outcome.consent import heard_outcome
from pipeline.checks.ruleset import Ruleset
from pipeline.records.call import Outcome
from pipeline.records.finding import Claim, Match
from pipeline.records.turn import Speaker

RULE = "outcome.unsupported_success"


def unsupported_success(call: HeardCall, ruleset: Ruleset) -> Iterator[Claim]:
    """Claim a success whose recording holds neither consent after an offer nor a refusal."""
    if call.facts.outcome is not Outcome.SUCCESS or not call.complete or not call.turns:
        return
    if heard_outcome(call, ruleset) is not None:
        return
    explanation = "清单报为成功，但话务员提出办理之后，没有听到客户同意。"
    # A yes is one only after an offer, so that both sides must have been heard.
    sure = min(call.confidence(Speaker.CUSTOMER, Speaker.UNKNOWN), call.confidence(Speaker.AGENT, Speaker.UNKNOWN))
    yield Claim(None, explanation, match=Match.STRUCTURE, confidence=sure, rule=RULE)
