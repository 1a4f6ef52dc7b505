"""Makes `models/questions/likeness.npz`: python -m models.questions.recipe.train (from the project's root)

Questions of `text/questions_*.tsv` (the answer's name as scripts have it, how customers ask for it) and replies of `text/replies_*.tsv` (to which
question, answer or dodge, what agents say) against what customers say otherwise (`text/others_*.txt`), what they decide (`models/decisions/text`)
and what is said in the middle of calls in the texts that the speech model was trained on. The same seed gives the same file.
"""

import argparse
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from pipeline.scoring.likeness_fit import fit_among, plain_lines, save_likeness, sorted_lines
from pipeline.text.likeness import NONE

HERE = Path(__file__).resolve().parents[1]
MODELS = HERE.parent
# Of the speech model's texts those in which nobody asks about an offer.
_OTHERS = ("talks_life", "talks_stories", "courtesies")
_OTHER_LINES = 2_000


def main(arguments: Sequence[str]) -> None:
    """Fit and write the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=0.4, help="probability from which on a question is heard")
    parser.add_argument("--out", type=Path, default=HERE / "likeness.npz")
    parser.add_argument("--without", nargs="*", default=[], help="text files to leave out, to measure on them")
    asked = parser.parse_args(arguments)
    kept = [file for file in sorted((HERE / "text").iterdir()) if file.name not in asked.without]
    questions = sorted_lines(file for file in kept if file.suffix == ".tsv")
    plain = plain_lines(file for file in kept if file.suffix == ".txt")
    decided = (text for text, _ in sorted_lines(sorted((MODELS / "decisions" / "text").glob("decisions_*.tsv"))))
    no_questions = ((text, NONE) for text in chain(plain, decided))
    spoken = plain_lines(MODELS / "demo-asr" / "text" / f"{name}.txt" for name in _OTHERS)
    save_likeness(fit_among(chain(questions, no_questions), spoken, _OTHER_LINES, asked.seed), asked.limit, asked.out)


if __name__ == "__main__":
    main(sys.argv[1:])
