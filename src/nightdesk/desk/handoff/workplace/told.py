"""What of a conversation is told where the people on duty work."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from nightdesk.database import Database
from nightdesk.desk.handoff.model import Ownership
from nightdesk.desk.handoff.notify import words
from nightdesk.desk.handoff.states import State
from nightdesk.desk.handoff.summary import summarise
from nightdesk.desk.handoff.workplace.workplace import Case
from nightdesk.desk.model import Message
from nightdesk.desk.transcript import AGENT_KEY

_AT_ONCE = 50
_TRANSCRIPT_LINES = 80
_TRANSCRIPT_LENGTH = 12_000
_SPEAKERS: dict[str, words.Phrase] = {
    "customer": ("顾客", "Customer"),
    "bot": ("机器人", "Bot"),
    "agent": ("同事", "Colleague"),
    "system": ("系统", "Desk"),
}


def line_key(workplace: str, external: int) -> str:
    """The ``client_message_id`` of what a person wrote in ``workplace`` under ``external``."""
    return f"{workplace}-{external}"


def told_there(workplace: str) -> Any:
    """Which lines are told in ``workplace``: not the desk's own, and not what comes from there."""
    from_there = Message.client_message_id.like(f"{AGENT_KEY}{workplace}-%")
    return and_(
        Message.sender.in_(("customer", "bot", "agent")),
        or_(Message.client_message_id.is_(None), ~from_there),
    )


@dataclass(frozen=True)
class Untold:
    """A line that is not there yet. ``note``: it is for colleagues."""

    id: int
    text: str
    note: bool


class Teller:
    """Words for the people of one ``workplace``, in the shop's ``languages``. Methods block."""

    def __init__(self, database: Database, workplace: str, languages: Sequence[str]) -> None:
        self._database = database
        self._workplace = workplace
        self._languages = languages

    def case(self, conversation_id: str, key: str) -> tuple[Case, int]:
        """The case ``key``, and the last line of the conversation that its opening covers.

        The customer's last words come after it, as theirs: they make the people there look up.
        """
        with self._database.read() as session:
            owner: Any = session.get(Ownership, conversation_id)
            summary = summarise(session, conversation_id, (*self._languages, "zh")[0])
            transcript, last = self._transcript(session, conversation_id)
        reason = words.named(words.REASONS, owner.reason or "asked", self._languages)
        priority = owner.priority or "normal"
        labelled = [
            (words.REASON, reason),
            (words.PRIORITY, words.named(words.PRIORITIES, priority, self._languages)),
            *zip(words.SUMMARY, summary, strict=True),
        ]
        facts = [f"{words.both(label, self._languages)}: {text}" for label, text in labelled]
        case = Case(
            key=key,
            conversation_id=conversation_id,
            title=reason,
            customer=summary[0],
            opening="\n".join([*facts, "", *transcript]).strip(),
            priority=priority,
        )
        return case, last

    def _transcript(self, session: Session, conversation_id: str) -> tuple[list[str], int]:
        """What was said before the customer's last words, and the last line of it."""
        mine = Message.conversation_id == conversation_id
        newest = select(func.max(Message.id)).where(mine, Message.sender == "customer")
        end = session.execute(newest).scalar_one() or sys.maxsize
        query = (
            select(Message)
            .where(mine, Message.id < end)
            .order_by(Message.id.desc())
            .limit(_TRANSCRIPT_LINES)
        )
        lines: list[str] = []
        last, room = 0, _TRANSCRIPT_LENGTH
        for message in session.execute(query).scalars():
            lines.append(self._spoken(message))
            last, room = max(last, message.id), room - len(lines[-1])
            if room < 0:
                break
        return lines[::-1], last

    def untold(self, conversation_id: str, after: int) -> list[Untold]:
        """The lines after the id ``after`` that are to be told, oldest first."""
        query = (
            select(Message)
            .where(
                Message.conversation_id == conversation_id,
                Message.id > after,
                told_there(self._workplace),
            )
            .order_by(Message.id)
            .limit(_AT_ONCE)
        )
        with self._database.read() as session:
            owner: Any = session.get(Ownership, conversation_id)
            has_person = owner.state in (State.WAITING.value, State.HUMAN.value)
            return [self._line(line, has_person) for line in session.execute(query).scalars()]

    def _line(self, message: Any, has_person: bool) -> Untold:
        if message.sender == "customer" and has_person:
            return Untold(message.id, _words(message), note=False)
        return Untold(message.id, self._spoken(message), note=True)

    def _spoken(self, message: Any) -> str:
        return f"{words.both(_SPEAKERS[message.sender], self._languages)}: {_words(message)}"

    def has(self, conversation_id: str, external: int) -> bool:
        """Whether the customer was given what was written there under the id ``external``."""
        known = select(Message.id).where(
            Message.conversation_id == conversation_id,
            Message.client_message_id == AGENT_KEY + line_key(self._workplace, external),
        )
        with self._database.read() as session:
            return session.execute(known).first() is not None


def _words(message: Any) -> str:
    return str(message.text or message.image or "")
