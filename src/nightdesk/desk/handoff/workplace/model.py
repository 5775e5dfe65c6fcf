"""The table that joins a conversation with its case where the people on duty work."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Text, UniqueConstraint

from nightdesk.database import Base, UtcDateTime


class Link(Base):
    """One case of one conversation; the next hand-off of it makes another.

    ``open``: whether something may still have to be done. One process at a time serves it, until
    ``leased_until``; ``attempts`` is counted before an attempt is made and 0 after a good one.
    """

    __tablename__ = "desk_cases"
    __table_args__ = (
        UniqueConstraint("conversation_id", "number"),
        Index("ix_desk_cases_open", "open", "next_at"),
        Index("ix_desk_cases_external", "workplace", "external_id"),
    )

    id: Any = Column(Integer, primary_key=True)
    conversation_id: Any = Column(ForeignKey("desk_conversations.id"), nullable=False)
    number: Any = Column(Integer, nullable=False)
    """The how manieth case of its conversation, from 1."""
    workplace: Any = Column(String(16), nullable=False)
    external_id: Any = Column(String(64))
    """The case there, once it is made."""
    open: Any = Column(Boolean, nullable=False, default=True)
    said_id: Any = Column(Integer, nullable=False, default=0)
    """The last line of ours that is there."""
    said_as: Any = Column(Integer, nullable=False, default=0)
    """The id that it has there."""
    seen_id: Any = Column(Integer, nullable=False, default=0)
    """The last of theirs that was read, by its id there."""
    owner_version: Any = Column(Integer, nullable=False, default=0)
    """The owner at the last good attempt: another one is news."""
    next_at: Any = Column(UtcDateTime, nullable=False)
    leased_until: Any = Column(UtcDateTime)
    attempts: Any = Column(Integer, nullable=False, default=0)
    error: Any = Column(Text)
    made_at: Any = Column(UtcDateTime, nullable=False)
