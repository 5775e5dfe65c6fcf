"""One conversation with all that the desk knows of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.database import Database
from nightdesk.desk.console import audit, items, lines
from nightdesk.desk.console.accounts import Person, names
from nightdesk.desk.console.masking import masked
from nightdesk.desk.handoff import ratings
from nightdesk.desk.handoff.model import Agent, Note, Read, Transition, Turn
from nightdesk.desk.model import Message

MOST = 200
"""Of turns, transitions and notes the newest so many are shown."""


def read(
    database: Database, me: Person, conversation_id: str, after: int, before: int | None
) -> dict[str, Any]:
    """All but what the backends know; masked for who does not have the conversation.

    Raises:
        ServiceError: 404.
    """
    with database.read() as session:
        item = items.one(session, conversation_id)
        said, more = lines.page(session, conversation_id, after, before, lines.LONGEST_PAGE)
        turns = _turns(session, conversation_id)
        known = {
            "lines": said,
            "turns": turns,
            "bot": {key: value for key, value in turns[-1].items() if key != "message_id"}
            if turns
            else {},
            "notes": _notes(session, conversation_id),
        }
        return {
            "item": item,
            **(known if has(me, item) else masked_parts(known)),
            "more": more,
            "reads": _reads(session, conversation_id),
            "transitions": masked(_transitions(session, conversation_id)),
            "ratings": ratings.ratings(session, conversation_id),
        }


def has(me: Person, item: items.Item) -> bool:
    """Whether the conversation of ``item`` is with ``me``."""
    return bool(item["state"] == "human" and item["agent"] and item["agent"]["id"] == me.id)


def masked_parts(known: dict[str, Any]) -> dict[str, Any]:
    return {**masked(known), "lines": [lines.hidden(line) for line in known["lines"]]}


def add_note(database: Database, me: Person, conversation_id: str, text: str) -> dict[str, Any]:
    """A note for the colleagues. Raises ServiceError 404."""
    with database.write() as session:
        items.one(session, conversation_id)
        note = Note(conversation_id=conversation_id, agent_id=me.id, text=text, at=clock.now())
        session.add(note)
        session.flush()
        audit.record(session, me.id, "note_added", conversation_id, note=note.id)
        return _note(note, me.name)


def last_words(database: Database, conversation_id: str) -> tuple[str, str]:
    """What the customer wrote last, empty when nothing, and in which language.

    Raises:
        ServiceError: 404.
    """
    query = (
        select(Message.text)
        .where(Message.conversation_id == conversation_id, Message.sender == "customer")
        .order_by(Message.id.desc())
        .limit(1)
    )
    with database.read() as session:
        item = items.one(session, conversation_id)
        words = str(session.scalars(query).first() or "")
    return words, item["language"] if item["language"] in ("zh", "en") else "zh"


def _turns(session: Session, conversation_id: str) -> list[dict[str, Any]]:
    query = (
        select(Turn)
        .where(Turn.conversation_id == conversation_id)
        .order_by(Turn.message_id.desc())
        .limit(MOST)
    )
    found = reversed(list(session.scalars(query)))
    return [{**turn.facts, "message_id": turn.message_id} for turn in found]


def _transitions(session: Session, conversation_id: str) -> list[dict[str, Any]]:
    query = (
        select(Transition, Agent.name)
        .outerjoin(Agent, Agent.id == Transition.agent_id)
        .where(Transition.conversation_id == conversation_id)
        .order_by(Transition.id.desc())
        .limit(MOST)
    )
    return [
        {
            "id": row.id,
            "at": row.at.isoformat(timespec="milliseconds"),
            "from": row.from_state,
            "to": row.to_state,
            "cause": row.cause,
            "agent": {"id": row.agent_id, "name": name} if row.agent_id else None,
            "version": row.version,
            "details": row.details,
        }
        for row, name in reversed(session.execute(query).all())
    ]


def _notes(session: Session, conversation_id: str) -> list[dict[str, Any]]:
    query = (
        select(Note).where(Note.conversation_id == conversation_id).order_by(Note.id.desc())
    ).limit(MOST)
    found = list(reversed(list(session.scalars(query))))
    known = names(session, (note.agent_id for note in found))
    return [_note(note, known.get(note.agent_id, "")) for note in found]


def _note(note: Any, agent: str) -> dict[str, Any]:
    at = note.at.isoformat(timespec="milliseconds")
    return {"id": note.id, "agent": agent, "text": note.text, "at": at}


def _reads(session: Session, conversation_id: str) -> dict[str, int]:
    query = select(Read.side, Read.message_id).where(Read.conversation_id == conversation_id)
    return {"customer": 0, "agent": 0, **dict(map(tuple, session.execute(query)))}
