"""Questions about products and services: price, stock, fit, and what to choose."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal

from actions.backends.orders import Product
from actions.clerk.action import ClerkAction
from actions.clerk.conversation import Conversation
from actions.orders.reading import Change, by_price, read_changes
from actions.orders.references import referred
from actions.orders.wishes import CERTAIN, CLOSE, LIKELY, OPTIONS

FEW = 5
"""The stock up to which the exact number is said."""
ADVISED = 3
CATALOGUE = 100

_COMPARES = re.compile(
    r"区别|差别|不同|差在哪|差几多|对比|比较|比一比|哪个(?:好|更|划算)|哪款(?:好|更)"
    r"|边个好|边款|还是|二选一|怎么选|咋选"
    r"|\bdifference|\bcompare|\bversus\b|\bvs\b|\bwhich (?:one )?is better|\bbetter\b| or ",
    re.I,
)
_ASKING = re.compile(
    r"多少钱|几多钱|几钿|几块|啥价|什么价|多少|价格|价钱|怎么卖|咋卖|点卖|有货|有没有|还有|有冇|有吗|库存|现货|请问|你们|这里|店里"
    r"|一下|一个|一套|一桶|吗|呢|嘛|不|的|了|啊|呀"
    r"|\bhow much\b|\bprice of\b|\bprice\b|\bdo you have\b|\bin stock\b|\bis\b|\bare\b|\bthe\b|\ban?\b",
    re.I,
)


class AskPrice(ClerkAction):
    """The live price, sum, stock and fit of each product named or pointed at, and a button that
    puts it in the cart; or the price of a service."""

    action = "action_ask_price"

    def respond(self, conversation: Conversation) -> None:
        wanted = _wanted(conversation)
        if not wanted and _tell_services(conversation):
            return
        if not wanted:
            conversation.say("products_which")
            return
        if _compare(conversation, wanted):
            return
        shown: list[str] = []
        for wish in wanted[:OPTIONS]:
            shown += _answer(conversation, wish)
        conversation.state.shown = list(dict.fromkeys(shown)) or conversation.state.shown


class AskStock(AskPrice):
    """Availability is answered together with the price: who asks for one wants both."""

    action = "action_ask_stock"


class AskRecommendation(ClerkAction):
    """What the catalogue has for the need, with the catalogue's own words as the reason."""

    action = "action_ask_recommendation"

    def respond(self, conversation: Conversation) -> None:
        wanted = _wanted(conversation)
        if _compare(conversation, wanted):
            return
        advised = _advised(conversation, wanted)
        if not advised:
            conversation.say("products_nothing_to_recommend")
            return
        for product in advised:
            _tell(conversation, product, "products_recommended")
            _offer(conversation, product)
        conversation.state.shown = [product.sku for product in advised]


def _wanted(conversation: Conversation) -> list[Change]:
    """What is asked about: the products named, else those pointed at, each with its number."""
    turn = conversation.turn
    changes = read_changes(turn)
    named = [change for change in changes if change.product]
    if named:
        return named
    pointed = referred(turn.text, _spoken_of(conversation))
    if not pointed and not turn.any("service") and len(turn.text) <= 10:
        pointed = _spoken_of(conversation)[:1] if turn.any("quantity", "car_model") else []
    if pointed:
        quantity = next((change.quantity for change in changes if change.quantity), None)
        return [Change("add", sku, quantity, _model(conversation)) for sku in pointed]
    if turn.any("service") or turn.tapped:
        return []
    words = " ".join(_ASKING.sub(" ", turn.text).split()).strip(" ？?。，,！!")
    hits = conversation.services.orders.search(words) if 2 <= len(words) <= 16 else []
    certain = [hit for hit in hits if hit.score >= CERTAIN]
    return [Change("add", words, None, _model(conversation))] if certain else []


def _spoken_of(conversation: Conversation) -> list[str]:
    """The products shown last; without any, what was put into the cart last."""
    state = conversation.state
    items = (state.task or {}).get("items") or []
    return state.shown or [item["product"]["sku"] for item in items[-1:]]


def _model(conversation: Conversation) -> str:
    model = conversation.turn.first("car_model")
    return str(model.value or model.text) if model else ""


def _answer(conversation: Conversation, wish: Change) -> list[str]:
    """Tells about what ``wish`` means; the skus that were shown."""
    found = _meant(conversation, wish.product)
    if not found:
        conversation.say("products_unknown", product=wish.product)
    model = wish.model or _model(conversation)
    fitting = [product for product in found if product.fit(model)]
    shown = fitting or found
    for product in shown:
        _tell_price(conversation, product, wish)
        if model:
            _tell_fit(conversation, product, model)
        if product.fit(model):
            _offer(conversation, product)
    if found and not fitting:
        shown = [*_instead(conversation, wish.product, model), *found]
    return [product.sku for product in shown]


