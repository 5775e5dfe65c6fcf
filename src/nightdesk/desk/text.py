"""What a customer typed, made safe to keep and to hand on."""

from __future__ import annotations

import re
import unicodedata

_KEPT = "\n\t"
# Unseen marks that turn the reading direction: they make a text show as what it is not.
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_EDGES = re.compile(r"^[\s\u200b\u2060\ufeff]+|[\s\u200b\u2060\ufeff]+\Z")


def clean(text: str) -> str:
    """``text`` without control characters, lone surrogates and blank edges.

    A slash at the start becomes a full-width one, because Rasa runs ``/intent`` as a command
    after stripping blanks.
    """
    visible = "".join(
        character
        for character in text.replace("\r\n", "\n").replace("\r", "\n")
        if character in _KEPT
        or (unicodedata.category(character) not in ("Cc", "Cs") and character not in _DIRECTION)
    )
    stripped = _EDGES.sub("", visible)
    return "／" + stripped[1:] if stripped.startswith("/") else stripped


def storable(text: str) -> str:
    """``text`` without what a database or UTF-8 refuses: NUL and lone surrogates."""
    return "".join(c for c in text if c != "\0" and unicodedata.category(c) != "Cs")
