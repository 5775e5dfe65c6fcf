"""The tables of the hand-off: who has which conversation, why, and what the people on duty did."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Text

from nightdesk.database import Base, UtcDateTime

_CONVERSATION = "desk_conversations.id"
_AGENT = "desk_agents.id"


class Agent(Base):
    """One of the shop's people."""

    __tablename__ = "desk_agents"

    id: Any = Column(String(32), primary_key=True)
    login: Any = Column(String(64), nullable=False, unique=True)
    name: Any = Column(String(64), nullable=False)
    """As the customer sees it."""
    role: Any = Column(String(16), nullable=False)
    """``agent``, ``supervisor`` or ``admin``."""
    password_hash: Any = Column(Text, nullable=False)
    active: Any = Column(Boolean, nullable=False, default=True)
    away: Any = Column(Boolean, nullable=False, default=False)
    """Set by the person; who is not away and was seen a moment ago is there."""
    seen_at: Any = Column(UtcDateTime)
    created_at: Any = Column(UtcDateTime, nullable=False)


class AgentSession(Base):
    """A signed-in browser. ``id`` is the hash of its cookie, which only the browser has."""

    __tablename__ = "desk_agent_sessions"

    id: Any = Column(String(64), primary_key=True)
    agent_id: Any = Column(ForeignKey(_AGENT), nullable=False, index=True)
    created_at: Any = Column(UtcDateTime, nullable=False)
    expires_at: Any = Column(UtcDateTime, nullable=False)


class SignInMiss(Base):
    """A wrong password, so that every desk process locks the same addresses and logins."""

    __tablename__ = "desk_sign_in_misses"
    __table_args__ = (Index("ix_desk_sign_in_misses", "subject", "at"),)

    id: Any = Column(Integer, primary_key=True)
    subject: Any = Column(String(128), nullable=False)
    at: Any = Column(UtcDateTime, nullable=False)


class Ownership(Base):
    """Who has a conversation; one without a row is the bot's.

    Every change raises ``version``: a change that names an older one is refused.
    """

    __tablename__ = "desk_ownership"
    __table_args__ = (Index("ix_desk_ownership_queue", "state", "since"),)

    conversation_id: Any = Column(ForeignKey(_CONVERSATION), primary_key=True)
    state: Any = Column(String(16), nullable=False)
    version: Any = Column(Integer, nullable=False, default=0)
    agent_id: Any = Column(ForeignKey(_AGENT), index=True)
    reason: Any = Column(String(32))
    """Why a person was wanted last (``decide.Reason``)."""
    priority: Any = Column(String(16))
    """``low``, ``normal``, ``high`` or ``urgent``, as tickets have it."""
    since: Any = Column(UtcDateTime, nullable=False)
    """When the present state began."""
    due_at: Any = Column(UtcDateTime)
    """By when somebody was promised: the queue's clock."""
    ticket_no: Any = Column(String(64))
    """The ticket of this hand-off or call-back, once it is known."""
    callback: Any = Column(Boolean, nullable=False, default=False)
    """The bot goes on, and a person is to call back: it stands in the queue all the same."""


class Transition(Base):
    """One change of the owner, for the record and the metrics."""

    __tablename__ = "desk_transitions"
    __table_args__ = (Index("ix_desk_transitions_conversation", "conversation_id", "id"),)

    id: Any = Column(Integer, primary_key=True)
    conversation_id: Any = Column(ForeignKey(_CONVERSATION), nullable=False)
    from_state: Any = Column(String(16), nullable=False)
    to_state: Any = Column(String(16), nullable=False)
    cause: Any = Column(String(32), nullable=False)
    agent_id: Any = Column(ForeignKey(_AGENT))
    """Who did it; None: the customer, the bot or the desk."""
    version: Any = Column(Integer, nullable=False)
    at: Any = Column(UtcDateTime, nullable=False, index=True)
    details: Any = Column(JSON, nullable=False, default=dict)


class Turn(Base):
    """What the bot understood of a customer's message, and where it stood after answering."""

    __tablename__ = "desk_turns"
    __table_args__ = (Index("ix_desk_turns_conversation", "conversation_id", "message_id"),)

    message_id: Any = Column(ForeignKey("desk_messages.id"), primary_key=True)
    conversation_id: Any = Column(ForeignKey(_CONVERSATION), nullable=False)
    facts: Any = Column(JSON, nullable=False)


