"""The lines of a conversation as the console shows them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from nightdesk.desk.console.masking import masked
from nightdesk.desk.model import Message
from nightdesk.desk.transcript import Line, lines

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
    found = lines(session, query)
    return found[:limit][::-1], len(found) > limit


def hidden(line: Line) -> Line:
    """``line`` for who does not serve the customer."""
    return {**line, "text": masked(line["text"])} if line.get("text") else line
