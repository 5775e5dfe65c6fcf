"""What a message wants done to the cart: which products, how many, for which car."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from actions.clerk.turn import Entity, Turn
from nightdesk.language.quantity import Quantity, parse_quantity

Kind = Literal["add", "set", "remove", "replace"]

_SEPARATOR = re.compile(
    r"[，,。；;、！!？?\n]|和|跟|以及|还有|另外|然后|再|同埋|仲有|\band\b|\bplus\b|\balso\b"
    r"|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])",
    re.I,
)
_ENOUGH = re.compile(r"够了|有了|不用加|不动|不变|\benough\b", re.I)
_COUNTED = re.compile(
    r"(?:[0-9]{1,5}|[两三四五六七八九十]{1,3}|俩|仨|半打|一打|一对)\s?"
    r"(?:个|套|桶|瓶|支|条|对|台|张|块|盒|箱|把|份|件|只|副|包|袋|罐)?"
    r"|\ba couple\b|\bhalf a dozen\b",
    re.I,
)
_REMOVE = re.compile(
    r"不要|不用|不买|别要|去掉|拿掉|删|取消|唔要|勿要|莫要|甭|减掉|撤掉"
    r"|\bremove\b|\bdrop\b|\bcancel\b|don'?t want|take (?:out|off)|no longer|\bwithout\b",
    re.I,
)
_SET = re.compile(
    r"改|换|變|变成|调成|只要|就要|\bchange\b|\bmake (?:it|that)\b|\bjust\b|\bonly\b", re.I
)
_REPLACE = re.compile(r"换成|换做|改成|改要|改为|替换|\binstead of\b|\breplace\b|\bswap\b", re.I)
_ADD = re.compile(
    r"再|加|多来|另外|还要|也要|\badd\b|\bmore\b|\banother\b|\bas well\b|\balso\b", re.I
)


@dataclass(frozen=True)
class Change:
    """One change to the cart. ``product`` empty: the item that was spoken of last, or the one at
    ``place``. ``more``: on top of what is there."""

    kind: Kind
    product: str
    quantity: Quantity | None = None
    model: str = ""
    instead_of: str = ""
    place: int | None = None
    more: bool = False


def read_changes(turn: Turn) -> list[Change]:
    """The changes that ``turn`` asks for, in its own order."""
    clauses = _clauses(turn)
    changes: list[Change] = []
    for position, clause in enumerate(clauses):
        if _replaces_the_one_before(clause, changes):
            old = changes.pop()
            quantity = _quantity(clause.quantities[-1:])
            new = clause.products[0].text
            changes.append(Change("replace", new, quantity, instead_of=old.product))
            continue
        for change in _read_clause(clause, turn):
            if change.product or not changes or changes[-1].quantity is not None:
                changes.append(change)
            else:
                changes[-1] = replace(changes[-1], quantity=change.quantity, more=change.more)
        if not clause.products and position and changes and _REMOVE.search(clause.text):
            changes[-1] = replace(changes[-1], kind="remove")
    return _with_lone_model(changes, clauses)


def _replaces_the_one_before(clause: _Clause, changes: list[Change]) -> bool:
    """``打气泵占地方 换成补胎液``: the product of the clause before was only named to go."""
    return (
        len(clause.products) == 1
        and bool(_REPLACE.search(_words_between(clause)))
        and bool(changes)
        and bool(changes[-1].product)
        and changes[-1].quantity is None
        and changes[-1].kind == "add"
    )


@dataclass(frozen=True)
class _Clause:
    text: str
    products: list[Entity]
    quantities: list[Entity]
    models: list[Entity]


def _clauses(turn: Turn) -> list[_Clause]:
    """The message, cut at separators that stand outside all entities."""
    if turn.tapped:
        return [_clause(turn, 0, len(turn.text), "")]
    cuts = [
        match.start()
        for match in _SEPARATOR.finditer(turn.text)
        if not any(
            entity.start < match.end() and match.start() < entity.end for entity in turn.entities
        )
    ]
    borders = [0, *cuts, len(turn.text)]
    clauses = [_clause(turn, start, end, turn.text[start:end]) for start, end in pairwise(borders)]
    return [clause for clause in clauses if clause.text.strip()]


def _clause(turn: Turn, start: int, end: int, text: str) -> _Clause:
    def within(kind: str) -> list[Entity]:
        return [entity for entity in turn.all(kind) if turn.tapped or start <= entity.start < end]

    return _Clause(text, within("product"), within("quantity"), within("car_model"))


def _read_clause(clause: _Clause, turn: Turn) -> list[Change]:
    words = _words_between(clause)
    model = _model(clause.models)
    if len(clause.products) == 2 and _REPLACE.search(words):
        old, new = clause.products
        quantity = _quantity(clause.quantities[-1:])
        return [Change("replace", new.text, quantity, model, instead_of=old.text)]
    kind = _kind(words)
    if not clause.products:
        quantity = _quantity(clause.quantities[-1:])
        if quantity is None:
            return []
        more = bool(_ADD.search(words))
        return [Change("set" if kind == "remove" else kind, "", quantity, model, more=more)]
    if _ENOUGH.search(words) and not clause.quantities:
        return []
    more = bool(_ADD.search(words))
    pairs = _pair(clause.products, clause.quantities)
    return [
        Change(kind, product.text, _quantity(given) or _counted(words, clause), model, more=more)
        for product, given in pairs
    ]


def _counted(words: str, clause: _Clause) -> Quantity | None:
    """A number in the words of a clause with one product, where no quantity was recognised."""
    if len(clause.products) != 1 or clause.quantities:
        return None
    found = _COUNTED.search(words)
    if found is None:
        return None
    if "couple" in found[0].lower():
        return Quantity(Decimal(2), "")
    return parse_quantity(found[0].strip())


def _words_between(clause: _Clause) -> str:
    """The clause without its entities, so that no product's name is read as an instruction."""
    words = clause.text
    for entity in (*clause.products, *clause.quantities, *clause.models):
        words = words.replace(entity.text, " ", 1)
    return words


