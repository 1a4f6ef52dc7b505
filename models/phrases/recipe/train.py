"""Makes `models/phrases/likeness.npz`: python -m models.phrases.recipe.train (from the project's root, with the extra `train`)

Sentences of `text/manners_*.tsv` (rule, sentence) against correct ones of `text/correct_*.txt` and what is said in the texts that the speech model
was trained on. The same seed gives the same file.
"""

import argparse
import random
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from pipeline.scoring.likeness_fit import fit_likeness, save_likeness
from pipeline.text.likeness import NONE

HERE = Path(__file__).resolve().parents[1]
_SPOKEN = HERE.parent / "demo-asr" / "text"
# Of the speech model's texts those in which nobody is at fault.
_CALM = (
    "agent_body",
    "agent_opening",
    "courtesies",
    "service",
    "talks_care",
    "talks_desk",
    "talks_explain",
    "talks_plans",
    "talks_sales",
    "talks_survey",
)
_CALM_LINES = 20_000


def main(arguments: Sequence[str]) -> None:
    """Fit, print what is found out of fold, and write the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--false-share", type=float, default=0.004, help="of correct sentences that may reach the limit"
    )
    parser.add_argument("--out", type=Path, default=HERE / "likeness.npz")
    asked = parser.parse_args(arguments)
    chance = random.Random(asked.seed)
    faults, correct = sorted(set(manners())), sorted(set(correct_sentences()) - {text for _, text in manners()})
    calm = sorted(set(spoken()) - {text for _, text in faults})
    correct += chance.sample(calm, min(_CALM_LINES, len(calm)))
    sentences = [(text, rule) for rule, text in faults] + [(text, NONE) for text in correct]
    fitted = fit_likeness(sentences, asked.seed)
    at_fault, own = 1 - fitted.unseen[:, -1], np.array([kind for _, kind in sentences])
    limit = float(np.quantile(at_fault[own == NONE], 1 - asked.false_share))
    print(f"{len(fitted.terms)} terms, limit {limit:.3f}")
    for kind, rule in enumerate(fitted.kinds):
        mine = np.flatnonzero(own == rule)
        found = at_fault[mine] >= limit
        named = found & (fitted.unseen[mine, :-1].argmax(axis=1) == kind)
        print(
            f"{rule:22} {len(mine):5} sentences, out of fold found {found.mean():.3f}, by its own name {named.mean():.3f}"
        )
    save_likeness(fitted, limit, asked.out)


def manners() -> Iterator[tuple[str, str]]:
    """(rule, sentence) of every sentence at fault."""
    for file in sorted((HERE / "text").glob("manners_*.tsv")):
        for line in file.read_text(encoding="utf-8").splitlines():
            rule, sentence = line.split("\t")
            yield rule, sentence


def correct_sentences() -> Iterator[str]:
    """Correct sentences written as counter-examples."""
    for file in sorted((HERE / "text").glob("correct_*.txt")):
        yield from file.read_text(encoding="utf-8").split()


def spoken() -> Iterator[str]:
    """Ordinary lines of the speech model's texts, hanzi only."""
    for name in _CALM:
        for line in (_SPOKEN / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            text = "".join(re.findall("[一-龥]", re.sub(r"\{.*?\}", "", line)))
            if 4 <= len(text) <= 40:
                yield text


if __name__ == "__main__":
    main(sys.argv[1:])
