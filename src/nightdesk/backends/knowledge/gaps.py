"""What customers ask and nobody answers: clustered, counted, and how much is answered at all."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse.csgraph import connected_components

from nightdesk.backends.knowledge import asked as questions
from nightdesk.backends.knowledge.bank import Topic
from nightdesk.backends.knowledge.index import Index
from nightdesk.backends.knowledge.model import Asked
from nightdesk.backends.knowledge.ranker import BACKGROUND, Ranker, Ranking
from nightdesk.backends.knowledge.search import State

EXAMPLES = 5
MOST_WORDINGS = 2000
ALIKE = 0.36  # the likeness from which two questions are one gap; of other things: below 0.3
SPEAKS = 0.0  # the margin from which a topic of the bank explains a question
NEAR = 0.15  # the score from which the first hit says what category a question is of
NO_CATEGORY = ""
TRADES = ("order", "appointment")  # the tasks whose end without a result is a loss


@dataclass
class Gap:
    """Questions that ask the same. ``topic``: the bank's, where it knows what they are about."""

    groups: list[list[Asked]] = field(default_factory=list)
    topic: Topic | None = None
    ranking: Ranking | None = None

    @property
    def asked(self) -> list[Asked]:
        return [one for group in self.groups for one in group]


def find(state: State, asked: Sequence[Asked], topics: Sequence[Topic]) -> list[Gap]:
    """The gaps among ``asked``, the largest first.

    What would be answered now, or was dismissed by a person, is no gap. Questions that one topic of
    the bank explains are one gap; the others are put to the questions that they are like.
    """
    open_ones = [one for one in asked if not one.answered]
    dismissed = {
        questions.bare(str(one.question)) for one in asked if one.settled == questions.DISMISSED
    }
    by_id = {topic.id: topic for topic in topics}
    gaps: dict[str, Gap] = {}
    rest: list[tuple[list[Asked], Ranking]] = []
    for group in questions.distinct(open_ones)[:MOST_WORDINGS]:
        question = str(group[0].question)
        if questions.bare(question) in dismissed:
            continue
        ranking = state.ranker.rank(question, 3)
        if ranking.answerable:
            continue
        topic = by_id.get(_topic(state.ranker, question))
        if topic is None:
            rest.append((group, ranking))
            continue
        gap = gaps.setdefault(topic.id, Gap(topic=topic, ranking=ranking))
        gap.groups.append(group)
    found = [*gaps.values(), *_alike(rest, topics)]
    return sorted(found, key=lambda gap: (-len(gap.asked), str(gap.groups[0][0].question)))


