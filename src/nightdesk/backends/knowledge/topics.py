"""Which topic of the bank an entry stands for, judged by the entry's own phrasings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from nightdesk.backends.knowledge.bank import Topic
from nightdesk.backends.knowledge.index import Floats, Index

NONE = "-"  # an entry that a person has said stands for no topic
ACCEPT = 0.36  # the likeness from which a topic is taken on without asking,
LEAD = 1.1  # when it is so many times that of the next topic
MOST_ITEMS = 2000  # with more entries than this, topics are taken on only where they are chosen


@lru_cache(maxsize=4)
def _index(topics: tuple[Topic, ...]) -> Index:
    return Index([topic.all() for topic in topics])


@lru_cache(maxsize=4 * MOST_ITEMS)
def likenesses(phrasings: tuple[str, ...], topics: tuple[Topic, ...]) -> Floats:
    """How alike an entry with ``phrasings`` is to each topic, 0 to 1.

    The first phrasing, which is the entry's question, counts as much as three others.
    """
    index = _index(topics)
    rows = [index.likeness(index.space.vector(text)) for text in phrasings if text.strip()]
    weights = np.array([3.0] + [1.0] * (len(rows) - 1), np.float32)
    mean: Floats = np.average(np.stack(rows), axis=0, weights=weights).astype(np.float32)
    return mean


def propose(
    phrasings: Sequence[str], topics: Sequence[Topic], limit: int = 3
) -> list[tuple[str, float]]:
    """The topics most alike to an entry, best first, with their likeness."""
    if not topics or not any(text.strip() for text in phrasings):
        return []
    scores = likenesses(tuple(phrasings), tuple(topics))
    order = np.argsort(-scores, kind="stable")[:limit]
    return [(topics[place].id, round(float(scores[place]), 4)) for place in order]


def stand_ins(
    items: Sequence[tuple[str, Sequence[str], str]], topics: Sequence[Topic]
) -> dict[str, str]:
    """The topic of each item ``(id, phrasings, chosen topic)`` that has one.

    A topic goes to the items that a person chose it for; else to the one item that is most alike.
    What is given away no longer rivals what is left, so the most certain pair is taken first.
    """
    if not topics:
        return {}
    known = {topic.id: place for place, topic in enumerate(topics)}
    chosen = {item: topic for item, _, topic in items if topic in known}
    free = [(item, tuple(texts)) for item, texts, topic in items if not topic and any(texts)]
    if not free or len(free) > MOST_ITEMS:
        return chosen
    scores = np.stack([likenesses(texts, tuple(topics)) for _, texts in free])
    scores[:, [known[topic] for topic in chosen.values()]] = 0
    while True:
        order = np.sort(scores, axis=1)
        best, rival = order[:, -1], order[:, -2] if scores.shape[1] > 1 else 0 * order[:, -1]
        best = np.where((best >= ACCEPT) & (best >= LEAD * rival), best, 0)
        row = int(np.argmax(best))
        if not best[row]:
            return chosen
        column = int(np.argmax(scores[row]))
        chosen[free[row][0]] = topics[column].id
        scores[row] = 0
        scores[:, column] = 0
