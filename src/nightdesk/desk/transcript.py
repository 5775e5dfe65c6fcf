"""The lines of a conversation, written and read within a transaction that is open already."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.desk.handoff.model import Agent
from nightdesk.desk.model import Button, Conversation, Message
from nightdesk.desk.records import NoConversationError, Reply

Line = dict[str, Any]

_OPTIONAL = ("text", "buttons", "image", "client_message_id", "in_reply_to")
AGENT_KEY = "agent:"
"""Before the ``client_message_id`` of what a person wrote: those of the two sides never meet."""


def locked(session: Session, conversation_id: str) -> Any:
    """The conversation, locked until the transaction ends.

    Raises:
        NoConversationError: there is none.
    """
    query = select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    conversation = session.execute(query).scalar_one_or_none()
    if conversation is None:
        raise NoConversationError(conversation_id)
    return conversation


def add_line(session: Session, conversation_id: str, sender: str, **columns: Any) -> Any:
    """Append to the transcript of a locked conversation."""
    message = Message(conversation_id=conversation_id, sender=sender, at=clock.now(), **columns)
    session.add(message)
    session.flush()
    return message


def add_replies(
    session: Session, conversation_id: str, in_reply_to: int, replies: Iterable[Reply]
) -> None:
    """Append Rasa's replies; each button is kept under an id that cannot be guessed."""
    for reply in replies:
        issued = [
            (f"b_{secrets.token_urlsafe(12)}", title, payload) for title, payload in reply.buttons
        ]
        message = add_line(
            session,
            conversation_id,
            "bot",
            in_reply_to=in_reply_to,
            text=reply.text,
            image=reply.image,
            buttons=[{"title": title, "payload": key} for key, title, _ in issued] or None,
        )
        session.add_all(
            Button(
                id=key,
                conversation_id=conversation_id,
                message_id=message.id,
                title=title,
                payload=payload,
            )
            for key, title, payload in issued
        )


def lines(session: Session, query: Any) -> list[Line]:
    """The messages that ``query`` selects, as the chat contract has them."""
    messages = session.execute(query).scalars().all()
    people = {message.agent_id for message in messages if message.agent_id}
    named = select(Agent.id, Agent.name).where(Agent.id.in_(people))
    names = {row.id: row.name for row in session.execute(named)} if people else {}
    return [line(message, names.get(message.agent_id)) for message in messages]


def line(message: Any, agent: str | None = None) -> Line:
    """A message as the chat contract has it; ``agent``: the name of the person who wrote it."""
    shown = {
        "id": message.id,
        "from": message.sender,
        **{name: value for name in _OPTIONAL if (value := getattr(message, name))},
        "at": message.at.isoformat(timespec="milliseconds"),
    }
    if agent:
        shown["agent"] = agent
    if message.sender == "agent" and "client_message_id" in shown:
        shown["client_message_id"] = shown["client_message_id"][len(AGENT_KEY) :]
    return shown
