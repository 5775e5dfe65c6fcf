"""What is said about a product: price, sum, stock, fit; and the button that buys it."""

from __future__ import annotations

from decimal import Decimal

from actions.backends.catalogue import Service
from actions.backends.orders import Product
from actions.clerk.conversation import Conversation
from actions.clerk.payloads import payload
from actions.orders.reading import Change
from actions.products.details import Detail

FEW = 5
"""The stock up to which the exact number is said."""


def tell_price(conversation: Conversation, product: Product, wish: Change) -> None:
    """Unit price and stock; with a number also the sum, and whether there are that many."""
    pieces = wish.quantity.pieces() if wish.quantity else Decimal(1)
    if pieces <= 1 or pieces != pieces.to_integral_value():
        tell(conversation, product, "products_price")
        return
    number = int(pieces)
    conversation.state.counted[product.sku] = number
    amount = conversation.price(Decimal(product.price) * number)
    tell(conversation, product, "products_price_of_several", quantity=number, amount=amount)
    if 0 < product.stock < number:
        conversation.say("products_not_so_many", stock=product.stock, quantity=number)


def tell_fit(conversation: Conversation, product: Product, model: str) -> None:
    """What the catalogue says about ``model``."""
    name = product.name(conversation.language)
    fits = conversation.listing(product.fits)
    if not product.fits:
        conversation.say("products_fit_not_listed", product=name)
    elif product.fit(model):
        conversation.say("products_fit", product=name, model=model)
    else:
        conversation.say("products_misfit", product=name, model=model, fits=fits)


def _stock(conversation: Conversation, product: Product) -> str:
    """The stock in words; exactly when few are left."""
    if not product.stock:
        return conversation.wording("products_sold_out")
    if product.stock > FEW:
        return conversation.wording("products_in_stock")
    unit = product.unit(conversation.language)
    return conversation.wording("products_few", stock=product.stock, unit=unit)


def tell(conversation: Conversation, product: Product, response: str, **values: object) -> None:
    language = conversation.language
    conversation.say(
        response,
        product=product.name(language),
        price=conversation.price(product.price),
        unit=product.unit(language),
        stock=_stock(conversation, product),
        description=product.description(language),
        **values,
    )


def offer(conversation: Conversation, product: Product) -> None:
    """A button that puts ``product`` in the cart."""
    if product.stock:
        title = conversation.wording("button_buy", product=product.name(conversation.language))
        conversation.offer((title, payload("place_order", product=product.sku)))


def offer_when_idle(conversation: Conversation, product: Product) -> None:
    """The same button, where nothing else is open."""
    if product.stock:
        title = conversation.wording("button_buy", product=product.name(conversation.language))
        conversation.offer_when_idle((title, payload("place_order", product=product.sku)))


def tell_detail_line(conversation: Conversation, product: Product, detail: Detail) -> None:
    """What the catalogue says to what was asked about ``product``."""
    name = product.name(conversation.language)
    if detail.measure is None:
        conversation.say("products_detail", product=name, detail=detail.text)
        return
    said = "products_covered" if detail.covers else "products_not_covered"
    conversation.say(said, product=name, detail=detail.text, measure=detail.measure.said)


def tell_figures(conversation: Conversation, service: Service) -> None:
    """What ``service`` costs and how long it takes."""
    name = service.name(conversation.language)
    priced = "products_service" if Decimal(service.price) else "products_service_free"
    conversation.say(
        priced, service=name, price=conversation.price(service.price), minutes=service.minutes
    )


def tell_service(conversation: Conversation, service: Service) -> None:
    """What ``service`` costs and how long it takes, and a button that books it."""
    name = service.name(conversation.language)
    tell_figures(conversation, service)
    conversation.state.service = service.code
    book = payload("book_appointment", service=service.code)
    conversation.offer((conversation.wording("button_book", service=name), book))
