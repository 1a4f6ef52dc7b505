"""The second vote on what the agent says: forbidden manners in words that no pack lists.

    packs     爱办不办, 随便你 …
    agent     12.0-14.0  您乐意投诉就去投诉呗我无所谓      no listed words; like the examples of 冷淡: claimed as near, for a reviewer

A model that learnt from sorted sentences (`models/phrases/`) says how much a sentence is like each rule's examples. It is never more than a
near hit: what counts by itself stands in a pack, word for word, where a vendor can read it. What packs claimed already is not claimed again,
and what an exception of theirs excuses (验证码您千万不要念给我) is no fault in any words.
"""

from collections.abc import Iterator, Sequence

from pipeline.checks.catalogue import MANNERS, entry
from pipeline.checks.check import HeardCall
from pipeline.checks.ruleset import Ruleset
from pipeline.records.finding import Claim, Match
from pipeline.records.span import Span
from pipeline.records.turn import Speaker
from pipeline.text.likeness import Likeness
from pipeline.text.pieces import Likely, sentences
from pipeline.text.utterances import Utterance, utterances

# What is promised, asked for or offered. Selling on is judged by what the customer said before: `after_refusal.py` asks this model about it.
_MATTERS = ("phrase.overpromise", "phrase.privacy", "phrase.competitor")


def likely_phrases(call: HeardCall, ruleset: Ruleset, claimed: Sequence[Claim]) -> Iterator[Claim]:
    """A near claim for each sentence of the agent's that is like a rule's examples, where no other claim has its words."""
    taken = [claim.span for claim in claimed if claim.span is not None]
    for utterance in utterances(call.turns, Speaker.AGENT, Speaker.UNKNOWN):
        for likely in most_likely(utterance, ruleset.manners):
            span = utterance.span_of(likely.start, likely.end)
            is_taken = any(span.overlap_ms(other) for other in taken)
            if not is_taken and not ruleset.phrases.excused(utterance.text[likely.start : likely.end]):
                yield _claim(utterance, likely, span, ruleset.manners)


def most_likely(utterance: Utterance, model: Likeness) -> tuple[Likely, ...]:
    """The likeliest sentences of an utterance above the model's limit, apart from each other, in time order."""
    found = []
    for start, end in sentences(utterance):
        probabilities = model(utterance.text[start:end])
        rules = dict(zip(model.kinds, map(float, probabilities), strict=True))
        # What is said in several bad manners at once is so, however it is called; what is promised, asked for or offered is each for itself.
        manner = max(MANNERS, key=lambda rule: rules.get(rule, 0.0))
        told = {rule: rules.get(rule, 0.0) for rule in _MATTERS}
        told[manner] = sum(rules.get(rule, 0.0) for rule in MANNERS)
        rule = max(told, key=told.__getitem__)
        if told[rule] >= model.limit:
            found.append(Likely(start, end, rule, told[rule]))
    kept: list[Likely] = []
    for one in sorted(found, key=lambda likely: (-likely.probability, likely.end - likely.start)):
        if not any(one.start < other.end and other.start < one.end for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda likely: likely.start))


def _claim(utterance: Utterance, likely: Likely, span: Span, model: Likeness) -> Claim:
    said = utterance.text[likely.start : likely.end]
    told = "、".join(f"“{part}”" for part in model.strongest(said, likely.kind))
    explanation = (
        f"“{said}”与{entry(likely.kind).name}类用语的例句相近（依据{told}），词表中没有这种说法，只作复核线索。"
    )
    confidence = min(likely.probability, utterance.confidence)
    return Claim(span, explanation, utterance.speaker, utterance.text, said, Match.NEAR, confidence, likely.kind)
