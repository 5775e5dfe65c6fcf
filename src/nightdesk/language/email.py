"""E-mail addresses, as typed and as dictated (``wei 艾特 163 点 com``)."""

from __future__ import annotations

import re

from nightdesk.language.tokens import fold_in_place

_LOCAL = r"[a-z0-9](?:[a-z0-9._%+-]{0,62}[a-z0-9_])?"
_HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,4}[a-z]{2,24}"
_FIND = re.compile(rf"(?<![a-z0-9._%+-]){_LOCAL}@{_HOST}(?![a-z0-9-])")
_SPOKEN_AT = re.compile(r"\s*(?:艾特|圈a|\bat\b|小老鼠|@)\s*")
_SPOKEN_DOT = re.compile(r"\s*(?:点|\bdot\b)\s*")
_MAX = 254  # RFC 5321, 4.5.3.1.3


def parse_email(text: str) -> str | None:
    """The address that ``text``, the whole of it, stands for, in lower case; None if it is none."""
    folded = fold_in_place(text).strip().strip("<>。,;")
    if len(folded) > _MAX:
        return None
    if not re.fullmatch(rf"{_LOCAL}@{_HOST}", folded):
        folded = _SPOKEN_DOT.sub(".", _SPOKEN_AT.sub("@", folded)).replace(" ", "")
    return folded if re.fullmatch(rf"{_LOCAL}@{_HOST}", folded) else None


def find_emails(text: str) -> list[tuple[int, int, str]]:
    """``(start, end, address)`` of each typed address in ``text``."""
    return [(m.start(), m.end(), m[0]) for m in _FIND.finditer(fold_in_place(text))]
