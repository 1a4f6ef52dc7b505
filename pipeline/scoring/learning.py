"""Learning from verdicts: a regression over named measures, and how well it ranks what it has not learnt from.

    8 verdicts, ranked   + + − + − − + −     precision at 4: 3 of 4, 0.75
    4 of them alike      + + (− +) …          precision at 3: 2 and half of what is alike, (2 + 0.5) / 3

Every fourth call, by a hash of its name and a seed, is never learnt from: so a new model and the one in force, whenever that was made, are compared
on verdicts that neither has seen. A call's verdicts stay together, for they are alike.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

SEED = "held out"
_EVERY = 4
_ROUNDS = 2000


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic regression: the weight of each named measure, and a bias."""

    bias: float
    weights: Mapping[str, float]


def is_held_out(vendor: str, call_id: str, seed: str = SEED) -> bool:
    """Whether a call is one of those that nothing is learnt from."""
    digest = hashlib.sha256("\0".join((seed, vendor, call_id)).encode()).digest()
    return int.from_bytes(digest[:8], "big") % _EVERY == 0


def fit(rows: Sequence[Mapping[str, float]], labels: Sequence[bool], strength: float) -> Weights:
    """A regression with an L2 prior (scikit-learn's C = `strength`); a measure that a row lacks is 0. Raises ValueError for labels of one kind."""
    if len(set(labels)) < 2:
        raise ValueError("labels of both kinds are needed")
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(rows)
    fitted = LogisticRegression(C=strength, max_iter=_ROUNDS).fit(matrix, np.array(labels))
    names = vectorizer.get_feature_names_out()
    weights = dict(zip(map(str, names), map(float, fitted.coef_[0]), strict=True))
    return Weights(float(fitted.intercept_[0]), weights)


def precision_at(most: int, points: Sequence[float], labels: Sequence[bool]) -> float:
    """The share of true ones among the `most` with most points; of those alike at the edge, what chance would take. Raises ValueError for too few."""
    if not 0 < most <= len(points):
        raise ValueError(f"there are {len(points)} to rank, not {most}")
    ranked = sorted(zip(points, labels, strict=True), key=lambda one: -one[0])
    left, true = most, 0.0
    for _, alike in groupby(ranked, key=lambda one: one[0]):
        group = [label for _, label in alike]
        taken = min(left, len(group))
        true += taken * sum(group) / len(group)
        left -= taken
        if not left:
            break
    return true / most


def area(points: Sequence[float], labels: Sequence[bool]) -> float | None:
    """The area under the ROC curve: how often a true one has more points than another; None where all are of one kind."""
    return None if len(set(labels)) < 2 else float(roc_auc_score(np.array(labels), np.array(points)))
