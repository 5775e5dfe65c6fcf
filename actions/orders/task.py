"""The order that is being taken: wishes, details, what is missing, the read-back, the placing."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from actions.backends.client import BackendError, Refused, Unavailable
from actions.backends.orders import Order
from actions.clerk.conversation import Conversation
from actions.clerk.tasks import Task
from actions.clerk.verdicts import agrees
from actions.orders import guessing
from actions.orders.again import IDENTIFY, again
from actions.orders.cart import Cart, Decision
from actions.orders.contact import Contact
from actions.orders.decisions import Decisions
from actions.orders.reading import Change, asks_total, read_changes
from actions.orders.references import (
    number_of_them,
    pointed_at,
    points_at_one,
    resolved,
    wants_the_same,
)
from actions.orders.telling import body_of, items_of
from actions.orders.wishes import Wishes
from actions.products.telling import offer
from nightdesk import logs

log = logs.get(__name__)

WISHES = frozenset({"place_order", "modify_order"})
DETAILS = WISHES | {"inform", "affirm", "deny", "out_of_scope", "nlu_fallback", "find_branch"}
CONFIRM = "order_confirm"
SAMPLES = 5
MENTION = 20
_NO_ORDER = re.compile(
    r"不要了|不买了?|不用了|算了|唔要|勿要|取消|\b(?:forget it|cancel|never mind)\b", re.I
)


class OrderTask(Task):
    """``data``: ``items`` and ``decisions`` (the cart), ``number`` of the task in the session."""

    kind = "order"
    lightly_dropped = False

    def __init__(self, conversation: Conversation, data: dict[str, Any]) -> None:
        super().__init__(conversation, data)
        self.cart = Cart(data)
        self.contact = Contact(conversation)
        self._confirmed = False
        self._progress = False
        self._wished = False

    def answered(self) -> bool:
        """Takes a decision, wishes, details, or the confirmation from the turn."""
        decided = Decisions(self.conversation, self.cart).take(self.question)
        wished = not decided and self._take_wishes()
        noted, detailed, driven = self._take_note(), self._take_details(), self._take_car()
        told = noted or detailed or driven
        summed = bool(self.cart.items) and asks_total(self.turn)
        self._wished = decided or wished or summed or driven
        self._progress = self._wished or told
        return self._progress or self._take_verdict()

    def _is_verdict(self) -> bool:
        """Whether the turn only lets the order go that was read back."""
        return self.question == CONFIRM and agrees(self.turn.text)

    def _take_verdict(self) -> bool:
        """Takes a yes to the read-back, or a no: to it, or to the whole order."""
        if self.turn.intent == "deny" and _NO_ORDER.search(self.turn.text):
            self.state.close()
            self.conversation.say("order_dropped")
            return True
        if self.question != CONFIRM or self.turn.intent not in ("affirm", "deny"):
            return False
        self._confirmed = self.turn.intent == "affirm"
        if not self._confirmed:
            self.conversation.ask("order_change")
        return True

    def advance(self) -> None:
        self.cart.save()
        if self.conversation.asked:
            return
        if self._confirmed:
            self._place()
        elif self.cart.decisions:
            Decisions(self.conversation, self.cart).ask()
        elif not self.cart.items and "again" in self.data:
            self.conversation.ask(IDENTIFY)
        elif not self.cart.items:
            self._ask_what()
        elif self.contact.missing():
            self._ask_contact()
        else:
            self._read_back()

    def ask_again(self) -> None:
        self.advance()

    def _take_wishes(self) -> bool:
        turn = self.turn
        if "again" in self.data and self.question == IDENTIFY:
            return self._take_all(again(self.conversation, self.data, asked=True))
        if self.cart.items:
            swap = guessing.another_variant(self.conversation, self.cart.items[-1])
            if mended := [swap] if swap else guessing.removed_by_place(turn):
                return self._take_all(mended)
        begun = not self.question and not self.cart.items
        unclear = turn.intent in ("nlu_fallback", "out_of_scope") and turn.any("product")
        if turn.intent not in WISHES | {"inform", "affirm", "deny"} and not (begun or unclear):
            return False
        changes = self._counted_first(resolved(read_changes(turn), self.state.shown))
        if not any(change.product for change in changes) and not turn.tapped:
            if not self.cart.items and wants_the_same(turn.text):
                return self._take_all(again(self.conversation, self.data, asked=False))
            wants = begun or turn.intent == "place_order"
            if wants and (pointed := self._pointed_at(changes)):
                changes = pointed + guessing.guessed_goods(self.conversation)
            if begun and not any(change.product for change in changes):
                changes = guessing.guessed_goods(self.conversation) or changes
            asked = self.question == "order_what" and turn.intent in ("inform", "nlu_fallback")
            guess = (turn.intent == "place_order" or asked) and not self._is_verdict()
            if guess and not any(change.product for change in changes):
                changes = guessing.guessed_wish(turn) or changes
                if not self.cart.items and not any(change.product for change in changes):
                    changes = [Change("add", turn.text[:MENTION], described=True)]
        return self._take_all(changes) and bool(changes)

    def _take_all(self, changes: list[Change] | None) -> bool:
        """Carries out ``changes``; whether there was anything about them."""
        wishes = Wishes(self.conversation, self.cart)
        for change in changes or ():
            wishes.apply(change)
        return changes is not None

    def _pointed_at(self, changes: list[Change]) -> list[Change]:
        """The wish for what was shown just now (``那个来两个``)."""
        quantity = next((change.quantity for change in changes if change.quantity), None)
        quantity = quantity or number_of_them(self.turn.text)
        skus = pointed_at(self.conversation)
        if not skus and quantity is not None and len(self.state.shown) == 1:
            skus = self.state.shown  # 来4桶, right after its price was told
        if len(skus) > 1 and (word := points_at_one(self.turn.text)):
            options = [self.conversation.services.orders.product(sku) for sku in skus]
            count = int(quantity.pieces()) if quantity and quantity.pieces() >= 1 else None
            self.cart.decisions.append(Decision("choose", word, options, count))
            return []
        return [Change("add", sku, quantity) for sku in skus]

    def _counted_first(self, changes: list[Change]) -> list[Change]:
        """``来两盒 再来瓶护理液``: the number that comes first is of what was shown just now."""
        shown = self.state.shown
        several = len(changes) > 1 and any(change.product for change in changes)
        if not several or self.cart.items or not shown:
            return changes
        first, *others = changes
        if first.product or first.maybe or first.kind != "add" or first.quantity is None:
            return changes
        options = [self.conversation.services.orders.product(sku) for sku in shown]
        unit = first.quantity.unit
        fitting = [one for one in options if unit and one.unit_zh.startswith(unit)] or options
        return [replace(first, product=fitting[0].sku), *others]

    def _take_car(self) -> bool:
        """The car, for the items that are made for certain ones; whether it was said only now."""
        model = self.turn.first("car_model")
        lacking = [item for item in self.cart.items if item.product.fits and not item.model]
        if model is None or not lacking or self.turn.any("product"):
            return False
        wishes = Wishes(self.conversation, self.cart)
        for item in lacking:
            car = str(model.value or model.text)
            if not item.product.fit(car):
                self.cart.items.remove(item)
            wishes.take(item.product, item.quantity, car)
        return True

    def _take_note(self) -> bool:
        """A word to the seller, which goes with the order."""
        words = guessing.note(self.turn)
        if words:
            self.data["note"] = words
        return bool(words)

    def _take_details(self) -> bool:
        whom = self.turn.intent in DETAILS - WISHES or self.turn.any("phone", "address")
        asked = self.question == "order_contact" and whom
        visit = self.turn.intent == "book_appointment" and self.turn.any("service", "time")
        if visit or (self.turn.intent not in DETAILS and self.question != "order_contact"):
            return False
        return self.contact.take(asked)

    def _ask_what(self) -> None:
        """What it shall be; whom that did not help sees some of what there is."""
        self.conversation.ask("order_what")
        if self.state.question and self.state.question.asked > 1:
            for product in self.conversation.services.orders.search("", SAMPLES):
                offer(self.conversation, product)

    def _ask_car(self) -> None:
        """Asks once which car it is, in passing, when something is made for certain ones."""
        lacking = [item for item in self.cart.items if item.product.fits and not item.model]
        known = self.state.customer.car or self.data.get("car_asked")
        if lacking and not known:
            self.data["car_asked"] = True
            self.conversation.say(
                "order_which_model",
                product=lacking[0].product.name(self.conversation.language),
                fits=self.conversation.listing(lacking[0].product.fits),
            )

    def _ask_contact(self) -> None:
        asked = self.question == "order_contact"
        if (not asked or self._wished) and not self.contact.complained:
            self.conversation.say(
                "order_taken", items=items_of(self.conversation, self.cart), total=self._total()
            )
        missing = [self.conversation.wording(f"order_{field}") for field in self.contact.missing()]
        self.conversation.ask(
            "order_contact",
            progress=asked and self._progress,
            brief=len(missing) == 1,
            missing=self.conversation.listing(missing),
        )
        self._ask_car()

    def _read_back(self) -> None:
        customer = self.state.customer
        self.conversation.ask(
            CONFIRM,
            progress=self.question in (CONFIRM, "order_change") and self._progress,
            items=items_of(self.conversation, self.cart),
            total=self._total(),
            recipient=customer.name,
            phone=customer.phone,
            address=customer.address + self._note_line(),
        )
        self._ask_car()
        self.conversation.offer(
            (self.conversation.wording("button_confirm_order"), "/affirm"),
            (self.conversation.wording("button_change"), "/deny"),
            (self.conversation.wording("button_drop_order"), "/stop"),
        )

    def _note_line(self) -> str:
        note_to_seller = self.data.get("note")
        if not note_to_seller:
            return ""
        return "\n" + self.conversation.wording("order_note", note=note_to_seller)

    def _total(self) -> str:
        return self.conversation.price(self.cart.total)

    def _place(self) -> None:
        order = body_of(self.conversation, self.cart, self.data.get("note", ""))
        key = self.conversation.key("order", self.data["number"], order)
        try:
            placed = self.conversation.services.orders.place(order, key)
        except Refused as refusal:
            self._refused(refusal)
        except Unavailable:
            self._keep(order, key)
        else:
            self._thank(placed)

    def _thank(self, placed: Order) -> None:
        limit = self.conversation.services.profile.escalation.order_amount
        self.state.orders.append(placed.order_no)
        self.state.latest = "order"
        self.state.done = True
        self.state.close()
        total = self.conversation.price(placed.total)
        self.conversation.note(order_total=str(placed.total))
        self.conversation.say("order_placed", order_no=placed.order_no, total=total)
        if limit is not None and placed.total >= limit:
            self._tell_a_person(placed)

    def _tell_a_person(self, placed: Order) -> None:
        """An order of this value is confirmed by a person (the profile's limit)."""
        ticket = {
            "kind": "handoff",
            "priority": "high",
            "subject": f"大额订单待确认 {placed.order_no}",
            "description": f"合计 {placed.total} {placed.currency}，请与客户确认。",
            "order_no": placed.order_no,
            "conversation_id": self.conversation.id,
        }
        self.conversation.services.tickets.open(
            ticket, self.conversation.key("high_value", placed.order_no)
        )
        self.conversation.say("order_high_value")

    def _refused(self, refusal: Refused) -> None:
        """The shelf is emptier than at the read-back, or the order cannot be taken as it is."""
        log.info("order_refused", code=refusal.code)
        item = self.cart.find(str(refusal.details.get("sku")))
        if refusal.code != "out_of_stock" or item is None:
            raise BackendError(str(refusal))
        product = self.conversation.services.orders.product(item.product.sku)
        self.cart.items.remove(item)
        Wishes(self.conversation, self.cart).take(product, item.quantity, item.model, sure=True)
        self._confirmed = False
        self.advance()

    def _keep(self, order: dict[str, Any], key: str) -> None:
        """The orders backend does not answer: the desk keeps the order and sends it later."""
        try:
            self.conversation.services.desk.keep("orders", "/orders", order, key)
        except BackendError:
            log.error("order_not_kept")
            self.conversation.say("order_not_placed")
            self.state.ask(CONFIRM)
            self.conversation.offer((self.conversation.wording("button_try_again"), "/affirm"))
            return
        self.state.close()
        self.conversation.say("order_kept")
