"""What to advise: products for the need, in stock, that fit the car or the eyes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from actions.backends.orders import Product
from actions.clerk.choosing import by_price
from actions.clerk.conversation import Conversation
from actions.clerk.measures import covers
from actions.clerk.turn import Turn
from actions.orders.reading import Change
from actions.orders.wishes import CERTAIN, CLOSE, OPTIONS, SURELY, described, searched
from actions.products.reading import model_of

_THE_ONE = re.compile(r"最(?:便宜|贵|实惠|好)|\b(?:cheapest|best|most expensive)\b", re.I)
"""Words that ask for a single one."""
ADVISED = 3
CATALOGUE = 100
_ALIKE_KIND = 0.9
ALIKE = 0.3
"""How far behind the best one a product may lie and still be advised."""


def advised(conversation: Conversation, wishes: Sequence[Change]) -> list[Product]:
    """Products for the need that are in stock and fit the car, the likeliest or cheapest first."""
    text, model = conversation.turn.text, model_of(conversation)
    found = _candidates(conversation, wishes, model)
    best = _best(found)
    unique = {product.sku: product for product in found if best - product.score < ALIKE}
    fitting = [one for one in unique.values() if one.stock and one.fit(model)]
    wish = by_price(text)
    if wish:
        fitting = [one for one in fitting if best - one.score < CLOSE]
        fitting.sort(key=lambda one: Decimal(one.price), reverse=wish == "dearest")
    return fitting[: 1 if _THE_ONE.search(text) else ADVISED]


def _candidates(conversation: Conversation, wishes: Sequence[Change], model: str) -> list[Product]:
    """By name, else for the car, else by description, else all of the kind for a price."""
    text, orders = conversation.turn.text, conversation.services.orders
    words = [wish.product for wish in wishes] or [text[:60]]
    found = [hit for query in words for hit in searched(conversation, query)]
    if not found and model:
        everything = orders.search("", CATALOGUE)
        found = [one for one in everything if one.fits and len(one.fits) < OPTIONS]
    if _best(found) < CERTAIN and (likely := described(conversation, text, SURELY)):
        return likely
    return found or (_of_the_kind(conversation) if by_price(text) else [])


def _best(found: Sequence[Product]) -> float:
    return max((product.score for product in found), default=0.0)


def _of_the_kind(conversation: Conversation) -> list[Product]:
    """All products that the words describe alike (``the cheapest frame``)."""
    hits = conversation.services.orders.described(conversation.turn.text, CATALOGUE)
    return [hit for hit in hits if hit.score >= _ALIKE_KIND * hits[0].score]


def made_for(products: list[Product], text: str) -> list[Product]:
    """Those of ``products`` that are made for what ``text`` measures, where it does."""
    verdicts = [(product, covers(product.description_zh, text)) for product in products]
    made = [product for product, verdict in verdicts if verdict]
    return made or [product for product, verdict in verdicts if verdict is None]


def asks_for_the_one(turn: Turn) -> bool:
    """Whether a single one of a kind is wanted (``the cheapest frame``)."""
    return not turn.tapped and bool(_THE_ONE.search(turn.text))
