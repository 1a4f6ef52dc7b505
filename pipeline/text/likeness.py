"""How much a sentence is like sentences that people have sorted: a linear model over its words, its hanzi and its sounds.

    kinds    coldness, impatience, …, none
    爱办不办随你便    coldness 0.91, impatience 0.05, none 0.01, by the parts 爱办不办, 随你

A list of wordings finds what it lists. This finds what is said in like words, and shows the parts that told it. Sounds are toneless, because
speech recognition errs by homophones. Models are made by scikit-learn (`models/*/recipe`) and kept as plain arrays, which are safe to
load and need no scikit-learn where calls are judged: softmax(w·x + b), x the tf-idf vector of unit length.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.text.pinyin import encode
from pipeline.text.tokens import words

NONE = "none"
HANZI_N, SOUND_N = (1, 2, 3, 4), (2, 3, 4)
# Words that go together with others between them: 没 … 就 … 别.
_APART = range(2, 6)
# Ends of a sentence are terms too: 不办拉倒 ends so, and asks nothing.
_EDGE = "^"
_BETWEEN = "|"
_MOST_WORDS = 3
_VERSION_HEX = 12
_REMEMBERED = 4096  # sentences, those of a few calls


def terms(text: str) -> Iterator[str]:
    """What a sentence of hanzi is known by: n-grams of hanzi, of sounds (in private-use characters), and pairs of words."""
    for written, lengths in ((f"{_EDGE}{text}{_EDGE}", HANZI_N), (f"{_EDGE}{encode(text)}{_EDGE}", SOUND_N)):
        for n in lengths:
            for at in range(len(written) - n + 1):
                yield written[at : at + n]
    cut = words(text)
    for at, word in enumerate(cut):
        yield f"{_BETWEEN}{word}"
        if at + 1 < len(cut):
            yield f"{word}{_BETWEEN}{cut[at + 1]}"
        for other in cut[at + _APART.start : at + _APART.stop]:
            yield f"{word}{_BETWEEN}{_BETWEEN}{other}"


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """A loaded model: (terms, kinds) weights, the terms' idf, and a bias a kind; the last kind is none of the others. From `limit` (0-1) on
    a probability is worth telling. `version` is of all of it.
    """

    kinds: tuple[str, ...]
    places: dict[str, int]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    limit: float
    version: str

    def __call__(self, text: str) -> NDArray[np.float64]:
        """Probability (0-1) of each kind; together with that of none they are 1. Read only: the same sentence is asked about by several rules."""
        return _probabilities(self, text)

    def strongest(self, text: str, kind: str, most: int = 3) -> tuple[str, ...]:
        """The parts of the text, one to three words each, that speak most for a kind, in the order of the text."""
        places, values = self._vector(text)
        speaks = self.weights[places, self.kinds.index(kind)] - self.weights[places, -1]
        weight = dict(zip(places.tolist(), (speaks * values).tolist(), strict=True))
        cut, telling = words(text), {}
        starts = [0, *accumulate(map(len, cut))]
        for first in range(len(cut)):
            for last in range(first + 1, min(first + _MOST_WORDS, len(cut)) + 1):
                part = text[starts[first] : starts[last]]
                if len(part) > 1:
                    own = {self.places[term] for term in terms(part) if _EDGE not in term and term in self.places}
                    telling[starts[first], part] = sum(weight.get(place, 0.0) for place in own) / len(part) ** 0.5
        chosen: list[tuple[int, str]] = []
        for at, part in sorted(telling, key=lambda found: -telling[found]):
            if telling[at, part] > 0 and all(at + len(part) <= b or b + len(other) <= at for b, other in chosen):
                chosen.append((at, part))
        return tuple(part for _, part in sorted(chosen[:most]))

    def _vector(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        counts = Counter(place for term in terms(text) if (place := self.places.get(term)) is not None)
        places = np.fromiter(counts, np.int64, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[places]
        return places, values / max(float(np.linalg.norm(values)), 1e-9)


@lru_cache(maxsize=_REMEMBERED)
def _probabilities(model: Likeness, text: str) -> NDArray[np.float64]:
    places, values = model._vector(text)
    scores = values @ model.weights[places] + model.bias
    powers = np.exp(scores - scores.max())
    found = np.asarray(powers[:-1] / powers.sum(), np.float64)
    found.setflags(write=False)
    return found


@cache
def load_likeness(file: Path) -> Likeness:
    """A model from its arrays. Raises ModelError where the file is absent or no such model."""
    try:
        with np.load(file, allow_pickle=False) as kept:
            names = str(kept["terms"]).split("\n")
            kinds = tuple(str(kept["kinds"]).split("\n"))
            idf, bias = kept["idf"].astype(np.float32), kept["bias"].astype(np.float32)
            weights = kept["weights"].astype(np.float32) * kept["scale"].astype(np.float32)
            limit = float(kept["limit"])
        version = hashlib.sha256(file.read_bytes()).hexdigest()[:_VERSION_HEX]
    except (OSError, EOFError, BadZipFile, KeyError, ValueError) as error:
        raise ModelError(f"{file}: is no likeness model: {error}") from error
    if weights.shape != (len(names), len(kinds) + 1) or bias.shape != (len(kinds) + 1,):
        raise ModelError(f"{file}: {weights.shape} weights for {len(names)} terms and {len(kinds)} kinds and none")
    return Likeness(kinds, {name: place for place, name in enumerate(names)}, idf, weights, bias, limit, version)
