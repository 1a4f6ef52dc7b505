"""Makes `models/decisions/likeness.npz`: python -m models.decisions.recipe.train (from the project's root)

Sentences of `text/decisions_*.tsv` (kind, sentence), those of none among them, against what is said in the middle of calls in the texts that the
speech model was trained on. The same seed gives the same file.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.scoring.likeness_fit import fit_likeness, plain_lines, save_likeness
from pipeline.text.likeness import NONE

HERE = Path(__file__).resolve().parents[1]
_SPOKEN = HERE.parent / "demo-asr" / "text"
# Of the speech model's texts those in which nothing is offered or decided.
_OTHERS = ("talks_life", "talks_stories", "talks_explain", "courtesies")
_OTHER_LINES = 3_000


def main(arguments: Sequence[str]) -> None:
    """Fit and write the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=0.5, help="probability from which on a decision is heard")
    parser.add_argument("--out", type=Path, default=HERE / "likeness.npz")
    asked = parser.parse_args(arguments)
    listed = sorted(set(decisions()))
    known = {text for text, _ in listed}
    others = sorted(set(plain_lines(_SPOKEN / f"{name}.txt" for name in _OTHERS)) - known)
    chosen = random.Random(asked.seed).sample(others, min(_OTHER_LINES, len(others)))
    save_likeness(fit_likeness(listed + [(text, NONE) for text in chosen]), asked.limit, asked.out)


def decisions() -> Iterator[tuple[str, str]]:
    """(sentence, kind) of all sorted sentences."""
    for file in sorted((HERE / "text").glob("decisions_*.tsv")):
        for line in file.read_text(encoding="utf-8").splitlines():
            kind, sentence = line.split("\t")
            yield sentence, kind


if __name__ == "__main__":
    main(sys.argv[1:])
