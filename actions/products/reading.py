"""What a question about products is about: the products named, or pointed at, and what of them."""

from __future__ import annotations

import re
from decimal import Decimal

from actions.backends.orders import Product
from actions.clerk.choosing import by_price
from actions.clerk.conversation import Conversation
from actions.clerk.turn import Turn
from actions.orders.reading import Change, read_changes
from actions.orders.references import referred, resolved
from actions.orders.wishes import CERTAIN, CLOSE, LIKELY, OPTIONS, searched

_SHORT = 12
_BESIDE_THE_CAR = 6
"""So many characters beside a car's name say no more than that it is the customer's."""
_LONGEST_NAME = 16

_FITS = re.compile(
    r"能用|可以用|用得|能装|装得|装不|装上|适配|适合|合适|合用|啱用|啱唔啱|岩唔岩|通用|匹配|配得|兼容|支持"
    r"|\bfits?\b|\bcompatible|\bworks? (?:with|on|for|in)\b|\bsuit|\bgo(?:es)? on\b",
    re.I,
)
_COMPARES = re.compile(
    r"区别|差别|不同|差在哪|差几多|对比|比较|比一比|(?:贵|便宜|差)(?:多少|几多|几钱)|差价|哪个(?:好|更|划算)|哪款(?:好|更)|边个好|边款|还是"
    r"|二选一|怎么选|咋选|\bdifference|\bcompare|\bversus\b|\bvs\b|\bbetter\b| or ",
    re.I,
)
_FIGURE = re.compile(
    r"多少|几多|幾多|几钱|幾錢|几块|几钿|价|怎么卖|咋卖|点卖|有货|现货|库存|还有吗|有没有|有冇|有吗|有不|有伐"
    r"|\bhow much\b|\bprice|\bcost|\bcharge\b"
    r"|\bin stock\b|\bdo you (?:have|sell)\b|\bgot any\b|\bleft\b",
    re.I,
)
_DIFFERENCE = re.compile(
    r"(?:贵|便宜|差)(?:多少|几多|几钱)|差价|\bhow much (?:more|less|cheaper)|\bprice difference",
    re.I,
)
_SOMETHING = re.compile(
    r"有(?:没有|冇|无|没得)?.{0,12}(?:东西|玩意|物件|嘢|那种|的(?:那个|吗|不|没|么|嘛|卖))|有冇.{0,12}(?:嘢|嘅)"
    r"|\b(?:something|anything|a thing|stuff|gadget)\b",
    re.I,
)
_IS_THERE = re.compile(
    r"有没有|有冇|有无|有没得|有[吗伐不么嘛没]|有卖|卖不卖|卖吗|还有.{0,6}[吗不没]"
    r"|\b(?:do|have) you (?:have|got|sell)"
    r"|\bdo you (?:guys )?(?:have|sell|stock)\b|\bany\b.*\?",
    re.I,
)
_ASKING = re.compile(
    r"多少钱|几多钱|几钿|几块|啥价|什么价|多少|价格|价钱|怎么卖|咋卖|点卖|有货|有没有|还有|有冇|有吗|库存|现货"
    r"|请问|你们|这里|店里|一下|一个|一套|一桶|吗|呢|嘛|不|的|了|啊|呀|\bhow much\b|\bprice of\b"
    r"|\bprice\b"
    r"|\bdo you have\b|\bin stock\b|\bis\b|\bare\b|\bthe\b|\ban?\b",
    re.I,
)


def asks_figure(text: str) -> bool:
    """Whether ``text`` asks for a price or whether there is any, and nothing else of a product."""
    return bool(_FIGURE.search(text))


def referred_to(conversation: Conversation) -> list[str]:
    """The products shown that the words point at, by their place or by their price."""
    text, shown = conversation.turn.text, conversation.state.shown
    wish = by_price(text) if len(shown) > 1 else None
    if wish is None:
        return referred(text, spoken_of(conversation))
    products = [conversation.services.orders.product(sku) for sku in shown]
    products.sort(key=lambda one: Decimal(one.price), reverse=wish == "dearest")
    return [products[0].sku]


def asks_difference(text: str) -> bool:
    """Whether ``text`` asks by how much something is dearer or cheaper than what was shown."""
    return bool(_DIFFERENCE.search(text))


def compares(text: str) -> bool:
    """Whether ``text`` wants products beside each other."""
    return bool(_COMPARES.search(text))


def asks_for_a_thing(text: str) -> bool:
    """Whether ``text`` asks if there is something for a need, without a name for it."""
    return bool(_SOMETHING.search(text))


def asks_for_named(turn: Turn) -> bool:
    """Whether ``turn`` asks if there is a product that it names."""
    return turn.any("product") and bool(_IS_THERE.search(turn.text))


def asks_to_suit(text: str) -> bool:
    """Whether ``text`` asks if something can be used for, or with, something."""
    return bool(_FITS.search(text))


def asks_fit(conversation: Conversation) -> bool:
    """Whether it is asked if a product that was named or shown fits a car; a car's name alone,
    right after a product was shown, asks it too."""
    turn = conversation.turn
    known = turn.any("product") or bool(spoken_of(conversation))
    model = turn.first("car_model")
    if not known or model is None:
        return False
    alone = not turn.any("product", "quantity", "time", "address", "service")
    rest = turn.text.replace(model.text, "", 1).strip()
    return asks_to_suit(turn.text) or (
        alone and conversation.state.task is None and len(rest) <= _BESIDE_THE_CAR
    )


def wanted(conversation: Conversation) -> list[Change]:
    """What is asked about: the products named, else those pointed at, each with its number."""
    turn = conversation.turn
    changes = resolved(read_changes(turn), spoken_of(conversation))
    named = [change for change in changes if change.product]
    if named:
        return named
    pointed = referred(turn.text, spoken_of(conversation))
    if pointed and not asks_difference(turn.text):
        pointed = referred_to(conversation)
    if not pointed and not turn.any("service") and len(turn.text) <= _SHORT:
        pointed = spoken_of(conversation)[:1] if turn.any("quantity", "car_model") else []
    if pointed:
        quantity = next((change.quantity for change in changes if change.quantity), None)
        return [Change("add", sku, quantity, model_of(conversation)) for sku in pointed]
    if turn.any("service") or turn.tapped:
        return []
    words = " ".join(_ASKING.sub(" ", turn.text).split()).strip(" ？?。，,！!")
    hits = conversation.services.orders.search(words) if 2 <= len(words) <= _LONGEST_NAME else []
    certain = [hit for hit in hits if hit.score >= CERTAIN]
    return [Change("add", words, None, model_of(conversation))] if certain else []


def spoken_of(conversation: Conversation) -> list[str]:
    """The product named since the last ones were shown, else those; without any, what was put into
    the cart last. May raise ``BackendError``."""
    state = conversation.state
    if state.named:
        hits = conversation.services.orders.search(state.named)[:1]
        if hits and hits[0].score >= LIKELY:
            return [hits[0].sku]
    items = (state.task or {}).get("items") or []
    return state.shown or [item["product"]["sku"] for item in items[-1:]]


def model_of(conversation: Conversation) -> str:
    model = conversation.turn.first("car_model")
    return str(model.value or model.text) if model else ""


def meant(conversation: Conversation, mention: str) -> list[Product]:
    """The products that ``mention`` means: those that the search puts first, close together."""
    hits = searched(conversation, mention)
    if not hits:
        return []
    best = hits[0].score
    return [hit for hit in hits if best - hit.score < CLOSE][: OPTIONS if best >= CERTAIN else 1]
