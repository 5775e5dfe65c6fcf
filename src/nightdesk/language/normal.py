"""A message in its plainest form, each character with its place in what was typed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from nightdesk.language.numerals import DIGITS
from nightdesk.language.tokens import fold_in_place

_DIGIT_RUN = re.compile(
    r"(?<![零〇一二三四五六七八九十百千万两])[零〇一二三四五六七八九幺洞拐勾0-9]{4,}(?![十百千万点])"
)
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"})
_KEPT_TWICE = 2


@dataclass(frozen=True)
class Normal:
    """``text[i]`` stands for what was typed from ``offsets[i]`` on; ``offsets[len(text)]`` is "
    "the end."""

    text: str
    offsets: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of what was typed that ``text[start:end]`` stands for."""
        if start >= end:
            return self.offsets[start], self.offsets[start]
        return self.offsets[start], self.offsets[end]


def _expanded(text: str) -> tuple[list[str], list[int]]:
    """NFKC, simplified, lower case, without controls and emoji, spaces made one."""
    characters: list[str] = []
    places: list[int] = []
    for place, typed in enumerate(text):
        category = unicodedata.category(typed)
        if typed.isspace() or category in {"Cc", "Zl", "Zp"} or _is_picture(typed, category):
            if characters and characters[-1] != " ":
                characters.append(" ")
                places.append(place)
            continue
        if category in _DROPPED:
            continue
        for character in unicodedata.normalize("NFKC", typed):
            folded = fold_in_place(character)
            if folded == " " and (not characters or characters[-1] == " "):
                continue
            characters.append(folded)
            places.append(place)
    return characters, places


def _is_picture(character: str, category: str) -> bool:
    return category == "So" and ord(character) > 0x2190 and not 0x3200 <= ord(character) < 0x3400


def normalise(text: str) -> Normal:
    """``text`` in simplified script, half width and lower case, with what does not matter dropped.

    Emoji become a space; what is typed three times or more is kept twice (``好好好好`` → ``好好``),
    digits excepted; four or more digits spoken in Chinese become Arabic (``幺三八零`` →
    ``1380``).
    """
    characters, places = _expanded(text)
    joined = "".join(characters)
    for run in _DIGIT_RUN.finditer(joined):
        for index in range(run.start(), run.end()):
            characters[index] = str(DIGITS.get(characters[index], characters[index]))
    kept: list[int] = []
    for index, character in enumerate(characters):
        repeated = (
            len(kept) >= _KEPT_TWICE
            and all(characters[k] == character for k in kept[-_KEPT_TWICE:])
            and not character.isdigit()
        )
        if not repeated:
            kept.append(index)
    while kept and characters[kept[-1]] == " ":
        kept.pop()
    return Normal("".join(characters[k] for k in kept), (*(places[k] for k in kept), len(text)))