class Finder:
    """Finds gaps, and remembers the last ones: to find them, every question is ranked anew."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._topics = topics
        self._key: tuple[Any, ...] = ()
        self._found: list[Gap] = []
        self._finding = threading.Lock()

    def find(self, state: State, asked: Sequence[Asked]) -> list[Gap]:
        """What :func:`find` gives."""
        still = tuple((one.id, one.settled, one.person_needed) for one in asked if not one.answered)
        key = (state.revision, state.ranker.fitted, still)
        with self._finding:
            if key != self._key:
                self._found, self._key = find(state, asked, self._topics), key
            return self._found


def _topic(ranker: Ranker, question: str) -> str:
    """The topic that explains ``question`` and that no entry stands for; empty: none does."""
    if not ranker.fitted or len(ranker.ids) == ranker.items:
        return ""
    scores = ranker.scores(question, ranker.index.likeness(ranker.index.space.vector(question)))
    best = int(np.argmax(scores))
    if best < ranker.items or scores[best] < SPEAKS:
        return ""
    return ranker.ids[best].removeprefix(BACKGROUND)


def _alike(rest: Sequence[tuple[list[Asked], Ranking]], topics: Sequence[Topic]) -> list[Gap]:
    """Questions that are alike, directly or by way of others, are one gap.

    Some phrasings of every topic stand beside them, so that the words that all questions share
    weigh little however few questions there are.
    """
    if not rest:
        return []
    own = [str(group[0].question) for group, _ in rest]
    common = [text for topic in topics for text in topic.all()[:: len(topic.all()) // 3 + 1]]
    index = Index([[text] for text in (*own, *common)])
    likeness = np.stack([index.likeness(index.space.vector(text))[: len(own)] for text in own])
    _, labels = connected_components(likeness >= ALIKE, directed=False)
    gaps: dict[int, Gap] = {}
    for label, (group, ranking) in zip(labels, rest, strict=True):
        gaps.setdefault(int(label), Gap(ranking=ranking)).groups.append(group)
    return list(gaps.values())


def in_the_middle(asked: Sequence[Asked]) -> list[Asked]:
    """The unanswered questions that were asked in the middle of an order or a booking."""
    return [one for one in asked if one.task in TRADES and not questions.helped(one)]


def view(gap: Gap, state: State, ended: Mapping[str, bool] | None = None) -> dict[str, Any]:
    """A gap as JSON; ``nearest``: the entries that it may belong to as a phrasing.

    ``open``: conversations that had an order or a booking open. ``lost``: those of them without one
    made afterwards, by ``ended`` (see ``Neighbours.ended``); null where that is not known.
    """
    asked = gap.asked
    open_ = {str(one.conversation_id) for one in in_the_middle(asked)}
    known = open_ <= set(ended or {})
    nearest = gap.ranking.hits if gap.ranking else ()
    return {
        "question": gap.groups[0][0].question,
        "count": len(asked),
        "persons": sum(bool(one.person_needed) for one in asked),
        "open": len(open_),
        "lost": sum((ended or {})[one] for one in open_) if known else None,
        "conversations": len({one.conversation_id for one in asked}),
        "last_at": max(questions.moment(one) for one in asked),
        "examples": [
            {"question": group[0].question, "count": len(group)} for group in gap.groups[:EXAMPLES]
        ],
        "wordings": len(gap.groups),
        "ids": [group[0].id for group in gap.groups],
        "lang": Counter(str(one.lang) for one in asked).most_common(1)[0][0],
        "topic": (
            {
                "topic": gap.topic.id,
                "about": gap.topic.about,
                "phrasings": len(gap.topic.all()),
            }
            if gap.topic
            else None
        ),
        "nearest": [
            {"id": hit.id, "score": hit.score, "question": question_of(state, hit.id)}
            for hit in nearest
        ],
    }


def doubtful(state: State, asked: Sequence[Asked]) -> list[dict[str, Any]]:
    """Entries whose answer was not enough: the customer asked again in other words, ``again``
    times, wanted a person then, ``persons`` times, or said so, ``unhelpful`` times."""
    again = questions.asked_again(asked)
    wanted: dict[str, list[Asked]] = {}
    said: dict[str, list[Asked]] = {}
    for one in asked:
        if one.unhelpful:
            said.setdefault(str(one.unhelpful), []).append(one)
        if one.person_needed and (entry := questions.answer_of(one)) is not None:
            wanted.setdefault(entry, []).append(one)
    found = []
    for entry in {**said, **again, **wanted}:
        if entry not in state.records:
            continue
        groups = [kind.get(entry, []) for kind in (said, again, wanted)]
        words = [str(one.question) for group in groups for one in group]
        times = {
            "unhelpful": len(groups[0]),
            "again": len(groups[1]) // 2,
            "persons": len(groups[2]),
        }
        found.append(
            {
                "id": entry,
                "question": question_of(state, entry),
                "count": sum(times.values()),
                **times,
                "examples": list(dict.fromkeys(words))[:EXAMPLES],
            }
        )
    return sorted(found, key=lambda one: -one["count"])


def question_of(state: State, entry_id: str) -> str:
    """The question of an entry that is found now; its id when it is withdrawn."""
    record = state.records.get(entry_id)
    return str(record.question_zh or record.question_en) if record is not None else entry_id


def coverage(records: Mapping[str, Any], asked: Sequence[Asked]) -> dict[str, Any]:
    """Which share of the questions was answered: in all, by category and by language.

    ``records``: the entries that are found, by id.
    The category is that of the first hit, right or not; when nothing is near it is empty.
    """
    categories: dict[str, list[bool]] = {}
    languages: dict[str, list[bool]] = {}
    for one in asked:
        hits: Any = one.hits
        near = bool(hits) and hits[0]["score"] >= NEAR
        record = records.get(hits[0]["id"]) if near else None
        category = str(record.category) if record is not None else NO_CATEGORY
        categories.setdefault(category, []).append(questions.helped(one))
        languages.setdefault(str(one.lang), []).append(questions.helped(one))

    def rows(name: str, groups: dict[str, list[bool]]) -> list[dict[str, Any]]:
        ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
        return [{name: key, **_share(values)} for key, values in ordered]

    return {
        **_share([questions.helped(one) for one in asked]),
        "by_category": rows("category", categories),
        "by_language": rows("lang", languages),
    }


def _share(answered: Sequence[bool]) -> dict[str, Any]:
    total = len(answered)
    return {
        "asked": total,
        "answered": sum(answered),
        "share": round(sum(answered) / total, 4) if total else None,
    }