def _kind(words: str) -> Kind:
    if _REMOVE.search(words):
        return "remove"
    if _SET.search(words):
        return "set"
    return "add"


def _pair(products: list[Entity], quantities: list[Entity]) -> list[tuple[Entity, list[Entity]]]:
    """Each product with its quantities: those before it when the clause begins with a quantity,
    those after it otherwise (``两桶机油`` and ``机油两桶``)."""
    if len(products) == 1:
        return [(products[0], quantities[-1:])]
    leading = bool(quantities) and quantities[0].start < products[0].start
    pairs = []
    for index, product in enumerate(products):
        if leading:
            start = products[index - 1].end if index else 0
            own = [one for one in quantities if start <= one.start < product.start]
        else:
            end = products[index + 1].start if index + 1 < len(products) else None
            own = [
                one
                for one in quantities
                if product.end <= one.start and (end is None or one.start < end)
            ]
        pairs.append((product, own[:1]))
    return pairs


def _quantity(found: list[Entity]) -> Quantity | None:
    return parse_quantity(found[0].text) if found else None


def _model(found: list[Entity]) -> str:
    return str(found[0].value or found[0].text) if found else ""


def _with_lone_model(changes: list[Change], clauses: list[_Clause]) -> list[Change]:
    """A car named apart from any product (``我是E7，要脚垫和雨刮``) is meant for all of them."""
    models = {_model(clause.models) for clause in clauses if clause.models and not clause.products}
    if len(models) != 1:
        return changes
    model = models.pop()
    return [change if change.model else replace(change, model=model) for change in changes]


_WANT = re.compile(
    r"^.*?(?:下单|订购|订|买|要|来|整|搞|弄|拿|\b(?:order|buy|want|need|get|like)\b)(?:点儿?|些|下)?",
    re.I,
)
_PARTICLES = re.compile(r"(?:吧|呗|啊|呀|哦|啦|了|谢谢|行吗|可以吗|有吗|pls|please|thanks)+$", re.I)
_NO_PRODUCT = re.compile(
    r"^(?:下单|东西|货|单|什么|点什么|一下|购物|商品|to|some|something|an? order)*$"
    r"|[我你您他她它俺咱侬佢是有]|[那这哪]|\b(?:i|me|my|you|it|them|that|this|those|ok)\b",
    re.I,
)
MAX_GUESS = 16


def guessed_wish(turn: Turn) -> list[Change]:
    """A wish for something that no product was recognised in: what stands after the verb."""
    quantities = turn.all("quantity")
    words = turn.text
    for entity in quantities:
        words = words.replace(entity.text, " ", 1)
    words = re.split(r"[，,。.；;！!？?\n]", _WANT.sub("", words, count=1).strip())[0]
    words = _PARTICLES.sub("", words).strip(" 的个")
    if turn.tapped or not words or len(words) > MAX_GUESS or _NO_PRODUCT.search(words):
        return []
    return [Change("add", words, _quantity(quantities))]


MAX_PLACE = 4


def removed_by_place(turn: Turn) -> list[Change]:
    """The removal of a line that is named by its place alone (``第二个拿掉``)."""
    words = turn.text
    for entity in turn.entities:
        words = words.replace(entity.text, " ", 1)  # 金开大道1号 is no place in the cart
    if turn.any("product") or not _REMOVE.search(words):
        return []
    place = ordinal(words, MAX_PLACE)
    return [] if place is None else [Change("remove", "", place=place)]


_NOTE = re.compile(
    r"(?:备注|備註|留言|附言|给(?:卖家|店家|你们)留个?(?:言|话)|\bnote(?: to (?:the )?seller)?)"
    r"(?:一下|一句|写上?|就写|说|是)?[:：，,\s]*(.{2,200})",
    re.I | re.S,
)


def note(turn: Turn) -> str:
    """What the customer wants the seller to read (``备注：放门卫``); nothing if it says none."""
    found = None if turn.tapped else _NOTE.search(turn.text)
    return found[1].strip(' 。."”“') if found else ""


_ORDINAL = re.compile(
    r"第?\s*([一二两三四1234])\s*(?:个|款|种|號|号|$)|\b(first|second|third|fourth|1st|2nd|3rd|4th)\b",
    re.I,
)
_ORDINALS = {
    **{word: index for index, word in enumerate("一二三四")},
    "两": 1,
    **{word: index for index, word in enumerate("1234")},
    **{word: index for index, word in enumerate(("first", "second", "third", "fourth"))},
    **{word: index for index, word in enumerate(("1st", "2nd", "3rd", "4th"))},
}


def ordinal(text: str, count: int) -> int | None:
    """Which of ``count`` options ``text`` names by its place: ``第二个`` → 1."""
    match = _ORDINAL.search(text.strip())
    if not match:
        return None
    index = _ORDINALS[(match.group(1) or match.group(2)).lower()]
    return index if index < count else None


_CHEAPEST = re.compile(r"便宜|平(?:啲|嗰|的)|实惠|划算|\bcheap|\blow(?:er|est) price", re.I)
_DEAREST = re.compile(r"最?贵|好(?:一?点|的)|高档|\bexpensive|\bbest one|\bpremium", re.I)


def by_price(text: str) -> Literal["cheapest", "dearest"] | None:
    """Whether ``text`` chooses by price."""
    if _CHEAPEST.search(text):
        return "cheapest"
    return "dearest" if _DEAREST.search(text) else None
