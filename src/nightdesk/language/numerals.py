"""Numbers as people write them: ``12``, ``十二``, ``两百五``, ``1.5万``, ``三点五``, "
"``half``, ``幺三八``."""

from __future__ import annotations

import re
from decimal import Decimal

from nightdesk.language.tokens import fold_in_place

DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("〇壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    **{"两": 2, "幺": 1, "么": 1, "洞": 0, "拐": 7, "勾": 9},
    **{str(digit): digit for digit in range(10)},
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_SPECIAL: dict[str, int | Decimal] = {"俩": 2, "仨": 3, "廿": 20, "卅": 30, "半": Decimal("0.5")}
#: One Chinese numeral, without the vague ones (几, 两三). Bounded, so that no text is slow.
HAN = (
    r"[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟廿卅]{1,14}"
    r"(?:点[零〇一二三四五六七八九]{1,6})?"
)
ARABIC = r"[0-9]{1,15}(?:,[0-9]{3}){0,4}(?:\.[0-9]{1,6})?"

_ENGLISH = {
    name: value
    for value, name in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
} | {
    name: 10 * value
    for value, name in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2
    )
}
_ENGLISH |= {"single": 1, "couple": 2, "pair": 2, "both": 2}
_SCALES = {"hundred": 100, "thousand": 1000, "dozen": 12, "million": 10**6}
ENGLISH = "|".join(sorted({*_ENGLISH, *_SCALES, "half"} - {"pair", "both"}, key=len)[::-1])

_SPOKEN = frozenset(DIGITS)


def digits(text: str) -> str:
    """The digits spoken one by one in ``text``: ``幺三八0零`` → ``13800``; others are dropped."""
    return "".join(str(DIGITS[c]) for c in fold_in_place(text) if c in _SPOKEN)


def spoken_in_place(folded: str) -> str:
    """A folded text with each single Chinese digit as an Arabic one; same length."""
    return folded.translate(_IN_PLACE)


_IN_PLACE = {ord(character): str(value) for character, value in DIGITS.items()}


def parse_number(text: str) -> Decimal | None:
    """The exact value of one number, Chinese, Arabic, English or mixed; None if it is none."""
    folded = fold_in_place(text).strip()
    if folded in _SPECIAL:
        return Decimal(_SPECIAL[folded])
    if match := re.fullmatch(rf"({ARABIC})\s*(k|w|千|万|亿|百)?", folded):
        scale = {"k": 1000, "w": 10**4, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
        return Decimal(match[1].replace(",", "")) * scale.get(match[2] or "", 1)
    if re.fullmatch(r"[a-z]+(?:[ -][a-z]+)*", folded):
        return _english(re.split(r"[ -]+", folded))
    return _chinese(folded)


def _english(words: list[str]) -> Decimal | None:
    total = current = Decimal(0)
    seen = False
    for word in words:
        if word == "half":
            current += Decimal("0.5")
        elif word in {"a", "an"}:
            current = current or Decimal(1)
        elif word in _ENGLISH:
            current += _ENGLISH[word]
        elif word in _SCALES:
            current = (current or Decimal(1)) * _SCALES[word]
            if word in {"thousand", "million"}:
                total, current = total + current, Decimal(0)
        elif word not in {"and", "of"}:
            return None
        else:
            continue
        seen = True
    return total + current if seen else None


def _chinese(text: str) -> Decimal | None:
    whole, point, fraction = text.partition("点")
    if not whole or any(c not in DIGITS and c not in _UNITS and c not in _MYRIADS for c in whole):
        return None
    if point:
        if not fraction or any(c not in DIGITS for c in fraction):
            return None
        base = _chinese(whole)
        return None if base is None else base + Decimal(f"0.{digits(fraction)}")
    if all(c in DIGITS for c in whole):
        return Decimal(digits(whole))
    total = section = number = 0
    last_unit = 1
    for c in whole:
        if c in DIGITS:
            number = DIGITS[c]
            last_unit = 1 if c in "零〇" else last_unit
        elif c in _UNITS:
            section += (number if number or section else 1) * _UNITS[c]
            number, last_unit = 0, _UNITS[c]
        else:
            total = (
                (total + section + number) * _MYRIADS[c]
                if c == "亿"
                else (total + (section + number) * _MYRIADS[c])
            )
            section, number, last_unit = 0, 0, _MYRIADS[c]
    if number and last_unit > 10:  # 一百二 is 120, 两万五 is 25,000; 一百零二 is 102
        number *= last_unit // 10
    return Decimal(total + section + number)
