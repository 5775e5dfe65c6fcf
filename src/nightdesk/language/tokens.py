"""Cutting a message into tokens, and the fold that keeps every position.

A Chinese character, a run of Latin letters, a run of digits or any other visible character is one
token. Entity borders inside a Chinese word (``刘|三发``) are therefore always token borders.
"""

from __future__ import annotations

import re
import unicodedata

from nightdesk.language.script import fold


class _Fold(dict[int, str]):
    """A translation table that fills itself: one character becomes exactly one character."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if "\ud800" <= character <= "\udfff":  # a lone surrogate is no text
            folded = "\ufffd"
        else:
            folded = fold(character)
            if len(folded) != 1:
                folded = character
            if folded.isspace() or unicodedata.category(folded) in {"Cc", "Cf"}:
                folded = " "
        self[code] = folded
        return folded


_FOLD = _Fold()
_TOKEN = re.compile(r"[a-zà-öø-ɏа-я]+|[0-9]+|\S")


def fold_in_place(text: str) -> str:
    """``text`` folded character by character (NFKC, simplified, lower case); same length always."""
    return text.translate(_FOLD)


def token_spans(folded: str) -> list[tuple[int, int]]:
    """``(start, end)`` of each token of ``fold_in_place(text)``."""
    return [match.span() for match in _TOKEN.finditer(folded)]
