"""The tables of knowledge."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, Index, Integer, String, Text, false

from nightdesk.database import Base, UtcDateTime

FOLDER = "folder"  # who made an entry: the merchant's folder, or a person through the API
ACTIONS = ("created", "edited", "withdrawn", "restored")


class Revision(Base):
    """One row: how often anything that is searched has changed. The rankers follow it."""

    __tablename__ = "knowledge_revision"

    id = Column(Integer, primary_key=True, autoincrement=False)
    number = Column(Integer, nullable=False)


class Entry(Base):
    """A question that customers ask, with its answer.

    ``topic``: the topic of the bank whose phrasings the entry has taken on; empty: none.
    ``valid_from`` and ``valid_until``: outside of them the entry is not found.
    ``branches`` and ``products``: codes it is limited to; empty: all.
    ``loaded``: a digest of the folder's row at the last load. A row that has not changed since
    leaves what was edited here alone. ``withdrawn_at``: no longer found, kept for its history.
    """

    __tablename__ = "knowledge_entries"
    __table_args__ = (CheckConstraint("version >= 1", name="ck_knowledge_version"),)

    id = Column(String(64), primary_key=True)
    version = Column(Integer, nullable=False)
    category = Column(String(200), nullable=False, index=True)
    question_zh = Column(Text, nullable=False)
    answer_zh = Column(Text, nullable=False)
    question_en = Column(Text, nullable=False)
    answer_en = Column(Text, nullable=False)
    alt_questions = Column(JSON, nullable=False)
    topic = Column(String(64), nullable=False)
    branches = Column(JSON, nullable=False)
    products = Column(JSON, nullable=False)
    valid_from = Column(UtcDateTime, nullable=True)
    valid_until = Column(UtcDateTime, nullable=True)
    loaded = Column(String(64), nullable=False)
    withdrawn_at = Column(UtcDateTime, nullable=True)
    updated_at = Column(UtcDateTime, nullable=False)
    updated_by = Column(String(100), nullable=False)


class Change(Base):
    """What an entry was after a change, who made it and when: its history, never rewritten."""

    __tablename__ = "knowledge_changes"
    __table_args__ = (Index("ix_knowledge_changes_entry", "entry_id", "version", unique=True),)

    id = Column(Integer, primary_key=True)
    entry_id = Column(String(64), nullable=False)
    version = Column(Integer, nullable=False)
    action = Column(String(16), nullable=False)
    by = Column(String(100), nullable=False)
    at = Column(UtcDateTime, nullable=False)
    content = Column(JSON, nullable=False)


class Fault(Base):
    """A symptom, its likely causes and what to do. ``severity``: low, medium or stop."""

    __tablename__ = "knowledge_faults"

    id = Column(String(64), primary_key=True)
    symptom_zh = Column(Text, nullable=False)
    symptom_en = Column(Text, nullable=False)
    phrases = Column(JSON, nullable=False)
    causes_zh = Column(Text, nullable=False)
    advice_zh = Column(Text, nullable=False)
    advice_en = Column(Text, nullable=False)
    severity = Column(String(8), nullable=False)
    service = Column(String(64), nullable=False)
    withdrawn_at = Column(UtcDateTime, nullable=True)


class Asked(Base):
    """A question that a customer asked, masked, and what was found for it then.

    ``hits``: ``[{"id", "score"}]``, best first. ``answered``: the first hit was the answer.
    ``person_needed``: soon afterwards the customer asked for a person.
    ``unhelpful``: the entry of which the customer said that it did not help; empty: none.
    ``task``: what the customer was in the middle of (``order``, ``appointment`` …); empty: nothing.
    ``settled``: what a person made of it: ``entry``, ``phrasing`` or ``dismissed``; empty: nothing.
    """

    __tablename__ = "knowledge_asked"
    __table_args__ = (
        Index("ix_knowledge_asked_at", "at"),
        Index("ix_knowledge_asked_conversation", "conversation_id"),
    )

    id = Column(Integer, primary_key=True)
    question = Column(Text, nullable=False)
    lang = Column(String(8), nullable=False)
    conversation_id = Column(String(128), nullable=False)
    hits = Column(JSON, nullable=False)
    answered = Column(Boolean, nullable=False)
    at = Column(UtcDateTime, nullable=False)
    person_needed = Column(Boolean, nullable=False, default=False, server_default=false())
    unhelpful = Column(String(64), nullable=False, default="", server_default="")
    task = Column(String(32), nullable=False, default="", server_default="")
    settled = Column(String(16), nullable=False)
    settled_by = Column(String(100), nullable=False)
