"""What can be done about a placed order, one class each. A service reads what it needs from the
turn (``take``) and goes one step on (``proceed``) once the order is known to be the customer's."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from actions.after_sales.invoices import Invoice
from actions.backends.client import Refused
from actions.backends.orders import Order
from actions.clerk.conversation import Conversation

_EXCHANGE = re.compile(r"换|調換|exchange|swap|replace", re.I)
_REFUND = re.compile(r"退款|退钱|退錢|refund|money back", re.I)


class Service(ABC):
    """``wish`` names it in the task and its responses (``after_sales_<wish>_…``)."""

    wish: ClassVar[str]

    def __init__(self, conversation: Conversation, data: dict[str, Any]) -> None:
        self.conversation = conversation
        self.data = data

    def take(self, question: str) -> bool:
        """Takes details and answers from the turn; whether there were any."""
        return False

    @abstractmethod
    def proceed(self, order: Order) -> None:
        """Does it, or asks the next question. Closes the task when it is done."""

    def confirmed(self, question: str) -> bool | None:
        """The answer to the read-back ``question``; None when it was not asked or answered."""
        if question != f"after_sales_{self.wish}_confirm":
            return None
        return {"affirm": True, "deny": False}.get(self.conversation.turn.intent)

    def finish(self, response: str, **values: Any) -> None:
        """Says how it ended and closes the task."""
        self.conversation.state.close()
        self.conversation.state.done = True
        self.conversation.say(response, **values)

    def refused(self, refusal: Refused, order: Order) -> None:
        """Says why it cannot be done any more; a person may still help."""
        name = f"after_sales_{refusal.code}"
        if not self.conversation.has_wording(name):
            raise refusal
        self.finish(name, order_no=order.order_no)
        self.conversation.offer((self.conversation.wording("button_human"), "/request_human"))


class Track(Service):
    """Where it is and what comes next."""

    wish = "track"

    def proceed(self, order: Order) -> None:
        items = self.conversation.listing(
            [line.called(self.conversation.language) for line in order.lines]
        )
        self.finish(f"after_sales_{order.status}", order_no=order.order_no, items=items)
        if order.status == "shipped" and order.tracking_no:
            self.conversation.say(
                "after_sales_parcel", carrier=order.carrier, tracking_no=order.tracking_no
            )


class Cancel(Service):
    """Calls the order off, after a yes to what it holds."""

    wish = "cancel"

    def take(self, question: str) -> bool:
        answer = self.confirmed(question)
        self.data["sure"] = answer is True
        self.data["kept"] = answer is False
        return answer is not None

    def proceed(self, order: Order) -> None:
        if self.data.get("kept"):
            self.finish("after_sales_kept", order_no=order.order_no)
        elif order.status == "cancelled":
            self.finish("after_sales_cancelled", order_no=order.order_no, items="")
        elif self.data.get("sure"):
            self._cancel(order)
        else:
            language = self.conversation.language
            items = self.conversation.listing(
                [f"{line.called(language)}×{line.quantity}" for line in order.lines]
            )
            self.conversation.ask(
                "after_sales_cancel_confirm", order_no=order.order_no, items=items
            )
            self.conversation.offer(
                (self.conversation.wording("button_cancel_order"), "/affirm"),
                (self.conversation.wording("button_keep_order"), "/deny"),
            )

    def _cancel(self, order: Order) -> None:
        key = self.conversation.key("cancel", order.order_no)
        try:
            self.conversation.services.orders.cancel(order.order_no, key)
        except Refused as refusal:
            self.refused(refusal, order)
        else:
            self.finish("after_sales_cancel_done", order_no=order.order_no)


class Return(Service):
    """A return, exchange or refund: the shop gets the request with the customer's reason."""

    wish = "return"

    def take(self, question: str) -> bool:
        turn = self.conversation.turn
        if "kind" not in self.data:
            words = turn.text
            kind = "exchange" if _EXCHANGE.search(words) else "return"
            self.data["kind"] = "refund" if _REFUND.search(words) else kind
        if question != "after_sales_return_reason" or turn.tapped:
            return False
        if turn.intent in ("request_human", "stop", "affirm"):
            return False
        self.data["reason"] = turn.text[:500]
        return True

    def proceed(self, order: Order) -> None:
        if order.status in ("placed", "paid") and self.data["kind"] != "exchange":
            self._cancel_instead(order)
            return
        if not self.data.get("reason"):
            self.conversation.ask("after_sales_return_reason", order_no=order.order_no)
            return
        kind, reason = self.data["kind"], self.data["reason"]
        key = self.conversation.key("return", order.order_no, kind, reason)
        try:
            number = self.conversation.services.orders.request_return(
                order.order_no, kind, reason, key
            )
        except Refused as refusal:
            self.refused(refusal, order)
        else:
            self.finish(f"after_sales_{kind}_requested", order_no=order.order_no, number=number)

    def _cancel_instead(self, order: Order) -> None:
        """What has not left the shop needs no return."""
        self.conversation.say("after_sales_not_shipped", order_no=order.order_no)
        if self.conversation.state.task is not None:
            self.conversation.state.task["wish"] = Cancel.wish
        Cancel(self.conversation, self.data).proceed(order)


class RequestInvoice(Service):
    """An invoice: title, tax number of a company, e-mail."""

    wish = "invoice"

    def take(self, question: str) -> bool:
        invoice = Invoice(self.data.setdefault("invoice", {}))
        asked = question.startswith(f"after_sales_{self.wish}")
        return invoice.take(self.conversation.turn, asked)

    def proceed(self, order: Order) -> None:
        invoice = Invoice(self.data.setdefault("invoice", {}))
        problem = invoice.problem()
        if problem:
            self.conversation.ask(f"after_sales_invoice_{problem}", order_no=order.order_no)
            if problem == "title":
                title = self.conversation.wording("button_personal_invoice")
                self.conversation.offer((title, "/inform"))
            return
        body = invoice.as_json()
        key = self.conversation.key("invoice", order.order_no, body)
        try:
            self.conversation.services.orders.request_invoice(order.order_no, body, key)
        except Refused as refusal:
            self.refused(refusal, order)
        else:
            self.finish("after_sales_invoice_done", email=body["email"], title=body["title"])
