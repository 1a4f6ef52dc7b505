"""How well phrases are found in words that nobody wrote rules or models from: python -m tests.measure_phrases

Agents' faults of `held_out/wordings/faults.toml` and everything correct that agents say in `held_out/wordings`, near misses included, by writers who
knew each rule's name and one example. Each sentence is judged as written and with recognition errors as the demo model makes them: two thirds
are homophones (models/demo-asr/card.md: 3.7 % of hanzi, 1.2 % of syllables), the rest similar or other hanzi, lost and added ones. Near hits,
which only go to a reviewer, are counted and also told apart. Prints Markdown for `held_out/README.md`; the same files give the same figures.
"""

import hashlib
import random
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pipeline.checks.phrases.check import find_phrases
from pipeline.checks.ruleset import Ruleset, load_ruleset
from pipeline.records.finding import Match
from pipeline.scoring.intervals import wilson
from pipeline.settings import CHECKOUT
from pipeline.simulation import slots
from pipeline.simulation.dialogues import PROJECTS, forbidden, wordings
from pipeline.text.pinyin import are_alike, syllables
from tests.dialogue import talk

WORDINGS = Path(__file__).with_name("held_out") / "wordings"
RATES = (0.0, 0.05, 0.10, 0.20)
_HOMOPHONE, _SIMILAR, _OTHER, _LOST = 0.66, 0.80, 0.88, 0.94  # cumulated; what is left is an added hanzi
_ROUNDS = 2  # how often each sentence is misheard anew


def main() -> None:
    """Print the tables."""
    ruleset = load_ruleset(CHECKOUT / "lexicons")
    faults, neutral = faulty_sentences(), correct_sentences()
    print(f"Ruleset {ruleset.version}, wordings {_digest()}\n")
    by_rule(ruleset, faults)
    by_errors(ruleset, faults, neutral)


def faulty_sentences() -> list[tuple[str, str]]:
    """(rule, sentence) of the held-out faults; pressing on is judged by what was said before and not here."""
    phrases, filled = forbidden(WORDINGS).phrases, _slots()
    asked = [(name, said) for name in phrases if name != "after_refusal" for said in phrases[name]]
    return [(f"phrase.{name}", _hanzi(said.format(**filled))) for name, said in asked]


def correct_sentences() -> list[str]:
    """All that is correct for agents to say in the held-out calls."""
    filled = _slots()
    said = dict.fromkeys(forbidden(WORDINGS).near_misses)
    for project in PROJECTS:
        words = wordings(project, WORDINGS)
        said |= dict.fromkeys(one for phrasings in words.agent.values() for one in phrasings)
        said |= dict.fromkeys(one for exchange in (*words.exchanges, *words.common_exchanges) for one in exchange.agent)
        said |= dict.fromkeys(one for question in words.script_faults.questions for one in question.approved)
    return [_hanzi(one.format(**filled)) for one in said]


def by_rule(ruleset: Ruleset, faults: Sequence[tuple[str, str]]) -> None:
    """As written: found under its own rule, found at all, and found so surely that it counts by itself."""
    found = defaultdict(list)
    for rule, sentence in faults:
        rules = said(ruleset, sentence)
        found[rule].append((rule in rules, bool(rules), any(rules.values())))
    print("| rule, sentences as written | own rule | any rule | not only near | n |\n|---|---|---|---|---|")
    for rule, each in sorted(found.items()):
        print(f"| {rule} | {' | '.join(_share(column) for column in zip(*each, strict=True))} | {len(each)} |")
    print()


def by_errors(ruleset: Ruleset, faults: Sequence[tuple[str, str]], neutral: Sequence[str]) -> None:
    """Over all rules, with a growing share of hanzi heard wrongly."""
    print(
        "| hanzi wrong | own rule | any rule | n | false hits per 100,000 neutral hanzi | of them not only near | hanzi |"
    )
    print("|---|---|---|---|---|---|---|")
    for rate in RATES:
        chance = random.Random(f"errors {rate}")
        own, some, hits, sure, hanzi = [], [], 0, 0, 0
        for _ in range(_ROUNDS if rate else 1):
            for rule, sentence in faults:
                rules = said(ruleset, misheard(sentence, rate, chance))
                own.append(rule in rules)
                some.append(bool(rules))
            for sentence in neutral:
                rules = said(ruleset, misheard(sentence, rate, chance))
                hits, sure, hanzi = hits + len(rules), sure + sum(rules.values()), hanzi + len(sentence)
        per = 100_000 / hanzi
        print(
            f"| {rate:.0%} | {_share(own)} | {_share(some)} | {len(own)} | {hits * per:.1f} | {sure * per:.1f} | {hanzi} |"
        )


def said(ruleset: Ruleset, sentence: str) -> dict[str, bool]:
    """The rules that an agent's sentence breaks, and whether one of each rule's claims is more than near."""
    broken: dict[str, bool] = {}
    for claim in find_phrases(talk(f"agent {sentence}"), ruleset) if sentence else ():
        if claim.rule:
            broken[claim.rule] = broken.get(claim.rule, False) or claim.match is not Match.NEAR
    return broken


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


def _slots() -> dict[str, str]:
    return slots.filled(random.Random(1), "李丽", "李", "0125", "19900012345", 10)


def _hanzi(sentence: str) -> str:
    return sentence.replace("，", "")


def _digest() -> str:
    digest = hashlib.sha256()
    for file in sorted(WORDINGS.glob("*.toml")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def _share(found: Sequence[bool]) -> str:
    """Point and the lower end of its 95 % interval."""
    return f"{sum(found) / len(found):.3f} (≥ {wilson(sum(found), len(found))[0]:.2f})"


if __name__ == "__main__":
    main()