def _instead(conversation: Conversation, mention: str, model: str) -> list[Product]:
    """Products of the same search that do fit ``model``; told as an alternative."""
    hits = conversation.services.orders.search(mention)
    others = [hit for hit in hits if hit.score >= LIKELY and hit.fits and hit.fit(model)][:2]
    for product in others:
        _tell(conversation, product, "products_instead", model=model)
        _offer(conversation, product)
    return others


def _tell_price(conversation: Conversation, product: Product, wish: Change) -> None:
    """Unit price and stock; with a number also the sum, and whether there are that many."""
    pieces = wish.quantity.pieces() if wish.quantity else Decimal(1)
    if pieces <= 1 or pieces != pieces.to_integral_value():
        _tell(conversation, product, "products_price")
        return
    number = int(pieces)
    amount = conversation.price(Decimal(product.price) * number)
    _tell(conversation, product, "products_price_of_several", quantity=number, amount=amount)
    if 0 < product.stock < number:
        conversation.say("products_not_so_many", stock=product.stock, quantity=number)


def _tell_fit(conversation: Conversation, product: Product, model: str) -> None:
    """What the catalogue says about ``model``."""
    name = product.name(conversation.language)
    fits = conversation.listing(product.fits)
    if not product.fits:
        conversation.say("products_fit_not_listed", product=name)
    elif product.fit(model):
        conversation.say("products_fit", product=name, model=model)
    else:
        conversation.say("products_misfit", product=name, model=model, fits=fits)


def _compare(conversation: Conversation, wanted: Sequence[Change]) -> bool:
    """Two products beside each other, when the words ask for it; whether they did."""
    if not _COMPARES.search(conversation.turn.text):
        return False
    found: dict[str, Product] = {}
    for wish in wanted:
        for product in _meant(conversation, wish.product)[:OPTIONS]:
            found.setdefault(product.sku, product)
    if len(found) < 2 and not (wanted and conversation.turn.any("product")):
        for sku in conversation.state.shown:
            found.setdefault(sku, conversation.services.orders.product(sku))
    products = list(found.values())[:ADVISED]
    if len(products) < 2:
        return False
    language = conversation.language
    for product in products:
        _tell(conversation, product, "products_compared")
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
        _offer(conversation, product)
    conversation.state.shown = list(found)
    return True


def _advised(conversation: Conversation, wanted: Sequence[Change]) -> list[Product]:
    """Products for the need that are in stock and fit the car, the likeliest or cheapest first."""
    turn, orders = conversation.turn, conversation.services.orders
    model = _model(conversation)
    words = [wish.product for wish in wanted] or [turn.text[:60]]
    found = [hit for query in words for hit in orders.search(query) if hit.score >= LIKELY]
    if not found and model:
        found = [
            one for one in orders.search("", CATALOGUE) if one.fits and len(one.fits) < OPTIONS
        ]
    unique = {product.sku: product for product in found}
    fitting = [one for one in unique.values() if one.stock and one.fit(model)]
    wish = by_price(turn.text)
    if wish:
        fitting.sort(key=lambda one: Decimal(one.price), reverse=wish == "dearest")
    return fitting[:ADVISED]


def _tell_services(conversation: Conversation) -> bool:
    """The price and duration of the services named, each with a button that books it."""
    told = False
    for entity in conversation.turn.all("service"):
        for service in conversation.services.catalogue.search(entity.text)[:1]:
            name = service.name(conversation.language)
            priced = "products_service" if Decimal(service.price) else "products_service_free"
            conversation.say(
                priced,
                service=name,
                price=conversation.price(service.price),
                minutes=service.minutes,
            )
            payload = "/book_appointment" + _json(service=service.code)
            conversation.offer((conversation.wording("button_book", service=name), payload))
            told = True
    return told


def _meant(conversation: Conversation, mention: str) -> list[Product]:
    """The products that ``mention`` means: those that the search puts first, close together."""
    hits = [hit for hit in conversation.services.orders.search(mention) if hit.score >= LIKELY]
    if not hits:
        return []
    best = hits[0].score
    return [hit for hit in hits if best - hit.score < CLOSE][: OPTIONS if best >= CERTAIN else 1]


def _stock(conversation: Conversation, product: Product) -> str:
    """The stock in words; exactly when few are left."""
    if not product.stock:
        return conversation.wording("products_sold_out")
    if product.stock > FEW:
        return conversation.wording("products_in_stock")
    unit = product.unit(conversation.language)
    return conversation.wording("products_few", stock=product.stock, unit=unit)


def _tell(conversation: Conversation, product: Product, response: str, **values: object) -> None:
    language = conversation.language
    description = product.description_en if language == "en" else product.description_zh
    conversation.say(
        response,
        product=product.name(language),
        price=conversation.price(product.price),
        unit=product.unit(language),
        stock=_stock(conversation, product),
        description=description,
        **values,
    )


def _offer(conversation: Conversation, product: Product) -> None:
    """A button that puts ``product`` in the cart."""
    if product.stock:
        title = conversation.wording("button_buy", product=product.name(conversation.language))
        conversation.offer((title, "/place_order" + _json(product=product.sku)))


def _json(**values: str) -> str:
    return json.dumps(values, separators=(",", ":"))
