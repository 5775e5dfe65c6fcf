"""The tables of the desk: conversations, their transcript, and what still waits for an answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Text, UniqueConstraint

from nightdesk.database import Base, UtcDateTime


class Conversation(Base):
    """One visitor's session. Whoever holds the lease is the one process that serves it."""

    __tablename__ = "desk_conversations"

    id: Any = Column(String(64), primary_key=True)
    channel: Any = Column(String(32), nullable=False)
    language: Any = Column(String(8))
    created_at: Any = Column(UtcDateTime, nullable=False)
    lease_owner: Any = Column(String(64))
    lease_until: Any = Column(UtcDateTime)
    collected_id: Any = Column(Integer, nullable=False, default=0)
    """The last message that a client of the REST webhook, which cannot be pushed to, has got."""


class Message(Base):
    """A line of the transcript. Within a conversation ids grow in the order of their commits."""

    __tablename__ = "desk_messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_message_id"),
        Index("ix_desk_messages_conversation", "conversation_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Any = Column(Integer, primary_key=True)
    conversation_id: Any = Column(ForeignKey("desk_conversations.id"), nullable=False)
    sender: Any = Column(String(16), nullable=False)
    """``customer``, ``bot``, ``agent`` or ``system``."""
    text: Any = Column(Text)
    buttons: Any = Column(JSON)
    image: Any = Column(Text)
    at: Any = Column(UtcDateTime, nullable=False)
    client_message_id: Any = Column(String(64))
    in_reply_to: Any = Column(ForeignKey("desk_messages.id"), index=True)
    agent_id: Any = Column(String(32))
    """Who of the shop's people wrote it."""


class Delivery(Base):
    """What becomes of a customer's message. The row stays when it is settled.

    ``pending`` until Rasa's answer is stored (``answered``); when that is given up, ``ticket``
    until a person has a ticket for it (``given_up``).
    """

    __tablename__ = "desk_deliveries"
    __table_args__ = (
        Index("ix_desk_deliveries_state", "state", "next_at"),
        Index("ix_desk_deliveries_conversation", "conversation_id", "state"),
    )

    message_id: Any = Column(ForeignKey("desk_messages.id"), primary_key=True)
    conversation_id: Any = Column(ForeignKey("desk_conversations.id"), nullable=False)
    state: Any = Column(String(16), nullable=False)
    sent: Any = Column(Text, nullable=False)
    """The words for Rasa: the customer's, or the payload behind the button."""
    language: Any = Column(String(8), nullable=False)
    received_at: Any = Column(UtcDateTime, nullable=False)
    next_at: Any = Column(UtcDateTime, nullable=False)
    attempts: Any = Column(Integer, nullable=False, default=0)
    wrong_answers: Any = Column(Integer, nullable=False, default=0)
    promised_at: Any = Column(UtcDateTime)
    """When the customer was told that the answer will come late."""
    ticket_no: Any = Column(String(64))


class Button(Base):
    """A button that was shown: the opaque id that the client knows, and what it stands for."""

    __tablename__ = "desk_buttons"

    id: Any = Column(String(32), primary_key=True)
    conversation_id: Any = Column(ForeignKey("desk_conversations.id"), nullable=False, index=True)
    message_id: Any = Column(ForeignKey("desk_messages.id"), nullable=False)
    title: Any = Column(Text, nullable=False)
    payload: Any = Column(Text, nullable=False)


class Kept(Base):
    """A write that a backend did not take: sent again until it is ``sent`` or ``refused``."""

    __tablename__ = "desk_outbox"
    __table_args__ = (Index("ix_desk_outbox_state", "state", "next_at"),)

    key: Any = Column(String(64), primary_key=True)
    """The write's Idempotency-Key."""
    conversation_id: Any = Column(ForeignKey("desk_conversations.id"), nullable=False)
    service: Any = Column(String(16), nullable=False)
    path: Any = Column(String(200), nullable=False)
    body: Any = Column(JSON, nullable=False)
    state: Any = Column(String(16), nullable=False)
    kept_at: Any = Column(UtcDateTime, nullable=False)
    next_at: Any = Column(UtcDateTime, nullable=False)
    attempts: Any = Column(Integer, nullable=False, default=0)
    ticket_no: Any = Column(String(64))
    """The ticket by which a person knows of it."""


class Rating(Base):
    """What a customer gave a conversation, 0 to 10, for the net promoter score."""

    __tablename__ = "desk_ratings"

    conversation_id: Any = Column(ForeignKey("desk_conversations.id"), primary_key=True)
    score: Any = Column(Integer, nullable=False)
    reason: Any = Column(Text, nullable=False, default="")
    at: Any = Column(UtcDateTime, nullable=False)
