"""From what stands in one cell to its value, or what is wrong with it.

Each parser takes the cell's text, stripped and never empty, and raises ``Wrong``. What a
spreadsheet makes of a value is accepted where the value is certain (``1,299.00``, ``¥298``, ``９``,
``9:00:00``) and refused with the likely value where it is not (``1.3E+03``, ``0.375``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import time
from decimal import Decimal

from rapidfuzz import fuzz, process

from nightdesk.merchant.problems import Say

MAX_CELL = 10_000
MAX_ID = 64
MAX_VALUES = 500
MAX_PRICE = Decimal(10**9)
MAX_COUNT = 10**9

_SPACES = re.compile(r"[\s\u00a0\u200b\u2060\ufeff]+")
_FORMULA_ERROR = re.compile(r"#(REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)|#+")
_MARKUP = re.compile(r"<\s*/?\s*[a-z!][^>]*>|javascript\s*:", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?e[+-]?\d{1,2}", re.IGNORECASE)
_CURRENCY = re.compile(
    r"^(?:[¥$€£₩]|CNY|RMB|USD|EUR|GBP|HKD|TWD)\s*|\s*(?:元|圆|块|CNY|RMB|USD|EUR)$"
)
_PHONE = re.compile(r"[+\d][\d\s()./-]*(?:(?:x|ext\.?|转)\s*\d+)?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,12})?")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?(?:\s*([AaPp])\.?[Mm]\.?)?")


class Wrong(ValueError):
    """What is wrong with a cell, and what would be right."""

    def __init__(self, what: Say, right: Say) -> None:
        super().__init__(what.en)
        self.what = what
        self.right = right


Parser = Callable[[str], object]


def clean(cell: str) -> str:
    """The cell without white space, visible or not, around it.

    Raises:
        Wrong: too long, damaged characters, or the error value of a spreadsheet.
    """
    cell = cell.strip(" \t\r\n\u00a0\u3000\u200b\u2060\ufeff")
    if len(cell) > MAX_CELL:
        raise Wrong(
            Say(f"the cell has {len(cell)} characters", f"单元格有 {len(cell)} 个字符"),
            Say(f"at most {MAX_CELL}", f"最多 {MAX_CELL} 个"),
        )
    if "\ufffd" in cell or "锟斤拷" in cell or re.fullmatch(r"\?{2,}", cell):
        raise Wrong(
            Say(f"characters were lost: {show(cell)}", f"有字符已损坏:{show(cell)}"),
            Say("type it again and save as UTF-8", "重新输入,并用 UTF-8 保存"),
        )
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\r\n" for c in cell):
        raise Wrong(
            Say("the cell holds control characters", "单元格里有不可见的控制字符"),
            Say("type it again", "请重新输入"),
        )
    if _FORMULA_ERROR.fullmatch(cell):
        raise Wrong(
            Say(f"an error of the spreadsheet's formula: {cell}", f"表格公式出错:{cell}"),
            Say("the value itself", "填写实际的值"),
        )
    return cell


def line(cell: str) -> str:
    """Text on one line: line breaks become spaces. Raises Wrong for markup."""
    return _SPACES.sub(" ", prose(cell))


def prose(cell: str) -> str:
    """Text as it is shown to customers, line breaks kept. Raises Wrong for markup."""
    if found := _MARKUP.search(cell):
        raise Wrong(
            Say(
                f"markup is not shown to customers: {show(found[0])}",
                f"不能用网页代码:{show(found[0])}",
            ),
            Say("plain text", "纯文字"),
        )
    return cell.replace("\r\n", "\n").replace("\r", "\n")


def identifier(cell: str) -> str:
    """A code: no white space, no ``|`` or comma, at most 64 characters."""
    if re.search(r"[\s,|{}]", cell) or len(cell) > MAX_ID:
        raise Wrong(
            Say(f"not a code: {show(cell)}", f"不是合法的编号:{show(cell)}"),
            Say(
                f"letters, digits, - and _, at most {MAX_ID}, for example “{_as_code(cell)}”",
                f"字母、数字、- 和 _,最多 {MAX_ID} 个,例如“{_as_code(cell)}”",
            ),
        )
    return cell


def _as_code(cell: str) -> str:
    return re.sub(r"[\s,|{}]+", "-", unicodedata.normalize("NFKC", cell))[:24].strip("-") or "A-1"


def values(cell: str) -> tuple[str, ...]:
    """The values between ``|`` (or ``｜``), each once, empty ones left out."""
    parts = [line(part.strip()) for part in re.split(r"[|｜]", cell)]
    found = tuple(dict.fromkeys(part for part in parts if part))
    if len(found) > MAX_VALUES:
        raise Wrong(
            Say(f"{len(found)} values in one cell", f"一格里有 {len(found)} 个值"),
            Say(f"at most {MAX_VALUES}", f"最多 {MAX_VALUES} 个"),
        )
    return found


def _number(cell: str) -> Decimal:
    text = _CURRENCY.sub("", unicodedata.normalize("NFKC", cell).strip()).replace(" ", "")
    text = text.replace("−", "-").lstrip("'")
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    if _SCIENTIFIC.fullmatch(text):
        example = f"{Decimal(text):f}"[:40]
        right = Say(f"all digits written out, perhaps {example}", f"写出全部数字,可能是 {example}")
    elif re.fullmatch(r"\d{1,3}(\.\d{3})*,\d{1,2}", text):
        example = text.replace(".", "").replace(",", ".")
        right = Say(f"a point for decimals: {example}", f"小数点用英文句号:{example}")
    elif digits := re.findall(r"\d+(?:\.\d+)?", text.replace(",", "")):
        right = Say(
            f"the number alone, perhaps {digits[0][:20]}", f"只写数字,可能是 {digits[0][:20]}"
        )
    else:
        right = Say("a number, for example 298", "数字,例如 298")
    raise Wrong(Say(f"not a number: {show(cell)}", f"不是数字:{show(cell)}"), right)


def price(cell: str) -> Decimal:
    """A price of 0 or more with at most two decimals, in the profile's currency."""
    number = _number(cell)
    if number < 0:
        raise Wrong(
            Say(f"a negative price: {show(cell)}", f"价格是负数:{show(cell)}"),
            Say("0 or more", "0 或正数"),
        )
    if number >= MAX_PRICE:
        raise Wrong(
            Say(f"the price is too high: {show(cell)}", f"价格过高:{show(cell)}"),
            Say("less than 1,000,000,000", "小于 10 亿"),
        )
    if number != number.quantize(Decimal("0.01")):
        raise Wrong(
            Say(f"more than two decimals: {show(cell)}", f"小数超过两位:{show(cell)}"),
            Say(f"{number:.2f}", f"{number:.2f}"),
        )
    return number.quantize(Decimal("0.01"))


