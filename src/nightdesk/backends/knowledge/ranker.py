"""Ranks what a shop knows by how well it answers a question, and says when nothing does.

Each item (an entry, a fault) is a class of recorded phrasings: its own, and those of the bank's
topic that it stands for. Topics that no item stands for stay in the race as background: a question
about gift wrapping is best explained by the topic ``gift_wrap``, and so is not answered by the
nearest wrong entry. The score is a linear classifier's; a question that is a recorded phrasing, or
nearly, goes to that phrasing's item. Until the classifier is fitted again after a change, a new
item is scored by its most alike phrasing alone, so that it is found at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from math import exp

import numpy as np
from numpy.typing import NDArray

from nightdesk.backends.knowledge import embedding
from nightdesk.backends.knowledge.bank import Topic
from nightdesk.backends.knowledge.classifier import Classifier
from nightdesk.backends.knowledge.embedding import Meaning
from nightdesk.backends.knowledge.index import Floats, Index
from nightdesk.backends.knowledge.topics import stand_ins

BACKGROUND = "bank:"  # before the id of a topic that no item stands for
UNFITTED = (-1.2, 2.0)  # the margin of an item not yet fitted: base, and times its likeness
NEARLY = 0.8  # the likeness from which a phrasing counts as asked word for word,
WORD_FOR_WORD = 10.0  # and what each point above it adds to the margin
# Logistic regression of "the first one is right" on the features of ``_confidence``; fitted by
# ``calibrate`` on the bank alone, with whole topics held out as unanswerable.
CALIBRATION = {"bias": -1.3, "margin": 0.66, "gap": 1.36, "background": 1.55}
ANSWER_FROM = 0.6  # answered from this confidence on


@dataclass(frozen=True)
class Item:
    """Something that can be found: its ``id``, phrasings, and the topic chosen for it.

    ``topic``: a topic's id; empty for the best one, ``-`` for none.
    """

    id: str
    phrasings: tuple[str, ...]
    topic: str = ""


@dataclass(frozen=True)
class Scored:
    """An item and its confidence, 0 to 1: how likely it is what the question asks for."""

    id: str
    score: float


@dataclass(frozen=True)
class Ranking:
    """The items, best first. ``answerable``: the first one may be given as the answer."""

    hits: tuple[Scored, ...]
    answerable: bool


class Ranker:
    """A ranker over ``items``; ``classifier`` may be of an earlier state of them."""

    def __init__(
        self,
        items: Sequence[Item],
        topics: Sequence[Topic] = (),
        classifier: Classifier | None = None,
    ) -> None:
        usable = [item for item in items if any(text.strip() for text in item.phrasings)]
        self.topic_of = stand_ins([(i.id, i.phrasings, i.topic) for i in usable], topics)
        phrasings = {topic.id: topic.all() for topic in topics}
        taken = set(self.topic_of.values())
        ids = [item.id for item in usable]
        texts = [
            (*item.phrasings, *phrasings.get(self.topic_of.get(item.id, ""), ())) for item in usable
        ]
        for topic in topics:
            if topic.id not in taken:
                ids.append(BACKGROUND + topic.id)
                texts.append(topic.all())
        self.items = len(usable)
        self.ids = tuple(ids)
        self.known = frozenset(self.ids[: self.items])
        self.index = Index(texts)
        self._meaning = Meaning(texts, embedding.configured())
        self.classifier = classifier
        self.fitted = False

    def fit(self) -> None:
        """Fit the classifier to these items; takes seconds, other threads may rank meanwhile."""
        if Classifier.fits(len(self.ids)):
            self.classifier = Classifier(self.ids, self.index)
        self.fitted = True
        self._meaning.prepare()

    def rank(
        self, question: str, limit: int = 5, admit: Callable[[str], bool] = lambda _: True
    ) -> Ranking:
        """The items that may answer ``question`` and that ``admit`` lets in, best first."""
        if not self.items:
            return Ranking((), answerable=False)
        likeness = self.index.likeness(self.index.space.vector(question))
        scores = self._meaning.added(self.scores(question, likeness), question)
        best = np.argsort(-scores[: self.items], kind="stable")
        order = np.array(
            list(islice((i for i in best if admit(self.ids[i])), max(limit, 2))), np.intp
        )
        if not len(order):
            return Ranking((), answerable=False)
        confidence = self._confidence(scores, order)
        shares = _softmax(scores[order])
        hits = tuple(
            Scored(self.ids[place], round(float(confidence * share / shares[0]), 4))
            for place, share in zip(order, shares, strict=True)
        )
        return Ranking(hits[:limit], answerable=confidence >= ANSWER_FROM)

    def scores(self, question: str, likeness: Floats) -> Floats:
        """The score of every item and background topic; above 0 speaks for it."""
        unfitted: Floats = UNFITTED[0] + UNFITTED[1] * likeness
        bonus = WORD_FOR_WORD * np.maximum(likeness - NEARLY, 0)
        classifier = self.classifier
        if classifier is None:
            return unfitted + bonus
        margins = classifier.margins(classifier.vector(question))
        if classifier.ids == self.ids:
            return margins + bonus
        known = dict(zip(classifier.ids, margins, strict=True))
        return bonus + np.array(
            [known.get(item, late) for item, late in zip(self.ids, unfitted, strict=True)],
            np.float32,
        )

    def _confidence(self, scores: Floats, order: NDArray[np.intp]) -> float:
        first = order[0]
        features = evidence(scores, int(first), self.items)
        total = CALIBRATION["bias"] + sum(
            CALIBRATION[name] * value for name, value in features.items()
        )
        return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


def evidence(scores: Floats, first: int, items: int) -> dict[str, float]:
    """What speaks for the ``first`` item: its score, its lead over the next and the background."""
    rivals = np.delete(scores[:items], first)
    background = scores[items:]
    score = float(scores[first])
    return {
        "margin": score,
        "gap": score - float(rivals.max()) if len(rivals) else 1.0,
        "background": score - float(background.max()) if len(background) else 1.0,
    }


def _softmax(scores: Floats) -> Floats:
    weights = np.exp(4 * (scores - scores.max()))
    shares: Floats = weights / weights.sum()
    return shares
