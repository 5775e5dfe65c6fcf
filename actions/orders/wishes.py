"""From a wish (``两桶全合成``) to a line of the cart: which product, how many, is there enough."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from actions.backends.orders import Product
from actions.clerk.choosing import told_apart
from actions.clerk.conversation import Conversation
from actions.clerk.turn import Turn
from actions.orders.cart import MAX_QUANTITY, Cart, Decision
from actions.orders.reading import Change
from nightdesk.language.described import shared
from nightdesk.language.numerals import parse_number
from nightdesk.language.quantity import Quantity

_NUMBER = re.compile(r"[零一二两三四五六七八九十百]{1,5}(?=[寸度号码升米座瓦])")
CERTAIN = 0.75
"""The search score from which a name is taken to mean the product; below it, it is asked."""
CLEAR = 0.85
"""The search score from which a name that is only almost as certain is no rival of it."""
NAMED = 0.95
"""The search score from which words that were not marked as a product are one."""
LIKELY = 0.45
"""The search score from which a product is worth offering."""
CLOSE = 0.08
"""Products whose scores lie this close together are equally meant."""
OPTIONS = 4
SURELY = 0.5
"""The score from which words are taken to describe a product, whoever says them."""
PERHAPS = 0.3
"""The score from which a described product is worth asking about."""
AS_LIKELY, DESCRIBED = 0.45, 3
"""How near to the best one another described product must be, and how many are offered."""
CLEARLY = 1.5
"""How far above the next one a described product is the only one meant."""


class Wishes:
    """Applies changes to the cart and tells the customer what could not be done."""

    def __init__(self, conversation: Conversation, cart: Cart) -> None:
        self._conversation = conversation
        self._cart = cart
        self._language = conversation.language
        self._uncounted: set[str] = set()  # what this turn put in without a number

    def apply(self, change: Change) -> None:
        """Carries out ``change`` or notes the decision it needs. May raise ``BackendError``."""
        if change.maybe and not change.product:
            change = replace(change, product=self.named_beside(change.maybe))
        if self._counts_another(change):
            self._conversation.say("order_unknown_product", product=change.maybe)
        elif change.kind == "remove":
            self._remove(change)
        elif change.kind == "replace":
            self._replace(change)
        elif change.product:
            self._wish(change)
        else:
            self._change_last(change)

    def _counts_another(self, change: Change) -> bool:
        """Whether a number that stands beside unknown words counts what the last item is not
        counted in (``一套打蜡的…``, after two bottles)."""
        unit = change.quantity.unit if change.quantity and change.maybe else ""
        if change.product or not unit or not self._cart.items:
            return False
        product = self._cart.items[-1].product
        return unit not in ("个", product.unit_zh[: len(unit)], product.unit_en)

    def named_beside(self, words: str) -> str:
        """What the ``words`` beside a number name: a line of the cart (``two ropes``), what was
        shown, what the search is certain of, or what they describe (``两瓶洗车的水水``).
        May raise ``BackendError``."""
        found = self._search(words)
        ordered = [hit for hit in found if self._cart.find(hit.sku)]
        if len(ordered) == 1:
            return ordered[0].sku
        shown = [hit.sku for hit in found if hit.sku in self._conversation.state.shown]
        if len(shown) == 1:
            return shown[0]
        known = found and found[0].score >= NAMED
        return words if known or described(self._conversation, words, SURELY) else ""

    def take(self, product: Product, quantity: int, model: str, sure: bool = False) -> None:
        """Puts ``product`` into the cart as far as it fits and the stock allows."""
        if not sure and not self._cart.find(product.sku):
            model = model or self._known_car()
        if not sure and not product.fit(model):
            self._cart.decisions.append(
                Decision("misfit", product.name_zh, [product], quantity, model)
            )
            return
        if product.stock == 0:
            self._conversation.say("order_out_of_stock", product=product.name(self._language))
            self._cart.remove([product.sku])
            return
        if quantity > min(product.stock, MAX_QUANTITY):
            self._cart.decisions.append(
                Decision("less", product.name_zh, [product], quantity, model)
            )
            return
        self._cart.put(product, quantity, model)

    def _known_car(self) -> str:
        """The car that was said before; one in this message is for what it stands beside."""
        turn = self._conversation.turn
        return "" if turn.any("car_model") else self._conversation.state.customer.car

    def _wish(self, change: Change) -> None:
        found = self._search(change.product)
        certain = [hit for hit in found if hit.score >= CERTAIN]
        rivals = certain if certain and certain[0].score >= CLEAR else found
        meant = [hit for hit in rivals if certain and certain[0].score - hit.score < CLOSE]
        ordered = [hit for hit in meant if self._cart.find(hit.sku)]
        car = change.model or self._known_car()
        fitting = ordered or [hit for hit in meant if hit.fit(car)] or meant
        quantity = self._count(change.quantity)
        if quantity is None and change.quantity is not None:
            return
        if quantity and fitting and _counts_pairs(change.quantity, fitting[0]):
            quantity *= 2
        seen = [hit for hit in fitting if hit.sku in self._conversation.state.seen]
        fitting = seen if len(seen) == 1 else fitting
        if len(fitting) > 1:
            apart = told_apart(self._clause_of(change.product), _words(fitting), least=2)
            fitting = fitting if apart is None else [fitting[apart]]
        if len(fitting) == 1:
            self._take_one(fitting[0], quantity, change)
        elif options := (fitting or found)[:OPTIONS] or self._described(change):
            self._leave_open(Decision("choose", change.product, options, quantity, change.model))
        else:
            self._conversation.say("order_unknown_product", product=change.product)

    def _clause_of(self, mention: str) -> Turn:
        """The clause of ``mention`` without the other products in it, which say nothing of it."""
        turn = self._conversation.turn
        words = turn.around(mention)
        for one in turn.all("product"):
            if one.text != mention:
                words = words.replace(one.text, " ")
        return replace(turn, text=words)

    def _leave_open(self, decision: Decision) -> None:
        """Notes ``decision``; one about the same options is open once."""
        skus = [option.sku for option in decision.options]
        for one in self._cart.decisions:
            if [option.sku for option in one.options] == skus:
                one.quantity = decision.quantity or one.quantity
                return
        self._cart.decisions.append(decision)

    def _described(self, change: Change) -> list[Product]:
        """What the words may describe: those that were taken for a name, or all that was said."""
        words = self._conversation.turn.text if change.described else change.product
        return described(self._conversation, words, PERHAPS)

    def _take_one(self, product: Product, quantity: int | None, change: Change) -> None:
        item = self._cart.find(product.sku)
        wanted = quantity or self._conversation.state.counted.get(product.sku, 1)
        if item is not None:
            if quantity is None:
                wanted = item.quantity + (1 if change.more else 0)
            elif change.kind == "add" and change.more:
                wanted += item.quantity
        elif quantity is None:
            self._uncounted.add(product.sku)
        self.take(product, wanted, change.model)

    def _change_last(self, change: Change) -> None:
        """A number alone is meant for the item that was spoken of last."""
        quantity = self._count(change.quantity)
        if quantity is None:
            return
        if self._cart.decisions:
            self._cart.decisions[0].quantity = quantity
        elif self._cart.items:
            last = self._cart.items[-1]
            counted = last.product.sku not in self._uncounted  # else: 有脚垫吗？有的话加一套
            more = change.more and change.kind == "add" and counted
            self.take(last.product, quantity + (last.quantity if more else 0), last.model)

    def _remove(self, change: Change) -> None:
        if change.place is not None:
            self._remove_at(change.place)
            return
        mention = change.product
        self._cart.decisions = [one for one in self._cart.decisions if one.mention != mention]
        skus = [hit.sku for hit in self._search(mention)] if mention else []
        if not mention and self._cart.decisions:
            self._cart.decisions.pop()
        elif not mention and self._cart.items:
            skus = [self._cart.items[-1].product.sku]
        item = self._cart.remove(skus)
        if item is not None:
            self._conversation.say("order_removed", product=item.product.name(self._language))
        elif mention:
            self._conversation.say("order_not_in_cart", product=mention)

    def _remove_at(self, place: int) -> None:
        """Takes out the line that was named by its place (``第二个拿掉``)."""
        if place < len(self._cart.items):
            item = self._cart.items.pop(place)
            self._conversation.say("order_removed", product=item.product.name(self._language))

    def _replace(self, change: Change) -> None:
        old = self._cart.remove([hit.sku for hit in self._search(change.instead_of)])
        quantity = change.quantity
        if quantity is None and old is not None:
            quantity = Quantity(Decimal(old.quantity), "")
        model = change.model or (old.model if old else "")
        self._wish(Change("set", change.product, quantity, model))

    def _search(self, mention: str) -> list[Product]:
        return searched(self._conversation, mention)

    def _count(self, quantity: Quantity | None) -> int | None:
        """``quantity`` as whole pieces; says so when it is none that can be sold."""
        if quantity is None:
            return None
        pieces = quantity.pieces()
        if pieces < 1 or pieces != pieces.to_integral_value():
            self._conversation.say("order_odd_quantity", quantity=str(pieces.normalize()))
            return None
        return int(min(pieces, Decimal(10**9)))


def searched(conversation: Conversation, mention: str) -> list[Product]:
    """The products that ``mention`` (words, or a button's sku) may mean, likeliest first.

    What only sounds like it is left out when something else is written like it: ``垫子`` is no
    ``电瓶子``. May raise ``BackendError``.
    """
    hits = [hit for hit in conversation.services.orders.search(mention) if hit.score >= LIKELY]
    if not hits and (digits := in_digits(mention)) != mention:
        hits = [hit for hit in conversation.services.orders.search(digits) if hit.score >= LIKELY]
    hits.sort(key=lambda hit: -hit.score)
    if mention.isascii():
        return hits
    written = [hit for hit in hits if shared(mention, " ".join(hit.words()[0]))]
    return written or hits


def in_digits(mention: str) -> str:
    """``mention`` with its Chinese numbers as a catalogue writes them: ``十七寸的`` → ``17寸``."""
    return _NUMBER.sub(lambda found: str(parse_number(found[0])), mention.removesuffix("的"))


def _words(products: Sequence[Product]) -> list[tuple[list[str], list[str]]]:
    return [product.words() for product in products]


def described(conversation: Conversation, words: str, least: float) -> list[Product]:
    """The few products that ``words`` may describe, likeliest first, when the score of the best
    is ``least`` or more; those that do not fit the customer's car are left out.

    May raise ``BackendError``.
    """
    car = conversation.state.customer.car
    hits = conversation.services.orders.described(words)
    fitting = [hit for hit in hits if hit.fit(car)]
    if not fitting or fitting[0].score < least:
        return []
    if len(fitting) > 1 and fitting[0].score >= CLEARLY * fitting[1].score:
        return fitting[:1]
    likely = [hit for hit in fitting if hit.score >= AS_LIKELY * fitting[0].score]
    made_for_it = [hit for hit in likely if car and hit.fits]
    return (made_for_it or likely)[:DESCRIBED]


def _counts_pairs(quantity: Quantity | None, product: Product) -> bool:
    """Whether ``一对`` means two of it: the product itself is not sold by the pair."""
    pair = ("对", "双", "pair")
    return (
        quantity is not None
        and quantity.unit in pair
        and not any(unit in product.unit_zh + product.unit_en for unit in pair)
    )
