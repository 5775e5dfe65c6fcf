"""What the ranker sees of a question: pieces of its words, of its sounds, and its concepts.

Nothing here knows a shop. A feature is a string whose first character tells its kind: ``h`` Chinese
characters, ``s`` their sounds, ``w`` Latin words, ``l`` pieces of them, ``c`` concepts of
``data/knowledge/concepts.yml`` and pairs of them, the kind of question (``ask_…``) included.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations, pairwise
from pathlib import Path

import yaml
from ahocorasick_rs import AhoCorasick, MatchKind

from nightdesk.backends.knowledge.hearing import BREAK, heard, spoken
from nightdesk.language.script import fold
from nightdesk.settings import ROOT

CONCEPTS = ROOT / "data" / "knowledge" / "concepts.yml"
MAX_CHARACTERS = 400  # of a question; what is longer adds nothing and costs time

_LATIN = re.compile(r"[a-z0-9à-öø-ɏ]+(?:['’-][a-z0-9à-öø-ɏ]+)*")
_HAN = re.compile(r"[\u3400-\u9fff]+")


class Concepts:
    """Finds the concepts of a text: by its words, and by the sound of words that are misspelt.

    English words count only whole. By sound, only what the words themselves do not name is added.
    """

    def __init__(self, words: dict[str, str]) -> None:
        sounds: dict[str, str] = {}
        for word, name in words.items():
            if sound := spoken(word):
                sounds.setdefault(sound, name)
        self._names = list(words.values())
        self._find = AhoCorasick(list(words), matchkind=MatchKind.LeftmostLongest)
        self._sound_names = list(sounds.values())
        self._find_sound = AhoCorasick(list(sounds), matchkind=MatchKind.LeftmostLongest)

    @classmethod
    def load(cls, path: Path = CONCEPTS) -> Concepts:
        """Read ``concept: word, word, …`` lines; a word's first concept counts.

        Raises:
            ValueError: the file is not such a mapping.
        """
        groups = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
        if not isinstance(groups, dict):
            raise ValueError(f"{path} holds no concepts")
        words: dict[str, str] = {}
        for name, text in groups.items():
            for word in str(text).split(","):
                if word.strip():
                    words.setdefault(fold(word.strip()), str(name))
        return cls(words)

    def of(self, folded: str, sounds: str) -> set[str]:
        """The concepts of a folded text that is heard as ``sounds``."""
        found = {
            self._names[index]
            for index, start, end in self._find.find_matches_as_indexes(folded)
            if _whole(folded, start, end)
        }
        heard_as = self._find_sound.find_matches_as_indexes(sounds)
        return found | {self._sound_names[index] for index, _, _ in heard_as}


def _whole(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` does not begin or end inside a Latin word."""
    return not (
        (start and _is_latin(text[start - 1]) and _is_latin(text[start]))
        or (end < len(text) and _is_latin(text[end - 1]) and _is_latin(text[end]))
    )


def _is_latin(character: str) -> bool:
    return bool(_LATIN.match(character))


@lru_cache(maxsize=1)
def concepts() -> Concepts:
    """The concepts that the product ships."""
    return Concepts.load()


@lru_cache(maxsize=65536)
def features(text: str) -> tuple[str, ...]:
    """The features of a question or phrasing, with repeats."""
    folded = fold(text[:MAX_CHARACTERS])
    found: list[str] = []
    for word in _LATIN.findall(folded):
        found.append("w" + word)
        padded = f"<{word}>"
        for n in (3, 4):
            found += ["l" + padded[i : i + n] for i in range(len(padded) - n + 1)]
    words = _LATIN.findall(folded)
    found += [f"w{one} {two}" for one, two in pairwise(words)]
    for run in _HAN.findall(folded):
        for n in (1, 2):
            found += ["h" + run[i : i + n] for i in range(len(run) - n + 1)]
    sounds = heard(folded)
    for run in sounds.split(BREAK):
        for n in (2, 3):
            found += ["s" + run[i : i + n] for i in range(len(run) - n + 1)]
    return tuple(found + _concept_features(concepts().of(folded, sounds)))


def _concept_features(names: set[str]) -> list[str]:
    """The concepts and their pairs: 多久 with 退款 is another question than 多久 with 发货."""
    unique = sorted(names)
    pairs = [f"c{one}+{two}" for one, two in combinations(unique, 2)]
    return ["c" + name for name in unique] + pairs
