"""How many: the numbers of a clause, unrecognised ones too, and which of them count nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from actions.clerk.turn import Entity, Turn
from nightdesk.language.quantity import Quantity, parse_quantity
from nightdesk.language.script import fold

UNITS = "个個只件台臺套条條桶瓶支块塊张張把对對盒箱袋包双雙副根斤罐"
COUNT = re.compile(rf"(?:[0-9]{{1,4}}|[一二两兩三四五六七八九十半]+)\s?[{UNITS}]|[俩仨]")
_COUNTED = re.compile(
    rf"(?:[0-9]{{1,5}}|[两三四五六七八九十]{{1,3}}|俩|仨|半打|一打|一对)\s?[{UNITS}]?"
    r"|\ba couple\b|\bhalf a dozen\b|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozen)\b",
    re.I,
)
_ONLY_A_NUMBER = re.compile(
    r"(?:[我俺咱嗯那就再给改成到为整来要拿弄搞买订上]|还是|干脆|要不|索性|直接|总共|一共)*\s?"
    rf"((?:[0-9]{{1,4}}|[一两三四五六七八九十]{{1,3}})[{UNITS}]|[俩仨]|半打|[一两]打)"
    r"(?:就|也)?(?:吧|呗|算了|得了|[够行好成]了?|可以了?)*"
)
_ONLY_A_NUMBER_EN = re.compile(
    r"(?:(?:ok|okay|yes|yeah|great|cool|then|and|just|i'?ll|i'?d|i|we'?ll|can|could|let|me|us|take"
    r"|have|get|grab|want|need|give|like|actually|no|sorry|hmm|well)[\s,]+)*"
    r"(one|two|three|four|five|six|a couple|half a dozen|[1-9])"
    r"(?:\s+(?:of (?:them|those|these|it)|only|please|pls|then|thanks|is|are|will|would|be|do|fine"
    r"|enough|ok|okay|plenty|good))*",
    re.I,
)
_NUMBER_EN = r"two|three|four|five|six|seven|eight|nine|ten|[2-9]|[1-9][0-9]"
UNIT_EN = re.compile(
    r"(?:bottle|can|box|piece|pc|set|pair|pack|unit|bag|tin|tube|roll)(?:e?s)?", re.I
)
_SO_MANY_EN = re.compile(rf"\b({_NUMBER_EN})\s+(?:of the\s+)?([a-z]{{3,}})\b", re.I)
_TO_SO_MANY_EN = re.compile(
    r"\b(?:make|change|set|reduce|cut|lower|drop|raise|increase|bump)\s+(?:the\s+|my\s+)?"
    r"(?:number of\s+)?([a-z]{3,}(?:\s[a-z]{3,})?)\s+(?:(?:down|up)\s+)?(?:to\s+)?"
    rf"([0-9]{{1,4}}|{_NUMBER_EN})\b",
    re.I,
)
_MEASURES = re.compile(
    r"\s?(?:伏|千?瓦|寸|升|毫升|公?斤|千?克|吨|厘?毫?米|公里|座|缸|安|岁|年|度|万|[vwlg]\b|ml|kg|km|cm|mm|inch)",
    re.I,
)
"""What stands behind a number that says what a thing is like, not how many (``12伏那种``)."""
MEASURED = re.compile(
    rf"(?:[0-9.]+|[一二两三四五六七八九十百]+)(?:{_MEASURES.pattern})(?:的|那种|以[上下])?", re.I
)
_MINUS = re.compile(r"(?:\bminus\s*|\bnegative\s*|负|(?<![0-9a-z])-)$", re.I)
_LEADING = re.compile(r"([0-9]{1,3})\s*(?:x\s*)?(?=\s[a-z])\s", re.I)
FEWER = re.compile(
    r"(?:不要|不用|用不[了着]|要不了|唔使|唔要|勿要|覅|不需要)(?:这么|那么|咁|介|太)+多"
)
"""Words that want less of something, and not that it goes."""
_REJECTED = re.compile(
    r"(?:(?:[0-9]{1,4}|[一两三四五六七八九十]{1,3})[^\s，,。0-9]?\s?)?"
    r"(?:(?:太|有点|有些)多了?|(?:不|唔|勿)够了?)"
    r"|(?:\b\w+ (?:is|are) )?\b(?:too (?:many|much)|not enough)\b",
    re.I,
)


def without_rejected(words: str) -> str:
    """``words`` without a number that is said to be too many or too few (``三个太多``)."""
    return _REJECTED.sub(" ", fold(words))


def quantity_of(found: list[Entity], turn: Turn) -> Quantity | None:
    """How many the first of ``found`` says; below zero when the words before it say so."""
    quantity = parse_quantity(found[0].text) if found else None
    if quantity is None or turn.tapped or not _MINUS.search(turn.text[: found[0].start]):
        return quantity
    return replace(quantity, number=-quantity.number)


def is_measure(turn: Turn, number: Entity) -> bool:
    """Whether ``number`` says what a thing is like (``12伏那种``)."""
    return not turn.tapped and bool(_MEASURES.match(turn.text, number.end))


def counted(words: str) -> Quantity | None:
    """A number among the ``words`` beside one product, where no quantity was recognised."""
    found = _COUNTED.search(words)
    return _read(found[0]) if found else None


def only_number(words: str) -> Quantity | None:
    """How many, when ``words`` say nothing else (``整俩``, ``干脆半打``, ``two is fine``)."""
    found = _ONLY_A_NUMBER.fullmatch(words) or _ONLY_A_NUMBER_EN.fullmatch(words)
    return _read(found[1]) if found else None


def _read(number: str) -> Quantity | None:
    if "couple" in number.lower():
        return Quantity(Decimal(2), "")
    return parse_quantity(number.strip())


def so_many(words: str) -> tuple[Quantity, str] | None:
    """``two ropes`` or ``make the ropes two`` → 2 and ``ropes``; ``3 bottles`` → 3 and nothing."""
    if changed := _TO_SO_MANY_EN.search(words):
        number = parse_quantity(changed[2])
        return (number, changed[1]) if number else None
    found = _SO_MANY_EN.search(words)
    quantity = parse_quantity(found[1]) if found else None
    return (quantity, UNIT_EN.sub("", found[2])) if found and quantity else None


def numbers_apart(turn: Turn) -> Turn:
    """``turn`` with the number that was taken into a product's name (``4 washer fluid``) as a
    quantity of its own."""
    found: list[Entity] = []
    for one in turn.entities:
        number = _LEADING.match(one.text) if one.kind == "product" else None
        if number is None or turn.tapped or _MEASURES.match(one.text, number.end(1)):
            found.append(one)
            continue
        border = one.start + number.end()
        end = one.start + number.end(1)
        found.append(Entity("quantity", number[1], None, one.start, end))
        name = one.text[number.end() :]
        found.append(Entity("product", name, name, border, one.end))
    return replace(turn, entities=tuple(found))
