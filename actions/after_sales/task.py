"""A wish about a placed order: first whose it is, then the service that was asked for."""

from __future__ import annotations

from typing import Any

from actions.after_sales.changes import Change
from actions.after_sales.identity import Identity
from actions.after_sales.services import Cancel, RequestInvoice, Return, Service, Track
from actions.clerk.conversation import Conversation
from actions.clerk.tasks import Task

SERVICES: dict[str, type[Service]] = {
    service.wish: service for service in (Track, Cancel, Change, Return, RequestInvoice)
}


class AfterSalesTask(Task):
    """``data``: ``wish``, ``identity`` (what was said to prove it), and the service's details."""

    kind = "after_sales"

    def __init__(self, conversation: Conversation, data: dict[str, Any]) -> None:
        super().__init__(conversation, data)
        self.identity = Identity(conversation, data.setdefault("identity", {}))
        self.service = SERVICES[data["wish"]](conversation, data.setdefault("details", {}))

    def answered(self) -> bool:
        identified = self.identity.take(self.question == "after_sales_identify")
        return self.service.take(self.question) or identified

    def advance(self) -> None:
        order = self.identity.order()
        if order is not None:
            self.service.proceed(order)
        elif not self.conversation.asked:
            self.state.close()

    def ask_again(self) -> None:
        self.advance()


def serve(conversation: Conversation, wish: str) -> None:
    """Begins the service ``wish`` for the turn."""
    task = AfterSalesTask(conversation, conversation.state.begin(AfterSalesTask.kind, wish=wish))
    task.answered()
    task.advance()
