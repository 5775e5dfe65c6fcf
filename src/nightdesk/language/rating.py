"""Scores: ``9分``, ``五星``, ``满分``, ``4.5``, ``8/10``, ``5 stars``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from nightdesk.language.numerals import parse_number
from nightdesk.language.tokens import fold_in_place

_FULL = ("满分", "满份", "顶格", "全五星", "full marks", "full score", "top marks", "perfect")
_NUMBER = r"(?P<number>[零〇一二两三四五六七八九十百半点0-9.]{1,6}|[a-z]{2,8}(?: and a half)?)"


@dataclass(frozen=True)
class Rating:
    """A score out of ``out_of``: 5 for stars, 10 or 100 for points."""

    score: Decimal
    out_of: int


def parse_rating(text: str) -> Rating | None:
    """The score that ``text``, the whole of it, gives; None if it gives none or breaks its "
    "scale."""
    folded = " ".join(fold_in_place(text).split())
    if any(word in folded for word in _FULL):
        return Rating(Decimal(10), 10)
    slashed = re.fullmatch(r"([0-9.]{1,4}) ?(?:/|out of|分之) ?(5|10|100)(?:分|星)?", folded)
    if slashed:
        return _rating(slashed[1], int(slashed[2]))
    stars = re.fullmatch(
        rf"{_NUMBER}(?:个|颗| )?(?:星星?|stars?|⭐)(?:好评|差评)?(?P<half>半)?", folded
    )
    if stars:
        return _rating(stars["number"] + ("点五" if stars["half"] else ""), 5)
    points = re.fullmatch(rf"{_NUMBER} ?(?:分|points?|pts?|marks?)?(?P<half>半)?", folded)
    if not points:
        return None
    number = points["number"] + ("点五" if points["half"] else "")
    return _rating(number, 10) or _rating(number, 100)


def _rating(number: str, out_of: int) -> Rating | None:
    if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,2})?(?:点五)?", number):
        value: Decimal | None = Decimal(number.replace("点五", ".5"))
    else:
        value = parse_number(number.replace("半", "点五") if number != "半" else "半")
    if value is None or not 0 <= value <= out_of:
        return None
    return Rating(value, out_of)
