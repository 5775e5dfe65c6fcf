"""Fits what the ranker's judges count for, and its confidence, on questions held out of the bank.

Run as ``python -m nightdesk.backends.knowledge.calibrate``. The questions are those of
``data/knowledge/calibration``: written for the shipped merchants, and for shops of other trades
whose entries lie beside them, as their customers would ask, a quarter of them without an answer. No
line of them is in the bank, and those of ``tests/data/knowledge``, which the figures are measured
on, are others.

Each set is asked twice, the second time without what the bank knows of the merchant's trade: most
shops are of a trade that it knows little of. The table shows what thresholds would do to merchants
that the fit has not seen: each is judged by what was fitted to the other shops' sets.
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
from nightdesk.backends.knowledge.judging import FAULTS, QUESTIONS, Judging, evidence
from nightdesk.backends.knowledge.ranker import Item, Ranker
from nightdesk.settings import ROOT

ASKED = ROOT / "data" / "knowledge" / "calibration"
# Shop and kind: what the bank knows of the trade, files or topics by how their names begin.
SETS = {
    "qiming_faq": ("vehicles.yml",),
    "qiming_faults": ("vehicles.yml",),
    "mingxi_faq": ("optician.yml",),
    "mingxi_faults": ("glasses_", "contact_", "progressive_", "photochromic_", "eye_", "child_"),
    "laundry_faq": ("laundry_", "fabric_care", "alteration"),
    "music_faq": ("lessons.yml", "class_", "course_", "level_certificate"),
    "hotpot_faq": ("table.yml", "table_", "food_", "queue_", "menu_", "corkage_", "allergy_"),
    "repairs_faults": ("devices.yml", "phone_", "laptop_", "camera_", "wifi_", "no_sound"),
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
        judges = list(judging(self.name).weights)
        margin, meaning = (weights[judges.index(name)] for name in ("margin", "meaning"))
        found = [
            evidence(margins, margin * margins + meaning * meant, total, order)
            for margins, meant, total, order in zip(
                self.margins, self.meant, totals, orders, strict=True
            )
        ]
        return np.array([list(one.values()) for one in found]), orders[:, 0] == self.right


def judging(name: str) -> Judging:
    """The constants that a set is judged by now."""
    return FAULTS if name.endswith("faults") else QUESTIONS


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


def shop(name: str) -> list[Item]:
    """The items of a set: of the file beside its questions, or of a shipped merchant."""
    merchant, kind = name.split("_")
    beside = ASKED / f"{name}.csv"
    source = beside if beside.exists() else ROOT / "merchants" / merchant
    return evaluate.items(source, kind == "faults")


def sample(name: str, known: bool) -> Sample:
    """What the ranker makes of a set's questions; ``known``: the bank knows the trade."""
    ranker = Ranker(shop(name), topics(name, known), judging=judging(name))
    ranker.fit()
    places = {key: place for place, key in enumerate(ranker.ids)}
    parts, margins, meant, right = [], [], [], []
    for question in evaluate.questions(ASKED / f"{name}.tsv"):
        likeness = ranker.index.likeness(ranker.index.space.vector(question.text))
        margins.append(ranker.scores(question.text, likeness))
        meant.append(ranker.meant(question.text))
        found = {"margin": margins[-1], "meaning": meant[-1], **ranker.further(question.text)}
        parts.append(
            np.stack([found[judge][: ranker.items] for judge in judging(name).weights], axis=1)
        )
        right.append(places.get(question.answer, -1))
    return Sample(name, known, np.array(parts, np.float64), margins, meant, np.array(right))


def weights_of(samples: Sequence[Sample]) -> Floats:
    """The judges' weights that make the right items most likely; each sample counts the same.

    ``samples``: all of one kind, questions or faults.
    """

    def loss(weights: Floats) -> float:
        total = RIDGE * float(weights @ weights)
        for one in samples:
            known = one.right >= 0
            scores = one.parts[known] @ weights
            scores -= scores.max(axis=1, keepdims=True)
            chosen = scores[np.arange(len(scores)), one.right[known]]
            total -= float((chosen - np.log(np.exp(scores).sum(axis=1))).mean())
        return total

    found: Floats = minimize(loss, np.ones(samples[0].parts.shape[2])).x
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
    """Each sample judged by what was fitted to the other shops'."""
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
    """Print the constants for ``judging`` and what they would do."""
    for kind in ("faq", "faults"):
        names = [name for name in SETS if name.endswith(kind)]
        report(kind, [sample(name, known) for name in names for known in (True, False)])


def report(kind: str, samples: Sequence[Sample]) -> None:
    """Print what was fitted to ``samples``, all of one kind."""
    now = judging(kind)
    weights = weights_of(samples)
    model = confidence_of(samples, weights)
    console = Console()
    console.print(kind, "weights", dict(zip(now.weights, weights.round(2).tolist(), strict=True)))
    names = [name for name in now.confidence if name != "bias"]
    coefficients = dict(zip(names, model.coef_[0].round(2).tolist(), strict=True))
    bias = round(float(model.intercept_[0]), 2)
    console.print(kind, "confidence", {"bias": bias, **coefficients})
    found = unseen(samples)
    for known, title in ((True, "trade known"), (False, "trade unknown")):
        console.print(thresholds(found, found.known == known, f"{kind}, {title}"))


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
