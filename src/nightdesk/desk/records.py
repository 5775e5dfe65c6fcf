"""What goes in and out of the desk's store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nightdesk.desk.handoff.states import State

ANSWERED = "answered"
PENDING = "pending"
TAKEN = "taken"
TICKET = "ticket"
GIVEN_UP = "given_up"


class NoConversationError(Exception):
    """The conversation of this token is not kept here."""


class UnknownButtonError(Exception):
    """The button was never shown in this conversation."""


class TooManyWaitingError(Exception):
    """The conversation has as many unanswered messages as it may."""


@dataclass(frozen=True)
class Inbound:
    """What a customer sends: cleaned ``text``, or the ``button`` (its opaque id) pressed."""

    client_message_id: str
    text: str = ""
    button: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Received:
    """The stored message; ``repeated``: it had been there before."""

    message_id: int
    repeated: bool


@dataclass(frozen=True)
class Reply:
    """One message of Rasa's. ``buttons`` are (title, payload) as Rasa gave them."""

    text: str | None = None
    image: str | None = None
    buttons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Work:
    """A message to be brought to Rasa, claimed by this process. Times are aware."""

    message_id: int
    conversation_id: str
    channel: str
    sent: str
    language: str
    received_at: datetime
    promised: bool
    earlier_attempts: int
    wrong_answers: int
    owner: State = State.BOT
    staffed: bool | None = None
    """Whether somebody of the shop's people is there; None when that is unknown."""
    from_customer: bool = True
    """Else it is the desk's own word to Rasa."""

    @property
    def key(self) -> str:
        """Names this message to Rasa and to the tickets backend, the same in every attempt."""
        return f"desk-{self.conversation_id}-{self.message_id}"


@dataclass(frozen=True)
class NotYet:
    """Nothing to do before ``until``: the next attempt is due then, or another's lease ends."""

    until: datetime
    busy: bool = False


@dataclass(frozen=True)
class Given:
    """A message that was given up: a person is to have a ticket for it."""

    message_id: int
    conversation_id: str
    text: str
    language: str
    received_at: datetime
    attempts: int

    @property
    def key(self) -> str:
        return f"desk-{self.conversation_id}-{self.message_id}"


@dataclass(frozen=True)
class Answer:
    """What Rasa said, and what the action server knows of the turn (see docs/handoff.md)."""

    replies: list[Reply]
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """Where a message stands, and what was said in reply so far (as the chat contract has it).

    ``owner``: who has the conversation. ``state`` is TAKEN for what a person is to answer.
    """

    state: str
    promised: bool
    lines: list[dict[str, Any]] = field(default_factory=list)
    owner: State = State.BOT

    @property
    def settled(self) -> bool:
        """Whether nothing is left to wait for at once: answered, explained, or a person's."""
        return self.promised or self.state in (ANSWERED, GIVEN_UP, TAKEN)

    @property
    def status(self) -> str:
        """The contract's status: who has the conversation, or ``failed``."""
        if self.owner is not State.BOT:
            return str(self.owner.value)
        return "bot" if self.state in (ANSWERED, TAKEN) else "failed"
