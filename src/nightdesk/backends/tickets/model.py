"""The tables of tickets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Text

from nightdesk.database import Base, UtcDateTime


class Ticket(Base):
    """Something that a person has to deal with. ``due_at``: by when it was promised."""

    __tablename__ = "tickets_tickets"

    id: int = Column(Integer, primary_key=True)
    ticket_no: str = Column(String(24), nullable=False, unique=True)
    kind: str = Column(String(16), nullable=False)
    subject: str = Column(String(200), nullable=False)
    description: str = Column(Text, nullable=False)
    priority: str = Column(String(8), nullable=False)
    status: str = Column(String(16), nullable=False, index=True)
    customer_name: str = Column(String(100), nullable=False)
    customer_phone: str = Column(String(32), nullable=False)
    customer_email: str = Column(String(254), nullable=False)
    order_no: str = Column(String(64), nullable=False)
    conversation_id: str = Column(String(128), nullable=False, index=True)
    assignee: str = Column(String(100), nullable=False)
    due_at = Column(UtcDateTime)
    outcome: str = Column(Text, nullable=False, default="", server_default="")
    """What came of it, in words for the customer."""
    created_at: datetime = Column(UtcDateTime, nullable=False, index=True)
    updated_at: datetime = Column(UtcDateTime, nullable=False)
    resolved_at = Column(UtcDateTime)
    closed_at = Column(UtcDateTime)


class Comment(Base):
    """What someone said about a ticket; an ``internal`` one is never shown to the customer."""

    __tablename__ = "tickets_comments"

    id: int = Column(Integer, primary_key=True)
    ticket_id: int = Column(Integer, ForeignKey(Ticket.id), nullable=False, index=True)
    author: str = Column(String(100), nullable=False)
    text: str = Column(Text, nullable=False)
    internal: bool = Column(Boolean, nullable=False)
    created_at: datetime = Column(UtcDateTime, nullable=False)


class Event(Base):
    """One change of a ticket: which field, from what, to what, by whom."""

    __tablename__ = "tickets_events"

    id: int = Column(Integer, primary_key=True)
    ticket_id: int = Column(Integer, ForeignKey(Ticket.id), nullable=False, index=True)
    field: str = Column(String(16), nullable=False)
    old: str = Column(Text, nullable=False)
    new: str = Column(Text, nullable=False)
    by: str = Column(String(100), nullable=False)
    at: datetime = Column(UtcDateTime, nullable=False)
