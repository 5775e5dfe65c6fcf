"""Whose it is: the same session made it, or its number and the phone's last four digits."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from actions.backends.client import Refused
from actions.backends.orders import Order
from actions.clerk.conversation import Conversation
from nightdesk.language.numbers import canonical

MISSES = 5
"""After so many wrong tries nothing is shown to this session any more (design, decision 9)."""
_FOUR_DIGITS = re.compile(r"(?<!\d)(\d{4})(?!\d)")
Owned = TypeVar("Owned")


class Proof(ABC, Generic[Owned]):
    """Finds what a conversation is about; ``data`` (the task's) keeps what was said.

    A subclass names the ``entity`` that is its number, the ``question`` that asks for the proof,
    and the responses ``no_match`` and ``locked``.
    """

    entity: ClassVar[str]
    question: ClassVar[str]
    no_match: ClassVar[str]
    locked: ClassVar[str]

    def __init__(self, conversation: Conversation, data: dict[str, str]) -> None:
        self._conversation = conversation
        self._data = data

    @abstractmethod
    def _own(self) -> Sequence[Owned]:
        """What this session made, the likeliest first. May raise ``BackendError``."""

    @abstractmethod
    def _find(self, number: str, tail: str) -> Owned:
        """The one of ``number``; ``Refused`` to who does not know its phone."""

    @abstractmethod
    def _number(self, owned: Owned) -> str:
        """Its number."""

    def take(self, asked: bool) -> bool:
        """Takes a number and the phone's tail from the turn; whether there was either."""
        turn = self._conversation.turn
        said = False
        for number in self._numbers()[-1:]:
            self._data["number"] = number
            said = True
        for entity in turn.all("phone")[-1:]:
            digits = re.sub(r"\D", "", entity.text)
            self._data["phone_tail"] = digits[-4:]
            said = said or asked
        if asked and "phone_tail" not in self._data:
            said = self._take_tail() or said
        return said

    def _numbers(self) -> list[str]:
        """The numbers that were said; four digits alone are a phone's tail and no number."""
        said = [canonical(one.text) for one in self._conversation.turn.all(self.entity)]
        return [number for number in said if not re.fullmatch(r"\d{4}", number)]

    def _take_tail(self) -> bool:
        """Four digits that stand alone, outside the number."""
        turn = self._conversation.turn
        rest = turn.text
        for entity in turn.all(self.entity):
            if canonical(entity.text) in self._numbers():
                rest = rest.replace(entity.text, " ")
        found = _FOUR_DIGITS.search(rest)
        if found:
            self._data["phone_tail"] = found[1]
        return found is not None

    def owned(self) -> Owned | None:
        """What it is about; None when the customer was asked for what proves it, or was refused.

        May raise ``BackendError``.
        """
        number = self._data.get("number", "")
        own = self._own()
        for one in own:
            if canonical(self._number(one)) == number:
                return one
        if own and not number:
            return self._of_own(own)
        if self._conversation.state.identity_misses >= MISSES:
            self._conversation.say(self.locked)
            return None
        tail = self._data.get("phone_tail", "")
        if not number or not tail:
            self._conversation.ask(self.question)
            return None
        return self._prove(number, tail)

    def _of_own(self, own: Sequence[Owned]) -> Owned | None:
        """Which of several is meant when no number was said; None when that was asked."""
        return own[0]

    def _prove(self, number: str, tail: str) -> Owned | None:
        try:
            return self._find(number, tail)
        except Refused as refusal:
            if refusal.code not in ("not_found", "locked"):
                raise
            locked = refusal.code == "locked"
        state = self._conversation.state
        state.identity_misses = MISSES if locked else state.identity_misses + 1
        self._data.pop("phone_tail", None)
        if state.identity_misses >= MISSES:
            self._conversation.say(self.locked)
        else:
            self._conversation.say(self.no_match)
            self._conversation.ask(self.question)
        return None


class Identity(Proof[Order]):
    """Whose order it is."""

    entity = "order_no"
    question = "after_sales_identify"
    no_match = "after_sales_no_match"
    locked = "after_sales_locked"

    def _own(self) -> Sequence[Order]:
        return self._conversation.services.orders.of_conversation(self._conversation.id)

    def _find(self, number: str, tail: str) -> Order:
        return self._conversation.services.orders.find(number, tail)

    def _number(self, owned: Order) -> str:
        return owned.order_no

    def order(self) -> Order | None:
        """The order; None when the customer was asked for what proves it, or was refused."""
        return self.owned()
