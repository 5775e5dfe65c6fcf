"""A linear classifier over recorded phrasings: which words tell an item from the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from sklearn.svm import LinearSVC

from nightdesk.backends.knowledge.index import Floats, Index
from nightdesk.backends.knowledge.things import said_of_things

PENALTY = 1.0
SEEN = 2  # phrasings that a feature must be in to be learnt; half of them all are in one alone
MOST_ITEMS = 1500  # with more items the fit takes minutes and the index alone ranks


class Classifier:
    """One against the rest, fitted once; ``ids`` are the items in the order of the scores.

    Phrasings of ``index`` beyond those of ``ids`` are learnt as other things. ``general``: texts
    that are asked of any thing, by the place of their item; they are also learnt as said of many
    things.
    """

    def __init__(
        self, ids: Sequence[str], index: Index, general: Sequence[tuple[int, Sequence[str]]] = ()
    ) -> None:
        space = index.space
        more = [(place, said) for place, texts in general for said in said_of_things(texts, place)]
        rows = sparse.vstack([space.matrix, space.rows([said for _, said in more])]).tocsr()
        owners = np.concatenate([index.owners, np.array([place for place, _ in more], np.int64)])
        learnt = np.flatnonzero(space.matrix.getnnz(axis=0) >= SEEN)
        model = LinearSVC(C=PENALTY, dual=True, random_state=0, tol=1e-2)
        model.fit(rows[:, learnt], np.minimum(owners, len(ids)))
        weights, bias = model.coef_, model.intercept_
        if len(weights) == 1:  # scikit-learn keeps one row for two classes
            weights, bias = np.vstack([-weights, weights]), np.hstack([-bias, bias])
        self.ids = tuple(ids)
        self._weights: Floats = np.ascontiguousarray(weights[: len(ids)].T, np.float32)
        self._bias: Floats = bias[: len(ids)].astype(np.float32)
        self._space = space
        self._column = np.full(space.size, -1, np.int32)
        self._column[learnt] = np.arange(len(learnt), dtype=np.int32)

    @staticmethod
    def fits(items: int) -> bool:
        """Whether a classifier can be fitted to so many items in seconds."""
        return 2 <= items <= MOST_ITEMS

    def margins(self, text: str) -> Floats:
        """For each item how far on its side of the border ``text`` lies; 0 is the border."""
        vector = self._space.vector(text)
        columns = self._column[vector.places]
        learnt = columns >= 0
        scores: Floats = vector.values[learnt] @ self._weights[columns[learnt]] + self._bias
        return scores
