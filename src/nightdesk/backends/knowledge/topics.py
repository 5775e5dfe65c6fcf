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


@lru_cache(maxsize=4)
def _index(topics: tuple[Topic, ...]) -> Index:
    return Index([topic.all() for topic in topics])


def likenesses(phrasings: Sequence[str], topics: Sequence[Topic]) -> Floats:
    """How alike an entry with ``phrasings`` is to each topic, 0 to 1.

    The first phrasing, which is the entry's question, counts as much as three others.
    """
    index = _index(tuple(topics))
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
    scores = likenesses(phrasings, topics)
    order = np.argsort(-scores, kind="stable")[:limit]
    return [(topics[place].id, round(float(scores[place]), 4)) for place in order]


def _certain(scores: Sequence[float]) -> bool:
    return scores[0] >= ACCEPT and (len(scores) < 2 or scores[0] >= LEAD * scores[1])


def stand_ins(
    items: Sequence[tuple[str, Sequence[str], str]], topics: Sequence[Topic]
) -> dict[str, str]:
    """The topic of each item ``(id, phrasings, chosen topic)`` that has one.

    A topic goes to the items that a person chose it for; else to the one item that is most alike.
    """
    if not topics:
        return {}
    known = {topic.id for topic in topics}
    chosen = {item: topic for item, _, topic in items if topic in known}
    free = [(item, phrasings) for item, phrasings, topic in items if not topic]
    candidates = []
    for item, phrasings in free:
        best = propose(phrasings, topics, 2)
        if best and _certain([score for _, score in best]) and best[0][0] not in chosen.values():
            candidates.append((best[0][1], item, best[0][0]))
    taken: set[str] = set()
    for _score, item, topic in sorted(candidates, reverse=True):
        if item not in chosen and topic not in taken:
            chosen[item] = topic
            taken.add(topic)
    return chosen
