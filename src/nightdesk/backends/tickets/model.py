"""The tables of tickets."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Text

from nightdesk.database import Base, UtcDateTime


class Ticket(Base):
    """Something that a person has to deal with. ``due_at``: by when the customer was promised it."""

    __tablename__ = "tickets_tickets"

    id = Column(Integer, primary_key=True)
    ticket_no = Column(String(24), nullable=False, unique=True)
    kind = Column(String(16), nullable=False)
    subject = Column(String(200), nullable=False)
    description = Column(Text, nullable=False)
    priority = Column(String(8), nullable=False)
    status = Column(String(16), nullable=False, index=True)
    customer_name = Column(String(100), nullable=False)
    customer_phone = Column(String(32), nullable=False)
    customer_email = Column(String(254), nullable=False)
    order_no = Column(String(64), nullable=False)
    conversation_id = Column(String(128), nullable=False, index=True)
    assignee = Column(String(100), nullable=False)
    due_at = Column(UtcDateTime)
    created_at = Column(UtcDateTime, nullable=False, index=True)
    updated_at = Column(UtcDateTime, nullable=False)
    resolved_at = Column(UtcDateTime)
    closed_at = Column(UtcDateTime)


class Comment(Base):
    """What someone said about a ticket; an ``internal`` one is never shown to the customer."""

    __tablename__ = "tickets_comments"

    id = Column(Integer, primary_key=True)
    ticket_id = Column(Integer, ForeignKey(Ticket.id), nullable=False, index=True)
    author = Column(String(100), nullable=False)
    text = Column(Text, nullable=False)
    internal = Column(Boolean, nullable=False)
    created_at = Column(UtcDateTime, nullable=False)


class Event(Base):
    """One change of a ticket: which field, from what, to what, by whom."""

    __tablename__ = "tickets_events"

    id = Column(Integer, primary_key=True)
    ticket_id = Column(Integer, ForeignKey(Ticket.id), nullable=False, index=True)
    field = Column(String(16), nullable=False)
    old = Column(Text, nullable=False)
    new = Column(Text, nullable=False)
    by = Column(String(100), nullable=False)
    at = Column(UtcDateTime, nullable=False)
