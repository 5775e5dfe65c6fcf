"""Fits the ranker's confidence on the bank alone.

Run as ``python -m nightdesk.backends.knowledge.calibrate``.

Four times, a quarter of each topic's phrasings is asked of a ranker that has seen the rest. Of the
topics, 25 are left out altogether (nothing can be known about them) and 50 are background (no item
stands for them); the others are items. The figures show, for thresholds of the confidence, how many
questions are answered, how many of these rightly, and how many of the unanswerable are withheld.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.linear_model import LogisticRegression

from nightdesk.backends.knowledge import bank, topics
from nightdesk.backends.knowledge.bank import Topic
from nightdesk.backends.knowledge.ranker import Item, Ranker, evidence

FOLDS = 4
LEFT_OUT = 25
BACKGROUND = 50
Case = tuple[dict[str, float], bool, bool]  # evidence, the first is right, it could be


def cases(shipped: Sequence[Topic], seed: int = 0) -> Iterator[Case]:
    """What the ranker makes of every phrasing of the bank when it has not seen it."""
    dice = random.Random(seed)
    mixed = {topic.id: dice.sample(topic.all(), len(topic.all())) for topic in shipped}
    for fold in range(FOLDS):
        order = dice.sample(sorted(mixed), len(mixed))
        left_out, background = set(order[:LEFT_OUT]), set(order[LEFT_OUT:][:BACKGROUND])
        seen = {
            name: tuple(text for i, text in enumerate(texts) if i % FOLDS != fold)
            for name, texts in mixed.items()
            if name not in left_out
        }
        ranker = Ranker(
            [Item(n, texts, topics.NONE) for n, texts in seen.items() if n not in background],
            [Topic(n, "", {"standard": texts}) for n, texts in seen.items() if n in background],
        )
        ranker.fit()
        for name, texts in mixed.items():
            for text in texts[fold::FOLDS]:
                likeness = ranker.index.likeness(ranker.index.space.vector(text))
                scores = ranker.scores(text, likeness)
                first = int(np.argmax(scores[: ranker.items]))
                right = ranker.ids[first] == name
                yield evidence(scores, first, ranker.items), right, name in ranker.known


def main() -> None:
    """Print the coefficients for ``ranker.CALIBRATION`` and what they would do."""
    found = list(cases(bank.shipped()))
    names = list(found[0][0])
    evidences = np.array([[case[0][name] for name in names] for case in found])
    right = np.array([case[1] for case in found])
    known = np.array([case[2] for case in found])
    model = LogisticRegression(C=10).fit(evidences, right)
    console = Console()
    weights = dict(zip(names, model.coef_[0].round(2).tolist(), strict=True))
    console.print({"bias": round(float(model.intercept_[0]), 2), **weights})
    console.print(f"right first, of the answerable: {right[known].mean():.3f} of {known.sum()}")
    table = Table("confidence", "answered", "of these right", "unanswerable withheld")
    confidence = model.predict_proba(evidences)[:, 1]
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        answered = confidence >= threshold
        shares = (answered.mean(), right[answered].mean(), (~answered[~known]).mean())
        table.add_row(str(threshold), *(f"{share:.3f}" for share in shares))
    console.print(table)


if __name__ == "__main__":
    main()
