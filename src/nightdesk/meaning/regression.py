"""Softmax regression on vectors of sentences (Adam, Kingma and Ba, 2015)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nightdesk.meaning.sentences import Floats

ROUNDS = 12  # over all rows
BATCH = 256
RATE = 0.02  # of learning, at first; it falls to nothing
SPREAD = 4.0  # vectors are this long while learning, so that the rate suits them
SMOOTHING = 0.05  # of each label goes to all classes alike
DECAY = 1e-4
_MOMENTUM, _SCALE = 0.9, 0.99  # Adam's betas


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
