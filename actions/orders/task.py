"""The order that is being taken: wishes, details, what is missing, the read-back, the placing."""

from __future__ import annotations

import re
from typing import Any

from actions.backends.client import BackendError, Refused, Unavailable
from actions.backends.orders import Order
from actions.clerk.conversation import Conversation
from actions.clerk.tasks import Task
from actions.orders import guessing
from actions.orders.again import IDENTIFY
from actions.orders.cart import Cart
from actions.orders.contact import Contact
from actions.orders.decisions import Decisions
from actions.orders.telling import body_of, items_of
from actions.orders.wanting import CONFIRM, WISHES, Wanting
from actions.orders.wishes import Wishes
from actions.products.telling import offer
from nightdesk import logs

log = logs.get(__name__)

DETAILS = WISHES | {"inform", "affirm", "deny", "out_of_scope", "nlu_fallback", "find_branch"}
SAMPLES = 5
NO_ORDER = re.compile(
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
        self._filled = False

    def answered(self) -> bool:
        """Takes a decision, wishes, details, or the confirmation from the turn."""
        before = self.cart.lines()
        decided = Decisions(self.conversation, self.cart).take(self.question)
        wished = not decided and Wanting(self.conversation, self.cart, self.data).take()
        noted, detailed, driven = self._take_note(), self._take_details(), self._take_car()
        told = noted or detailed or driven
        self._filled = bool(self.cart.items) and self.cart.lines() != before
        self._wished = decided or wished or driven
        self._progress = self._wished or told
        return self._progress or self._take_verdict()

    def _take_verdict(self) -> bool:
        """Takes a yes to the read-back, or a no: to it, or to the whole order."""
        if self.turn.intent == "deny" and NO_ORDER.search(self.turn.text):
            self.state.drop()
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
            if self._filled:
                self._tell_taken()
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
        if self.question != CONFIRM or self.cart.decisions or self.contact.missing():
            self.advance()
            return
        self.state.ask(CONFIRM, progress=True)  # what was read back has not changed
        self.conversation.asked = True
        self.conversation.say("order_waits", total=self._total())
        self._offer_verdicts()

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
        mended = self.contact.mend_phone()
        whom = self.turn.intent in DETAILS - WISHES or self.turn.any("phone", "address")
        asked = self.question == "order_contact" and whom
        visit = self.turn.intent == "book_appointment" and self.turn.any("service", "time")
        if visit or (self.turn.intent not in DETAILS and self.question != "order_contact"):
            return mended
        return self.contact.take(asked) or mended

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

    def _tell_taken(self) -> None:
        items = items_of(self.conversation, self.cart)
        self.conversation.say("order_taken", items=items, total=self._total())

    def _ask_contact(self) -> None:
        asked = self.question == "order_contact"
        if not asked or self._wished:
            self._tell_taken()
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
        self._offer_verdicts()

    def _offer_verdicts(self) -> None:
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
        self.state.dropped = None
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
