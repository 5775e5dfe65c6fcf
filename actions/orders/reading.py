"""What a message wants done to the cart: which products, how many, for which car."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from actions.clerk.turn import Entity, Turn
from nightdesk.language.quantity import Quantity, parse_quantity
from nightdesk.language.script import fold

Kind = Literal["add", "set", "remove", "replace"]

_SEPARATOR = re.compile(
    r"[，,。；;、！!？?+＋\n]|\.\s|和|跟|以及|还有|另外|然后|再|同埋|仲有|\band\b|\bplus\b|\balso\b"
    r"|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])",
    re.I,
)
_ENOUGH = re.compile(r"够了|有了|不用加|不动|不变|\benough\b", re.I)
_COUNTED = re.compile(
    r"(?:[0-9]{1,5}|[两三四五六七八九十]{1,3}|俩|仨|半打|一打|一对)\s?"
    r"(?:个|套|桶|瓶|支|条|对|台|张|块|盒|箱|把|份|件|只|副|包|袋|罐)?"
    r"|\ba couple\b|\bhalf a dozen\b|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozen)\b",
    re.I,
)
REMOVES = re.compile(
    r"不要|不用|不买|不需要|用不着|先不|唔使|唔洗|唔好|覅|弗要|不消|别要|去掉|拿掉|划掉|删|取消|唔要|勿要|莫要|甭|减掉|拿走|攞走|扣掉|撤[掉了]"
    r"|\bremove\b|\b(?:scrap|ditch|skip|forget|lose) the\b"
    r"|\bdrop\b|\bcancel\b|don'?t want|take (?:out|off)|no longer|\bwithout\b",
    re.I,
)
_LETS_GO = re.compile(r"(?:算了|免了|罢了|就不|不加了|不拿了)(?:吧|罢|啦|呗)?\s*$")
_UP_TO = re.compile(
    r"[加增添]到|[加增]至|凑[够满成到]|改到|\bup to\b|\b(?:raise|increase|bump) (?:it|that) to\b"
)
_SET = re.compile(
    r"改|换|變|变成|调成|只要|就要|\bchange\b|\bmake (?:it|that)\b|\bjust\b|\bonly\b", re.I
)
_REPLACE = re.compile(r"换成|换做|改成|改要|改为|替换|\binstead of\b|\breplace\b|\bswap\b", re.I)
ADDS = re.compile(
    r"再|加|多来|另外|还要|也要|\badd\b|\bmore\b|\banother\b|\bas well\b|\balso\b", re.I
)
CORRECTS = re.compile(
    r"不对|错了|说错|打错|哦不|噢不|不不|唔系|\b(?:no wait|i mean|scratch that|sorry)\b", re.I
)
_WANTED_NUMBER = re.compile(
    r"(?:[我俺咱]|给|再|就|那)*(?:整|来|要|拿|弄|搞|买|订|上)\s?"
    r"((?:[0-9]{1,4}|[一两三四五六七八九十]{1,3})[个套桶瓶支条对台张块盒箱把份件只副包袋罐]|[俩仨])"
    r"(?:吧|呗|算了|得了)?"
)
_WANTED_NUMBER_EN = re.compile(
    r"(?:(?:ok|okay|yes|yeah|great|cool|then|and|just|i'?ll|i|we'?ll|can|could|let|me|us|take|have"
    r"|get|grab|want|need|give)\s+)*(one|two|three|four|five|six|a couple|[1-9])"
    r"(?:\s+(?:of (?:them|those|these|it)|please|pls|then|thanks))*",
    re.I,
)
_NUMBER_EN = r"two|three|four|five|six|seven|eight|nine|ten|[2-9]|[1-9][0-9]"
_UNIT_EN = re.compile(
    r"(?:bottle|can|box|piece|pc|set|pair|pack|unit|bag|tin|tube|roll)(?:e?s)?", re.I
)
_SO_MANY_EN = re.compile(rf"\b({_NUMBER_EN})\s+(?:of the\s+)?([a-z]{{3,}})\b", re.I)
_MEASURES = re.compile(
    r"\s?(?:伏|千?瓦|寸|升|毫升|公?斤|千?克|吨|厘?毫?米|公里|座|缸|安|岁|年|度|万|[vwlg]\b|ml|kg|km|cm|mm|inch)",
    re.I,
)
"""What stands behind a number that says what a thing is like, not how many (``12伏那种``)."""
_MEASURED = re.compile(
    rf"(?:[0-9.]+|[一二两三四五六七八九十百]+)(?:{_MEASURES.pattern})(?:的|那种|以[上下])?", re.I
)
_ELSEWHERE = ("address", "phone", "person", "time", "location", "order_no", "money")
"""Entities whose numbers count nothing."""
_MINUS = re.compile(r"(?:\bminus\s*|\bnegative\s*|负|(?<![0-9a-z])-)$", re.I)
_LEADS = re.compile(rf"^\s*(?:{_SEPARATOR.pattern})+", re.I)
_ENDS = " ，,。.；;、!！?？和跟"
_MAY_NAME = re.compile(r"[\u4e00-\u9fffA-Za-z0-9.-]{2,8}")
_PHONE_LABEL = re.compile(r"(?:手机|电话|phone|mobile|cell)(?:号码?|number)?[\s是:：]*", re.I)


@dataclass(frozen=True)
class Change:
    """One change to the cart. ``product`` empty: the item that was spoken of last, or the one at
    ``place``. ``more``: on top of what is there. ``described``: ``product`` names nothing, but
    the whole message says what it is like. ``maybe``: words beside the number that may name it."""

    kind: Kind
    product: str
    quantity: Quantity | None = None
    model: str = ""
    instead_of: str = ""
    place: int | None = None
    more: bool = False
    described: bool = False
    maybe: str = ""


def read_changes(turn: Turn) -> list[Change]:
    """The changes that ``turn`` asks for, in its own order."""
    clauses = _clauses(_without_labels(turn))
    changes: list[Change] = []
    corrected = False
    for position, clause in enumerate(clauses):
        corrected = corrected or bool(CORRECTS.search(clause.text))
        if _replaces_the_one_before(clause, changes):
            old = changes.pop()
            quantity = quantity_of(clause.quantities[-1:], turn)
            new = clause.products[0].text
            changes.append(Change("replace", new, quantity, instead_of=old.product))
            continue
        for change in _read_clause(clause, turn):
            if change.product:
                corrected = False
            spoken_for = changes and changes[-1].quantity is not None and not corrected
            if spoken_for and _is_a_reason(change, changes[-1]):
                continue
            if change.product or change.maybe or not changes or spoken_for:
                changes.append(change)
            else:
                changes[-1] = replace(changes[-1], quantity=change.quantity, more=change.more)
        if not clause.products and position and changes and REMOVES.search(clause.text):
            changes[-1] = replace(changes[-1], kind="remove")
    return _with_lone_model(changes, clauses)


def _is_a_reason(change: Change, before: Change) -> bool:
    """Whether a second bare number only explains the first (``要8支吧 留两支备用``)."""
    return not (change.product or change.maybe or change.more or before.product)


def unread_clauses(turn: Turn) -> list[str]:
    """The clauses of ``turn`` in which nothing was recognised; a service counts only beside a
    time (``来套打蜡的`` is goods)."""
    if turn.tapped:
        return []
    without = () if turn.any("time") else ("service",)
    starts = [entity.start for entity in turn.entities if entity.kind not in without]
    return [
        _LEADS.sub("", clause.text).strip(_ENDS)
        for clause in _clauses(turn)
        if not any(clause.start <= start < clause.start + len(clause.text) for start in starts)
    ]


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
    start: int
    text: str
    products: list[Entity]
    quantities: list[Entity]
    models: list[Entity]
    others: list[Entity]


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

    others = [one for kind in _ELSEWHERE for one in within(kind)]
    counts = [
        one for one in within("quantity") if turn.tapped or not _MEASURES.match(turn.text, one.end)
    ]
    return _Clause(start, text, within("product"), counts, within("car_model"), others)


def _read_clause(clause: _Clause, turn: Turn) -> list[Change]:
    words = _MEASURED.sub(" ", _words_between(clause))
    model = _model(clause.models)
    if len(clause.products) == 2 and _REPLACE.search(words):
        old, new = clause.products
        quantity = quantity_of(clause.quantities[-1:], turn)
        return [Change("replace", new.text, quantity, model, instead_of=old.text)]
    kind = _kind(words)
    if not clause.products:
        quantity = quantity_of(clause.quantities[-1:], turn) or _asked_for(clause)
        maybe = _bare(words) if clause.quantities else ""
        if quantity is None and not clause.others and (found := _SO_MANY_EN.search(words)):
            quantity, maybe = parse_quantity(found[1]), _UNIT_EN.sub("", found[2])
        if quantity is None:
            return []
        more = bool(ADDS.search(words)) and not _UP_TO.search(words)
        kind = "set" if kind == "remove" else kind
        return [Change(kind, "", quantity, model, more=more, maybe=maybe)]
    if _ENOUGH.search(words) and not clause.quantities:
        return []
    more = bool(ADDS.search(words)) and not _UP_TO.search(words)
    pairs = _pair(clause.products, clause.quantities)
    return [
        Change(kind, product.text, number or _counted(words, clause), model, more=more)
        for product, number in ((one, quantity_of(given, turn)) for one, given in pairs)
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


def _bare(words: str) -> str:
    """The words of a clause beside its number, when they may name something."""
    bare = words.strip(" ，,。.；;!！")
    return bare if _MAY_NAME.fullmatch(bare) and not _UNIT_EN.fullmatch(bare) else ""


def _asked_for(clause: _Clause) -> Quantity | None:
    """A number after a verb of wanting, in a clause that has nothing else (``整俩``)."""
    if clause.quantities:
        return None
    words = clause.text.strip(_ENDS)
    found = _WANTED_NUMBER.fullmatch(words)
    found_en = None if found else _WANTED_NUMBER_EN.fullmatch(words)
    number = found[1] if found else found_en[1] if found_en else ""
    return parse_quantity(number) if number else None


def _without_labels(turn: Turn) -> Turn:
    """``turn`` without products that are only the label of a phone number (``手机133…``) or what a
    number counts (``3 bottles``)."""
    phones = [phone.start for phone in turn.all("phone")]
    kept = [
        one
        for one in turn.entities
        if one.kind != "product"
        or (
            not _UNIT_EN.fullmatch(one.text)
            and not any(_PHONE_LABEL.fullmatch(turn.text, one.start, start) for start in phones)
        )
    ]
    return turn if turn.tapped else replace(turn, entities=tuple(kept))


def _words_between(clause: _Clause) -> str:
    """The clause without its entities, so that no product's name is read as an instruction."""
    words = clause.text
    for entity in (*clause.products, *clause.quantities, *clause.models, *clause.others):
        words = words.replace(entity.text, " ", 1)
    return fold(words)


def _kind(words: str) -> Kind:
    if REMOVES.search(words) or _LETS_GO.search(words):
        return "remove"
    if _SET.search(words) or _UP_TO.search(words):
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


def quantity_of(found: list[Entity], turn: Turn) -> Quantity | None:
    """How many the first of ``found`` says; below zero when the words before it say so."""
    quantity = parse_quantity(found[0].text) if found else None
    if quantity is None or turn.tapped or not _MINUS.search(turn.text[: found[0].start]):
        return quantity
    return replace(quantity, number=-quantity.number)


def _model(found: list[Entity]) -> str:
    return str(found[0].value or found[0].text) if found else ""


def _with_lone_model(changes: list[Change], clauses: list[_Clause]) -> list[Change]:
    """A car named apart from any product (``我是E7，要脚垫和雨刮``) is meant for all of them."""
    models = {_model(clause.models) for clause in clauses if clause.models and not clause.products}
    if len(models) != 1:
        return changes
    model = models.pop()
    return [change if change.model else replace(change, model=model) for change in changes]
