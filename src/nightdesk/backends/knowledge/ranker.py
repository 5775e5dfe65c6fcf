"""Ranks what a shop knows by how well it answers a question, and says when nothing does.

Each item (an entry, a fault) is a class of recorded phrasings: its own, and those of the bank's
topic that it stands for. Judges look at a question, and their scores are added:

- the *margin* of a linear classifier over these classes. Topics that no item stands for stay in the
  race as background, judged by the bank's own classifier: a question about gift wrapping is best
  explained by the topic ``gift_wrap``, and so is not answered by the nearest wrong entry. A
  question that is a recorded phrasing, or nearly, goes to that phrasing's item. Until the
  classifier is fitted again after a change, a new item is judged by its topic and its most alike
  phrasing, so that it is found at once;
- the *meaning*: softmax regression over the same classes, on sentence vectors (see ``meaning``);
- the *words* that the question shares with the item's own phrasings and its answer (BM25);
- the *profile*: what the question is about in terms of all topics of the bank, beside the same of
  the item's phrasings. An item for which the bank has no topic is found by what it resembles;
- the *nearest* of the item's own phrasings in meaning, and its question and answer as a *whole*,
  both told in standard deviations over the shop's items. They too find what the bank does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from nightdesk.backends.knowledge import embedding, vectors
from nightdesk.backends.knowledge.bank import Topic
from nightdesk.backends.knowledge.bm25 import Bm25
from nightdesk.backends.knowledge.classifier import MOST_ITEMS as MOST_FITTED
from nightdesk.backends.knowledge.classifier import Classifier
from nightdesk.backends.knowledge.index import Floats, Index
from nightdesk.backends.knowledge.judging import QUESTIONS, RIVALS, Judging, evidence
from nightdesk.backends.knowledge.meaning import Meaning, Resemblance
from nightdesk.backends.knowledge.topics import MOST_ITEMS, margin, profile, stand_ins

BACKGROUND = "bank:"  # before the id of a topic that no item stands for
UNFITTED = (-1.2, 2.0)  # the margin of an item not yet fitted: base, and times its likeness
NEARLY = 0.8  # the likeness from which a phrasing counts as asked word for word,
WORD_FOR_WORD = 10.0  # and what each point above it adds to the margin
WORDS_K1 = 2.0  # BM25's k1; answers are longer than questions
NEAREST = 200  # items that are put in order before all of them are


@dataclass(frozen=True)
class Item:
    """Something that can be found: its ``id``, phrasings, and the topic chosen for it.

    ``topic``: a topic's id; empty for the best one, ``-`` for none. ``answer``: its words count.
    """

    id: str
    phrasings: tuple[str, ...]
    topic: str = ""
    answer: str = ""


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
    """A ranker over ``items``; until it is fitted, what ``before`` learnt of them counts."""

    def __init__(
        self,
        items: Sequence[Item],
        topics: Sequence[Topic] = (),
        before: Ranker | None = None,
        judging: Judging = QUESTIONS,
    ) -> None:
        self._judging = judging
        usable = [item for item in items if any(text.strip() for text in item.phrasings)]
        self.topic_of = stand_ins([(i.id, i.phrasings, i.topic) for i in usable], topics)
        self._topics = tuple(topics)
        stood_for = {topic.id: topic for topic in topics}
        taken = set(self.topic_of.values())
        ids = [item.id for item in usable]
        texts: list[tuple[str, ...]] = []
        self._general: list[tuple[int, tuple[str, ...]]] = []
        for place, item in enumerate(usable):
            topic = stood_for.get(self.topic_of.get(item.id, ""))
            texts.append((*item.phrasings, *(topic.all() if topic else ())))
            if topic and topic.general:
                self._general.append((place, texts[-1]))
        for topic in topics:
            if topic.id not in taken:
                if topic.general:
                    self._general.append((len(ids), topic.all()))
                ids.append(BACKGROUND + topic.id)
                texts.append(topic.all())
        self.items = len(usable)
        self.ids = tuple(ids)
        self._place = {key: place for place, key in enumerate(self.ids[: self.items])}
        self.index = Index(texts)
        self._embedded = embedding.Embedded(texts, embedding.configured())
        self._meaning = self._understood(texts, before)
        self._resembles = self._resembled(usable)
        self._words = Bm25([(*item.phrasings, item.answer) for item in usable], k1=WORDS_K1)
        self._profiles = self._profiled(usable)
        self._topic_places = self._topics_of(self.ids)
        self.classifier: Classifier | None = before.classifier if before else None
        self.fitted = False

    def _profiled(self, items: Sequence[Item]) -> Floats | None:
        """The profile of each item; None when there are too many or no topics."""
        if not self._topics or not items or len(items) > MOST_ITEMS:
            return None
        return np.stack([profile(item.phrasings, self._topics) for item in items])

    def _understood(
        self, texts: Sequence[tuple[str, ...]], before: Ranker | None
    ) -> Meaning | None:
        """The judge of meaning; None when there are too many items, or no encoder."""
        if not self.items or self.items > MOST_FITTED or not Meaning.fits(len(texts)):
            return None
        vectors.prepare([text for topic in self._topics for text in topic.all()])
        return Meaning(self.ids, texts, before._meaning if before else None)

    def _resembled(self, items: Sequence[Item]) -> Resemblance | None:
        """The judges of resemblance; None where there is no judge of meaning, or but one item."""
        counts = "nearest" in self._judging.weights
        if self._meaning is None or len(items) < 2 or not counts:
            return None
        return Resemblance([item.phrasings for item in items], [item.answer for item in items])

    def _topics_of(self, ids: Sequence[str]) -> NDArray[np.intp]:
        """Where the topic of each item, or background topic, stands among the topics; -1: none."""
        place = {topic.id: place for place, topic in enumerate(self._topics)}
        stands_for = {BACKGROUND + name: name for name in place} | self.topic_of
        return np.array([place.get(stands_for.get(key, ""), -1) for key in ids], np.intp)

    def fit(self) -> None:
        """Fit the classifier to these items; takes seconds, other threads may rank meanwhile."""
        if self.items and len(self.ids) >= 2 and Classifier.fits(max(self.items, 2)):
            self.classifier = Classifier(self.ids[: self.items], self.index, self._general)
        if self._meaning is not None:
            self._meaning.fit()
        self.fitted = True
        self._embedded.prepare()

    def rank(
        self, question: str, limit: int = 5, admit: Callable[[str], bool] = lambda _: True
    ) -> Ranking:
        """The items that may answer ``question`` and that ``admit`` lets in, best first."""
        if not self.items:
            return Ranking((), answerable=False)
        likeness = self.index.likeness(self.index.space.vector(question))
        margins = self._embedded.added(self.scores(question, likeness), question)
        speaks = self.speaks(question, margins)
        total = self.totals(question, speaks)
        order = self._best(total, max(limit, RIVALS), admit)
        if not len(order):
            return Ranking((), answerable=False)
        confidence = self._judging.confidence_of(evidence(margins, speaks, total, order))
        shares = np.exp(total[order] - total[order[0]])
        hits = tuple(
            Scored(self.ids[place], round(float(confidence * share), 4))
            for place, share in zip(order, shares, strict=True)
        )
        return Ranking(hits[:limit], answerable=confidence >= self._judging.answer_from)

    def _best(self, total: Floats, limit: int, admit: Callable[[str], bool]) -> NDArray[np.intp]:
        """The places of the best ``limit`` items that ``admit`` lets in, best first."""
        near = np.argpartition(-total, NEAREST)[:NEAREST] if len(total) > NEAREST else slice(None)
        for places in (np.arange(len(total))[near], np.arange(len(total))):
            best = places[np.lexsort((places, -total[places]))]
            admitted = list(islice((place for place in best if admit(self.ids[place])), limit))
            if len(admitted) == limit:
                break
        return np.array(admitted, np.intp)

    def speaks(self, question: str, margins: Floats) -> Floats:
        """Margin and meaning, weighted and added, of every item and background topic."""
        weights = self._judging.weights
        meant = np.float32(weights["meaning"]) * self.meant(question)
        found: Floats = np.float32(weights["margin"]) * margins + meant
        return found

    def totals(self, question: str, speaks: Floats) -> Floats:
        """The judges' scores of each item, weighted and added; ``speaks``: from :meth:`speaks`."""
        total: Floats = speaks[: self.items].copy()
        for name, part in self.further(question).items():
            total += np.float32(self._judging.weights[name]) * part
        return total

    def further(self, question: str) -> dict[str, Floats]:
        """What the judges say that know items alone, of each item."""
        found = {"words": self._words.scores(question)}
        if self._profiles is not None:
            found["profile"] = self._profiles @ profile((question,), self._topics)
        if self._resembles is not None:
            found.update(self._resembles.scores(question))
        return found

    def meant(self, question: str) -> Floats:
        """What the judge of meaning says of every item and background topic; 0 without one."""
        if self._meaning is None:
            return np.zeros(len(self.ids), np.float32)
        return self._meaning.scores(question)

    def scores(self, question: str, likeness: Floats) -> Floats:
        """The margin of every item and background topic; above 0 speaks for it."""
        margins: Floats = UNFITTED[0] + UNFITTED[1] * likeness
        if self._profiles is not None:
            judged = np.append(margin(question, self._topics), np.float32(-np.inf))
            of_topic = judged[self._topic_places]
            items = slice(self.items)
            margins[items] = np.maximum(margins[items], of_topic[items])
            margins[self.items :] = of_topic[self.items :]
        if (classifier := self.classifier) is not None:
            places = [self._place.get(key, -1) for key in classifier.ids]
            still = np.array(places) >= 0
            margins[np.array(places)[still]] = classifier.margins(question)[still]
        bonus: Floats = WORD_FOR_WORD * np.maximum(likeness - NEARLY, 0)
        return margins + bonus
