"""The conditions of the packs, over what both sides say.

    condition 套取验证码:  the agent says 验证码, before the customer says six digits within 20 s

    agent     30.0-34.0  您收到验证码了吧，说一下
    customer  35.0-38.0  三八二零五一      claimed: 验证码 at its own time, followed 3.6 s later by 三八二零五一

A condition makes at most one claim in a call: at the hit that decides it, the first one with which everything asked for has been said. Hits
that are only near never help to satisfy it, and one of a `none` word is enough to take it away: doubt is for the agent. Words of an unknown
speaker may be anybody's, and a claim that rests on any of them is of an unknown speaker and does not count. What needs the end of a
recording, or that something was not said, is not assessable in a partial one and claims nothing.

All words of all conditions are looked for in one pass, and only conditions of which something was heard are worked out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from pipeline.checks.check import HeardCall
from pipeline.checks.phrases.holding import Held, held
from pipeline.checks.phrases.sayings import SPEAKERS, Heard, Owner, Saying, heard_call
from pipeline.checks.phrases.wording import explain
from pipeline.records.finding import Claim, Match
from pipeline.records.span import Span
from pipeline.records.turn import Speaker
from pipeline.text.condensed import condense
from pipeline.text.conditions import Condition, Wanted
from pipeline.text.phrases import Phrase, PhraseMatcher
from pipeline.text.utterances import Utterance


class ConditionMatcher:
    """All conditions of all packs at once."""

    def __init__(self, conditions: Sequence[Condition]) -> None:
        self._conditions = tuple(conditions)
        self._wanted = tuple(wanted for condition in conditions for wanted in _wanted_of(condition))
        # Of each condition the number of its own `Wanted`; those of `after` and `before` follow it.
        self._firsts = tuple(accumulate((len(_wanted_of(condition)) for condition in conditions), initial=0))[:-1]
        words = [owned for n, one in enumerate(self._wanted) for owned in _owned(n, one)]
        self._owners = tuple(owner for owner, _ in words)
        self._words = PhraseMatcher([replace(phrase, key=str(n)) for n, (_, phrase) in enumerate(words)])
        self._regex_only = tuple((n, one) for n, one in enumerate(self._wanted) if one.is_regex_only)

    def find(self, call: HeardCall) -> Iterator[Claim]:
        """The claim of each condition that holds."""
        if not self._conditions:
            return
        heard = heard_call(call)
        said: dict[int, list[Saying]] = {}
        for turn, utterance in enumerate(heard.spoken):
            for saying in self._sayings(utterance, turn):
                said.setdefault(saying.owner.wanted, []).append(saying)
        for condition, first in zip(self._conditions, self._firsts, strict=True):
            own, *anchors = (said.get(first + n, []) for n in range(len(_wanted_of(condition))))
            if own and (found := held(condition, own, anchors, heard)) is not None:
                yield _claim(condition, found, heard)

    def hears(self, rule: str, text: str) -> bool:
        """Whether words that decide a condition of the rule are in a text, whoever says it."""
        decisive = {first for one, first in zip(self._conditions, self._firsts, strict=True) if one.rule == rule}
        anybody = Utterance(Speaker.UNKNOWN, text, (Span(0, 0),) * len(text), 1.0)
        return any(s.owner.wanted in decisive and s.owner.key != "none" for s in self._sayings(anybody, 0))

    def _sayings(self, utterance: Utterance, turn: int) -> Iterator[Saying]:
        """What an utterance has for the conditions. Hits that are only near are left out, but for `none`."""
        for hit in self._words.find(utterance.text):
            owner = self._owners[int(hit.phrase.key)]
            is_sure = hit.match is not Match.NEAR or owner.key == "none"
            if is_sure and utterance.speaker in SPEAKERS[self._wanted[owner.wanted].role]:
                yield Saying.of(utterance, turn, owner, hit.start, hit.end, hit.confidence)
        plain = condense(utterance.text)[0] if self._regex_only else None
        for number, wanted in self._regex_only:
            if plain and wanted.regex and utterance.speaker in SPEAKERS[wanted.role]:
                for start, end in wanted.regex.find(plain.text):
                    yield Saying.of(utterance, turn, Owner(number, "regex", 0), *plain.original(start, end), 1.0)


def _wanted_of(condition: Condition) -> tuple[Wanted, ...]:
    anchors = (anchor.wanted for anchor in (condition.after, condition.before) if anchor is not None)
    return (condition.wanted, *anchors)


def _owned(number: int, wanted: Wanted) -> Iterator[tuple[Owner, Phrase]]:
    for key, phrases in (("any", wanted.any), ("all", wanted.all), ("none", wanted.none)):
        yield from ((Owner(number, key, at), phrase) for at, phrase in enumerate(phrases))


def _claim(condition: Condition, found: Held, heard: Heard) -> Claim:
    used = (*found.said, *(saying for saying in (found.after, found.before) if saying is not None))
    is_known = all(heard.spoken[saying.turn].speaker is not Speaker.UNKNOWN for saying in used)
    utterance = heard.spoken[found.deciding.turn]
    return Claim(
        found.deciding.span,
        explain(condition, found),
        utterance.speaker if is_known else Speaker.UNKNOWN,
        utterance.text,
        "；".join(dict.fromkeys(saying.words for saying in found.said)),
        Match.STRUCTURE,
        min(saying.confidence for saying in used),
        condition.rule,
        condition.severity,
    )
