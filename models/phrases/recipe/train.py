"""Makes `models/phrases/likeness.npz`: python -m models.phrases.recipe.train (from the project's root, with the extra `train`)

Sentences of `text/manners_*.tsv` (rule, sentence) against correct ones of `text/correct_*.txt`, of a script's elements and of the texts that
the speech model was trained on. The same seed gives the same file.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.scoring.likeness_fit import fit_likeness, plain_lines, save_likeness, sorted_lines
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
    """Fit and write the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=0.45, help="probability from which on a reviewer is told")
    parser.add_argument("--out", type=Path, default=HERE / "likeness.npz")
    asked = parser.parse_args(arguments)
    chance = random.Random(asked.seed)
    # In the order of rules, which the model's bytes depend on.
    faults = sorted(set(sorted_lines((HERE / "text").glob("manners_*.tsv"))), key=lambda one: one[::-1])
    known = {text for text, _ in faults}
    correct = sorted(set(correct_sentences()) - known)
    calm = sorted(set(plain_lines(_SPOKEN / f"{name}.txt" for name in _CALM)) - known)
    correct += chance.sample(calm, min(_CALM_LINES, len(calm)))
    save_likeness(fit_likeness(faults + [(text, NONE) for text in correct]), asked.limit, asked.out)


def correct_sentences() -> Iterator[str]:
    """Correct sentences written as counter-examples, and what a script asks for."""
    for file in sorted((HERE / "text").glob("correct_*.txt")):
        yield from file.read_text(encoding="utf-8").split()
    for file in sorted((HERE.parent / "script" / "text").glob("elements_*.tsv")):
        yield from (line.split("\t")[2] for line in file.read_text(encoding="utf-8").splitlines())


if __name__ == "__main__":
    main(sys.argv[1:])
