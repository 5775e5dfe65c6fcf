"""Which topic of the bank an entry stands for, judged by the entry's own phrasings.

A classifier over the whole bank looks at each phrasing, and its margins are averaged. Measured with
the demo's 100 questions and 32 symptoms, when the bank had 216 topics: the right topic was the best
one for all; and with that topic taken out of the bank, the threshold below took on a wrong one for
5 % of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import exp

import numpy as np

from nightdesk.backends.knowledge.bank import Topic
from nightdesk.backends.knowledge.classifier import Classifier
from nightdesk.backends.knowledge.index import Floats, Index

NONE = "-"  # an entry that a person has said stands for no topic
ACCEPT = -0.6  # the mean margin from which a topic is taken on without asking,
LEAD = 0.1  # when it leads the next topic by so much
MOST_ITEMS = 2000  # with more entries than this, topics are taken on only where they are chosen
FIRST_COUNTS = 3.0  # the entry's question weighs as much as so many of its other phrasings


@lru_cache(maxsize=4)
def _judge(topics: tuple[Topic, ...]) -> tuple[Index, Classifier | None]:
    index = Index([topic.all() for topic in topics])
    if not Classifier.fits(len(topics)):
        return index, None
    general = [(place, topic.all()) for place, topic in enumerate(topics) if topic.general]
    return index, Classifier([topic.id for topic in topics], index, general)


@lru_cache(maxsize=4 * MOST_ITEMS)
def margin(text: str, topics: tuple[Topic, ...]) -> Floats:
    """For each topic how much ``text`` speaks for it; -1 is nothing at all, above 0 is much."""
    index, classifier = _judge(topics)
    if classifier is not None:
        return classifier.margins(text)
    found: Floats = index.likeness(index.space.vector(text)) - 1
    return found


def margins(phrasings: Sequence[str], topics: tuple[Topic, ...]) -> Floats:
    """For each topic how much the phrasings of an entry speak for it; -1 is nothing at all."""
    rows = np.stack([margin(text, topics) for text in phrasings])
    weights = np.array([FIRST_COUNTS] + [1.0] * (len(rows) - 1), np.float32)
    mean: Floats = np.average(rows, axis=0, weights=weights).astype(np.float32)
    return mean


def profile(phrasings: Sequence[str], topics: tuple[Topic, ...]) -> Floats:
    """What texts are about in terms of all the topics, as a vector of length 1.

    Two texts that share no word are alike in it when they speak for the same topics (compare
    explicit semantic analysis, Gabrilovich and Markovitch, 2007).
    """
    speaks = np.stack([np.maximum(margin(text, topics) + 1, 0) ** 2 for text in phrasings])
    speaks /= np.linalg.norm(speaks, axis=1, keepdims=True) + 1e-9
    mean: Floats = speaks.mean(axis=0).astype(np.float32)
    mean /= float(np.linalg.norm(mean)) + 1e-9
    return mean


def propose(
    phrasings: Sequence[str], topics: Sequence[Topic], limit: int = 3
) -> list[tuple[str, float]]:
    """The topics that an entry may stand for, best first, with a certainty from 0 to 1.

    From 0.5 on a topic is taken on by itself, if no other comes close.
    """
    if not topics or not phrasings:
        return []
    scores = margins(tuple(phrasings), tuple(topics))
    order = np.argsort(-scores, kind="stable")[:limit]
    return [
        (topics[place].id, round(1 / (1 + exp(4 * (ACCEPT - float(scores[place])))), 3))
        for place in order
    ]


def stand_ins(
    items: Sequence[tuple[str, Sequence[str], str]], topics: Sequence[Topic]
) -> dict[str, str]:
    """The topic of each item ``(id, phrasings, chosen topic)`` that has one.

    A topic goes to the items that a person chose it for; else to the one item that it fits best.
    What is given away no longer rivals what is left, so the most certain pair is taken first.
    """
    if not topics:
        return {}
    known = {topic.id: place for place, topic in enumerate(topics)}
    chosen = {item: topic for item, _, topic in items if topic in known}
    free = [(item, tuple(texts)) for item, texts, topic in items if not topic and texts]
    if not free or len(free) > MOST_ITEMS:
        return chosen
    scores = np.stack([margins(texts, tuple(topics)) for _, texts in free])
    scores[:, [known[topic] for topic in chosen.values()]] = -np.inf
    while True:
        best, rival = _first_two(scores)
        best = np.where((best >= ACCEPT) & (best >= rival + LEAD), best, -np.inf)
        row = int(np.argmax(best))
        if best[row] == -np.inf:
            return chosen
        column = int(np.argmax(scores[row]))
        chosen[free[row][0]] = topics[column].id
        scores[row] = -np.inf
        scores[:, column] = -np.inf


def _first_two(scores: Floats) -> tuple[Floats, Floats]:
    """The best and the second-best score of each row; ``-inf`` where there is no second."""
    if scores.shape[1] < 2:
        return scores[:, 0], np.full(len(scores), -np.inf, scores.dtype)
    two = np.partition(scores, -2, axis=1)
    return two[:, -1], two[:, -2]
