"""The intent model: linear support vectors over n-gram views, with calibrated confidence."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.model_selection import KFold
from sklearn.svm import LinearSVC

from nightdesk.nlu.features import BY_NAME, VIEWS, Utterance, View, Vocabulary

COST = 0.3
FOLDS = 3
RAREST = 2
TOLERANCE = 1e-2
MOST_THREADS = 4
"""liblinear leaves Python's lock alone while it learns; every thread has a copy of the rows."""


class LinearModel:
    """One-against-rest linear support vectors; confidence by a temperature on their margins."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        labels: Sequence[str],
        weights: NDArray[np.float32],
        bias: NDArray[np.float32],
        temperature: float,
    ) -> None:
        """``weights`` has one row per feature and one column per label."""
        self.vocabulary = vocabulary
        self.labels = list(labels)
        self.weights = weights
        self.bias = bias
        self.temperature = temperature

    @classmethod
    def learn(
        cls,
        utterances: Sequence[Utterance],
        intents: Sequence[str],
        cost: float = COST,
        views: Sequence[View] = VIEWS,
        rarest: int = RAREST,
    ) -> LinearModel:
        """Train on ``utterances``; the temperature fits the margins of a third that is left out."""
        vocabulary = Vocabulary.learn(utterances, views, rarest)
        rows, wanted = vocabulary.matrix(utterances), np.asarray(intents)
        labels = np.unique(wanted)
        at, margins = next(_left_out_margins(rows, wanted, cost))
        temperature = _temperature(margins, np.searchsorted(labels, wanted[at]))
        weights, bias = fit(rows, wanted, labels, cost)
        return cls(vocabulary, list(map(str, labels)), weights, bias, temperature)

    @staticmethod
    def cross_validate(
        utterances: Sequence[Utterance], intents: Sequence[str], cost: float = COST
    ) -> tuple[list[str], NDArray[np.float64]]:
        """The labels, and for each utterance the probabilities that the others give it."""
        rows, wanted = Vocabulary.learn(utterances).matrix(utterances), np.asarray(intents)
        labels = np.unique(wanted)
        margins = np.zeros((len(wanted), len(labels)))
        for at, part in _left_out_margins(rows, wanted, cost):
            margins[at] = part
        temperature = _temperature(margins, np.searchsorted(labels, wanted))
        return list(map(str, labels)), np.asarray(softmax(margins * temperature, axis=1))

    def probabilities(self, utterance: Utterance) -> NDArray[np.float64]:
        """One probability per label."""
        columns, values = self.vocabulary.vector(utterance)
        margins = values @ self.weights[columns] + self.bias
        return np.asarray(softmax(margins.astype(np.float64) * self.temperature))

    def save(self, folder: Path) -> None:
        """Write the model as JSON and arrays; nothing in it is code."""
        names = [sorted(table, key=table.__getitem__) for table in self.vocabulary.tables]
        about = {
            "labels": self.labels,
            "temperature": self.temperature,
            "views": [view.__name__ for view in self.vocabulary.views],
            "features": names,
        }
        (folder / "model.json").write_text(json.dumps(about, ensure_ascii=False), "utf-8")
        np.savez(
            folder / "weights.npz",
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            idf=self.vocabulary.idf,
        )

    @classmethod
    def open(cls, folder: Path) -> LinearModel:
        """Read what ``save`` wrote."""
        about = json.loads((folder / "model.json").read_text("utf-8"))
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            tables, first = [], 0
            for names in about["features"]:
                tables.append({name: first + at for at, name in enumerate(names)})
                first += len(names)
            return cls(
                Vocabulary(tables, arrays["idf"], [BY_NAME[name] for name in about["views"]]),
                about["labels"],
                arrays["weights"].astype(np.float32),
                arrays["bias"],
                about["temperature"],
            )


def fit(
    rows: Any, wanted: NDArray[Any], labels: NDArray[Any], cost: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights and bias with a column for each of ``labels``, those not in ``wanted`` included."""
    weights = np.zeros((rows.shape[1], len(labels)), np.float32)
    bias = np.full(len(labels), -1.0, np.float32)
    present = [at for at, label in enumerate(labels) if (wanted == label).any()]
    if len(present) == 1:
        bias[present] = 1.0
        return weights, bias
    rows = rows.astype(np.float64)  # what liblinear wants: else each thread would make its own
    rows.sum_duplicates()

    def against_the_rest(at: int) -> LinearSVC:
        machine = LinearSVC(C=cost, tol=TOLERANCE, random_state=0)
        return machine.fit(rows, wanted == labels[at])

    with ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_THREADS)) as pool:
        for at, machine in zip(present, pool.map(against_the_rest, present), strict=True):
            weights[:, at], bias[at] = machine.coef_[0], machine.intercept_[0]
    return weights, bias


def _left_out_margins(
    rows: Any, wanted: NDArray[Any], cost: float
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """For each fold, which rows are left out and their margins by a machine that did not see them.

    A few rows (tests have them) make as many folds as there are rows, at least two.
    """
    labels = np.unique(wanted)
    if len(wanted) < 2:
        yield np.arange(len(wanted)), np.zeros((len(wanted), len(labels)))
        return
    folds = KFold(min(FOLDS, len(wanted)), shuffle=True, random_state=0)
    for kept, left_out in folds.split(wanted):
        weights, bias = fit(rows[kept], wanted[kept], labels, cost)
        yield left_out, np.asarray(rows[left_out] @ weights + bias, np.float64)


def _temperature(margins: NDArray[np.float64], target: NDArray[np.int64]) -> float:
    """The factor on the margins under which the left-out labels are likeliest."""
    rows = np.arange(len(target))

    def loss(factor: float) -> float:
        return float(-log_softmax(margins * factor, axis=1)[rows, target].mean())

    return float(minimize_scalar(loss, bounds=(0.1, 50.0), method="bounded").x)
