"""Speed of the phrase search: part of `make bench`, and alone, over what the demo model learnt to hear: python -m tests.bench_phrases

phrases      the search over the packs against a loop of `str.find` over the same phrases, which hears no sounds
growth       10,000 random phrases against 100 over the same text, as phrases and as words of conditions

Times are those of the processor, whoever else uses it.
"""

import random
import time
from collections.abc import Callable, Sequence

from pipeline.checks.check import HeardCall
from pipeline.checks.phrases.conditions import ConditionMatcher
from pipeline.checks.ruleset import load_ruleset
from pipeline.records.span import Span
from pipeline.records.turn import Speaker, Turn
from pipeline.settings import CHECKOUT
from pipeline.text.conditions import Anchor, Condition, Role, Wanted, Window
from pipeline.text.notation import Group
from pipeline.text.phrases import Phrase, PhraseMatcher
from tests.dialogue import silent_voice

_FEW, _MANY = 100, 10_000
_WORDS_EACH = 10
Row = Callable[[str, float], None]


def phrases(texts: Sequence[str], row: Row) -> None:
    """All packs over the texts."""
    ruleset = load_ruleset(CHECKOUT / "lexicons")
    every = [phrase for pack in ruleset.packs for phrase in pack.phrases]
    call = _call(texts)
    ours = _least(lambda: [ruleset.phrases.find(text) for text in texts])
    conditions = _least(lambda: list(ruleset.conditions.find(call)))
    plain = _least(lambda: [text.find(phrase.text) for text in texts for phrase in every])
    row(f"{len(every)} phrases by word and sound, share of the speed of str.find", plain / ours)
    row("characters a second by word, sound and nearly", sum(map(len, texts)) / ours)
    row("conditions of the packs, share of the time of their phrases", conditions / ours)


def growth(texts: Sequence[str], row: Row) -> None:
    """What a hundred times as many phrases cost; their hanzi are as frequent as in the texts."""
    hanzi, rng = [char for char in "".join(texts) if "一" <= char <= "鿿"], random.Random(1)
    lines = sorted({"".join(rng.choices(hanzi, k=rng.randint(4, 8))) for _ in range(_MANY + _FEW)})
    rng.shuffle(lines)
    every = [Phrase(line, (Group((line,)),)) for line in lines[:_MANY]]
    few, many = PhraseMatcher(every[:_FEW]), PhraseMatcher(every)
    ratio = _least(lambda: [many.find(text) for text in texts]) / _least(lambda: [few.find(text) for text in texts])
    row(f"{len(every):,} phrases, times the time of {_FEW}", ratio)
    call, small, large = _call(texts), ConditionMatcher(_conditions(every[:_FEW])), ConditionMatcher(_conditions(every))
    ratio = _least(lambda: list(large.find(call))) / _least(lambda: list(small.find(call)))
    row(f"{len(every):,} words in conditions, times the time of {_FEW}", ratio)


def _conditions(every: Sequence[Phrase]) -> list[Condition]:
    """Ten words a condition, each but the first only after the words of the one before."""
    tens = [tuple(every[at : at + _WORDS_EACH]) for at in range(0, len(every), _WORDS_EACH)]
    wanted = [Wanted(Role.AGENT, ten, (), (), None, None, 1, Window()) for ten in tens]
    anchors = [None, *(Anchor(one, None) for one in wanted)]
    return [Condition("phrase.privacy", str(n), one, anchors[n], None, None) for n, one in enumerate(wanted)]


def _call(texts: Sequence[str]) -> HeardCall:
    turns = tuple(Turn(Speaker.AGENT, Span(n * 2000, n * 2000 + 900), text, 1.0) for n, text in enumerate(texts))
    return HeardCall(turns, silent_voice(), False, len(texts) * 2000, True)


def _least(work: Callable[[], object]) -> float:
    """Seconds of the processor, the least of three after one that compiles."""
    work()
    spent = []
    for _ in range(3):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return min(spent)


def _print(what: str, figure: float) -> None:
    print(f"| {what} | {figure:,.3g} |", flush=True)


if __name__ == "__main__":
    folder = CHECKOUT / "models" / "demo-asr" / "text"
    learnt = [
        line for name in ("agent_body", "service") for line in (folder / f"{name}.txt").read_text("utf-8").split()
    ]
    print("| what | figure |\n|---|---|")
    growth(learnt, _print)
    phrases(learnt, _print)