def count(least: int, most: int = MAX_COUNT, *, hint: Say | None = None) -> Callable[[str], int]:
    """A parser of whole numbers from ``least`` to ``most``; ``hint`` says what to write instead."""

    def parse(cell: str) -> int:
        number = _number(cell)
        if number != number.to_integral_value():
            raise Wrong(
                Say(f"not a whole number: {show(cell)}", f"不是整数:{show(cell)}"),
                Say(f"for example {int(number)}", f"例如 {int(number)}"),
            )
        if not least <= number <= most:
            raise Wrong(
                Say(f"out of range: {show(cell)}", f"超出范围:{show(cell)}"),
                hint or Say(f"from {least} to {most}", f"{least} 到 {most} 之间"),
            )
        return int(number)

    return parse


def clock_time(cell: str) -> time:
    """A time of day: ``9:00``, ``09:00``, ``09:00:00``, ``9:00 PM``; ``24:00`` is midnight."""
    text = unicodedata.normalize("NFKC", cell).strip()
    right = Say("HH:MM, for example 09:00", "HH:MM,例如 09:00")
    if match := _TIME.fullmatch(text):
        hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
        if match[4] and 1 <= hour <= 12:
            hour = hour % 12 + (12 if match[4] in "Pp" else 0)
        if (hour, minute, second) == (24, 0, 0):
            return time(0, 0)
        if hour < 24 and minute < 60 and second == 0:
            return time(hour, minute)
    elif re.fullmatch(r"0?\.\d+", text):
        minutes = round(float(text) * 24 * 60)
        guess = f"{minutes // 60:02d}:{minutes % 60:02d}"
        right = Say(f"HH:MM, perhaps {guess}", f"HH:MM,可能是 {guess}")
    elif re.fullmatch(r"\d{1,2}[.点时]\d{0,2}分?", text) or re.fullmatch(r"\d{3,4}", text):
        digits = re.sub(r"\D", ":", text).strip(":").split(":")
        if len(digits) == 1:
            digits = [digits[0][:-2], digits[0][-2:]] if len(digits[0]) > 2 else [digits[0], "00"]
        guess = f"{int(digits[0]):02d}:{digits[1]:0>2}"
        right = Say(f"HH:MM, perhaps {guess}", f"HH:MM,可能是 {guess}")
    raise Wrong(Say(f"not a time of day: {show(cell)}", f"不是时间:{show(cell)}"), right)


