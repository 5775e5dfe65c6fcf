"""A classifier over the meaning of phrasings: softmax regression on their vectors.

It learns all classes at once, those that no item stands for too, in seconds. A class that came
after it was learnt is judged by its most alike phrasing. Beside it, how like a question is to what
an item itself says.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nightdesk.backends.knowledge import vectors
from nightdesk.backends.knowledge.index import Floats
from nightdesk.meaning import sentences
from nightdesk.meaning.regression import softmax_regression

MOST_CLASSES = 3000  # above it the phrasings are too many to encode
# A line through the scores of classes over the cosine of their most alike phrasing.
UNLEARNT = (-4.3, 12.7)
LEAST_SPREAD = 0.01  # of cosines over items; with less, nothing tells them apart


class Meaning:
    """Scores classes (``ids``, ``texts[i]`` their phrasings) by what a question means."""

    def __init__(
        self, ids: Sequence[str], texts: Sequence[Sequence[str]], before: Meaning | None = None
    ) -> None:
        """``before``: of an earlier state; what it has learnt of these ids counts until ``fit``."""
        self.ids = tuple(ids)
        self._texts = tuple(texts)
        self._place = {key: place for place, key in enumerate(self.ids)}
        learnt = before._learnt if before else None
        self._learnt: tuple[tuple[str, ...], Floats, Floats] | None = learnt
        new = set(self.ids) - set(learnt[0] if learnt else ())
        self._likened = [place for place, key in enumerate(self.ids) if key in new]
        chosen = [self._texts[place] for place in self._likened]
        self._starts = np.cumsum([0, *(len(one) for one in chosen)])[:-1]
        self._rows = vectors.of_phrasings([text for one in chosen for text in one]) if new else None

    @staticmethod
    def fits(classes: int) -> bool:
        """Whether so many classes can be learnt in seconds."""
        return 2 <= classes <= MOST_CLASSES and sentences.available()

    def fit(self) -> None:
        """Learn the classes; other threads may ask meanwhile."""
        owners = np.repeat(np.arange(len(self.ids)), [len(one) for one in self._texts])
        rows = vectors.of_phrasings([text for one in self._texts for text in one])
        weights, bias = softmax_regression(rows, owners, len(self.ids))
        self._learnt = self.ids, weights, bias
        self._likened, self._rows = [], None

    def scores(self, question: str) -> Floats:
        """One for each class; what they differ by is what counts."""
        vector = vectors.of_question(question)
        scores = np.full(len(self.ids), UNLEARNT[0], np.float32)
        rows, likened = self._rows, self._likened
        if self._learnt is not None:
            ids, weights, bias = self._learnt
            places = np.array([self._place.get(key, -1) for key in ids], np.intp)
            scores[places[places >= 0]] = (vector @ weights + bias)[places >= 0]
        if rows is not None and likened:
            nearest = np.maximum.reduceat(rows @ vector, self._starts)
            scores[likened] = UNLEARNT[0] + UNLEARNT[1] * nearest
        return scores


class Resemblance:
    """How like a question is to the items themselves, whatever the bank knows of their trade.

    Told in standard deviations over the items: what counts as near differs from shop to shop, and
    with the question.
    """

    def __init__(self, phrasings: Sequence[Sequence[str]], answers: Sequence[str]) -> None:
        """``phrasings[i]``, at least one, and ``answers[i]`` are those of item ``i``."""
        self._rows = vectors.of_phrasings([text for texts in phrasings for text in texts])
        self._starts = np.cumsum([0, *(len(texts) for texts in phrasings)])[:-1]
        whole = [f"{texts[0]} {answer}" for texts, answer in zip(phrasings, answers, strict=True)]
        self._wholes = vectors.of_phrasings(whole)

    def scores(self, question: str) -> dict[str, Floats]:
        """``nearest``: of the most alike phrasing of each item; ``whole``: of its first phrasing
        with the answer behind it."""
        vector = vectors.of_question(question)
        nearest = np.maximum.reduceat(self._rows @ vector, self._starts)
        return {"nearest": _standard(nearest), "whole": _standard(self._wholes @ vector)}


def _standard(scores: Floats) -> Floats:
    spread = max(float(scores.std()), LEAST_SPREAD)
    standard: Floats = (scores - scores.mean()) / np.float32(spread)
    return standard
