"""A space of weighted features, and the likeness of a question to every recorded phrasing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from nightdesk.backends.knowledge.features import features

# The weight of each kind of feature; each kind is normalised on its own. Measured, see docs.
WEIGHTS = {"h": 1.0, "w": 1.0, "s": 0.4, "l": 0.7, "c": 0.85}
KINDS = "".join(WEIGHTS)
_KIND_WEIGHTS = np.array(list(WEIGHTS.values()), np.float32)
MOST_POSTINGS = 150_000  # of all features of a question, the rarest first; the rest costs too much
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Vector:
    """A text in the space: places of its features and their values."""

    places: NDArray[np.int32]
    values: Floats


@lru_cache(maxsize=65536)
def _counted(text: str) -> tuple[tuple[str, ...], Floats, NDArray[np.int8]]:
    """The features of a text, each once, what their number counts for, and their kinds."""
    counts = Counter(features(text))
    often = np.fromiter((1 + log(n) for n in counts.values()), np.float32, len(counts))
    kinds = np.fromiter((KINDS.index(feature[0]) for feature in counts), np.int8, len(counts))
    return tuple(counts), often, kinds


class Space:
    """Features weighted by how rare they are among ``texts``.

    An edit is live when all phrasings are in a new space: numpy does what it can of it.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        counted = [_counted(text) for text in texts]
        lengths = [len(names) for names, _, _ in counted]
        place: dict[str, int] = {}
        places = np.fromiter(
            (place.setdefault(name, len(place)) for names, _, _ in counted for name in names),
            np.int32,
            sum(lengths),
        )
        self._place = place
        frequency = np.bincount(places, minlength=len(place))
        self._idf = (np.log((1 + len(texts)) / (1 + frequency)) + 1).astype(np.float32)
        starts = np.cumsum([0, *lengths])
        often = np.concatenate([one for _, one, _ in counted]) if counted else np.zeros(0)
        kinds = np.concatenate([one for _, _, one in counted]) if counted else np.zeros(0, np.int8)
        rows = np.repeat(np.arange(len(texts)), lengths)
        values = _normalised(often * self._idf[places], kinds, rows)
        self.matrix = sparse.csr_matrix((values, places, starts), (len(texts), len(place)))

    @property
    def size(self) -> int:
        return len(self._place)

    def vector(self, text: str) -> Vector:
        """``text`` in this space; features never seen are left out."""
        names, often, kinds = _counted(text)
        places = np.fromiter((self._place.get(name, -1) for name in names), np.int32, len(names))
        known = places >= 0
        places = places[known]
        values = often[known] * self._idf[places]
        return Vector(places, _normalised(values, kinds[known], np.zeros(len(places), np.intp)))

    def rows(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """``texts`` in this space, one a row."""
        if not texts:
            return sparse.csr_matrix((0, self.size), dtype=np.float32)
        vectors = [self.vector(text) for text in texts]
        starts = np.cumsum([0, *(len(vector.places) for vector in vectors)])
        places = np.concatenate([vector.places for vector in vectors])
        values = np.concatenate([vector.values for vector in vectors])
        return sparse.csr_matrix((values, places, starts), (len(vectors), self.size))


def _normalised(values: ArrayLike, kinds: NDArray[np.int8], rows: NDArray[np.intp]) -> Floats:
    """``values`` so that those of one kind in one row have the length that is its weight."""
    given = np.asarray(values, np.float32)
    group = rows * len(KINDS) + kinds
    norms = np.sqrt(np.bincount(group, given * given))
    weighted: Floats = (given * _KIND_WEIGHTS[kinds] / norms[group]).astype(np.float32)
    return weighted


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
