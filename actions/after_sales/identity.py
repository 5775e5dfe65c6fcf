"""Whose order it is: the same session made it, or its number and the phone's last four digits."""

from __future__ import annotations

import re

from actions.backends.client import Refused
from actions.backends.orders import Order
from actions.clerk.conversation import Conversation
from nightdesk.language.numbers import canonical

MISSES = 5
"""After so many wrong tries nothing is shown to this session any more (design, decision 9)."""
_FOUR_DIGITS = re.compile(r"(?<!\d)(\d{4})(?!\d)")


class Identity:
    """Finds the order that a conversation is about; ``data`` (the task's) keeps what was said."""

    def __init__(self, conversation: Conversation, data: dict[str, str]) -> None:
        self._conversation = conversation
        self._data = data

    def take(self, asked: bool) -> bool:
        """Takes an order number and the phone's tail from the turn; whether there was either."""
        turn = self._conversation.turn
        said = False
        for entity in turn.all("order_no")[-1:]:
            self._data["order_no"] = canonical(entity.text)
            said = True
        for entity in turn.all("phone")[-1:]:
            digits = re.sub(r"\D", "", entity.text)
            self._data["phone_tail"] = digits[-4:]
            said = said or asked
        if asked and "phone_tail" not in self._data:
            said = self._take_tail() or said
        return said

    def _take_tail(self) -> bool:
        """Four digits that stand alone, outside the order number."""
        turn = self._conversation.turn
        rest = turn.text
        for entity in turn.all("order_no"):
            rest = rest.replace(entity.text, " ")
        found = _FOUR_DIGITS.search(rest)
        if found:
            self._data["phone_tail"] = found[1]
        return found is not None

    def order(self) -> Order | None:
        """The order; None when the customer was asked for what proves it, or was refused.

        May raise ``BackendError``.
        """
        number = self._data.get("order_no", "")
        own = self._conversation.services.orders.of_conversation(self._conversation.id)
        for order in own:
            if canonical(order.order_no) == number or not number:
                return order
        if self._conversation.state.identity_misses >= MISSES:
            self._conversation.say("after_sales_locked")
            return None
        tail = self._data.get("phone_tail", "")
        if not number or not tail:
            self._conversation.ask("after_sales_identify")
            return None
        return self._prove(number, tail)

    def _prove(self, number: str, tail: str) -> Order | None:
        try:
            return self._conversation.services.orders.find(number, tail)
        except Refused as refusal:
            if refusal.code not in ("not_found", "locked"):
                raise
            locked = refusal.code == "locked"
        state = self._conversation.state
        state.identity_misses = MISSES if locked else state.identity_misses + 1
        self._data.pop("phone_tail", None)
        self._data.pop("order_no", None)
        if state.identity_misses >= MISSES:
            self._conversation.say("after_sales_locked")
        else:
            self._conversation.say("after_sales_no_match")
            self._conversation.ask("after_sales_identify")
        return None
