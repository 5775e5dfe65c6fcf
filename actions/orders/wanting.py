"""What a turn wants of the order that is being taken: named, pointed at, described, or by place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from actions.clerk.conversation import Conversation
from actions.clerk.verdicts import agrees
from actions.orders import guessing
from actions.orders.again import IDENTIFY, again
from actions.orders.cart import Cart, Decision
from actions.orders.clauses import clauses_in
from actions.orders.reading import ADDS, Change, Kind, read_changes, says_how_many
from actions.orders.references import (
    each_of,
    number_of_them,
    pointed_at,
    points_at_one,
    resolved,
    wants_the_same,
)
from actions.orders.wishes import Wishes

WISHES = frozenset({"place_order", "modify_order"})
CONFIRM = "order_confirm"
MENTION = 20


class Wanting:
    """Reads the wishes of the turn and carries them out in the cart. ``data``: the task's."""

    def __init__(self, conversation: Conversation, cart: Cart, data: dict[str, Any]) -> None:
        self._conversation = conversation
        self._cart = cart
        self._data = data
        self._state = conversation.state
        self._turn = conversation.turn
        self._question = self._state.question.name if self._state.question else ""
        self._begun = not self._question and not cart.items

    def take(self) -> bool:
        """Carries out what is wanted; whether there was anything. May raise ``BackendError``."""
        if "again" in self._data and self._question == IDENTIFY:
            return self._carry_out(again(self._conversation, self._data, asked=True))
        if mended := self._mended():
            return self._carry_out(mended)
        changes = read_changes(self._turn)
        if not self._is_meant(changes):
            return False
        changes = [self._named(change) for change in changes]
        changes = self._counted_first(resolved(changes, self._state.shown))
        if self._turn.tapped:
            return self._carry_out(changes) and bool(changes)
        if any(change.product for change in changes):
            first = self._shown_first(changes)
            changes = [*first, *changes, *guessing.goods_beside(self._conversation)]
        elif not self._cart.items and wants_the_same(self._turn.text):
            return self._carry_out(again(self._conversation, self._data, asked=False))
        else:
            changes = self._unnamed(changes)
        return self._carry_out(changes) and bool(changes)

    def _is_meant(self, changes: list[Change]) -> bool:
        """Whether the turn may want goods at all."""
        turn = self._turn
        if self._cart.items and any(change.place is not None for change in changes):
            return True
        tells = turn.any("product") or says_how_many(turn)
        unclear = turn.intent in ("nlu_fallback", "out_of_scope") and tells
        return turn.intent in WISHES | {"inform", "affirm", "deny"} or self._begun or unclear

    def _mended(self) -> list[Change]:
        """Another kind of the last thing, or another thing instead of it."""
        if not self._cart.items:
            return []
        last = self._cart.items[-1]
        swap = guessing.another_variant(self._conversation, last)
        return [swap] if swap else guessing.another_thing(self._turn, last)

    def _named(self, change: Change) -> Change:
        """``change`` of what the words beside its number name."""
        if not change.maybe or change.product:
            return change
        name = Wishes(self._conversation, self._cart).named_beside(change.maybe)
        return replace(change, product=name, maybe="") if name else change

    def _shown_first(self, changes: list[Change]) -> list[Change]:
        """What was shown just now, when it is agreed to before more is wanted (``要得 再来…``)."""
        shown, (first, *_) = self._state.shown, clauses_in(self._turn)
        more = bool(ADDS.search(self._turn.text)) and all(change.product for change in changes)
        if self._cart.items or len(shown) != 1 or not more or first.products or first.quantities:
            return []
        agreed = agrees(first.text) or points_at_one(first.text)
        return [Change("add", shown[0])] if agreed else []

    def _counted_first(self, changes: list[Change]) -> list[Change]:
        """``来两盒 再来瓶护理液``: the number that comes first is of what was shown just now."""
        shown = self._state.shown
        several = len(changes) > 1 and any(change.product for change in changes)
        if not several or self._cart.items or not shown:
            return changes
        first, *others = changes
        if first.product or first.maybe or first.kind != "add" or first.quantity is None:
            return changes
        options = [self._conversation.services.orders.product(sku) for sku in shown]
        unit = first.quantity.unit
        fitting = [one for one in options if unit and one.unit_zh.startswith(unit)] or options
        return [replace(first, product=fitting[0].sku), *others]

    def _unnamed(self, changes: list[Change]) -> list[Change]:
        """``changes`` of a turn that names no product, with what they are for."""
        turn, begun = self._turn, self._begun
        adds = turn.intent == "modify_order" and bool(ADDS.search(turn.text))
        if each := self._each(changes):
            return each
        if begun or adds or turn.intent == "place_order":
            decisions = len(self._cart.decisions)
            if pointed := self._pointed_at(changes):
                changes = pointed + guessing.guessed_goods(self._conversation)
            if len(self._cart.decisions) > decisions:
                return changes
        if begun and not any(change.product for change in changes):
            changes = guessing.guessed_goods(self._conversation) or changes
        asked = self._question == "order_what" and turn.intent in ("inform", "nlu_fallback")
        is_verdict = self._question == CONFIRM and agrees(turn.text)
        guess = (turn.intent == "place_order" or asked) and not is_verdict
        if guess and not any(change.product for change in changes):
            changes = guessing.guessed_wish(turn) or changes
            named = any(change.product for change in changes)
            if not (self._cart.items or named or guessing.names_nothing(turn.text)):
                changes = [Change("add", turn.text[:MENTION], described=True)]
        return changes

    def _each(self, changes: list[Change]) -> list[Change]:
        """So many of each (``各来两份``) of what is in the cart, else of what was shown."""
        if not each_of(self._turn.text):
            return []
        quantity = next((one.quantity for one in changes if one.quantity), None)
        items = [item.product.sku for item in self._cart.items]
        if items and quantity is None:
            return []
        more = bool(ADDS.search(self._turn.text))
        kind: Kind = "add" if more or not items else "set"
        return [
            Change(kind, sku, quantity, more=more and bool(items))
            for sku in items or self._state.shown
        ]

    def _pointed_at(self, changes: list[Change]) -> list[Change]:
        """The wish for what was shown just now (``那个来两个``)."""
        quantity = next((change.quantity for change in changes if change.quantity), None)
        quantity = quantity or number_of_them(self._turn.text)
        skus = pointed_at(self._conversation)
        if not skus and quantity is not None and len(self._state.shown) == 1:
            skus = self._state.shown  # 来4桶, right after its price was told
        if len(skus) > 1 and (word := points_at_one(self._turn.text)):
            options = [self._conversation.services.orders.product(sku) for sku in skus]
            count = int(quantity.pieces()) if quantity and quantity.pieces() >= 1 else None
            self._cart.decisions.append(Decision("choose", word, options, count))
            return []
        return [Change("add", sku, quantity) for sku in skus]

    def _carry_out(self, changes: list[Change] | None) -> bool:
        """Carries out ``changes``; whether there was anything about them."""
        wishes = Wishes(self._conversation, self._cart)
        for change in changes or ():
            wishes.apply(change)
        return changes is not None
