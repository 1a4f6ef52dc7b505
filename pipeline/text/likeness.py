"""How much a sentence is like sentences that people have sorted: a linear model over n-grams of its hanzi and of its sounds.

    kinds    coldness, impatience, …
    爱办不办随你便    coldness 0.97, by the terms 爱办不办 +1.3, 随你 +0.9

A list of wordings finds what it lists. This finds what is said in like words, and shows the terms that told it. Sounds are toneless, because
speech recognition errs by homophones. Models are made by scikit-learn (`models/*/recipe`) and kept as plain arrays, which are safe to
load and need no scikit-learn where calls are judged: p = 1 / (1 + exp(-(w·x + b))), x the tf-idf vector of unit length.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.text.pinyin import encode

HANZI_N, SOUND_N = (1, 2, 3, 4), (2, 3, 4)
# Ends of a sentence are terms too: 不办拉倒 ends so, and asks nothing.
_EDGE = "^"


def terms(text: str) -> Iterator[str]:
    """The n-grams of a sentence of hanzi, those of its sounds in private-use characters."""
    for written, lengths in ((f"{_EDGE}{text}{_EDGE}", HANZI_N), (f"{_EDGE}{encode(text)}{_EDGE}", SOUND_N)):
        for n in lengths:
            for at in range(len(written) - n + 1):
                yield written[at : at + n]


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """A loaded model: (terms, kinds) weights, already times idf, the idf itself and a bias a kind."""

    kinds: tuple[str, ...]
    places: dict[str, int]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def __call__(self, text: str) -> NDArray[np.float64]:
        """Probability (0-1) of each kind, each by itself: a sentence may be of several kinds or of none."""
        places, values = self._vector(text)
        return np.asarray(1 / (1 + np.exp(-(values @ self.weights[places] + self.bias))), np.float64)

    def strongest(self, text: str, kind: str, most: int = 3) -> tuple[str, ...]:
        """The parts of the text that speak most for a kind, longest where several say the same, as they stand in the text."""
        places, values = self._vector(text)
        column = self.weights[places, self.kinds.index(kind)] * values
        weight = dict(zip(places.tolist(), column.tolist(), strict=True))
        telling: dict[str, float] = {}
        for n in HANZI_N[1:]:
            for at in range(len(text) - n + 1):
                part = text[at : at + n]
                pieces = {term for term in terms(part) if not term.startswith(_EDGE) and not term.endswith(_EDGE)}
                telling[part] = sum(weight.get(self.places[term], 0.0) for term in pieces if term in self.places)
        chosen: list[str] = []
        for part in sorted(telling, key=lambda part: -telling[part] / len(part) ** 0.5):
            if telling[part] > 0 and not any(set(part) & set(other) for other in chosen):
                chosen.append(part)
        return tuple(sorted(chosen[:most], key=text.index))

    def _vector(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        counts = Counter(place for term in terms(text) if (place := self.places.get(term)) is not None)
        places = np.fromiter(counts, np.int64, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[places]
        return places, values / max(float(np.linalg.norm(values)), 1e-9)


@cache
def load_likeness(file: Path) -> Likeness:
    """A model from its arrays. Raises ModelError where the file is absent or no such model."""
    try:
        with np.load(file, allow_pickle=False) as kept:
            names = str(kept["terms"]).split("\n")
            kinds = tuple(str(kept["kinds"]).split("\n"))
            idf, bias = kept["idf"].astype(np.float32), kept["bias"].astype(np.float32)
            weights = kept["weights"].astype(np.float32) * kept["scale"].astype(np.float32)
    except (OSError, KeyError, ValueError) as error:
        raise ModelError(f"{file}: is no likeness model: {error}") from error
    if weights.shape != (len(names), len(kinds)):
        raise ModelError(f"{file}: {weights.shape} weights for {len(names)} terms and {len(kinds)} kinds")
    return Likeness(kinds, {name: place for place, name in enumerate(names)}, idf, weights, bias)
