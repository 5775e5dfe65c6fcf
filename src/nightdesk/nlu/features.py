"""What the intent classifier sees of a message: n-grams over several views of its text.

A *view* turns an utterance into features (strings); a ``Vocabulary`` turns the features of all
views into one sparse vector, TF-IDF with unit length in every view, so that no view drowns
another. The views:

- ``characters``: folded text, 1 to 5 characters; what was typed;
- ``sounds``: pinyin syllables, 1 to 3; wrong homophones sound right;
- ``words``: Latin words, 1 to 3; for English, whose characters alone say little.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pypinyin import Style, lazy_pinyin
from scipy.sparse import csr_matrix

from nightdesk.language.script import fold

_TOKEN = re.compile(r"[a-z]+|\S")
_LATIN = re.compile(r"[a-z']+")


@dataclass(frozen=True)
class Utterance:
    """A message as the views see it: its text, and the typed spans found in it."""

    text: str
    spans: tuple[tuple[int, int, str], ...] = ()


View = Callable[[Utterance], list[str]]


def ngrams(tokens: Sequence[str], shortest: int, longest: int, glue: str = "") -> list[str]:
    """All runs of ``shortest`` to ``longest`` tokens, with ``^`` and ``$`` around the sequence."""
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
    """1 to 5 characters of the folded text."""
    return ngrams(fold(utterance.text), 1, 5)


def sounds(utterance: Utterance) -> list[str]:
    """1 to 3 syllables; Latin words and other characters stand for themselves."""
    tokens = [
        _syllable(token) if "\u4e00" <= token <= "\u9fff" else token
        for token in _TOKEN.findall(fold(utterance.text))
    ]
    return ngrams(tokens, 1, 3, " ")


def words(utterance: Utterance) -> list[str]:
    """1 to 3 Latin words, if there are any."""
    found = _LATIN.findall(fold(utterance.text))
    return ngrams(found, 1, 3, " ") if found else []


VIEWS: tuple[View, ...] = (characters, sounds, words)


class Vocabulary:
    """The features seen in training, their weights, and the way from utterances to vectors."""

    def __init__(self, tables: Sequence[dict[str, int]], idf: NDArray[np.float32]) -> None:
        """``tables[v]`` maps the features of view ``v`` to columns; ``idf`` is one per column."""
        self.tables = tables
        self.idf = idf

    @classmethod
    def learn(cls, utterances: Sequence[Utterance], rarest: int = 2) -> Vocabulary:
        """Keep the features that at least ``rarest`` utterances have."""
        tables: list[dict[str, int]] = []
        counts: list[int] = []
        for view in VIEWS:
            seen: Counter[str] = Counter()
            for utterance in utterances:
                seen.update(set(view(utterance)))
            kept = sorted(feature for feature, count in seen.items() if count >= rarest)
            tables.append({feature: len(counts) + at for at, feature in enumerate(kept)})
            counts += [seen[feature] for feature in kept]
        idf = np.log((1 + len(utterances)) / (1 + np.array(counts))) + 1
        return cls(tables, idf.astype(np.float32))

    def vector(self, utterance: Utterance) -> tuple[list[int], NDArray[np.float32]]:
        """The columns of ``utterance`` and their values."""
        columns: list[int] = []
        parts: list[NDArray[np.float32]] = []
        for view, table in zip(VIEWS, self.tables, strict=True):
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
