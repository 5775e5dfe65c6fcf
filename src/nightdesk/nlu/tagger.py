"""The trained part of entity recognition: a linear-chain CRF over tokens.

It learns from two kinds of words: those of the merchant's lexicon, and those that the training
sentences themselves annotate ("known" words). Both are hidden at random while it trains, so that it
learns to find a product from its surroundings too, and serves a shop that it never met.
"""

from __future__ import annotations

import random
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pycrfsuite

from nightdesk.language.lexicon import Hit, Lexicon, Term
from nightdesk.language.tokens import fold_in_place, token_spans
from nightdesk.nlu.annotated import Example, Span
from nightdesk.nlu.borders import completed
from nightdesk.nlu.tagger_features import features

#: Changes with the features, so that Rasa trains again.
VERSION = "6"
LEXICAL = ("product", "service", "branch", "car_model", "location")


@dataclass(frozen=True)
class TaggerOptions:
    """How the tagger is trained.

    Attributes:
        algorithm: of CRFsuite. L-BFGS found .758 of F1 on two unseen files of the corpus where
            passive-aggressive learning found .746, but takes four times as long (54 s).
        iterations: passes over the sentences.
        hide: the share of the merchant's words that it does not get to see.
        intent: the share of sentences whose intent it gets to see.
        seed: of what is hidden.
    """

    algorithm: str = "pa"
    iterations: int = 8
    hide: float = 0.4
    intent: float = 0.0
    seed: int = 20


class Tagger:
    """A trained CRF with its known words."""

    def __init__(self, model: bytes, known: dict[str, dict[str, int]]) -> None:
        self.model = model
        self.known = known
        self._crf = pycrfsuite.Tagger()
        self._crf.open_inmemory(model)
        self._words = _lexicon_of(known)

    def state(self) -> dict[str, Any]:
        """What ``restore`` needs besides the model, JSON-serialisable."""
        return {"known": self.known}

    @classmethod
    def restore(cls, model: bytes, state: dict[str, Any]) -> Tagger:
        """The tagger whose ``model`` and ``state()`` were kept."""
        return cls(model, state["known"])

    def tag(self, text: str, hits: Sequence[Hit], intent: str = "") -> list[tuple[Span, float]]:
        """The entities of ``text`` and the probability of each one's first label.

        Args:
            text: any text; at most its first 1,000 tokens are read.
            hits: the merchant's words in it.
            intent: what the message wants, if that is known; a tagger trained without ignores it.
        """
        folded = fold_in_place(text)
        spans = token_spans(folded)[:1000]
        if not spans:
            return []
        known = self._words.find(text)
        self._crf.set(features(text, folded, spans, hits, known, intent))
        labels = self._crf.tag()
        return [
            (span, self._crf.marginal(labels[first], first))
            for first, span in decode(labels, spans)
        ]


def encode(spans: Sequence[tuple[int, int]], entities: Iterable[Span]) -> list[str]:
    """BIO labels of tokens; an entity that does not begin or end at a token is left out."""
    labels = ["O"] * len(spans)
    starts = {start: i for i, (start, _) in enumerate(spans)}
    ends = {end: i for i, (_, end) in enumerate(spans)}
    for entity in entities:
        first, last = starts.get(entity.start), ends.get(entity.end)
        if first is None or last is None:
            continue
        labels[first] = "B-" + entity.entity
        for i in range(first + 1, last + 1):
            labels[i] = "I-" + entity.entity
    return labels


def decode(labels: Sequence[str], spans: Sequence[tuple[int, int]]) -> list[tuple[int, Span]]:
    """``(index of the first token, entity)`` for each run of labels."""
    found: list[tuple[int, Span]] = []
    current = ""
    for i, label in enumerate(labels):
        kind = label[2:]
        if label == "O":
            current = ""
        elif label[0] == "B" or kind != current:
            found.append((i, Span(spans[i][0], spans[i][1], kind)))
            current = kind
        else:
            first, span = found[-1]
            found[-1] = (first, Span(span.start, spans[i][1], kind))
    return found


def count_known(examples: Iterable[Example]) -> dict[str, dict[str, int]]:
    """How often each lexical word is annotated as each kind: ``{"机油": {"product": 40}}``."""
    known: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for example in examples:
        for span in example.spans:
            word = fold_in_place(example.text[span.start : span.end])
            if span.entity in LEXICAL and len(word) > 1:
                known[word][span.entity] += 1
    return {word: dict(kinds) for word, kinds in known.items()}


def _lexicon_of(known: dict[str, dict[str, int]]) -> Lexicon:
    """The known words as a lexicon whose codes are the words themselves."""
    return Lexicon(Term(word, kind, word) for word, kinds in known.items() for kind in kinds)


def train(
    examples: Sequence[Example], lexicon: Lexicon, options: TaggerOptions = TaggerOptions()
) -> Tagger:
    """A tagger trained on ``examples``, in seconds for ten thousand of them.

    A word known from one sentence alone is hidden in that sentence: there it teaches nothing but
    to trust the list.
    """
    known = count_known(examples)
    words = _lexicon_of(known)
    chance = random.Random(options.seed)
    trainer = pycrfsuite.Trainer(algorithm=options.algorithm, verbose=False)
    for example in examples:
        folded = fold_in_place(example.text)
        spans = token_spans(folded)
        if not spans:
            continue
        own: dict[tuple[str, str], int] = defaultdict(int)
        for span in example.spans:
            own[fold_in_place(example.text[span.start : span.end]), span.entity] += 1

        def elsewhere(hit: Hit, own: dict[tuple[str, str], int] = own) -> bool:
            return any(known[word].get(hit.kind, 0) > own[word, hit.kind] for word in hit.codes)

        all_hits = lexicon.find(example.text)
        hits = [hit for hit in all_hits if chance.random() >= options.hide]
        listed = [
            hit
            for hit in words.find(example.text)
            if elsewhere(hit) and chance.random() >= options.hide / 2
        ]
        intent = example.intent if chance.random() < options.intent else ""
        rows = features(example.text, folded, spans, hits, listed, intent)
        trainer.append(rows, encode(spans, completed(folded, example.spans, all_hits)))
    trainer.set_params({"max_iterations": options.iterations})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crf"
        trainer.train(str(path))
        return Tagger(path.read_bytes(), known)
