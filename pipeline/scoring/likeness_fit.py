"""Fits a likeness model (`pipeline/text/likeness.py`) to sorted sentences, and finds the limit from which on its word is worth a reviewer's time.

    sentences   爱办不办 → coldness      好的我帮您查 → none
    limit       the probability that only so many in a thousand of the `none` sentences reach, each judged by a model that has not seen it

Multinomial logistic regression (scikit-learn): what is rude in four ways at once is surely rude, however it is called.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from pipeline.text.likeness import NONE, terms

_STRENGTH = 50.0  # C of the regression
_RAREST = 2
_FOLDS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """(terms, kinds and none) weights with names, idf and bias; of each sentence the (sentences, kinds and none) probabilities out of fold."""

    kinds: tuple[str, ...]
    terms: tuple[str, ...]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    unseen: NDArray[np.float64]


def fit_likeness(sentences: Sequence[tuple[str, str]], seed: int = 0) -> Fitted:
    """Fit to (text, kind) pairs. Raises ValueError where there are no kinds or no sentences of none."""
    texts, kinds = [text for text, _ in sentences], [kind for _, kind in sentences]
    names = tuple(sorted({*kinds} - {NONE}))
    if not names or NONE not in kinds:
        raise ValueError("sentences of a kind and sentences of none are needed")
    unseen = np.zeros((len(texts), len(names) + 1))
    for fitted_on, judged in StratifiedKFold(_FOLDS, shuffle=True, random_state=seed).split(texts, kinds):
        vectorizer, weights, bias = _regression([texts[i] for i in fitted_on], [kinds[i] for i in fitted_on], names)
        unseen[judged] = softmax(vectorizer.transform([texts[i] for i in judged]) @ weights + bias, axis=1)
    vectorizer, weights, bias = _regression(texts, kinds, names)
    listed = tuple(vectorizer.get_feature_names_out())
    return Fitted(names, listed, vectorizer.idf_.astype(np.float32), weights, bias, unseen)


def save_likeness(fitted: Fitted, limit: float, file: Path) -> None:
    """Write a model as plain arrays; weights in 127 steps a kind, which changes no probability by as much as 0.01."""
    scale = (np.abs(fitted.weights).max(axis=0) / 127).astype(np.float32)
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        terms="\n".join(fitted.terms),
        kinds="\n".join(fitted.kinds),
        idf=fitted.idf.astype(np.float16),
        weights=np.round(fitted.weights / scale).astype(np.int8),
        scale=scale,
        bias=fitted.bias,
        limit=limit,
    )
    file.write_bytes(buffer.getvalue())


def _regression(
    texts: Sequence[str], kinds: Sequence[str], names: Sequence[str]
) -> tuple[TfidfVectorizer, NDArray[np.float32], NDArray[np.float32]]:
    vectorizer = TfidfVectorizer(analyzer=lambda text: list(terms(text)), sublinear_tf=True, min_df=_RAREST)
    numbers = {name: number for number, name in enumerate((*names, NONE))}
    matrix, of = vectorizer.fit_transform(texts), np.array([numbers[kind] for kind in kinds])
    fitted = LogisticRegression(C=_STRENGTH, max_iter=150).fit(matrix, of)
    return vectorizer, fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32)
