"""Makes `models/script/likeness.npz`: python -m models.script.recipe.train (from the project's root, with the extra `train`)

Sentences of `text/elements_*.tsv` (project, element, sentence), those of no element among them, against what is said in the middle of calls in the
texts that the speech model was trained on. The same seed gives the same file.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.scoring.likeness_fit import fit_among, plain_lines, save_likeness, sorted_lines

HERE = Path(__file__).resolve().parents[1]
_SPOKEN = HERE.parent / "demo-asr" / "text"
# Of the speech model's texts those in which hardly a script's element is said.
_OTHERS = ("talks_life", "talks_stories", "conduct", "customer")
_OTHER_LINES = 6_000


def main(arguments: Sequence[str]) -> None:
    """Fit and write the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=0.1, help="probability from which on an element is heard")
    parser.add_argument("--out", type=Path, default=HERE / "likeness.npz")
    asked = parser.parse_args(arguments)
    sentences = sorted_lines(sorted((HERE / "text").glob("elements_*.tsv")))
    others = plain_lines(_SPOKEN / f"{name}.txt" for name in _OTHERS)
    save_likeness(fit_among(sentences, others, _OTHER_LINES, asked.seed), asked.limit, asked.out)


if __name__ == "__main__":
    main(sys.argv[1:])
