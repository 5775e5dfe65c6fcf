"""What a message wants of an order without naming a product: a guess, a place in it, a note."""

from __future__ import annotations

import re
from decimal import Decimal

from actions.clerk.choosing import clauses_of, ordinal, told_apart
from actions.clerk.conversation import Conversation
from actions.clerk.turn import Turn
from actions.orders.cart import Item
from actions.orders.reading import CORRECTS, REMOVES, Change, quantity_of
from nightdesk.language.quantity import Quantity

CERTAIN = 0.85
"""The search score from which words that were not marked as a product are one."""
MAX_WORDS = 40

_WANT = re.compile(
    r"^.*?(?:下单|订购|订|买|要|来|整|搞|弄|拿|\b(?:order|buy|want|need|get|like)\b)(?:点儿?|些|下)?",
    re.I,
)
_NUMBER = re.compile(
    r"^(?:[0-9]+|[一二两俩三四五六七八九十半几]+)(?:[个只件台套条桶瓶支块张把对盒箱袋包双副根斤])"
)
_PARTICLES = re.compile(r"(?:吧|呗|啊|呀|哦|啦|了|谢谢|行吗|可以吗|有吗|pls|please|thanks)+$", re.I)
_NO_PRODUCT = re.compile(
    r"^(?:下单|东西|货|单|什么|点什么|一下|购物|商品|to|some|something|an? order)*$"
    r"|[我你您他她它俺咱侬佢是有]|[那这哪]|\b(?:i|me|my|you|it|them|that|this|those|ok)\b",
    re.I,
)
MAX_GUESS = 16
_LEADING = re.compile(r"^([0-9]{1,4})\s+(?=[a-z])", re.I)


def guessed_goods(conversation: Conversation) -> list[Change]:
    """Wishes for goods that no product was recognised in, where the shop's search is certain of a
    clause (``1 car jack, deliver to …``). May raise ``BackendError``."""
    turn = conversation.turn
    found = []
    for clause in clauses_of(turn) if not turn.any("product") else ():
        number = _LEADING.match(clause)
        words = _LEADING.sub("", clause)[:MAX_WORDS]
        wish = _NUMBER.sub("", _PARTICLES.sub("", _WANT.sub("", words, count=1)).strip())
        queries = dict.fromkeys((words, wish.strip("个")))
        name = next((query for query in queries if _is_product(conversation, query)), None)
        if name is not None:
            quantity = Quantity(Decimal(number[1]), "") if number else None
            found.append(Change("add", name, quantity))
    return found


def _is_product(conversation: Conversation, words: str) -> bool:
    """Whether the shop's search is certain of ``words``. May raise ``BackendError``."""
    hits = conversation.services.orders.search(words)[:1] if len(words) > 1 else []
    return bool(hits) and hits[0].score >= CERTAIN


def guessed_wish(turn: Turn) -> list[Change]:
    """A wish for something that no product was recognised in: what stands after the verb."""
    quantities = turn.all("quantity")
    words = turn.text
    for entity in quantities:
        words = words.replace(entity.text, " ", 1)
    words = re.split(r"[，,。.；;！!？?\n]", _WANT.sub("", words, count=1).strip())[0]
    words = _NUMBER.sub("", _PARTICLES.sub("", words)).strip(" 的个")
    if turn.tapped or not words or len(words) > MAX_GUESS or _NO_PRODUCT.search(words):
        return []
    return [Change("add", words, quantity_of(quantities, turn))]


def another_variant(conversation: Conversation, item: Item) -> Change | None:
    """The replacement of ``item`` by another kind of the same thing, when that was a slip
    (``说错了 是后面的``): one whose name ends as its own does. May raise ``BackendError``."""
    turn, own = conversation.turn, item.product
    if not CORRECTS.search(turn.text) or turn.any("product", "quantity", "phone", "address"):
        return None
    tail = own.name_zh[-TAIL:]
    hits = conversation.services.orders.search(tail)
    kinds = [own, *(hit for hit in hits if hit.name_zh.endswith(tail) and hit.sku != own.sku)]
    chosen = told_apart(turn, [one.words() for one in kinds])
    if not chosen:
        return None
    return Change("replace", kinds[chosen].sku, instead_of=own.sku)


TAIL = 2
"""So many last characters of a name say what the thing is."""
MAX_PLACE = 4


def removed_by_place(turn: Turn) -> list[Change]:
    """The removal of a line that is named by its place alone (``第二个拿掉``)."""
    words = turn.text
    for entity in turn.entities:
        words = words.replace(entity.text, " ", 1)  # 金开大道1号 is no place in the cart
    if turn.any("product") or not REMOVES.search(words):
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
