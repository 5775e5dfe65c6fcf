"""Writes that a backend did not take when the customer confirmed them: kept until it does.

An action hands its failed write in with the key under which it tried it, so that a write which had
been carried out although its answer was lost is not carried out twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.database import Database
from nightdesk.desk import words
from nightdesk.desk.model import Kept
from nightdesk.desk.transcript import add_line, locked

WAITING = "waiting"
SENT = "sent"
REFUSED = "refused"
ERRAND = "errand"
"""The ``service`` of what is done with the tickets of a hand-off (``handoff.errands``)."""
BATCH = 50


@dataclass(frozen=True)
class Write:
    """A ``POST`` of ``body`` to ``path`` of ``service`` (orders, scheduling or tickets), or an
    errand."""

    key: str
    conversation_id: str
    service: str
    path: str
    body: dict[str, Any]
    kept_at: datetime
    attempts: int = 0
    ticket_no: str | None = None

    @property
    def age(self) -> timedelta:
        return clock.now() - self.kept_at


def keep(session: Session, write: Write) -> None:
    """Keep ``write`` in the transaction of who has its conversation locked; the same key once."""
    if session.get(Kept, write.key) is None:
        session.add(
            Kept(
                key=write.key,
                conversation_id=write.conversation_id,
                service=write.service,
                path=write.path,
                body=write.body,
                state=WAITING,
                kept_at=write.kept_at,
                next_at=clock.now(),
                attempts=0,
            )
        )


def waits(session: Session, conversation_id: str, service: str) -> bool:
    """Whether something of the conversation waits for ``service``."""
    query = select(Kept.key).where(
        Kept.conversation_id == conversation_id, Kept.service == service, Kept.state == WAITING
    )
    return session.execute(query.limit(1)).first() is not None


class Outbox:
    """The kept writes in the database. All methods block."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def keep(self, write: Write) -> None:
        """Keep ``write``; the same key is kept once. Raises NoConversationError."""
        with self.database.write() as session:
            locked(session, write.conversation_id)
            keep(session, write)

    def due(self, service: str) -> list[Write]:
        """The writes for ``service`` to be tried now, oldest first."""
        query = (
            select(Kept)
            .where(Kept.state == WAITING, Kept.service == service, Kept.next_at <= clock.now())
            .order_by(Kept.kept_at)
            .limit(BATCH)
        )
        with self.database.read() as session:
            return [
                Write(
                    key=kept.key,
                    conversation_id=kept.conversation_id,
                    service=kept.service,
                    path=kept.path,
                    body=kept.body,
                    kept_at=kept.kept_at,
                    attempts=kept.attempts,
                    ticket_no=kept.ticket_no,
                )
                for kept in session.execute(query).scalars()
            ]

    def put_off(self, write: Write, until: datetime) -> None:
        """Try ``write`` again at ``until``."""
        with self.database.write() as session:
            kept: Any = session.get(Kept, write.key, with_for_update=True)
            kept.attempts += 1
            kept.next_at = until

    def alarmed(self, write: Write, ticket_no: str) -> None:
        """A person knows of ``write`` by ``ticket_no``."""
        with self.database.write() as session:
            kept: Any = session.get(Kept, write.key, with_for_update=True)
            kept.ticket_no = ticket_no

    def settle(self, write: Write, state: str, sentence: str | None, **values: Any) -> bool:
        """Close ``write`` and tell the customer ``sentence``; False when it was closed before."""
        with self.database.write() as session:
            conversation = locked(session, write.conversation_id)
            kept: Any = session.get(Kept, write.key, with_for_update=True)
            if kept.state != WAITING:
                return False
            kept.state = state
            if sentence is None:
                return True
            text = words.say(sentence, conversation.language or "zh", **values)
            add_line(session, write.conversation_id, "bot", text=text)
            return True