class Evaluation(Base):
    """One question whether a person should take over, with what it was judged by."""

    __tablename__ = "desk_evaluations"
    __table_args__ = (Index("ix_desk_evaluations_conversation", "conversation_id", "id"),)

    id: Any = Column(Integer, primary_key=True)
    conversation_id: Any = Column(ForeignKey(_CONVERSATION), nullable=False)
    message_id: Any = Column(ForeignKey("desk_messages.id"), nullable=False)
    at: Any = Column(UtcDateTime, nullable=False)
    signals: Any = Column(JSON, nullable=False)
    reason: Any = Column(String(32))
    priority: Any = Column(String(16))


class Read(Base):
    """How far each side has read."""

    __tablename__ = "desk_reads"

    conversation_id: Any = Column(ForeignKey(_CONVERSATION), primary_key=True)
    side: Any = Column(String(16), primary_key=True)
    """``customer`` or ``agent``."""
    message_id: Any = Column(Integer, nullable=False)
    at: Any = Column(UtcDateTime, nullable=False, index=True)


class Typing(Base):
    """That a side was typing at ``at``: rows are overwritten, and old ones say nothing."""

    __tablename__ = "desk_typing"

    conversation_id: Any = Column(ForeignKey(_CONVERSATION), primary_key=True)
    side: Any = Column(String(16), primary_key=True)
    """``customer`` or ``agent``."""
    name: Any = Column(String(64), nullable=False, default="")
    at: Any = Column(UtcDateTime, nullable=False, index=True)


class Note(Base):
    """What the people on duty tell each other of a conversation; no customer sees it."""

    __tablename__ = "desk_notes"

    id: Any = Column(Integer, primary_key=True)
    conversation_id: Any = Column(ForeignKey(_CONVERSATION), nullable=False, index=True)
    agent_id: Any = Column(ForeignKey(_AGENT), nullable=False)
    text: Any = Column(Text, nullable=False)
    at: Any = Column(UtcDateTime, nullable=False)


class Canned(Base):
    """A reply kept ready."""

    __tablename__ = "desk_canned"

    id: Any = Column(Integer, primary_key=True)
    title: Any = Column(String(100), nullable=False)
    text_zh: Any = Column(Text, nullable=False, default="")
    text_en: Any = Column(Text, nullable=False, default="")
    updated_at: Any = Column(UtcDateTime, nullable=False)


class Audit(Base):
    """Everything that a person did in the console. Rows are never changed."""

    __tablename__ = "desk_audit"

    id: Any = Column(Integer, primary_key=True)
    at: Any = Column(UtcDateTime, nullable=False, index=True)
    agent_id: Any = Column(ForeignKey(_AGENT), index=True)
    action: Any = Column(String(64), nullable=False)
    subject: Any = Column(String(128), nullable=False, default="")
    """The conversation, order, appointment, ticket or account it was done to."""
    details: Any = Column(JSON, nullable=False, default=dict)


class Notification(Base):
    """A word to the shop's people, kept until each ``target`` has taken it."""

    __tablename__ = "desk_notifications"
    __table_args__ = (Index("ix_desk_notifications_state", "state", "next_at"),)

    key: Any = Column(String(100), primary_key=True)
    """What it is about and for which target: the same is sent once."""
    target: Any = Column(String(32), nullable=False)
    conversation_id: Any = Column(ForeignKey(_CONVERSATION), nullable=False, index=True)
    notice: Any = Column(JSON, nullable=False)
    state: Any = Column(String(16), nullable=False)
    """``waiting``, ``sending`` (for the desk that took it), ``sent`` or ``failed``."""
    kept_at: Any = Column(UtcDateTime, nullable=False)
    next_at: Any = Column(UtcDateTime, nullable=False)
    attempts: Any = Column(Integer, nullable=False, default=0)
    error: Any = Column(Text)


class AgentRating(Base):
    """What a customer gave the human part of a conversation, 0 to 10."""

    __tablename__ = "desk_agent_ratings"

    id: Any = Column(Integer, primary_key=True)
    conversation_id: Any = Column(ForeignKey(_CONVERSATION), nullable=False, index=True)
    agent_id: Any = Column(ForeignKey(_AGENT), nullable=False)
    score: Any = Column(Integer, nullable=False)
    reason: Any = Column(Text, nullable=False, default="")
    at: Any = Column(UtcDateTime, nullable=False)
