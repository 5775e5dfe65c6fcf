"""Questions about products: price, stock, and what to choose."""

from __future__ import annotations

import json

from actions.backends.orders import Product
from actions.clerk.action import ClerkAction
from actions.clerk.conversation import Conversation
from actions.orders.wishes import CERTAIN, CLOSE, LIKELY, OPTIONS


class AskPrice(ClerkAction):
    """The live price and stock of each product named, with a button that puts it in the cart."""

    action = "action_ask_price"

    def respond(self, conversation: Conversation) -> None:
        mentions = [entity.text for entity in conversation.turn.all("product")]
        if not mentions:
            conversation.say("products_which")
            return
        for mention in dict.fromkeys(mentions[:OPTIONS]):
            self._answer(conversation, mention)

    def _answer(self, conversation: Conversation, mention: str) -> None:
        found = _meant(conversation, mention)
        if not found:
            conversation.say("products_unknown", product=mention)
        for product in found:
            _describe(conversation, product, "products_price")


class AskStock(AskPrice):
    """Availability is answered together with the price: who asks for one wants both."""

    action = "action_ask_stock"


class AskRecommendation(ClerkAction):
    """What the catalogue has for the need, with the catalogue's own words as the reason."""

    action = "action_ask_recommendation"

    def respond(self, conversation: Conversation) -> None:
        turn = conversation.turn
        model = turn.first("car_model")
        mention = turn.first("product")
        query = mention.text if mention else turn.text[:60]
        found = [
            product
            for product in conversation.services.orders.search(query)
            if product.score >= LIKELY
            and product.fit(str(model.value) if model else None)
            and product.stock
        ]
        if not found:
            conversation.say("products_nothing_to_recommend")
            return
        for product in found[:3]:
            _describe(conversation, product, "products_recommended")


def _meant(conversation: Conversation, mention: str) -> list[Product]:
    """The products that ``mention`` means: those that the search puts first, close together."""
    hits = [hit for hit in conversation.services.orders.search(mention) if hit.score >= LIKELY]
    if not hits:
        return []
    best = hits[0].score
    return [hit for hit in hits if best - hit.score < CLOSE][: OPTIONS if best >= CERTAIN else 1]


def _describe(conversation: Conversation, product: Product, response: str) -> None:
    language = conversation.language
    description = product.description_en if language == "en" else product.description_zh
    stock = "products_in_stock" if product.stock else "products_sold_out"
    conversation.say(
        response,
        product=product.name(language),
        price=conversation.price(product.price),
        unit=product.unit(language),
        stock=conversation.wording(stock, stock=product.stock),
        description=description,
    )
    if product.stock:
        wish = json.dumps({"product": product.sku}, separators=(",", ":"))
        title = conversation.wording("button_buy", product=product.name(language))
        conversation.offer((title, f"/place_order{wish}"))
