"""A space of weighted features, and the likeness of a question to every recorded phrasing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from nightdesk.backends.knowledge.features import features

# The weight of each kind of feature; each kind is normalised on its own. Measured, see docs.
WEIGHTS = {"h": 1.0, "w": 1.0, "s": 0.4, "l": 0.7, "c": 0.85}
MOST_POSTINGS = 150_000  # of all features of a question, the rarest first; the rest costs too much
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

    def rows(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """``texts`` in this space, one a row."""
        return self._matrix([self.vector(text) for text in texts])

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


def accumulate(postings: sparse.csr_matrix, places: ArrayLike, values: Floats) -> Floats:
    """For each column the sum of the rows ``places`` times ``values``, the shortest rows first.

    What goes beyond ``MOST_POSTINGS`` is left out, unless there is nothing else: the longest rows
    are of the commonest features.
    """
    rows = np.asarray(places, np.int64)
    begins, ends = postings.indptr[rows], postings.indptr[rows + 1]
    order = np.argsort(ends - begins, kind="stable")
    total = np.cumsum((ends - begins)[order])
    order = order[: max(1, int(np.searchsorted(total, MOST_POSTINGS, side="right")))]
    scores = np.zeros(postings.shape[1], np.float32)
    for row in order:
        found = slice(begins[row], ends[row])
        scores[postings.indices[found]] += values[row] * postings.data[found]
    return scores


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
        scores = accumulate(self._postings, vector.places, vector.values)
        norm = float(np.linalg.norm(vector.values)) + 1e-9
        best: Floats = np.maximum.reduceat(scores / self._norms / norm, self._starts)
        return best.astype(np.float32)
