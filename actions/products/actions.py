"""Actions of products, and answers about products for other actions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from actions.advice import is_about_the_last_one
from actions.answers import answer_for_sure, questions
from actions.backends.orders import Product
from actions.clerk.action import ClerkAction
from actions.clerk.choosing import by_price
from actions.clerk.conversation import Conversation
from actions.clerk.measures import covers, measures_of
from actions.clerk.requests import looks_like_question
from actions.orders.actions import takes_out, tell_total
from actions.orders.reading import Change
from actions.orders.wishes import CERTAIN, LIKELY, OPTIONS, SURELY, described
from actions.products.advised import ADVISED, advised, made_for
from actions.products.details import detail_of
from actions.products.reading import (
    asks_difference,
    asks_figure,
    asks_fit,
    compares,
    meant,
    model_of,
    spoken_of,
    wanted,
)
from actions.products.said import tell_detail
from actions.products.services import (
    tell_booked,
    tell_service_beside,
    tell_service_spoken_of,
    tell_services,
)
from actions.products.telling import (
    offer,
    tell,
    tell_detail_line,
    tell_fit,
    tell_price,
)
from nightdesk.language.described import shared

SURE = 0.8
"""The confidence from which advice is wanted whatever the knowledge base knows of the words."""
_KIN = 2.0
"""How much the names of two products of one kind must share."""
MEASURED = 30
"""As many products are looked at for the one that is made for a measure."""
PERHAPS = 0.35
"""The score from which a described product is offered to who asks for one."""


class AskPrice(ClerkAction):
    """The live price, sum, stock and fit of each product named or pointed at, and a button that
    puts it in the cart; or the price of a service."""

    action = "action_ask_price"

    def respond(self, conversation: Conversation) -> None:
        if tell_total(conversation) or takes_out(conversation):
            return
        service_meant = conversation.state.topic == "service" and not conversation.turn.any(
            "product"
        )
        wishes = [] if service_meant else wanted(conversation)
        told = tell_services(conversation)
        asks_else = not service_meant and not asks_figure(conversation.turn.text)
        if asks_else and tell_detail(conversation):
            return
        if not told and tell_service_beside(conversation):
            return
        if wishes:
            if not _compare(conversation, wishes):
                _tell_all(conversation, wishes)
            return
        if told or (not conversation.turn.tapped and answer_for_sure(conversation)):
            return
        if service_meant and _tell_spoken_of(conversation):
            return
        if not tell_described(conversation, PERHAPS) and not _tell_spoken_of(conversation):
            conversation.say("products_which")


class AskStock(AskPrice):
    """Availability is answered together with the price: who asks for one wants both."""

    action = "action_ask_stock"


class AskRecommendation(ClerkAction):
    """What the catalogue has for the need, with the catalogue's own words as the reason."""

    action = "action_ask_recommendation"

    def respond(self, conversation: Conversation) -> None:
        if answer_about_products(conversation) or is_about_the_last_one(conversation):
            return
        by_its_price = by_price(conversation.turn.text) is not None
        unsure = conversation.turn.confidence < SURE and not by_its_price
        named = conversation.turn.any("product")
        if (unsure or not named) and answer_for_sure(conversation):
            _offer_made_for(conversation)
            return
        found = made_for(advised(conversation, wanted(conversation)), conversation.turn.text)
        if not found:
            if not tell_described(conversation, PERHAPS):
                conversation.say("products_nothing_to_recommend")
            return
        for product in found:
            tell(conversation, product, "products_recommended")
            offer(conversation, product)
        conversation.state.shown = [product.sku for product in found]


def _offer_made_for(conversation: Conversation) -> None:
    """Offers those of the products seen that are made for what the words measure."""
    text, orders = conversation.turn.text, conversation.services.orders
    seen = [orders.product(sku) for sku in conversation.state.seen] if measures_of(text) else []
    made = [one for one in seen if covers(one.description_zh, text)][:ADVISED]
    for product in made:
        tell(conversation, product, "products_recommended")
        offer(conversation, product)
    conversation.state.shown = [one.sku for one in made] or conversation.state.shown


def answer_about_products(conversation: Conversation) -> bool:
    """Compares products, or says whether one fits a car, if that is asked; whether it was."""
    wishes = wanted(conversation)
    if _compare(conversation, wishes):
        return True
    if not wishes or not asks_fit(conversation):
        return False
    _tell_all(conversation, wishes)
    return True


def tell_described(conversation: Conversation, least: float) -> bool:
    """Offers the few products that the words may describe without naming them; whether there are
    any from the score ``least`` on."""
    if conversation.turn.tapped:
        return False
    found = made_for(described(conversation, conversation.turn.text, least), conversation.turn.text)
    if found:
        _tell_options(conversation, found)
    conversation.state.shown = [one.sku for one in found] or conversation.state.shown
    return bool(found)


def _tell_all(conversation: Conversation, wishes: Sequence[Change]) -> None:
    shown: list[str] = []
    for wish in wishes[:OPTIONS]:
        shown += _answer(conversation, wish)
    conversation.state.shown = list(dict.fromkeys(shown)) or conversation.state.shown


