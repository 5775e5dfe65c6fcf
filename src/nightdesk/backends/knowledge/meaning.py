"""A classifier over the meaning of phrasings: softmax regression on their vectors.

It learns all classes at once, those that no item stands for too, in seconds (Adam, Kingma and Ba,
2015). A class that came after it was learnt is judged by its most alike phrasing. Beside it, how
like a question is to what an item itself says.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nightdesk.backends.knowledge import vectors
from nightdesk.backends.knowledge.index import Floats

MOST_CLASSES = 3000  # above it the phrasings are too many to encode
# A line through the scores of classes over the cosine of their most alike phrasing.
UNLEARNT = (-4.3, 12.7)
ROUNDS = 12  # over all phrasings
BATCH = 256
RATE = 0.02  # of learning, at first; it falls to nothing
SPREAD = 4.0  # vectors are this long while learning, so that the rate suits them
SMOOTHING = 0.05  # of each label goes to all classes alike
DECAY = 1e-4
LEAST_SPREAD = 0.01  # of cosines over items; with less, nothing tells them apart
_MOMENTUM, _SCALE = 0.9, 0.99  # Adam's betas


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
        return 2 <= classes <= MOST_CLASSES and vectors.available()

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


def softmax_regression(
    rows: Floats, owners: NDArray[np.intp], classes: int
) -> tuple[Floats, Floats]:
    """Weights (numbers of a row, classes) and biases; the same for the same input."""
    dice = np.random.default_rng(0)
    rows = rows * np.float32(SPREAD)
    weights = np.zeros((rows.shape[1] + 1, classes), np.float32)  # the last row: the biases
    rows = np.hstack([rows, np.ones((len(rows), 1), np.float32)])
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    steps = ROUNDS * -(-len(rows) // BATCH)
    step = 0
    for _ in range(ROUNDS):
        order = dice.permutation(len(rows))
        for start in range(0, len(rows), BATCH):
            step += 1
            chosen = order[start : start + BATCH]
            slope = _slope(rows[chosen], owners[chosen], weights)
            first += (1 - _MOMENTUM) * (slope - first)
            second += (1 - _SCALE) * (slope * slope - second)
            rate = RATE * (1 - (step - 1) / steps)
            mean = first / np.float32(1 - _MOMENTUM**step)
            spread = np.sqrt(second / np.float32(1 - _SCALE**step)) + np.float32(1e-8)
            weights -= np.float32(rate) * mean / spread
    return weights[:-1] * np.float32(SPREAD), weights[-1]


def _slope(rows: Floats, owners: NDArray[np.intp], weights: Floats) -> Floats:
    """The gradient of the smoothed cross entropy of a batch."""
    wrong = rows @ weights
    wrong -= wrong.max(axis=1, keepdims=True)
    np.exp(wrong, out=wrong)
    wrong /= wrong.sum(axis=1, keepdims=True)
    wrong -= np.float32(SMOOTHING / weights.shape[1])
    wrong[np.arange(len(owners)), owners] -= np.float32(1 - SMOOTHING)
    slope: Floats = rows.T @ (wrong / np.float32(len(owners)))
    slope[:-1] += np.float32(DECAY) * weights[:-1]
    return slope
