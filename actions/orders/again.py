"""The last order once more: this conversation's, or one that the customer proves is theirs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from actions.after_sales.identity import Identity
from actions.clerk.conversation import Conversation
from actions.orders.reading import Change
from nightdesk.language.quantity import Quantity

IDENTIFY = "after_sales_identify"


def again(conversation: Conversation, data: dict[str, Any], asked: bool) -> list[Change] | None:
    """The wishes of the order that shall be repeated; none while it is asked which one it is.

    ``data`` (the task's) remembers in ``again`` what was said of it. None: nothing was said.
    """
    identity = Identity(conversation, data.setdefault("again", {}))
    if not identity.take(asked) and asked:
        return None
    order = identity.order()
    if order is None:
        return []
    del data["again"]
    return [Change("add", line.sku, Quantity(Decimal(line.quantity), "")) for line in order.lines]
