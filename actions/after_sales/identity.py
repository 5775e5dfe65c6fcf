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
_TAIL = re.compile(r"尾号|尾號|[后後末]四位|\blast (?:four|4)\b|\bending\b", re.I)
_RUN_BEFORE = re.compile(r"[A-Za-z0-9]*$", re.ASCII)
_RUN_AFTER = re.compile(r"[A-Za-z0-9]*", re.ASCII)
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
        told = asked or said or _TAIL.search(turn.text)
        if told and "phone_tail" not in self._data:
            said = self._take_tail() or said
        return said

    def _numbers(self) -> list[str]:
        """The numbers that were said; four digits alone are a phone's tail and no number."""
        said = [canonical(words) for words in self._words()]
        return [number for number in said if not re.fullmatch(r"\d{4}", number)]

    def _words(self) -> list[str]:
        """The numbers as they were typed, each with the letters and digits that hang on to it."""
        turn = self._conversation.turn
        if turn.tapped:
            return [one.text for one in turn.all(self.entity)]
        return [
            (_RUN_BEFORE.search(turn.text[: one.start]) or [""])[0]
            + one.text
            + (_RUN_AFTER.match(turn.text[one.end :]) or [""])[0]
            for one in turn.all(self.entity)
        ]

    def _take_tail(self) -> bool:
        """Four digits that stand alone, outside the number."""
        turn = self._conversation.turn
        rest = turn.text
        for words in self._words():
            if canonical(words) in self._numbers():
                rest = rest.replace(words, " ")
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
