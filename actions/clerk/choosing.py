"""Which of a few options the customer means, when they say what it is like instead of its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from actions.clerk.turn import Turn
from nightdesk.language.described import Descriptions

Option = tuple[Iterable[str], Iterable[str]]
"""What an option is called, and what else is said of it."""

_CLAUSES = re.compile(r"[，,。.；;！!？?+\n]+|(?<![A-Za-z0-9])\s+|\s+(?![A-Za-z0-9])")
_NOT_IT = re.compile(
    r"不要|不是|不用|别|换过|有了|已经|唔要|唔系|勿要|\bnot\b|\bno\b|don'?t|already", re.I
)
_DETAILS = frozenset({"address", "person", "phone", "email", "order_no"})
_PLACE_AND_TIME = frozenset({"time", "branch", "location", "quantity", "car_model"})
_ENOUGH = 0.3
"""The score from which a description is taken for one of a shop's services."""
_CLEAR = 1.25
"""How much more than the next one the likeliest option must share with the words."""


def told_apart(turn: Turn, options: Sequence[Option], least: int = 1) -> int | None:
    """The option that the words of ``turn`` point at by what only it has; None when none does.

    ``least``: how many characters must be shared; a word of English is worth two.
    The first clause that tells them apart decides: what follows it is the reason, or the others
    (``后头那副 前头上个月换过了``).
    """
    if len(options) < 2:
        return None
    index = Descriptions(options, every_word=True)
    for clause in _clauses(turn, _DETAILS):
        found = index.search(clause, least)
        if found and (len(found) == 1 or found[0][1] >= _CLEAR * found[1][1]):
            return found[0][0]
    return None


def described(turn: Turn, options: Sequence[Option]) -> list[int]:
    """The options that the words of ``turn`` may describe, likeliest first: one when it is clear,
    several when they are equally meant, none when the words have little to do with them."""
    index = Descriptions(options)
    found = [index.search(clause) for clause in _clauses(turn, _DETAILS | _PLACE_AND_TIME)]
    best = max((ranked for ranked in found if ranked), key=lambda one: one[0][1], default=[])
    if not best or best[0][1] < _ENOUGH:
        return []
    return [number for number, score in best if _CLEAR * score > best[0][1]]


def clauses_of(turn: Turn) -> list[str]:
    """The clauses of ``turn`` without what its entities say."""
    kinds = frozenset(entity.kind for entity in turn.entities)
    return [clause.strip() for clause in _clauses(turn, kinds) if len(clause.strip()) > 1]


def without(turn: Turn, *kinds: str) -> str:
    """The words of ``turn`` without those of its entities of ``kinds``, which may stand in the
    middle of a name (``換四條呔``)."""
    words, at = "", 0
    for entity in turn.entities:
        if entity.kind in kinds and not turn.tapped and entity.start >= at:
            words += turn.text[at : entity.start]
            at = entity.end
    return words + turn.text[at:]


def _clauses(turn: Turn, without: frozenset[str]) -> list[str]:
    """The clauses of ``turn`` that may say which one, without what other entities say."""
    if turn.tapped:
        return []
    words = turn.text
    for entity in turn.entities:
        if entity.kind in without:
            words = words.replace(entity.text, "，", 1)
    return [clause for clause in _CLAUSES.split(words) if clause and not _NOT_IT.search(clause)]


_ORDINAL = re.compile(
    r"第?\s*([一二两三四1234])\s*(?:个|款|种|號|号|$)|\b(first|second|third|fourth|1st|2nd|3rd|4th)\b",
    re.I,
)
_ORDINALS = {
    **{word: index for index, word in enumerate("一二三四")},
    "两": 1,
    **{word: index for index, word in enumerate("1234")},
    **{word: index for index, word in enumerate(("first", "second", "third", "fourth"))},
    **{word: index for index, word in enumerate(("1st", "2nd", "3rd", "4th"))},
}


def ordinal(text: str, count: int) -> int | None:
    """Which of ``count`` options ``text`` names by its place: ``第二个`` → 1."""
    match = _ORDINAL.search(text.strip())
    if not match:
        return None
    index = _ORDINALS[(match.group(1) or match.group(2)).lower()]
    return index if index < count else None


_IN_WORDS = re.compile(
    r"第\s*([一二两三四1-4])|\b(first|second|third|fourth|1st|2nd|3rd|4th)\b", re.I
)
_LAST = re.compile(r"最后一?(?:个|款|种)|\blast one\b", re.I)


def ordinal_in_words(text: str, count: int) -> int | None:
    """``第二个`` or ``the second one`` → 1. A bare ``两个`` is a number, not a place."""
    if _LAST.search(text):
        return count - 1
    match = _IN_WORDS.search(text)
    index = _ORDINALS[(match[1] or match[2]).lower()] if match else count
    return index if index < count else None


_CHEAPEST = re.compile(r"便宜|平(?:啲|嗰|的)|实惠|划算|\bcheap|\blow(?:er|est) price", re.I)
_DEAREST = re.compile(
    r"(?<![太嫌不么])贵(?!了)|好(?:一?点|的)|高档|\bexpensive|\bbest one|\bpremium", re.I
)


def by_price(text: str) -> Literal["cheapest", "dearest"] | None:
    """Whether ``text`` chooses by price."""
    if _CHEAPEST.search(text):
        return "cheapest"
    return "dearest" if _DEAREST.search(text) else None
