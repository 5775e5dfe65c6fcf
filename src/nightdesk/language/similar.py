"""How alike two names are, to the eye and to the ear.

Customers misspell by shape (a wrong stroke order, a letter left out) and by sound (the input
method's or the recogniser's homophone). Together, 0.4 for the characters and 0.6 for the pinyin,
they find names that either misses; the figures are in ``docs/orders.md``.
"""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz import fuzz

from nightdesk.language.script import fold, pinyin

CHARACTER_WEIGHT = 0.4
PINYIN_WEIGHT = 0.6


def similarity(one: str, other: str) -> float:
    """The likeness of two names, 0 to 1 (1: the same after folding)."""
    one, other = fold(one), fold(other)
    if one == other:
        return 1.0
    return _weighted(fuzz.ratio(one, other), fuzz.ratio(spelled(one), spelled(other)))


def similarity_within(name: str, text: str) -> float:
    """The likeness of ``name`` to the part of ``text`` that is most like it, 0 to 1."""
    name, text = fold(name), fold(text)
    if name in text:
        return 1.0
    sound = fuzz.partial_ratio(spelled(name), spelled(text))
    return _weighted(fuzz.partial_ratio(name, text), sound)


@lru_cache(maxsize=65536)
def spelled(folded: str) -> str:
    """The toneless pinyin of a folded text, written together."""
    return "".join(pinyin(folded))


def _weighted(character: float, sound: float) -> float:
    return (CHARACTER_WEIGHT * character + PINYIN_WEIGHT * sound) / 100
