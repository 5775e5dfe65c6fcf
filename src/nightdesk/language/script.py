"""Writing systems: one form for full and half width, traditional and simplified; and pinyin."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

_to_simplified = OpenCC("t2s")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """``text`` as it is compared: NFKC, simplified script, lower case. The length may change."""
    return str(_to_simplified.convert(unicodedata.normalize("NFKC", text))).lower()


@lru_cache(maxsize=65536)
def pinyin(text: str) -> tuple[str, ...]:
    """The toneless syllables of ``text``; a run of letters and digits stays as it is."""
    return tuple(lazy_pinyin(text, style=Style.NORMAL))
