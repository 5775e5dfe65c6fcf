"""What the catalogue's own words answer about the product that a question is about."""

from __future__ import annotations

from actions.answers import LIKELY, look_up
from actions.backends.orders import Product
from actions.clerk.conversation import Conversation
from actions.orders.references import points_at_one
from actions.products.advised import ADVISED
from actions.products.details import detail_of, weight_of, weight_of_answer
from actions.products.reading import asks_to_suit, meant, referred_to, spoken_of
from actions.products.telling import offer_when_idle, tell, tell_detail_line


def tell_detail(conversation: Conversation) -> bool:
    """What the catalogue's own words answer about the product that the question is about: the one
    named, or shown just now; whether they do, better than the knowledge base."""
    turn = conversation.turn
    if turn.tapped or turn.any("service", "order_no", "appointment_no"):
        return False
    named = [meant(conversation, one.text)[:1] for one in turn.all("product")[:1]]
    pointed = referred_to(conversation) or spoken_of(conversation)[:ADVISED]
    skus = [one.sku for one in named[0]] if named else pointed
    for sku in skus:
        product = conversation.services.orders.product(sku)
        detail = detail_of(product, turn.text, conversation.language)
        if detail is None or not (detail.measure or _tells_more(conversation, product)):
            continue
        tell_detail_line(conversation, product, detail)
        offer_when_idle(conversation, product)
        shown = conversation.state.shown if sku in conversation.state.shown else []
        conversation.state.shown = [sku, *(one for one in shown if one != sku)]
        return True
    return len(skus) == 1 and _tell_what_it_suits(conversation, skus[0])


def _tell_what_it_suits(conversation: Conversation, sku: str) -> bool:
    """All that the catalogue says of a product, to who asks if it can be used for something that
    neither it nor the knowledge base names; whether that was asked."""
    text = conversation.turn.text
    if not (asks_to_suit(text) or points_at_one(text)):
        return False
    entries, answerable = look_up(conversation, text)
    if answerable or (entries and entries[0].score >= LIKELY):
        return False
    product = conversation.services.orders.product(sku)
    if not product.description_zh:
        return False
    tell(conversation, product, "products_recommended")
    offer_when_idle(conversation, product)
    conversation.state.shown = [sku]
    return True


def _tells_more(conversation: Conversation, product: Product) -> bool:
    """Whether ``product`` has as much to do with the question as the knowledge base's answer."""
    text = conversation.turn.text
    entries, answerable = look_up(conversation, text)
    said = f"{entries[0].question} {entries[0].answer}" if answerable else ""
    return weight_of(product, text) >= weight_of_answer(text, said)
