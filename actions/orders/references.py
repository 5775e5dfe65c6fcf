"""What ``那个``, ``刚才那款``, ``第二个`` and ``一样的`` stand for: products spoken of just now."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.clerk.choosing import by_price, ordinal_in_words, told_apart
from actions.clerk.conversation import Conversation
from actions.orders.reading import Change
from nightdesk.language.numerals import parse_number
from nightdesk.language.quantity import Quantity, parse_quantity
from nightdesk.language.script import fold

_THAT = re.compile(
    r"那个|那款|那种|那件|那样|这个|这款|这种|这件"
    r"|刚才|刚刚|刚说的"
    r"|上面(?:那|这)|頭先|头先|嗰个|嗰款|呢个|呢款|它|迭个|格个|搿个|伊只"
    r"|\b(?:of (?:them|those|these)|it|this|that|this one|that one|the one|the same one)\b",
    re.I,
)
_BOTH = re.compile(
    r"两个都|两款都|都要|这两|那两|这俩|那俩|俩都|\bboth\b|(?<!of )\b(?:these|those|them)\b",
    re.I,
)
_EACH = re.compile(
    r"各(?:自|要|来|拿|买|加|再)*\s?[0-9一两俩二三四五六七八九十半]|[每一](?:样|种|个|款)[都各]?(?:再|要|来|拿|买|加|给我)*\s?[0-9一两俩二三四五六七八九十]"
    r"|都(?:再|要|来|拿|买|加)+\s?[0-9一两俩二三四五六七八九十]|\b(?:each|every one|of both)\b",
    re.I,
)
_SAME_ORDER = re.compile(
    r"一样的|同样的|照旧|老样子|跟(?:上次|刚才|上回)一样|(?:上次|刚才|刚刚)(?:那[单份]|的订单|买的)|照(?:着)?(?:刚才|上次|上回|那|之前)|再(?:下|来)一?(?:单|份)|同上次|再下一单|照上次|一模一样"
    r"|\bsame (?:again|order|as (?:last|before))|\breorder|\bre-order|\bthe usual\b"
    r"|\bmy last order\b",
    re.I,
)
_ONLY = re.compile(
    r"(?:刚才|刚刚)?(?:第[一二两三四1-4]|那|这|嗰|呢)(?:个|款|种|件)?|它"
    r"|(?:the )?(?:first|second|third|fourth|last)(?: one)?|(?:this|that)(?: one)?|the one"
    r"|(?:of )?(?:it|them|those|these)|both",
    re.I,
)
_TAKE = re.compile(
    r"来|要|拿|买|选|整|搞|弄|订|就|俾|畀"
    r"|\b(?:take|get|buy|want|have|order|go (?:for|with)|i'll|i'd like|would like)\b",
    re.I,
)
_TAKE_IT = re.compile(
    r"(?:来|要|拿|买|整|弄|订|搞)(?:[一两俩]|吧|了|这|那|$|\s)"
    r"|\b(?:i'll take|i'll have|i'll get|like|get|buy|take) (?:one|it|that)\b",
    re.I,
)
MOST_SHOWN = 4
TAIL = 2
"""So many last characters of a name say what the thing is."""
SHORT = 24
"""The longest message that may pick among what was shown by what it is like."""
_OF_THEM = re.compile(r"\b(\w+) of (?:them|those|these)\b", re.I)
"""Several of the likeliest one."""


def referred(text: str, shown: list[str]) -> list[str]:
    """The ones of ``shown`` that ``text`` points at; none when it points at nothing."""
    if not shown:
        return []
    if (place := ordinal_in_words(text, len(shown))) is not None:
        return [shown[place]]
    if _BOTH.search(text) and len(shown) > 1:
        return shown[:2]
    return shown[:1] if _THAT.search(text) else []


def pointed_at(conversation: Conversation) -> list[str]:
    """The products shown that the words of the turn want: pointed at, chosen by price, or the only
    one that was shown (``那就来一张``). May raise ``BackendError``."""
    turn, shown = conversation.turn, conversation.state.shown
    words = turn.text
    for entity in turn.entities:
        if entity.kind not in ("product", "quantity"):
            words = words.replace(entity.text, " ", 1)
    wish = by_price(words) if len(shown) > 1 and _TAKE.search(words) else None
    counted = _counted_so(conversation) if wish is None and points_at_one(words) else []
    if len(counted) == 1:
        return counted
    if wish is None and (skus := referred(words, shown)):
        return shown if len(shown) > 1 and points_at_one(words) else skus
    if len(shown) > 1 and wish is None and len(turn.text) <= SHORT:
        products = [conversation.services.orders.product(sku) for sku in shown]
        kin = len({one.name_zh[-TAIL:] for one in products}) == 1
        least = 1 if kin and (turn.any("quantity") or _TAKE.search(words)) else 2
        apart = told_apart(turn, [one.words() for one in products], least)
        if apart is not None:
            return [shown[apart]]
    sent = turn.any("phone") and turn.any("address")
    if len(shown) == 1 and sent and not turn.any("product"):
        return shown  # who says where to send it wants it
    if not shown or not _TAKE.search(words):
        return []
    if wish:
        kind = _counted_so(conversation) or shown  # 便宜的那个来一对
        products = [conversation.services.orders.product(sku) for sku in kind]
        products.sort(key=lambda one: float(one.price), reverse=wish == "dearest")
        return [products[0].sku]
    alone = len(shown) == 1 and (_TAKE_IT.search(words) or turn.any("quantity"))
    return shown[:1] if alone else []


def _counted_so(conversation: Conversation) -> list[str]:
    """The products shown that are sold by the measure word of the turn (``这个来一对``)."""
    shown, given = conversation.state.shown, conversation.turn.first("quantity")
    quantity = parse_quantity(given.text) if given and len(shown) > 1 else None
    if quantity is None or not quantity.unit:
        return []
    products = [conversation.services.orders.product(sku) for sku in shown]
    return [one.sku for one in products if one.unit_zh.startswith(quantity.unit)]


def number_of_them(text: str) -> Quantity | None:
    """``three of them`` → 3; None when it is not said so."""
    found = _OF_THEM.search(text)
    number = parse_number(found[1]) if found else None
    return None if number is None else Quantity(number, "")


def each_of(text: str) -> bool:
    """Whether ``text`` counts every one of several (``各要一份``, ``one of each``)."""
    return bool(_EACH.search(fold(text)))


def points_at_one(text: str) -> str:
    """The word that points at one thing without saying which (``那个``, not ``第二个``)."""
    placed = ordinal_in_words(text, MOST_SHOWN) is not None or _BOTH.search(text)
    placed = placed or _OF_THEM.search(text)
    found = _THAT.search(text)
    return found[0] if found and not placed else ""


def resolved(changes: list[Change], shown: list[str]) -> list[Change]:
    """``changes`` with each product that is only a pointing word replaced by what it points at."""
    found = []
    for change in changes:
        only = _ONLY.fullmatch(change.product.strip())
        skus = referred(change.product, shown) if only else []
        found += [replace(change, product=sku) for sku in skus] or [change]
    return found


def wants_the_same(text: str) -> bool:
    """Whether ``text`` asks for the last order once more (``再来一份一样的``)."""
    return bool(_SAME_ORDER.search(text))
