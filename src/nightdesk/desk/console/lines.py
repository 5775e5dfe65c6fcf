"""The lines of a conversation as the console shows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nightdesk.desk.console.accounts import names
from nightdesk.desk.console.masking import masked
from nightdesk.desk.model import Message
from nightdesk.desk.transcript import Line, line

LONGEST_PAGE = 500


def page(
    session: Session, conversation_id: str, after: int, before: int | None, limit: int
) -> tuple[list[Line], bool]:
    """The newest lines after ``after`` (and before ``before``), oldest first; whether older ones
    were left out."""
    query = (
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.id > after)
        .order_by(Message.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(Message.id < before)
    found = list(session.scalars(query))
    return views(session, reversed(found[:limit])), len(found) > limit


def views(session: Session, messages: Iterable[Any]) -> list[Line]:
    """``messages`` as lines, each with the name of the person who wrote it."""
    kept = list(messages)
    known = names(session, (message.agent_id for message in kept))
    return [_view(message, known) for message in kept]


def _view(message: Any, known: dict[str, str]) -> Line:
    shown = line(message, known.get(message.agent_id))
    return {**shown, "agent_id": message.agent_id} if message.agent_id else shown


def hidden(shown: Line) -> Line:
    """``shown`` for who does not serve the customer."""
    return {**shown, "text": masked(shown["text"])} if shown.get("text") else shown
