"""What people and customers do with the ownership of a conversation, each in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.database import Database
from nightdesk.desk.handoff import changes, ratings, seen, waiting
from nightdesk.desk.handoff.changes import NotOwnerError, Owned, StaleError
from nightdesk.desk.handoff.model import Read, Transition, Typing
from nightdesk.desk.handoff.ratings import NobodyError
from nightdesk.desk.handoff.states import Cause, ImpossibleError, State
from nightdesk.desk.model import Message
from nightdesk.desk.text import clean
from nightdesk.desk.transcript import AGENT_KEY, Line, add_line, lines, locked

__all__ = ["ImpossibleError", "NobodyError", "NotOwnerError", "Owned", "Owners", "StaleError"]

SIDES = ("customer", "agent")


class Owners:
    """All methods block, and raise NoConversationError where there is no such conversation.

    ``version`` is that of the owner on which somebody decided; when the owner has changed since,
    nothing happens but a StaleError, which names the present one.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, conversation_id: str) -> Owned:
        """Who has it now; the bot where nothing else is recorded."""
        with self._database.read() as session:
            return changes.owned(session, conversation_id)

    def claim(self, conversation_id: str, agent_id: str, version: int) -> Owned:
        """The person takes it, waiting or not; whatever was on its way to the bot is theirs.

        Raises StaleError, ImpossibleError.
        """
        with self._changing(conversation_id) as (session, conversation):
            before = changes.owned(session, conversation_id)
            owned = changes.change(
                session,
                conversation,
                Cause.CLAIMED,
                version=version,
                by=agent_id,
                details={"ahead": _ahead_when_escalated(session, before), "due": _at(before)},
                agent_id=agent_id,
                due_at=None,
                callback=False,
            )
            changes.tell(
                session,
                conversation,
                changes.say(conversation, "handoff_joined", agent=owned.agent),
            )
            return owned

    def transfer(
        self,
        conversation_id: str,
        agent_id: str,
        to_agent_id: str,
        version: int,
        *,
        override: bool = False,
    ) -> Owned:
        """Hand it to a colleague. ``override``: by who need not be its owner.

        Raises StaleError, ImpossibleError, NotOwnerError.
        """
        with self._changing(conversation_id) as (session, conversation):
            before = _held(session, conversation_id, agent_id, version, override)
            if before.agent_id == to_agent_id:
                return before
            owned = changes.change(
                session,
                conversation,
                Cause.TRANSFERRED,
                version=version,
                by=agent_id,
                details={"to": to_agent_id},
                agent_id=to_agent_id,
            )
            sentence = changes.say(conversation, "handoff_transferred", agent=owned.agent)
            changes.tell(session, conversation, sentence)
            return owned

    def hand_back(
        self,
        conversation_id: str,
        agent_id: str,
        version: int,
        recap: str = "",
        *,
        done: bool = False,
        override: bool = False,
    ) -> Owned:
        """Give it back to the bot, which asks its open question again.

        ``recap``: what was agreed; the customer is shown it. ``done``: what was open is done, and
        the bot puts it away. Raises StaleError, ImpossibleError, NotOwnerError.
        """
        recap = clean(recap)
        with self._changing(conversation_id) as (session, conversation):
            before = _held(session, conversation_id, agent_id, version, override)
            owned = changes.change(
                session,
                conversation,
                Cause.HANDED_BACK,
                version=version,
                by=agent_id,
                details={"recap": recap, "done": done},
                agent_id=None,
                due_at=None,
            )
            sentence = changes.say(conversation, "handoff_back", agent=before.agent)
            if recap:
                sentence += "\n" + changes.say(conversation, "handoff_recap", recap=recap)
            message = changes.tell(session, conversation, sentence)
            payload = changes.DONE if done else changes.HAND_BACK
            changes.ask_bot(session, conversation, message, payload)
            return owned

    def withdraw(self, conversation_id: str) -> Owned:
        """The customer waits no longer; the bot goes on. Raises ImpossibleError."""
        with self._changing(conversation_id) as (session, conversation):
            owned = changes.change(session, conversation, Cause.WITHDRAWN, due_at=None)
            sentence = changes.say(conversation, "handoff_withdrawn")
            message = changes.tell(session, conversation, sentence)
            changes.ask_bot(session, conversation, message, changes.HAND_BACK)
            return owned

    def close(
        self,
        conversation_id: str,
        agent_id: str,
        version: int,
        outcome: str = "",
        *,
        override: bool = False,
    ) -> Owned:
        """End it; whoever writes again begins with the bot. ``outcome`` is for the record.

        Raises StaleError, ImpossibleError, NotOwnerError.
        """
        with self._changing(conversation_id) as (session, conversation):
            before = changes.owned(session, conversation_id)
            if before.state is State.HUMAN:
                before = _held(session, conversation_id, agent_id, version, override)
            owned = changes.change(
                session,
                conversation,
                Cause.ENDED,
                version=version,
                by=agent_id,
                details={"outcome": outcome},
                agent_id=None,
                due_at=None,
                callback=False,
            )
            changes.tell(session, conversation, changes.say(conversation, "handoff_closed"))
            return owned

    def unserved(self, limit: int, due_at: datetime | None) -> list[str]:
        """Give back to the bot whoever waits for more than ``limit`` seconds; their ids.

        However many desks ask at once, each conversation is given back once. ``due_at``: when
        somebody is to call back.
        """
        overdue = waiting.overdue(limit)
        with self._database.read() as session:
            found = [tuple(row) for row in session.execute(overdue)]
        given_back = []
        for conversation_id, version in found:
            with self._changing(conversation_id) as (session, conversation):
                if changes.owned(session, conversation_id).version == version:
                    changes.unserved(session, conversation, due_at)
                    given_back.append(conversation_id)
        return given_back

    def write(self, conversation_id: str, agent_id: str, text: str, client_message_id: str) -> Line:
        """A line of the person who has it. The same ``client_message_id`` (1 to 58) again is the
        same line, also when it is somebody else's by then.

        Raises NotOwnerError; ValueError when nothing is left of ``text``.
        """
        key, text = AGENT_KEY + client_message_id, clean(text)
        if not text:
            raise ValueError("there is nothing to say")
        with self._changing(conversation_id) as (session, _conversation):
            known = select(Message).where(
                Message.conversation_id == conversation_id,
                Message.client_message_id == key,
                Message.agent_id == agent_id,
            )
            if found := lines(session, known):
                return found[0]
            owned = changes.owned(session, conversation_id)
            if owned.state is not State.HUMAN or owned.agent_id != agent_id:
                raise NotOwnerError(owned)
            session.execute(
                delete(Typing).where(
                    Typing.conversation_id == conversation_id, Typing.side == "agent"
                )
            )
            message = add_line(
                session,
                conversation_id,
                "agent",
                text=text,
                client_message_id=key,
                agent_id=agent_id,
            )
            return lines(session, select(Message).where(Message.id == message.id))[0]

    def read(self, conversation_id: str, side: str, message_id: int) -> bool:
        """Note that ``side`` (customer or agent) has read up to ``message_id``; whether it is news.

        Never goes back, nor beyond what there is.
        """
        if side not in SIDES:
            raise ValueError(f"{side!r} is none of {SIDES}")
        with self._changing(conversation_id) as (session, _conversation):
            newest = (
                select(Message.id)
                .where(Message.conversation_id == conversation_id, Message.id <= message_id)
                .order_by(Message.id.desc())
                .limit(1)
            )
            last = session.execute(newest).scalar_one_or_none()
            row: Any = session.get(Read, (conversation_id, side))
            if last is None or (row is not None and row.message_id >= last):
                return False
            session.merge(
                Read(conversation_id=conversation_id, side=side, message_id=last, at=clock.now())
            )
            return True

    def reads(self, conversation_id: str) -> dict[str, int]:
        """How far each side has read: message ids, 0 where nothing was."""
        query = select(Read.side, Read.message_id).where(Read.conversation_id == conversation_id)
        with self._database.read() as session:
            read = {row.side: row.message_id for row in session.execute(query)}
        return {side: read.get(side, 0) for side in SIDES}

    def seen_by_customer(self, conversation_id: str) -> dict[str, Any]:
        """See ``seen.by_customer``."""
        with self._database.read() as session:
            return seen.by_customer(session, conversation_id)

    def rate(self, conversation_id: str, score: int, reason: str) -> None:
        """The customer's rating of the last person here. Raises NobodyError: there was none."""
        with self._changing(conversation_id) as (session, _conversation):
            ratings.rate(session, conversation_id, score, reason)

    @contextmanager
    def _changing(self, conversation_id: str) -> Iterator[tuple[Session, Any]]:
        with self._database.write() as session:
            yield session, locked(session, conversation_id)


def _held(
    session: Session, conversation_id: str, agent_id: str, version: int, override: bool
) -> Owned:
    """The owner, who must be ``agent_id`` unless that is overridden."""
    owned = changes.owned(session, conversation_id)
    if owned.version != version:
        raise StaleError(owned)
    if owned.state is State.HUMAN and owned.agent_id != agent_id and not override:
        raise NotOwnerError(owned)
    return owned


def _ahead_when_escalated(session: Session, before: Owned) -> int:
    """How many were ahead of who waits now when they began to."""
    if before.state is not State.WAITING:
        return 0
    query = select(Transition.details).where(
        Transition.conversation_id == before.conversation_id,
        Transition.version == before.version,
    )
    details = session.execute(query).scalar_one_or_none() or {}
    return int(details.get("ahead", 0))


def _at(owned: Owned) -> str | None:
    return owned.due_at.isoformat() if owned.due_at else None
