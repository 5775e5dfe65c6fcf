"""What a message wants done to the cart: which products, how many, for which car."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from actions.clerk.choosing import ordinal_in_words
from actions.clerk.turn import Entity, Turn
from actions.orders.clauses import (
    SEPARATOR,
    Clause,
    clauses_in,
    pair,
    without_labels,
    words_between,
)
from actions.orders.counting import (
    FEWER,
    MEASURED,
    UNIT_EN,
    counted,
    numbers_apart,
    only_number,
    quantity_of,
    so_many,
    without_rejected,
)
from nightdesk.language.quantity import Quantity
from nightdesk.language.script import fold

Kind = Literal["add", "set", "remove", "replace"]

_ENOUGH = re.compile(r"够了|有了|不用加|不动|不变|\benough\b", re.I)
REMOVES = re.compile(
    r"不要|不用|不买|不需要|用不着|先不|唔使|唔洗|唔好|覅|弗要|不消|别要|去掉|拿掉|划掉|删|取消|唔要|勿要|莫要|甭|减掉|拿走|攞走|扣掉|撤[掉了]"
    r"|\bremove\b|\b(?:scrap|scratch|ditch|skip|forget|lose) the\b"
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
_LEADS = re.compile(rf"^\s*(?:{SEPARATOR.pattern})+", re.I)
_ENDS = " ，,。.；;、!！?？和跟"
_MAY_NAME = re.compile(r"[\u4e00-\u9fffA-Za-z0-9.-]{2,12}")
_NO_NAME = re.compile(
    r"^[好的行那请給给我来來要帮拿买再就先嗯您你也都咱俺整弄搞订哦啊吧嘛呢只各个\s，,]+"
)
"""How a clause begins that names nothing, or before it does (``那请给我来``)."""
_LEAVES_IT = re.compile(
    r"[那还是就先算了吧\s，,]*(?:不要|不买|不用|先不|唔要|勿要|覅|弗要|莫要)(?:这个|那个|它|这|那)?[了啦喇咯吧\s]*"
)
"""A clause that lets go of what was spoken of, and says nothing else."""
MAX_PLACE = 4


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
    clauses = clauses_in(without_labels(numbers_apart(turn)))
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
        named_later = any(one.products for one in clauses[position + 1 :])
        if gone := _let_go(clause, turn, named_later and not changes):
            changes.append(gone)
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
        if not clause.products and position and changes and _removes(clause.text):
            changes[-1] = replace(changes[-1], kind="remove")
    return _with_lone_model(changes, clauses)


def _removes(words: str) -> bool:
    """Whether ``words`` want something out, and not only less of it."""
    return bool(REMOVES.search(FEWER.sub(" ", words)))


def _let_go(clause: Clause, turn: Turn, alone: bool) -> Change | None:
    """The removal that a clause without a name asks for: of the line at its place (``第二个拿掉``),
    or, ``alone``, of what was spoken of last (``先不要了 来个手机支架``)."""
    if turn.tapped or clause.products or clause.quantities:
        return None
    words = words_between(clause)
    place = ordinal_in_words(words, MAX_PLACE) if _removes(words) else None
    leaves = alone and _LEAVES_IT.fullmatch(words.strip(_ENDS))
    return Change("remove", "", place=place) if place is not None or leaves else None


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
        for clause in clauses_in(turn)
        if not any(clause.start <= start < clause.start + len(clause.text) for start in starts)
    ]


def _replaces_the_one_before(clause: Clause, changes: list[Change]) -> bool:
    """``打气泵占地方 换成补胎液``: the product of the clause before was only named to go."""
    return (
        len(clause.products) == 1
        and bool(_REPLACE.search(words_between(clause)))
        and bool(changes)
        and bool(changes[-1].product)
        and changes[-1].quantity is None
        and changes[-1].kind == "add"
    )


def _read_clause(clause: Clause, turn: Turn) -> list[Change]:
    words = MEASURED.sub(" ", words_between(clause))
    model = _model(clause.models)
    if len(clause.products) == 2 and _REPLACE.search(words):
        old, new = clause.products
        quantity = quantity_of(clause.quantities[-1:], turn)
        return [Change("replace", new.text, quantity, model, instead_of=old.text)]
    kind = _kind(words)
    more = bool(ADDS.search(words)) and not _UP_TO.search(words)
    if not clause.products:
        return _read_number(clause, turn, Change(kind, "", None, model, more=more), words)
    if _ENOUGH.search(words) and not clause.quantities:
        return []
    pairs = pair(clause.products, clause.quantities)
    alone = len(clause.products) == 1 and not clause.quantities
    return [
        Change(kind, product.text, number or (counted(words) if alone else None), model, more=more)
        for product, number in ((one, quantity_of(given, turn)) for one, given in pairs)
    ]


def _read_number(clause: Clause, turn: Turn, change: Change, words: str) -> list[Change]:
    """``change`` with the number of a clause that names no product; nothing without one."""
    text = without_rejected(clause.text)
    meant = [one for one in clause.quantities if fold(one.text) in text]
    quantity = quantity_of(meant[-1:], turn) or only_number(text.strip(_ENDS))
    maybe = _bare(words) if meant else ""
    if not (clause.others or maybe) and (found := so_many(text)):
        quantity, maybe = found
    if quantity is None:
        return []
    kind: Kind = "set" if change.kind == "remove" else change.kind
    return [replace(change, kind=kind, quantity=quantity, maybe=maybe)]


def says_how_many(turn: Turn) -> bool:
    """Whether ``turn`` is no more than a number (``干脆半打``), or mends one (``不对 要6支``)."""
    clauses = [] if turn.tapped else [clause.text.strip(_ENDS) for clause in clauses_in(turn)]
    numbers = [clause for clause in clauses if only_number(without_rejected(clause).strip())]
    return bool(numbers) and (len(clauses) == 1 or bool(CORRECTS.search(turn.text)))


def _bare(words: str) -> str:
    """The words of a clause beside its number, when they may name something."""
    bare = _NO_NAME.sub("", _LEADS.sub("", words).strip(" ，,。.；;!！")).strip(" 的")
    bare = re.split(r"(?<=[\u4e00-\u9fff])(?:寄|送|发)到|(?<=[\u4e00-\u9fff])\s", bare)[0]
    return bare if _MAY_NAME.fullmatch(bare) and not UNIT_EN.fullmatch(bare) else ""


def _kind(words: str) -> Kind:
    if FEWER.search(words):
        return "set"
    if REMOVES.search(words) or _LETS_GO.search(words):
        return "remove"
    if _SET.search(words) or _UP_TO.search(words):
        return "set"
    return "add"


def _model(found: list[Entity]) -> str:
    return str(found[0].value or found[0].text) if found else ""


def _with_lone_model(changes: list[Change], clauses: list[Clause]) -> list[Change]:
    """A car named apart from any product (``我是E7，要脚垫和雨刮``) is meant for all of them."""
    models = {_model(clause.models) for clause in clauses if clause.models and not clause.products}
    if len(models) != 1:
        return changes
    model = models.pop()
    return [change if change.model else replace(change, model=model) for change in changes]
