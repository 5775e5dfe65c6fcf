"""A linear classifier over recorded phrasings: which words tell an item from the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.svm import LinearSVC

from nightdesk.backends.knowledge.index import Floats, Index, Vector

PENALTY = 1.0
MOST_ITEMS = 1500  # with more items the fit takes minutes and the index alone ranks


class Classifier:
    """One against the rest, fitted once; ``ids`` are the items in the order of the scores."""

    def __init__(self, ids: Sequence[str], index: Index) -> None:
        model = LinearSVC(C=PENALTY, dual=True, random_state=0)
        model.fit(index.space.matrix, index.owners)
        weights, bias = model.coef_, model.intercept_
        if len(ids) == 2:  # scikit-learn keeps one row for two classes
            weights, bias = np.vstack([-weights, weights]), np.hstack([-bias, bias])
        self.ids = tuple(ids)
        self._weights: Floats = np.ascontiguousarray(weights.T, np.float32)
        self._bias: Floats = bias.astype(np.float32)
        self._space = index.space

    @staticmethod
    def fits(items: int) -> bool:
        """Whether a classifier can be fitted to so many items in seconds."""
        return 2 <= items <= MOST_ITEMS

    def vector(self, text: str) -> Vector:
        """``text`` in the space that the classifier was fitted in."""
        return self._space.vector(text)

    def margins(self, vector: Vector) -> Floats:
        """For each item how far on its side of the border the question lies; 0 is the border."""
        scores: Floats = vector.values @ self._weights[vector.places] + self._bias
        return scores
