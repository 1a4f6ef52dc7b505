"""Forbidden phrases in what the agent says.

    agent  12.0-14.5  这个不归我们管，你找别人去     claimed: phrase.shirking at the matched words' own times

Customers may say what they like. Words of an unknown speaker are claimed as such and never count by themselves, and on a mono recording, where a
customer's turn is a guess and may end with the agent's words, so are those of a customer. Where two
packs claim the same words, the longer wording wins; several phrases of one pack in one breath are one fault. One outburst is one fault too,
under its gravest name:

    agent  20.0-22.0  滚蛋，懒得理你     claimed: phrase.abuse, saying that it was rude as well

What is promised, asked for or offered (overpromise, privacy, competitor) is no manner of speaking and is always claimed for itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.checks.catalogue import MANNERS, entry
from pipeline.checks.check import HeardCall
from pipeline.checks.phrases.after_refusal import pressed_on
from pipeline.checks.phrases.second_vote import likely_phrases
from pipeline.checks.ruleset import Ruleset
from pipeline.records.finding import Claim, Match, Severity
from pipeline.records.turn import Speaker
from pipeline.text.phrases import Hit
from pipeline.text.pinyin import syllables
from pipeline.text.utterances import Utterance, utterances

# Two phrases of one pack, or of two manners of speaking, closer than this are one outburst.
_ONE_FAULT_MS = 3000
# What people say on answering a telephone (谁呀, 喂说话, 快点说) is rude in an agent alone.
_GUESSED_HANZI = 4
_GRAVITY = {severity: rank for rank, severity in enumerate(Severity)}


def find_phrases(call: HeardCall, ruleset: Ruleset) -> Iterator[Claim]:
    """Claim every forbidden phrase of the agent or of an unknown speaker, pressing on after refusals, the packs' conditions that hold and, for
    reviewers, what is like forbidden phrases.
    """
    said = [*_said(call, ruleset), *pressed_on(call, ruleset)]
    said += [claim for claim in ruleset.conditions.find(call) if not any(_is_told(claim, other) for other in said)]
    yield from said
    yield from likely_phrases(call, ruleset, said)


def _is_told(claim: Claim, other: Claim) -> bool:
    """Whether a sure claim of the same rule has these words already."""
    is_same = claim.rule == other.rule and other.match is not Match.NEAR
    return bool(is_same and claim.span and other.span and claim.span.overlap_ms(other.span))


def _said(call: HeardCall, ruleset: Ruleset) -> Iterator[Claim]:
    for utterance in utterances(call.turns, *(Speaker if call.mono else (Speaker.AGENT, Speaker.UNKNOWN))):
        hits = _most_telling(ruleset.phrases.find(utterance.text))
        if utterance.speaker is Speaker.CUSTOMER:
            utterance = replace(utterance, speaker=Speaker.UNKNOWN)
            hits = tuple(hit for hit in hits if len(hit.form) >= _GUESSED_HANZI)
        manners = [hit for hit in hits if hit.phrase.key in MANNERS]
        for group in _groups(manners, utterance):
            yield _claim(group, utterance, ruleset)
        for rule in dict.fromkeys(hit.phrase.key for hit in hits if hit.phrase.key not in MANNERS):
            for group in _groups([hit for hit in hits if hit.phrase.key == rule], utterance):
                yield _claim(group, utterance, ruleset)


def _most_telling(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Of hits on the same words the one heard best, then the longest; hits of one rule may overlap."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (-hit.confidence, hit.start - hit.end, hit.start)):
        if not any(hit.phrase.key != k.phrase.key and hit.start < k.end and k.start < hit.end for k in kept):
            kept.append(hit)
    return tuple(sorted(kept, key=lambda hit: hit.start))


def _groups(hits: list[Hit], utterance: Utterance) -> Iterator[list[Hit]]:
    group: list[Hit] = []
    for hit in hits:
        if group:
            quiet_from = max(utterance.span_of(h.start, h.end).end_ms for h in group)
            if utterance.span_of(hit.start, hit.end).start_ms - quiet_from > _ONE_FAULT_MS:
                yield group
                group = []
        group.append(hit)
    if group:
        yield group


def _claim(outburst: list[Hit], utterance: Utterance, ruleset: Ruleset) -> Claim:
    rule = _gravest(outburst, ruleset)
    hits = [hit for hit in outburst if hit.phrase.key == rule]
    best = max(hits, key=lambda hit: (hit.confidence, len(hit.form)))
    others = dict.fromkeys(entry(hit.phrase.key).name for hit in outburst if hit.phrase.key != rule)
    return Claim(
        utterance.span_of(min(hit.start for hit in hits), max(hit.end for hit in hits)),
        _explanation(best, hits, rule) + (f"同一句话还带有{'、'.join(others)}。" if others else ""),
        utterance.speaker,
        utterance.text,
        "；".join(dict.fromkeys(utterance.text[hit.start : hit.end] for hit in hits)),
        best.match,
        min(best.confidence, utterance.confidence),
        rule,
        _severity(best, ruleset),
    )


def _gravest(hits: list[Hit], ruleset: Ruleset) -> str:
    """The rule of an outburst: one surely heard before one nearly heard, then the gravest, then the one with most words."""

    def weight(rule: str) -> tuple[bool, int, int]:
        mine = [hit for hit in hits if hit.phrase.key == rule]
        gravity = max(_GRAVITY[_severity(hit, ruleset) or entry(rule).severity] for hit in mine)
        words = {at for hit in mine for at in range(hit.start, hit.end)}
        return any(hit.match is not Match.NEAR for hit in mine), gravity, len(words)

    return max(dict.fromkeys(hit.phrase.key for hit in hits), key=weight)


def _severity(hit: Hit, ruleset: Ruleset) -> Severity | None:
    pack = ruleset.pack(hit.phrase.key)
    return hit.phrase.severity or (pack.severity if pack else None)


def _explanation(hit: Hit, hits: list[Hit], rule: str) -> str:
    name = entry(rule).name
    if hit.match is Match.EXACT:
        said = dict.fromkeys(other.form for other in hits if other.match is Match.EXACT)
        whole = [form for form in said if not any(form != other and form in other for other in said)]
        return f"说了{name}类用语{'、'.join(f'“{form}”' for form in whole)}。"
    if hit.match is Match.PHONETIC:
        return (
            f"听到“{hit.heard}”（{' '.join(syllables(hit.heard))}），与{name}类用语“{hit.form}”"
            f"（{' '.join(syllables(hit.form))}）读音相同或相近，请核听。"
        )
    return f"听到“{hit.heard}”，与{name}类用语“{hit.form}”相近但不完全一致，只作复核线索。"
