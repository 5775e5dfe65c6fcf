"""One turn of one conversation: what was said, what is known, and what is answered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from actions.backends.knowledge import Entry, Fault
from actions.clerk import wording
from actions.clerk.services import Services
from actions.clerk.state import State
from actions.clerk.turn import Turn
from nightdesk import amounts

HELP_AFTER = 2
"""The same question at most twice in a row; then help or a person."""


class Conversation:
    """Collects the sentences and buttons of one reply. ``id`` is the session's id; ``noted``: what
    the desk is told of the turn; ``entries_found`` and ``faults_found``: by the words that were
    searched for in it; ``entry``: the id of the entry that is answered; ``passing``: what
    is said is not worth repeating."""

    def __init__(self, id: str, turn: Turn, state: State, services: Services) -> None:
        self.id = id
        self.turn = turn
        self.state = state
        self.services = services
        self.lines: list[str] = []
        self.buttons: list[dict[str, str]] = []
        self.asked = False
        self.idle_buttons: list[tuple[str, str]] = []
        self.noted: dict[str, Any] = {}
        self.entries_found: dict[str, tuple[list[Entry], bool]] = {}
        self.faults_found: dict[str, tuple[list[Fault], bool]] = {}
        self.entry = ""
        self.passing = False

    @property
    def language(self) -> str:
        return self.state.language

    def wording(self, name: str, **values: Any) -> str:
        """The response ``name`` in the conversation's language, as the shop's trade says it."""
        in_trade = f"{name}_{self.services.profile.industry}"
        return wording.say(
            in_trade if self.has_wording(in_trade) else name, self.language, **values
        )

    @staticmethod
    def has_wording(name: str) -> bool:
        """Whether there is a response ``name``."""
        return name in wording.responses()

    def say(self, name: str, **values: Any) -> None:
        """Adds the response ``name`` to the reply; what it says already is not said twice."""
        line = self.wording(name, **values)
        if line not in self.lines:
            self.lines.append(line)

    def offer(self, *buttons: tuple[str, str]) -> None:
        """Adds buttons: (title, payload) each; a title that is offered already is left out."""
        for title, payload in buttons:
            if all(title != button["title"] for button in self.buttons):
                self.buttons.append({"title": title, "payload": payload})

    def offer_when_idle(self, *buttons: tuple[str, str]) -> None:
        """Buttons that are shown only when this turn leaves nothing open: a task's own come first
        on a phone."""
        self.idle_buttons.extend(buttons)

    def note(self, **facts: Any) -> None:
        """Tells the desk, and no customer, what was done in this turn (``facts.facts_of``)."""
        self.noted.update(facts)

    def ask(
        self, question: str, *, progress: bool = False, brief: bool = False, **values: Any
    ) -> None:
        """Asks ``question``; again in other words; a third time, offers a person.

        ``progress``: a part of it was answered just now, so it does not count as asked again.
        ``brief``: in the other, shorter words at once.
        """
        asked = self.state.ask(question, progress)
        self.asked = True
        again = f"{question}_again"
        repeated = (asked > 1 or progress or brief) and self.has_wording(again)
        self.say(again if repeated else question, **values)
        if asked > HELP_AFTER:
            self.say("talk_offer_help")
            self.offer((self.wording("button_human"), "/request_human"))

    def price(self, amount: Any) -> str:
        """``amount`` in the shop's currency."""
        return amounts.price(amount, self.services.profile.currency)

    def listing(self, words: Sequence[str], last: str = "") -> str:
        return wording.listing(list(words), self.language, last)

    def key(self, *content: Any) -> str:
        """An Idempotency-Key from the conversation and the confirmed ``content``."""
        text = json.dumps([self.id, *content], ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:40]