def coordinate(limit: int) -> Callable[[str], float]:
    """A parser of degrees from ``-limit`` to ``limit``."""

    def parse(cell: str) -> float:
        number = _number(cell.rstrip("°"))
        if abs(number) > limit:
            raise Wrong(
                Say(f"out of range: {show(cell)}", f"超出范围:{show(cell)}"),
                Say(
                    f"degrees from -{limit} to {limit}; are lat and lon swapped?",
                    f"-{limit} 到 {limit} 之间的度数;lat(纬度)和 lon(经度)是不是填反了?",
                ),
            )
        return float(number)

    return parse


def phone(cell: str) -> str:
    """A telephone number as it is dialled: digits, spaces, ``+ - ( )``, an extension."""
    text = unicodedata.normalize("NFKC", cell)
    digits = sum(character.isdigit() for character in text)
    if _SCIENTIFIC.fullmatch(text) or not _PHONE.fullmatch(text):
        raise Wrong(
            Say(f"not a telephone number: {show(cell)}", f"不是电话号码:{show(cell)}"),
            Say("for example 021-55500201", "例如 021-55500201"),
        )
    if not 3 <= digits <= 20:
        raise Wrong(
            Say(f"{digits} digits: {show(cell)}", f"有 {digits} 位数字:{show(cell)}"),
            Say("3 to 20 digits", "3 到 20 位数字"),
        )
    return text


def choice(*options: str) -> Callable[[str], str]:
    """A parser of one of ``options``, in any case."""

    def parse(cell: str) -> str:
        text = unicodedata.normalize("NFKC", cell).lower()
        if text in options:
            return text
        raise Wrong(Say(f"unknown: {show(cell)}", f"没有这个值:{show(cell)}"), among(cell, options))

    return parse


def among(given: str, options: tuple[str, ...]) -> Say:
    """What would be right where one of ``options`` is expected: the nearest, else some of them."""
    best = nearest(given, options)
    if best:
        return Say(f"perhaps “{best}”", f"是不是“{best}”?")
    some = ", ".join(options[:8]) + (" …" if len(options) > 8 else "")
    return Say(f"one of: {some}", f"可选:{some}") if some else Say("leave it empty", "留空")


def nearest(given: str, options: tuple[str, ...]) -> str | None:
    """The option that ``given`` was probably meant to be."""
    found = process.extractOne(
        given, options, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=65
    )
    return str(found[0]) if found else None


def show(cell: str) -> str:
    """The cell in quotes, shortened, on one line."""
    text = _SPACES.sub(" ", cell)
    return f"“{text[:40]}…”" if len(text) > 41 else f"“{text}”"
