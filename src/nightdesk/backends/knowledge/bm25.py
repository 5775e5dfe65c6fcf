"""Okapi BM25 (Robertson and Zaragoza, 2009) over words, and Chinese characters and their pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np
from scipy import sparse

from nightdesk.backends.knowledge.features import features
from nightdesk.backends.knowledge.index import Floats, accumulate


def terms(text: str) -> list[str]:
    """Words, and Chinese characters alone and in pairs."""
    return [name for name in features(text) if name[0] in "wh"]


class Bm25:
    """BM25 of documents, each of several texts. ``k1`` and ``b`` as in the literature."""

    def __init__(self, documents: Sequence[Sequence[str]], k1: float = 1.2, b: float = 0.75):
        counts = [Counter(term for text in texts for term in terms(text)) for texts in documents]
        frequency = Counter(term for count in counts for term in count)
        self._place = {term: place for place, term in enumerate(frequency)}
        self._documents = len(counts)
        lengths = np.array([sum(count.values()) for count in counts], np.float32)
        norms = k1 * (1 - b + b * lengths / max(float(lengths.mean()), 1.0)) if counts else lengths
        idf = np.fromiter(
            (log(1 + (len(counts) - n + 0.5) / (n + 0.5)) for n in frequency.values()), np.float32
        )
        starts = np.cumsum([0, *(len(count) for count in counts)])
        places = np.fromiter((self._place[t] for c in counts for t in c), np.int32, int(starts[-1]))
        found = np.fromiter((n for c in counts for n in c.values()), np.float32, int(starts[-1]))
        norm = np.repeat(norms, np.diff(starts))
        weights = idf[places] * found * (k1 + 1) / (found + norm)
        shape = (len(counts), len(frequency))
        by_document = sparse.csr_matrix((weights.astype(np.float32), places, starts), shape)
        self._postings = by_document.T.tocsr()

    def scores(self, question: str) -> Floats:
        """The score of each document, divided by the root of the number of terms asked for."""
        asked = set(terms(question))
        places = [self._place[term] for term in asked if term in self._place]
        scores = accumulate(self._postings, places, np.ones(len(places), np.float32))
        total: Floats = scores / max(len(asked), 1) ** 0.5
        return total
