"""Specialist words that customers cannot know (生僻词, P-24).

    agent  您这个号码要走灰度流程                      claimed: 灰度流程
    agent  要做呼转，就是把电话转到别的号码上          not claimed: explained at once (the exceptions of throughout.toml)

Who was asked about a word may use it: what the customer said first is not claimed. A word counts once a call.
"""

from collections.abc import Iterator

from pipeline.checks.script.scripted import Scripted, script_check
from pipeline.records.finding import Claim, Match
from pipeline.records.turn import Speaker
from pipeline.text.phrases import Hit
from pipeline.text.utterances import Utterance, utterances


@script_check("script.jargon", version=1)
def specialist_words(scripted: Scripted) -> Iterator[Claim]:
    """Claim each utterance of the agent's (or of an unknown speaker's) with words of the list not said before."""
    known: set[str] = set()
    for utterance in utterances(scripted.call.turns):
        hits = scripted.script.throughout.words.find(utterance.text)
        new = [hit for hit in hits if hit.phrase.text not in known]
        known |= {hit.phrase.text for hit in hits}
        if new and utterance.speaker is not Speaker.CUSTOMER:
            yield _claim(new, utterance)


def _claim(hits: list[Hit], utterance: Utterance) -> Claim:
    best = max(hits, key=lambda hit: (hit.match is not Match.NEAR, hit.confidence, len(hit.form)))
    words = "；".join(dict.fromkeys(utterance.text[hit.start : hit.end] for hit in hits))
    return Claim(
        utterance.span_of(min(hit.start for hit in hits), max(hit.end for hit in hits)),
        f"对客户用了行话“{words}”，没有当场解释。",
        utterance.speaker,
        utterance.text,
        words,
        best.match,
        min(best.confidence, utterance.confidence),
        "script.jargon",
    )
