"""Live figures in an answer: ``{price:QM-OIL-5W30}`` is what the product costs when it is said.

Nothing is fetched here. A figure is written from a record: a product, a service or a branch as the
contracts of their backends show it, or the shop, which is ``hotline`` and ``agent_hours`` of its
profile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

from nightdesk.amounts import price

PRODUCT, SERVICE, BRANCH, SHOP = "product", "service", "branch", "shop"
Record = Mapping[str, Any]

FEW = 5
"""The stock up to which the exact number is said."""

_BRACES = re.compile(r"\{([^{}\n]{1,100})\}")
_INNER = re.compile(r"\s*([A-Za-z_]+)\s*(?:[:：]\s*(.*?)\s*)?")
_CODE = re.compile(r"[^\s,|]{1,64}")
_DAYS = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


@dataclass(frozen=True)
class Figure:
    """What a name stands for. ``of``: what is read for it; ``write``: its words in a language."""

    of: str
    write: Callable[[Record, str], str]
    zh: str
    en: str


@dataclass(frozen=True)
class Placeholder:
    """``{name:code}`` in a text; ``code`` is empty where none is given."""

    name: str
    code: str = ""

    @property
    def figure(self) -> Figure | None:
        """What it stands for; None when there is no such name, or it lacks its code."""
        figure = FIGURES.get(self.name)
        return figure if figure and bool(self.code) == (figure.of != SHOP) else None

    def __str__(self) -> str:
        return f"{{{self.name}:{self.code}}}" if self.code else f"{{{self.name}}}"


@dataclass(frozen=True)
class Filled:
    """A text with its figures, and the placeholders for which there was none."""

    text: str
    missing: tuple[Placeholder, ...]


def find(text: str) -> list[Placeholder]:
    """The placeholders of ``text``, right or wrong, each once. Other braces are plain text."""
    found = (_meant(match[1]) for match in _BRACES.finditer(text))
    return list(dict.fromkeys(one for one in found if one))


def braces(text: str) -> list[tuple[str, Placeholder | None]]:
    """Everything between braces: as written, and the placeholder that it is meant to be."""
    return [(match[0], _meant(match[1])) for match in _BRACES.finditer(text)]


def fill(text: str, language: str, read: Callable[[Placeholder], Record | None]) -> Filled:
    """``text`` with its live figures in ``language`` (``zh`` or ``en``).

    Args:
        read: the record that a placeholder is written from; None when it cannot be had.

    What cannot be had is said to be so in its place: no sentence is dropped, as it might be the
    condition of another.
    """
    missing: list[Placeholder] = []

    def written(match: re.Match[str]) -> str:
        placeholder = _meant(match[1])
        if placeholder is None:
            return match[0]
        words = _written(placeholder, language, read)
        if words is None:
            missing.append(placeholder)
            return _unknown(placeholder, language)
        return words

    return Filled(_BRACES.sub(written, text), tuple(dict.fromkeys(missing)))


def _meant(inner: str) -> Placeholder | None:
    """The placeholder that the words between two braces are meant to be, if any."""
    match = _INNER.fullmatch(inner)
    if match is None or (match[1].lower() not in FIGURES and re.search(r"\s", inner.strip())):
        return None
    return Placeholder(match[1].lower(), match[2] or "")


def _written(
    placeholder: Placeholder, language: str, read: Callable[[Placeholder], Record | None]
) -> str | None:
    figure = placeholder.figure
    if figure is None or (placeholder.code and not _CODE.fullmatch(placeholder.code)):
        return None
    record = read(placeholder)
    if record is None:
        return None
    try:
        return figure.write(record, language) or None
    except (KeyError, TypeError, ValueError, InvalidOperation):
        return None


def _unknown(placeholder: Placeholder, language: str) -> str:
    figure = FIGURES.get(placeholder.name)
    if language == "en":
        return f"({figure.en if figure else 'a figure'} not available right now)"
    return f"（{figure.zh if figure else '数字'}暂时查不到）"


def _price(product: Record, language: str) -> str:
    return price(product["price"], product["currency"])


def _stock(product: Record, language: str) -> str:
    stock = int(product["stock"])
    if stock <= 0:
        return "out of stock" if language == "en" else "暂时没货"
    if stock > FEW:
        return "in stock" if language == "en" else "有货"
    return (
        f"only {stock} left" if language == "en" else f"只剩 {stock} {product['unit_zh']}".strip()
    )


def _service_price(service: Record, language: str) -> str:
    if not Decimal(service["price"]):
        return "free" if language == "en" else "免费"
    return price(service["price"], service["currency"])


def _hours(branch: Record, language: str) -> str:
    opens, closes = str(branch["open"]), str(branch["close"])
    if not (opens and closes):
        return ""
    if opens == closes:
        return "24 hours" if language == "en" else "24 小时"
    if closes > opens:
        return f"{opens}–{closes}"
    return f"{opens}–{closes} (next day)" if language == "en" else f"{opens}–次日 {closes}"


def _phone(branch: Record, language: str) -> str:
    return str(branch["phone"] or "")


def _hotline(shop: Record, language: str) -> str:
    return str(shop["hotline"] or "")


def _agent_hours(shop: Record, language: str) -> str:
    """``周一至周五 09:00–22:00，周日 10:00–18:00``: days of the same hours together."""
    of_day: Mapping[int, Sequence[tuple[time, time]]] = shop["agent_hours"]
    days, english = _DAYS["en" if language == "en" else "zh"], language == "en"
    runs = []
    for spans, run in groupby(range(7), key=lambda day: tuple(of_day.get(day, ()))):
        first, *others = run
        if not spans:
            continue
        last = (" to " if english else "至") + days[others[-1]] if others else ""
        hours = (", " if english else "、").join(f"{_at(a)}–{_at(b)}" for a, b in spans)
        runs.append(f"{days[first]}{last} {hours}")
    return ("; " if english else "，").join(runs)


def _at(moment: time) -> str:
    return "24:00" if moment == time.max else f"{moment:%H:%M}"


FIGURES: Mapping[str, Figure] = {
    "price": Figure(PRODUCT, _price, "价格", "price"),
    "stock": Figure(PRODUCT, _stock, "库存", "stock"),
    "service_price": Figure(SERVICE, _service_price, "服务价格", "price"),
    "hours": Figure(BRANCH, _hours, "营业时间", "opening hours"),
    "phone": Figure(BRANCH, _phone, "电话", "telephone number"),
    "hotline": Figure(SHOP, _hotline, "热线电话", "hotline"),
    "agent_hours": Figure(SHOP, _agent_hours, "人工时间", "hours of our people"),
}
"""What may stand between braces, by name."""