def _asks_more(text: str) -> bool:
    """Whether a clause of ``text`` asks something else than a price or whether there is any."""
    return any(looks_like_question(one) and not asks_figure(one) for one in questions(text))


def _answer(conversation: Conversation, wish: Change) -> list[str]:
    """Tells about what ``wish`` means; the skus that were shown."""
    found = _made_for(conversation, wish) or meant(conversation, wish.product)
    if not found:
        conversation.say("products_unknown", product=wish.product)
    elif found[0].score < CERTAIN and not _is_part_of_name(wish.product, found[0]):
        return _tell_nearest(conversation, wish.product, found)
    model = wish.model or model_of(conversation)
    fitting = [product for product in found if product.fit(model)]
    shown = fitting or found
    for product in shown:
        tell_price(conversation, product, wish)
        detail = detail_of(product, conversation.turn.text, conversation.language)
        if detail is not None and detail.measure:
            tell_detail_line(conversation, product, detail)
        elif len(shown) == 1 and _asks_more(conversation.turn.text):
            description = product.description(conversation.language)
            conversation.lines += [description] if description else []
        if model:
            tell_fit(conversation, product, model)
        if product.fit(model):
            offer(conversation, product)
    if found and not fitting:
        shown = [*_instead(conversation, wish.product, model), *found]
    return [product.sku for product in shown]


def _is_part_of_name(mention: str, product: Product) -> bool:
    """Whether all of ``mention`` stands in a name of ``product`` (``coolant``)."""
    words = mention.strip().lower()
    border = r"\b" if words.isascii() else ""
    part = re.compile(f"{border}{re.escape(words)}{border}")
    return len(words) > 1 and any(part.search(name.lower()) for name in product.words()[0])


def _tell_nearest(conversation: Conversation, mention: str, found: Sequence[Product]) -> list[str]:
    """Tells that ``mention`` is none of the shop's words, and what comes near: ``手机壳`` is not to
    be answered with the price of a phone mount. The skus that were shown."""
    conversation.say("products_unknown", product=mention)
    _tell_options(conversation, found)
    return [product.sku for product in found]


def _tell_options(conversation: Conversation, products: Sequence[Product]) -> None:
    conversation.say("products_perhaps")
    for product in products:
        tell(conversation, product, "products_option")
        offer(conversation, product)


def _made_for(conversation: Conversation, wish: Change) -> list[Product]:
    """The products of the name that are made for what the words measure, where they do."""
    text = conversation.turn.text
    if not measures_of(text):
        return []
    hits = conversation.services.orders.search(wish.product, MEASURED)
    named = [hit for hit in hits if hit.score >= CERTAIN]
    return [hit for hit in named if covers(hit.description_zh, text)][:OPTIONS]


def _instead(conversation: Conversation, mention: str, model: str) -> list[Product]:
    """Products of the same search that do fit ``model``; told as an alternative."""
    hits = conversation.services.orders.search(mention)
    named = " ".join(hit.name_zh for hit in hits[:1])
    kin = [hit for hit in hits if shared(hit.name_zh, named) >= _KIN]
    others = [hit for hit in kin if hit.score >= LIKELY and hit.fits and hit.fit(model)][:2]
    for product in others:
        tell(conversation, product, "products_instead", model=model)
        offer(conversation, product)
    return others


def _compare(conversation: Conversation, wishes: Sequence[Change]) -> bool:
    """Two products beside each other, when the words ask for it; whether they did."""
    if not compares(conversation.turn.text):
        return False
    found: dict[str, Product] = {}
    for wish in wishes:
        for product in meant(conversation, wish.product)[:OPTIONS]:
            found.setdefault(product.sku, product)
    named = bool(wishes) and conversation.turn.any("product")
    if len(found) < 2 and (not named or asks_difference(conversation.turn.text)):
        for sku in conversation.state.shown[: ADVISED if not named else 1]:
            found.setdefault(sku, conversation.services.orders.product(sku))
    if not found and not conversation.turn.tapped:
        for product in described(conversation, conversation.turn.text, SURELY):
            found.setdefault(product.sku, product)
    products = list(found.values())[:ADVISED]
    if len(products) < 2:
        return False
    language = conversation.language
    for product in products:
        tell(conversation, product, "products_compared")
        if product.fits:
            conversation.say("products_fits", fits=conversation.listing(product.fits))
    low, high = sorted(products, key=lambda one: Decimal(one.price))[:: len(products) - 1]
    difference = Decimal(high.price) - Decimal(low.price)
    if difference:
        conversation.say(
            "products_cheaper",
            product=low.name(language),
            difference=conversation.price(difference),
        )
    for product in products:
        offer(conversation, product)
    conversation.state.shown = list(found)
    return True


def _tell_spoken_of(conversation: Conversation) -> bool:
    """The price of what was spoken of last, for a question that names nothing (``多少钱``)."""
    if tell_service_spoken_of(conversation):
        return True
    orders = conversation.services.orders
    shown = [orders.product(sku) for sku in spoken_of(conversation)[:OPTIONS]]
    skus = [one.sku for one in made_for(shown, conversation.turn.text) or shown]
    _tell_all(conversation, [Change("add", sku, None, model_of(conversation)) for sku in skus])
    return bool(skus) or tell_booked(conversation)
