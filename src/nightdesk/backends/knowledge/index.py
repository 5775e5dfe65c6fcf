"""A space of weighted features, and the likeness of a question to every recorded phrasing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nightdesk.backends.knowledge.features import features

# The weight of each kind of feature; each kind is normalised on its own. Measured, see docs.
WEIGHTS = {"h": 1.0, "w": 1.0, "s": 0.4, "l": 0.7, "c": 0.85}
MOST_POSTINGS = 20_000  # a feature of more phrasings than this tells too little for its cost
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Vector:
    """A text in the space: places of its features and their values."""

    places: NDArray[np.int32]
    values: Floats


class Space:
    """Features weighted by how rare they are among ``texts``."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(features(text)) for text in texts]
        frequency = Counter(feature for count in counts for feature in count)
        self._place = {feature: place for place, feature in enumerate(frequency)}
        total = len(texts)
        self._idf = np.fromiter(
            (log((1 + total) / (1 + n)) + 1 for n in frequency.values()), np.float32
        )
        self.frequency = np.fromiter(frequency.values(), np.int32)
        self.matrix = self._matrix([self._vector(count) for count in counts])

    @property
    def size(self) -> int:
        return len(self._place)

    def vector(self, text: str) -> Vector:
        """``text`` in this space; features never seen are left out."""
        return self._vector(Counter(features(text)))

    def _vector(self, counts: Counter[str]) -> Vector:
        kinds: dict[str, list[tuple[int, float]]] = {}
        for feature, n in counts.items():
            place = self._place.get(feature)
            if place is not None:
                value = (1 + log(n)) * float(self._idf[place])
                kinds.setdefault(feature[0], []).append((place, value))
        places: list[int] = []
        values: list[float] = []
        for kind, found in kinds.items():
            norm = sum(value * value for _, value in found) ** 0.5
            places += [place for place, _ in found]
            values += [WEIGHTS[kind] * value / norm for _, value in found]
        return Vector(np.array(places, np.int32), np.array(values, np.float32))

    def _matrix(self, vectors: Sequence[Vector]) -> sparse.csr_matrix:
        starts = np.cumsum([0, *(len(vector.places) for vector in vectors)])
        if not vectors:
            return sparse.csr_matrix((0, self.size), dtype=np.float32)
        places = np.concatenate([vector.places for vector in vectors])
        values = np.concatenate([vector.values for vector in vectors])
        return sparse.csr_matrix((values, places, starts), (len(vectors), self.size))


class Index:
    """The phrasings of items in one space; finds the likeness of a question to each item."""

    def __init__(self, phrasings: Sequence[Sequence[str]]) -> None:
        """``phrasings[i]``: those of item ``i``, at least one each."""
        self.space = Space([text for texts in phrasings for text in texts])
        self.owners = np.repeat(np.arange(len(phrasings)), [len(texts) for texts in phrasings])
        self._starts = np.searchsorted(self.owners, np.arange(len(phrasings)))
        self._postings = self.space.matrix.T.tocsr()
        self._norms = np.sqrt(self.space.matrix.multiply(self.space.matrix).sum(axis=1)).A1 + 1e-9
        self.items = len(phrasings)

    def likeness(self, vector: Vector) -> Floats:
        """For each item the cosine of its most alike phrasing, 0 to 1."""
        if not self.items:
            return np.zeros(0, np.float32)
        scores = np.zeros(len(self.owners), np.float32)
        postings = self._postings
        for place, value in zip(vector.places, vector.values, strict=True):
            begin, end = postings.indptr[place], postings.indptr[place + 1]
            if end - begin > MOST_POSTINGS:
                continue
            scores[postings.indices[begin:end]] += value * postings.data[begin:end]
        norm = float(np.linalg.norm(vector.values)) + 1e-9
        best: Floats = np.maximum.reduceat(scores / self._norms / norm, self._starts)
        return best.astype(np.float32)
