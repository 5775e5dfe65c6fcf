"""A text as it sounds: one character for each syllable, whether written 运费, 云费 or yunfei."""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal

from nightdesk.language.sounds import merged

BREAK = " "  # where a word is neither Chinese nor pinyin
_FIRST_KEY = 0xE000  # the private use area of Unicode
_LONGEST = 6  # letters of a syllable (zhuang)
_PIECE = re.compile(r"[\u3400-\u9fff]|[a-z]+|[^\sa-z\u3400-\u9fff]")
_HAN = re.compile(r"[\u3400-\u9fff]")


class _Keys:
    """Syllable → its character; syllables that many people do not tell apart share one."""

    def __init__(self) -> None:
        self._of: dict[str, str] = {}

    def key(self, syllable: str) -> str:
        return self._of.setdefault(merged(syllable), chr(_FIRST_KEY + len(self._of)))


_keys = _Keys()


@lru_cache(maxsize=1)
def _syllables() -> frozenset[str]:
    """Every toneless syllable of two letters or more."""
    spelled = {to_normal(one) for many in PINYIN_DICT.values() for one in many.split(",")}
    return frozenset(s for s in spelled if len(s) > 1 and s.isascii() and s.isalpha())


@lru_cache(maxsize=4096)
def _spelled(word: str) -> tuple[str, ...]:
    """The fewest syllables that spell ``word``; empty when none do."""
    best: list[tuple[str, ...] | None] = [(), *([None] * len(word))]
    for start in range(len(word)):
        before = best[start]
        if before is None:
            continue
        for end in range(start + 2, min(start + _LONGEST, len(word)) + 1):
            if word[start:end] in _syllables():
                found = (*before, word[start:end])
                known = best[end]
                if known is None or len(found) < len(known):
                    best[end] = found
    return best[-1] or ()


@lru_cache(maxsize=32768)
def _of_character(character: str) -> str:
    return _keys.key(lazy_pinyin(character, style=Style.NORMAL)[0])


def heard(folded: str) -> str:
    """The syllables of a folded text, one character each, in runs between ``BREAK``.

    Latin words count as pinyin only beside Chinese characters.
    """
    chinese = bool(_HAN.search(folded))
    sounds: list[str] = []
    for piece in _PIECE.findall(folded):
        if _HAN.match(piece):
            sounds.append(_of_character(piece))
        elif piece.isdigit():
            sounds.append("0")
        elif chinese and (syllables := _spelled(piece)):
            sounds += [_keys.key(syllable) for syllable in syllables]
        elif piece.isalpha():
            sounds.append(BREAK)
    return "".join(sounds)


def spoken(word: str) -> str | None:
    """The sounds of a word that is all Chinese and longer than one character, else None."""
    if len(word) < 2 or not all(_HAN.match(character) for character in word):
        return None
    return heard(word)
