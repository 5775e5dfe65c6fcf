"""Fits what the ranker's judges count for, and its confidence, on questions held out of the bank.

Run as ``python -m nightdesk.backends.knowledge.calibrate``. The questions are those of
``data/knowledge/calibration``: written for the shipped merchants as their customers would ask, a
quarter of them without an answer. No line of them is in the bank, and those of
``tests/data/knowledge``, which the figures are measured on, are others.

The table shows what thresholds would do to merchants that the fit has not seen: each set is judged
by what was fitted to the three others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from nightdesk.backends.knowledge import bank, evaluate, index
from nightdesk.backends.knowledge.ranker import CALIBRATION, WEIGHTS, Ranker, evidence
from nightdesk.merchant.reader import read
from nightdesk.settings import ROOT

QUESTIONS = ROOT / "data" / "knowledge" / "calibration"
SETS = ("qiming_faq", "qiming_faults", "mingxi_faq", "mingxi_faults")  # merchant and kind
RIDGE = 0.01  # keeps the weights of judges that agree from growing against each other
Floats = NDArray[np.float64]


@dataclass
class Sample:
    """One set: what each judge says of each item, the margins, and the right items (-1: none)."""

    parts: Floats  # questions, items, judges
    margins: list[index.Floats]
    right: NDArray[np.intp]

    def evidence(self, weights: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """For each question the evidence for the first item, and whether that one is right."""
        totals = self.parts @ weights
        orders = np.argsort(-totals, axis=1, kind="stable")
        found = [
            evidence(margins, total.astype(np.float32), order)
            for margins, total, order in zip(self.margins, totals, orders, strict=True)
        ]
        return np.array([list(one.values()) for one in found]), orders[:, 0] == self.right


def sample(name: str) -> Sample:
    """What the ranker makes of a set's questions."""
    merchant, kind = name.split("_")
    faults = kind == "faults"
    known = evaluate.items(read(ROOT / "merchants" / merchant), faults)
    ranker = Ranker(known, bank.shipped(bank.FAULTS if faults else bank.BANK))
    ranker.fit()
    places = {key: place for place, key in enumerate(ranker.ids)}
    parts, margins, right = [], [], []
    for question in evaluate.questions(QUESTIONS / f"{name}.tsv"):
        likeness = ranker.index.likeness(ranker.index.space.vector(question.text))
        margins.append(ranker.scores(question.text, likeness))
        found = ranker.parts(question.text, margins[-1])
        parts.append(np.stack([found[judge] for judge in WEIGHTS], axis=1))
        right.append(places.get(question.answer, -1))
    return Sample(np.array(parts, np.float64), margins, np.array(right))


def weights_of(samples: Sequence[Sample]) -> Floats:
    """The judges' weights that make the right items most likely; each sample counts the same."""

    def loss(weights: Floats) -> float:
        total = RIDGE * float(weights @ weights)
        for one in samples:
            known = one.right >= 0
            scores = one.parts[known] @ weights
            scores -= scores.max(axis=1, keepdims=True)
            chosen = scores[np.arange(len(scores)), one.right[known]]
            total -= float((chosen - np.log(np.exp(scores).sum(axis=1))).mean())
        return total

    found: Floats = minimize(loss, np.ones(len(WEIGHTS))).x
    return found


def confidence_of(samples: Sequence[Sample], weights: Floats) -> LogisticRegression:
    """The logistic of "the first one is right"."""
    found = [one.evidence(weights) for one in samples]
    return LogisticRegression(C=10).fit(
        np.concatenate([evidences for evidences, _ in found]),
        np.concatenate([right for _, right in found]),
    )


def unseen(samples: Sequence[Sample]) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Confidence, whether the first is right, and whether one could be, each set by the others."""
    confidence, right, known = [], [], []
    for place, one in enumerate(samples):
        others = [*samples[:place], *samples[place + 1 :]]
        weights = weights_of(others)
        evidences, hit = one.evidence(weights)
        confidence.append(confidence_of(others, weights).predict_proba(evidences)[:, 1])
        right.append(hit)
        known.append(one.right >= 0)
    return np.concatenate(confidence), np.concatenate(right), np.concatenate(known)


def main() -> None:
    """Print the constants for ``ranker`` and what they would do."""
    samples = [sample(name) for name in SETS]
    weights = weights_of(samples)
    model = confidence_of(samples, weights)
    console = Console()
    console.print("WEIGHTS", dict(zip(WEIGHTS, weights.round(2).tolist(), strict=True)))
    names = [name for name in CALIBRATION if name != "bias"]
    coefficients = dict(zip(names, model.coef_[0].round(2).tolist(), strict=True))
    console.print("CALIBRATION", {"bias": round(float(model.intercept_[0]), 2), **coefficients})
    confidence, right, known = unseen(samples)
    console.print(f"right first, of the answerable: {right[known].mean():.3f} of {known.sum()}")
    table = Table("confidence", "withheld, of the answerable", "wrong, of all", "none not answered")
    for threshold in np.arange(0.3, 0.9, 0.05):
        answered = confidence >= threshold
        shares = (~answered[known]).mean(), (answered & ~right).mean(), (~answered[~known]).mean()
        table.add_row(f"{threshold:.2f}", *(f"{share:.3f}" for share in shares))
    console.print(table)


if __name__ == "__main__":
    main()
