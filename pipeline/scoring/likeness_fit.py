"""Fits a likeness model (`pipeline/text/likeness.py`) to sorted sentences.

    爱办不办 → coldness      好的我帮您查 → none

Multinomial logistic regression (scikit-learn): what is rude in four ways at once is surely rude, however it is called.
"""

import io
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from pipeline.text.likeness import NONE, terms

_STRENGTH = 50.0  # C of the regression
_RAREST = 2
_ROUNDS = 150


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """(terms, kinds and none) weights with names, idf and bias."""

    kinds: tuple[str, ...]
    terms: tuple[str, ...]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]


def fit_likeness(sentences: Sequence[tuple[str, str]]) -> Fitted:
    """Fit to (text, kind) pairs. Raises ValueError where there are no kinds or no sentences of none."""
    texts, kinds = [text for text, _ in sentences], [kind for _, kind in sentences]
    names = (*sorted({*kinds} - {NONE}), NONE)
    if len(names) < 2 or NONE not in kinds:
        raise ValueError("sentences of a kind and sentences of none are needed")
    vectorizer = TfidfVectorizer(analyzer=lambda text: list(terms(text)), sublinear_tf=True, min_df=_RAREST)
    matrix, of = vectorizer.fit_transform(texts), np.array([names.index(kind) for kind in kinds])
    regression = LogisticRegression(C=_STRENGTH, max_iter=_ROUNDS).fit(matrix, of)
    weights, bias = regression.coef_, regression.intercept_
    if len(names) == 2:  # scikit-learn tells two kinds apart by one row
        weights, bias = np.vstack([-weights / 2, weights / 2]), np.concatenate([-bias / 2, bias / 2])
    return Fitted(
        names[:-1],
        tuple(vectorizer.get_feature_names_out()),
        vectorizer.idf_.astype(np.float32),
        weights.T.astype(np.float32),
        bias.astype(np.float32),
    )


def plain_lines(files: Iterable[Path]) -> Iterator[str]:
    """Lines of four to forty hanzi, what is no hanzi and {slots} left out: ordinary sentences to be told from those of a kind."""
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            text = "".join(re.findall("[一-龥]", re.sub(r"\{.*?\}", "", line)))
            if 4 <= len(text) <= 40:
                yield text


def sorted_lines(files: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """(sentence, kind) of tables whose last two columns are a kind and a sentence of that kind."""
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            *_, kind, sentence = line.split("\t")
            yield sentence, kind


def fit_among(sentences: Iterable[tuple[str, str]], others: Iterable[str], most: int, seed: int) -> Fitted:
    """Fit to sorted sentences and to at most so many others, drawn by the seed, which are of no kind. The same seed gives the same model."""
    listed = sorted(set(sentences))
    rest = sorted(set(others) - {text for text, _ in listed})
    chosen = random.Random(seed).sample(rest, min(most, len(rest)))
    return fit_likeness(listed + [(text, NONE) for text in chosen])


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
