"""How well the packs find what they were not written from: python -m tests.measure_phrases

Agents' faults of `held_out/faults.txt` and correct sentences of `held_out/neutral.txt`, both by somebody who knew the rules' names and one example
each and saw neither packs nor simulator. Each sentence is judged as written and with recognition errors as the demo model makes them: two thirds
are homophones (models/demo-asr/card.md: 3.7 % of hanzi, 1.2 % of syllables), the rest similar or other hanzi, lost and added ones. Prints
Markdown for `held_out/README.md`; the same files and packs give the same figures.
"""

import hashlib
import random
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pipeline.checks.phrases.check import find_phrases
from pipeline.checks.ruleset import Ruleset, load_ruleset
from pipeline.scoring.intervals import wilson
from pipeline.settings import CHECKOUT
from pipeline.text.pinyin import are_alike, syllables
from tests.dialogue import talk

HELD_OUT = Path(__file__).with_name("held_out")
RATES = (0.0, 0.05, 0.10, 0.20)
_HOMOPHONE, _SIMILAR, _OTHER, _LOST = 0.66, 0.80, 0.88, 0.94  # cumulated; what is left is an added hanzi
_ROUNDS = 5  # how often each sentence is misheard anew


def main() -> None:
    """Print the tables."""
    ruleset = load_ruleset(CHECKOUT / "lexicons")
    faults = [tuple(line.split("\t")) for line in _lines("faults.txt")]
    neutral = _lines("neutral.txt")
    print(f"Ruleset {ruleset.version}, faults {_digest('faults.txt')}, neutral {_digest('neutral.txt')}\n")
    by_rule(ruleset, faults)
    by_errors(ruleset, faults, neutral)


def by_rule(ruleset: Ruleset, faults: Sequence[tuple[str, ...]]) -> None:
    """As written: found under its own rule, or under any."""
    found = defaultdict(list)
    for rule, sentence in faults:
        rules = said(ruleset, sentence)
        found[rule].append((rule in rules, bool(rules)))
    print("| rule, sentences as written | own rule | any rule | n |\n|---|---|---|---|")
    for rule, each in sorted(found.items()):
        print(f"| {rule} | {_share([own for own, _ in each])} | {_share([some for _, some in each])} | {len(each)} |")
    print()


def by_errors(ruleset: Ruleset, faults: Sequence[tuple[str, ...]], neutral: Sequence[str]) -> None:
    """Over all rules, with a growing share of hanzi heard wrongly."""
    print(
        "| hanzi wrong | own rule | any rule | n | false hits per 100,000 neutral hanzi | hanzi |\n|---|---|---|---|---|---|"
    )
    for rate in RATES:
        chance = random.Random(f"errors {rate}")
        own, some, hits, hanzi = [], [], 0, 0
        for _ in range(_ROUNDS if rate else 1):
            for rule, sentence in faults:
                rules = said(ruleset, misheard(sentence, rate, chance))
                own.append(rule in rules)
                some.append(bool(rules))
            for sentence in neutral:
                hits += len(said(ruleset, misheard(sentence, rate, chance)))
                hanzi += len(sentence)
        print(f"| {rate:.0%} | {_share(own)} | {_share(some)} | {len(own)} | {hits / hanzi * 100_000:.1f} | {hanzi} |")


def said(ruleset: Ruleset, sentence: str) -> set[str]:
    """The rules that an agent's sentence breaks, near hits too: they go to a reviewer."""
    return (
        {claim.rule for claim in find_phrases(talk(f"agent {sentence}"), ruleset) if claim.rule} if sentence else set()
    )


def misheard(sentence: str, rate: float, chance: random.Random) -> str:
    """The sentence with about `rate` of its hanzi wrong."""
    heard = []
    for hanzi in sentence:
        if chance.random() >= rate:
            heard.append(hanzi)
            continue
        kind = chance.random()
        if kind < _HOMOPHONE:
            heard.append(chance.choice(_homophones(hanzi)))
        elif kind < _SIMILAR:
            heard.append(chance.choice(_similar(hanzi)))
        elif kind < _OTHER:
            heard.append(chance.choice(_vocabulary()))
        elif kind >= _LOST:
            heard += [hanzi, chance.choice(_vocabulary())]
    return "".join(heard)


@cache
def _vocabulary() -> tuple[str, ...]:
    """The hanzi that the demo model can write, so that errors are hanzi in use."""
    text = "".join(file.read_text("utf-8") for file in sorted((CHECKOUT / "models/demo-asr/text").glob("*.txt")))
    return tuple(sorted({char for char in text if "一" <= char <= "鿿"}))


@cache
def _homophones(hanzi: str) -> tuple[str, ...]:
    same = tuple(char for char in _vocabulary() if char != hanzi and syllables(char) == syllables(hanzi))
    return same or _similar(hanzi)


@cache
def _similar(hanzi: str) -> tuple[str, ...]:
    (sound,) = syllables(hanzi)
    return (
        tuple(char for char in _vocabulary() if char != hanzi and are_alike(sound, syllables(char)[0])) or _vocabulary()
    )


def _lines(name: str) -> list[str]:
    return (HELD_OUT / name).read_text("utf-8").splitlines()


def _digest(name: str) -> str:
    return hashlib.sha256((HELD_OUT / name).read_bytes()).hexdigest()[:12]


def _share(found: Sequence[bool]) -> str:
    """Point and the lower end of its 95 % interval."""
    return f"{sum(found) / len(found):.3f} (≥ {wilson(sum(found), len(found))[0]:.2f})"


if __name__ == "__main__":
    main()
