"""Fits what the ranker's judges count for, and its confidence, on questions held out of the bank.

Run as ``python -m nightdesk.backends.knowledge.calibrate``. The questions are those of
``data/knowledge/calibration``: written for the shipped merchants as their customers would ask, a
quarter of them without an answer. No line of them is in the bank, and those of
``tests/data/knowledge``, which the figures are measured on, are others.

Each set is asked twice, the second time without what the bank knows of the merchant's trade: most
shops are of a trade that it knows little of. The table shows what thresholds would do to merchants
that the fit has not seen: each is judged by what was fitted to the other merchant's sets.
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
# Merchant and kind: what the bank knows of the trade, files or topics by how their names begin.
SETS = {
    "qiming_faq": ("vehicles.yml",),
    "qiming_faults": ("vehicles.yml",),
    "mingxi_faq": ("optician.yml",),
    "mingxi_faults": ("glasses_", "contact_", "progressive_", "photochromic_", "eye_", "child_"),
}
RIDGE = 0.01  # keeps the weights of judges that agree from growing against each other
Floats = NDArray[np.float64]


@dataclass
class Sample:
    """One set: what each judge says of each item, the margins, and the right items (-1: none)."""

    name: str
    known: bool
    parts: Floats  # questions, items, judges
    margins: list[index.Floats]  # of every item and background topic
    meant: list[index.Floats]
    right: NDArray[np.intp]

    def evidence(self, weights: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """For each question the evidence for the first item, and whether that one is right."""
        totals = self.parts @ weights
        orders = np.argsort(-totals, axis=1, kind="stable")
        margin, meaning = (weights[list(WEIGHTS).index(name)] for name in ("margin", "meaning"))
        found = [
            evidence(margins, margin * margins + meaning * meant, total, order)
            for margins, meant, total, order in zip(
                self.margins, self.meant, totals, orders, strict=True
            )
        ]
        return np.array([list(one.values()) for one in found]), orders[:, 0] == self.right


def topics(name: str, known: bool) -> tuple[bank.Topic, ...]:
    """The bank for a set, with or without what it knows of the merchant's trade."""
    folder = bank.FAULTS if name.endswith("faults") else bank.BANK
    if known:
        return bank.shipped(folder)
    trade = SETS[name]
    files = [file for file in trade if file.endswith(".yml")]
    of_trade = {topic.id for file in files for topic in bank.read(folder, file)}
    return tuple(
        topic
        for topic in bank.shipped(folder)
        if topic.id not in of_trade and not topic.id.startswith(trade)
    )


def sample(name: str, known: bool) -> Sample:
    """What the ranker makes of a set's questions; ``known``: the bank knows the trade."""
    merchant, kind = name.split("_")
    ranker = Ranker(
        evaluate.items(read(ROOT / "merchants" / merchant), kind == "faults"), topics(name, known)
    )
    ranker.fit()
    places = {key: place for place, key in enumerate(ranker.ids)}
    parts, margins, meant, right = [], [], [], []
    for question in evaluate.questions(QUESTIONS / f"{name}.tsv"):
        likeness = ranker.index.likeness(ranker.index.space.vector(question.text))
        margins.append(ranker.scores(question.text, likeness))
        meant.append(ranker.meant(question.text))
        found = {"margin": margins[-1], "meaning": meant[-1], **ranker.further(question.text)}
        parts.append(np.stack([found[judge][: ranker.items] for judge in WEIGHTS], axis=1))
        right.append(places.get(question.answer, -1))
    return Sample(name, known, np.array(parts, np.float64), margins, meant, np.array(right))


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


@dataclass
class Unseen:
    """Questions of a merchant that the fit has not seen: whether the trade is known, confidence,
    whether the first item is right, and whether one could be."""

    known: NDArray[np.bool_]
    confidence: Floats
    right: NDArray[np.bool_]
    answerable: NDArray[np.bool_]


def unseen(samples: Sequence[Sample]) -> Unseen:
    """Each sample judged by what was fitted to the other merchant's."""
    known, confidence, right, answerable = [], [], [], []
    for one in samples:
        merchant = one.name.split("_")[0]
        others = [other for other in samples if not other.name.startswith(merchant)]
        weights = weights_of(others)
        evidences, hit = one.evidence(weights)
        known.append(np.full(len(hit), one.known))
        confidence.append(confidence_of(others, weights).predict_proba(evidences)[:, 1])
        right.append(hit)
        answerable.append(one.right >= 0)
    return Unseen(*map(np.concatenate, (known, confidence, right, answerable)))


def main() -> None:
    """Print the constants for ``ranker`` and what they would do."""
    samples = [sample(name, known) for name in SETS for known in (True, False)]
    weights = weights_of(samples)
    model = confidence_of(samples, weights)
    console = Console()
    console.print("WEIGHTS", dict(zip(WEIGHTS, weights.round(2).tolist(), strict=True)))
    names = [name for name in CALIBRATION if name != "bias"]
    coefficients = dict(zip(names, model.coef_[0].round(2).tolist(), strict=True))
    console.print("CALIBRATION", {"bias": round(float(model.intercept_[0]), 2), **coefficients})
    found = unseen(samples)
    for known, title in ((True, "trade known"), (False, "trade unknown")):
        console.print(thresholds(found, found.known == known, title))


def thresholds(found: Unseen, chosen: NDArray[np.bool_], title: str) -> Table:
    """What thresholds would do to the ``chosen`` questions."""
    confidence, right = found.confidence[chosen], found.right[chosen]
    answerable = found.answerable[chosen]
    first = right[answerable].mean()
    table = Table(
        "confidence",
        "withheld, of the answerable",
        "wrong, of all",
        "none not answered",
        title=f"{title}: right first, of the answerable: {first:.3f} of {answerable.sum()}",
    )
    for threshold in np.arange(0.5, 0.95, 0.05):
        answered = confidence >= threshold
        shares = (
            (~answered[answerable]).mean(),
            (answered & ~right).mean(),
            (~answered[~answerable]).mean(),
        )
        table.add_row(f"{threshold:.2f}", *(f"{share:.3f}" for share in shares))
    return table


if __name__ == "__main__":
    main()
