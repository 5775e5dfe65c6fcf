"""What the intent classifier sees of a message: n-grams over several views of its text.

A *view* turns an utterance into features (strings); a ``Vocabulary`` turns the features of all
views into one sparse vector, TF-IDF with unit length in every view, so that no view drowns
another. In all views but ``characters`` and ``letters`` an entity stands as its kind
(``[机油](product)`` is one sign, PRODUCT), so that what is learnt holds for a shop whose goods were
never seen. The views:

- ``characters``: folded text, 1 to 5 characters; what was typed;
- ``kinds``: the same with entities as kinds;
- ``letters``: 1 to 5 letters inside Latin words; what survives an ending or a slip;
- ``sounds``: pinyin syllables, 1 to 3, where there are Chinese characters; wrong homophones sound
  right;
- ``words``: Latin words, 1 or 2; for English, whose characters alone say little;
- ``meanings``: dialect and English words read as standard Chinese, 1 to 4 characters;
- ``gaps``: two words or Chinese characters of that with 1 to 6 others between them; what holds a
  sentence together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from pypinyin import Style, lazy_pinyin
from scipy.sparse import csr_matrix

from nightdesk.language.tokens import fold_in_place
from nightdesk.nlu.data_examples import ENTITIES
from nightdesk.nlu.features_gloss import gloss

# One sign of the private use area stands for each kind of entity.
_SIGNS = {entity: chr(0xE000 + at) for at, entity in enumerate(sorted(ENTITIES))}
_OTHER_SIGN = chr(0xE0FF)
_TOKEN = re.compile(r"[a-z]+|\S")
_WORD = re.compile(r"[a-z0-9]+|[\ue000-\ue0ff]")
_LETTERS = re.compile(r"[a-z0-9']+")
_STEP = re.compile(r"[a-z']+|[0-9]+|[^\sa-z0-9]")
_LATIN = re.compile(r"[a-z]{2}")
_HAN = re.compile(r"[\u4e00-\u9fff]")
LONGEST_READ = 400
"""Characters of a message that are read; nobody states an intent later."""


@dataclass(frozen=True)
class Utterance:
    """A message as the views see it: the folded text, and the same with entities as signs."""

    typed: str
    kinds: str

    @classmethod
    def of(cls, text: str, spans: Iterable[tuple[int, int, str]] = ()) -> Utterance:
        """``spans`` are ``(start, end, entity)``; of overlapping ones the first counts."""
        typed = fold_in_place(text)[:LONGEST_READ]
        parts: list[str] = []
        last = 0
        for start, end, entity in sorted(spans):
            if last <= start < end <= len(typed):
                parts += [typed[last:start], _SIGNS.get(entity, _OTHER_SIGN)]
                last = end
        return cls(typed.strip(), "".join((*parts, typed[last:])).strip())

    @cached_property
    def standard(self) -> str:
        """``kinds`` with dialect and English words read as standard Chinese."""
        return gloss(self.kinds)[0]


View = Callable[[Utterance], list[str]]


def ngrams(tokens: Sequence[str], shortest: int, longest: int, glue: str = "") -> list[str]:
    """All runs of ``shortest`` to ``longest`` tokens, with ``^`` and ``$`` around the sequence."""
    if isinstance(tokens, str):
        tokens = f"^{tokens}$"
        return [
            tokens[start : start + size]
            for size in range(shortest, longest + 1)
            for start in range(len(tokens) - size + 1)
        ]
    tokens = ["^", *tokens, "$"]
    return [
        glue.join(tokens[start : start + size])
        for size in range(shortest, longest + 1)
        for start in range(len(tokens) - size + 1)
    ]


@lru_cache(maxsize=32768)
def _syllable(character: str) -> str:
    return str(lazy_pinyin(character, style=Style.NORMAL)[0])


def characters(utterance: Utterance) -> list[str]:
    """1 to 5 characters of what was typed."""
    return ngrams(utterance.typed, 1, 5)


def kinds(utterance: Utterance) -> list[str]:
    """1 to 5 characters, entities as signs."""
    return ngrams(utterance.kinds, 1, 5)


def letters(utterance: Utterance) -> list[str]:
    """1 to 5 letters inside a Latin word, its edges as blanks."""
    words = [f" {word} " for word in _LETTERS.findall(utterance.typed)]
    return [
        word[start : start + size]
        for word in words
        for size in range(1, 6)
        for start in range(len(word) - size + 1)
    ]


def sounds(utterance: Utterance) -> list[str]:
    """1 to 3 syllables; Latin words and other characters stand for themselves."""
    if not _HAN.search(utterance.kinds):
        return []
    tokens = [
        _syllable(token) if "\u4e00" <= token <= "\u9fff" else token
        for token in _TOKEN.findall(utterance.kinds)
    ]
    return ngrams(tokens, 1, 3, " ")


def words(utterance: Utterance) -> list[str]:
    """1 or 2 Latin words and kinds, if there are Latin words."""
    if not _LATIN.search(utterance.kinds):
        return []
    return ngrams(_WORD.findall(utterance.kinds), 1, 2, " ")


def meanings(utterance: Utterance) -> list[str]:
    """1 to 4 characters of the text read as standard Chinese."""
    return ngrams(utterance.standard, 1, 4)


def gaps(utterance: Utterance) -> list[str]:
    """Pairs of words or characters of that text, 2 to 7 places apart, once each."""
    steps = _STEP.findall(utterance.standard)
    pairs = (f"{one} {two}" for at, one in enumerate(steps) for two in steps[at + 2 : at + 8])
    return list(dict.fromkeys(pairs))


VIEWS: tuple[View, ...] = (characters, kinds, letters, sounds, words, meanings, gaps)
BY_NAME = {view.__name__: view for view in VIEWS}


class Vocabulary:
    """The features seen in training, their weights, and the way from utterances to vectors."""

    def __init__(
        self,
        tables: Sequence[dict[str, int]],
        idf: NDArray[np.float32],
        views: Sequence[View] = VIEWS,
    ) -> None:
        """``tables[v]`` maps the features of ``views[v]`` to columns; ``idf``: one per column."""
        self.tables = tables
        self.idf = idf
        self.views = views

    @classmethod
    def learn(
        cls, utterances: Sequence[Utterance], views: Sequence[View] = VIEWS, rarest: int = 2
    ) -> Vocabulary:
        """Keep the features that at least ``rarest`` utterances have."""
        tables: list[dict[str, int]] = []
        counts: list[int] = []
        for view in views:
            seen: Counter[str] = Counter()
            for utterance in utterances:
                seen.update(set(view(utterance)))
            kept = sorted(feature for feature, count in seen.items() if count >= rarest)
            tables.append({feature: len(counts) + at for at, feature in enumerate(kept)})
            counts += [seen[feature] for feature in kept]
        idf = np.log((1 + len(utterances)) / (1 + np.array(counts))) + 1
        return cls(tables, idf.astype(np.float32), views)

    def vector(self, utterance: Utterance) -> tuple[list[int], NDArray[np.float32]]:
        """The columns of ``utterance`` and their values."""
        columns: list[int] = []
        parts: list[NDArray[np.float32]] = []
        for view, table in zip(self.views, self.tables, strict=True):
            found = Counter(table[feature] for feature in view(utterance) if feature in table)
            if not found:
                continue
            at = list(found)
            values = (1 + np.log(np.fromiter(found.values(), np.float32))) * self.idf[at]
            columns += at
            parts.append(values / np.sqrt(values @ values))
        return columns, np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def matrix(self, utterances: Iterable[Utterance]) -> csr_matrix:
        """One row per utterance."""
        indptr, indices, data = [0], [], []
        for utterance in utterances:
            columns, values = self.vector(utterance)
            indices += columns
            data.append(values)
            indptr.append(len(indices))
        shape = (len(indptr) - 1, len(self.idf))
        return csr_matrix((np.concatenate(data), indices, indptr), shape=shape, dtype=np.float32)
