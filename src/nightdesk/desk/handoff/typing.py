"""Who is typing, for every desk process to see."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from nightdesk import clock
from nightdesk.database import Database
from nightdesk.desk.handoff import model

_SEEN_FOR = timedelta(seconds=10)


class Typing:
    """The strokes of all processes on one database. Methods block."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mark(self, conversation_id: str, side: str, name: str = "") -> None:
        """``side`` (``customer`` or ``agent``, called ``name``) is typing now."""
        values = {"name": name, "at": clock.now()}
        with self._database.write() as session:
            dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
            session.execute(
                dialect.insert(model.Typing)
                .values(conversation_id=conversation_id, side=side, **values)
                .on_conflict_do_update(index_elements=["conversation_id", "side"], set_=values)
            )

    def just_now(self, conversation_id: str, side: str) -> datetime | None:
        """When ``side`` typed last, if that was seconds ago."""
        with self._database.read() as session:
            row: Any = session.get(model.Typing, (conversation_id, side))
            return row.at if row and row.at > clock.now() - _SEEN_FOR else None

    def newer(self, than: datetime) -> list[tuple[str, str, str, datetime]]:
        """(conversation, side, name, moment) of what was typed after ``than``, seconds ago."""
        floor = max(than, clock.now() - _SEEN_FOR)
        row = model.Typing
        query = select(row.conversation_id, row.side, row.name, row.at).where(row.at > floor)
        with self._database.read() as session:
            return [(one, side, name, at) for one, side, name, at in session.execute(query)]
