"""The decisions that a wish left open: asking for them and reading the answers."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.backends.orders import Product
from actions.clerk.choosing import by_price, ordinal, ordinal_in_words, told_apart, without
from actions.clerk.conversation import Conversation
from actions.clerk.payloads import payload
from actions.clerk.turn import Turn
from actions.orders.cart import Cart, Decision
from actions.orders.counting import COUNT
from actions.orders.reading import Change, read_changes
from actions.orders.wishes import PERHAPS, SURELY, Wishes, described
from nightdesk.language.quantity import Quantity, parse_quantity

_NONE_OF_THEM = re.compile(r"都不(?:要|是|对)|不要了|\bnone\b|\bneither\b", re.I)
_YES = frozenset({"affirm", "place_order"})


class Decisions:
    """Works through ``cart.decisions``, one a turn."""

    def __init__(self, conversation: Conversation, cart: Cart) -> None:
        self._conversation = conversation
        self._cart = cart
        self._turn = conversation.turn

    def ask(self) -> None:
        """Asks for the first decision, with a button for each way out."""
        decision = self._cart.decisions[0]
        conversation, language = self._conversation, self._conversation.language
        product = decision.options[0]
        if decision.kind == "choose" and len(decision.options) == 1:
            conversation.ask(
                "order_perhaps",
                mention=decision.mention,
                product=product.name(language),
                price=conversation.price(product.price),
                unit=product.unit(language),
            )
            conversation.offer(
                (conversation.wording("button_confirm"), "/affirm"),
                (conversation.wording("button_order_without"), "/deny"),
            )
            return
        if decision.kind == "choose":
            options = "\n".join(
                conversation.wording(
                    "order_option",
                    number=index,
                    product=option.name(language),
                    price=conversation.price(option.price),
                    unit=option.unit(language),
                )
                for index, option in enumerate(decision.options, 1)
            )
            conversation.ask("order_choose", mention=decision.mention, options=options)
            conversation.offer(
                *(
                    (one.name(language), payload("inform", product=one.sku))
                    for one in decision.options
                ),
            )
            return
        conversation.ask(
            f"order_{decision.kind}",
            product=product.name(language),
            stock=product.stock,
            unit=product.unit(language),
            model=decision.model,
            fits=conversation.listing(product.fits),
        )
        conversation.offer(
            (
                conversation.wording(f"button_order_{decision.kind}", stock=product.stock),
                "/affirm",
            ),
            (conversation.wording("button_order_without"), "/deny"),
        )

    def take(self, question: str) -> bool:
        """Takes the answer to ``question`` from the turn; whether it was one."""
        if not self._cart.decisions or question != _question(self._cart.decisions[0]):
            return False
        decision = self._cart.decisions[0]
        chosen = self._choice(decision) if decision.kind == "choose" else self._consent(decision)
        if chosen is None and not self._declined():
            return False
        self._cart.decisions.pop(0)
        if chosen is None:
            self._conversation.say("order_left_out", product=decision.mention)
            return True
        product, quantity = chosen
        Wishes(self._conversation, self._cart).take(
            product, quantity, decision.model, sure=decision.kind != "choose"
        )
        return True

    def _declined(self) -> bool:
        return self._turn.intent == "deny" or bool(_NONE_OF_THEM.search(self._turn.text))

    def _consent(self, decision: Decision) -> tuple[Product, int] | None:
        """Yes to what is left or to a product that does not fit; another number is a yes to it."""
        product = decision.options[0]
        for change in read_changes(self._turn):
            if change.quantity and not change.product and change.quantity.pieces() > 0:
                return product, int(change.quantity.pieces())
        if self._turn.intent not in _YES:
            return None
        wanted = decision.quantity or 1
        return product, min(wanted, product.stock) if decision.kind == "less" else wanted

    def _choice(self, decision: Decision) -> tuple[Product, int] | None:
        options, turn = decision.options, self._turn
        changes = read_changes(turn)
        given = _given(turn, changes)
        quantity = int(given.pieces()) if given and given.pieces() >= 1 else decision.quantity or 1
        index = ordinal_in_words(turn.text, len(options))
        if index is None and given is None:  # 来两个 is a number, not the second one
            index = ordinal(turn.text, len(options))
        implied = turn.any("address", "phone") or turn.intent in _YES
        if index is None and len(options) == 1 and implied:
            index = 0
        if index is not None:
            return options[index], quantity
        words = next(
            (one.product for one in changes if one.product), "" if turn.tapped else turn.text
        )
        if (named := self._named(words, options)) is not None:
            return named, quantity
        uncounted = replace(turn, text=COUNT.sub(" ", turn.text))
        apart = told_apart(uncounted, [option.words() for option in options])
        apart = _only_fit(turn, options) if apart is None else apart
        apart = _only_counted_so(given, options) if apart is None else apart
        apart = self._described(options) if apart is None else apart
        if apart is not None:
            return options[apart], quantity
        wish = by_price(turn.text)
        if wish is None:
            return None
        ranked = sorted(options, key=lambda option: float(option.price))
        return (ranked[0] if wish == "cheapest" else ranked[-1]), quantity

    def _described(self, options: list[Product]) -> int | None:
        """The option that the whole message describes better than anything else in the shop."""
        if self._turn.tapped or self._declined():
            return None
        words = without(self._turn, "address", "person", "phone", "quantity")
        best = described(self._conversation, words, SURELY if len(options) > 1 else PERHAPS)
        clear = best[:1] if len(best) == 1 or len(options) == 1 else []
        skus = [option.sku for option in options]
        return next((skus.index(hit.sku) for hit in clear if hit.sku in skus), None)

    def _named(self, words: str, options: list[Product]) -> Product | None:
        """The option that ``words`` name: the one of them that the shop's search finds first."""
        if not words.strip():
            return None
        found = self._conversation.services.orders.search(words[:60])
        hits = [hit for hit in found if any(hit.sku == option.sku for option in options)]
        if not hits or hits[0].score < 0.45:
            return None
        if len(hits) > 1 and hits[0].score - hits[1].score < 0.05:
            return None
        return next(option for option in options if option.sku == hits[0].sku)


def _given(turn: Turn, changes: list[Change]) -> Quantity | None:
    """How many are wanted: the last number that is no place (``第一个来两个``)."""
    counts = [
        one
        for one in turn.all("quantity")
        if turn.tapped or not turn.text[: one.start].endswith("第")
    ]
    if counts:
        return parse_quantity(counts[-1].text)
    return next((one.quantity for one in changes if one.quantity), None)


def _question(decision: Decision) -> str:
    """The question that asks for ``decision``."""
    alone = decision.kind == "choose" and len(decision.options) == 1
    return "order_perhaps" if alone else f"order_{decision.kind}"


def _only_counted_so(quantity: Quantity | None, options: list[Product]) -> int | None:
    """The only option that is sold by the measure word that was used (``来一对``)."""
    unit = quantity.unit if quantity else ""
    so = [index for index, one in enumerate(options) if unit and one.unit_zh.startswith(unit)]
    return so[0] if len(so) == 1 else None


def _only_fit(turn: Turn, options: list[Product]) -> int | None:
    """The only option that fits the car that was named (``我开的是X5``)."""
    model = turn.first("car_model")
    if model is None:
        return None
    car = str(model.value or model.text)
    fitting = [index for index, option in enumerate(options) if option.fits and option.fit(car)]
    return fitting[0] if len(fitting) == 1 else None
