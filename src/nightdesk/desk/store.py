"""The desk's memory: conversations, the transcript, issued buttons, and every message's fate.

All methods block; the desk calls them in threads. Each is one transaction that first locks its
conversation, so that within a conversation ids are committed in order and nothing is done twice.
"""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.database import Database
from nightdesk.desk.handoff import changes
from nightdesk.desk.handoff.judge import Judge
from nightdesk.desk.handoff.states import Cause, State
from nightdesk.desk.model import Button, Conversation, Delivery, Message
from nightdesk.desk.records import (
    PENDING,
    TAKEN,
    Inbound,
    NoConversationError,
    Outcome,
    Received,
    TooManyWaitingError,
    UnknownButtonError,
)
from nightdesk.desk.transcript import Line, add_line, lines, locked

PAGE = 500
"""So many lines of a transcript are given at a time."""


class Store:
    """Conversations and their transcripts. What waits for an answer is in ``queue.Queue``."""

    def __init__(self, database: Database, most_waiting: int, judge: Judge) -> None:
        self._database = database
        self._most_waiting = most_waiting
        self._judge = judge

    def open(self, channel: str, language: str | None) -> str:
        """A new conversation's id."""
        conversation_id = secrets.token_hex(16)
        with self._database.write() as session:
            session.add(
                Conversation(
                    id=conversation_id,
                    channel=channel,
                    language=language,
                    created_at=clock.now(),
                    collected_id=0,
                )
            )
        return conversation_id

    def language(self, conversation_id: str) -> str:
        """The language last written in, ``zh`` before anything was. Raises NoConversationError."""
        with self._database.read() as session:
            conversation = session.get(Conversation, conversation_id)
            if conversation is None:
                raise NoConversationError(conversation_id)
            return conversation.language or "zh"

    def is_button(self, conversation_id: str, text: str) -> bool:
        """Whether ``text`` is the id of a button shown in this conversation."""
        with self._database.read() as session:
            return _button(session, conversation_id, text) is not None

    def receive(self, conversation_id: str, inbound: Inbound) -> Received:
        """Keep a customer's message, to be answered, before anything else is tried.

        The bot is to answer it unless a person has the conversation.
        A message with a ``client_message_id`` that the conversation has is only looked up.
        Earlier messages that still wait are due at once: the customer is here again.

        Raises:
            NoConversationError, UnknownButtonError, TooManyWaitingError: see there.
        """
        with self._database.write() as session:
            conversation = locked(session, conversation_id)
            known = select(Message.id).where(
                Message.conversation_id == conversation_id,
                Message.client_message_id == inbound.client_message_id,
            )
            if (message_id := session.execute(known).scalar_one_or_none()) is not None:
                return Received(message_id, repeated=True)
            self._check_room(session, conversation_id)
            text = sent = inbound.text
            if inbound.button is not None:
                button = _button(session, conversation_id, inbound.button)
                if button is None:
                    raise UnknownButtonError(inbound.button)
                text, sent = button.title, button.payload
            conversation.language = inbound.language or conversation.language or "zh"
            now = clock.now()
            session.execute(
                update(Delivery)
                .where(Delivery.conversation_id == conversation_id, Delivery.state == PENDING)
                .values(next_at=now)
            )
            message = add_line(
                session,
                conversation_id,
                "customer",
                text=text,
                client_message_id=inbound.client_message_id,
            )
            if self._is_for_bot(session, conversation, message):
                session.add(
                    Delivery(
                        message_id=message.id,
                        conversation_id=conversation_id,
                        state=PENDING,
                        sent=sent,
                        language=conversation.language,
                        received_at=now,
                        next_at=now,
                        attempts=0,
                        wrong_answers=0,
                    )
                )
            return Received(message.id, repeated=False)

    def _is_for_bot(self, session: Session, conversation: Any, message: Any) -> bool:
        """Whether the bot is to answer ``message``, which has just been stored."""
        state = changes.owned(session, conversation.id).state
        if state is State.CLOSED:
            state = changes.change(session, conversation, Cause.RETURNED).state
        if state is State.HUMAN:
            return False
        self._judge.before(session, conversation, message.id, message.text)
        return True

    def _check_room(self, session: Session, conversation_id: str) -> None:
        waiting = select(func.count()).where(
            Delivery.conversation_id == conversation_id, Delivery.state == PENDING
        )
        if session.execute(waiting).scalar_one() >= self._most_waiting:
            raise TooManyWaitingError(conversation_id)

    def outcome(self, message_id: int) -> Outcome:
        """Where a customer's message stands."""
        replies = select(Message).where(Message.in_reply_to == message_id).order_by(Message.id)
        with self._database.read() as session:
            message: Any = session.get(Message, message_id)
            delivery: Any = session.get(Delivery, message_id)
            return Outcome(
                state=delivery.state if delivery else TAKEN,
                promised=delivery is not None and delivery.promised_at is not None,
                lines=lines(session, replies),
                owner=changes.owned(session, message.conversation_id).state,
            )

    def transcript(self, conversation_id: str, after: int = 0, most: int = PAGE) -> list[Line]:
        """The conversation's lines after the id ``after``, oldest first; ``most`` at a time."""
        query = (
            select(Message)
            .where(Message.conversation_id == conversation_id, Message.id > after)
            .order_by(Message.id)
            .limit(most)
        )
        with self._database.read() as session:
            return lines(session, query)

    def written_after(self, message_id: int) -> tuple[int, list[str]]:
        """The newest message's id, and the conversations written in after ``message_id``."""
        newest = select(func.coalesce(func.max(Message.id), 0))
        written = select(Message.conversation_id).where(Message.id > message_id).distinct()
        with self._database.read() as session:
            last = session.execute(newest).scalar_one()
            return last, list(session.execute(written).scalars()) if last > message_id else []

    def status(self, conversation_id: str) -> str:
        """Who has the conversation; ``failed`` while the customer's newest message that the bot
        was given has only an apology."""
        newest = (
            select(Delivery)
            .join(Message, Message.id == Delivery.message_id)
            .where(Delivery.conversation_id == conversation_id, Message.sender == "customer")
            .order_by(Delivery.message_id.desc())
            .limit(1)
        )
        with self._database.read() as session:
            owner = changes.owned(session, conversation_id).state
            delivery = session.execute(newest).scalar_one_or_none()
            if delivery is None or (delivery.state == PENDING and not delivery.promised_at):
                return Outcome(TAKEN, promised=False, owner=owner).status
            return Outcome(delivery.state, promised=True, owner=owner).status

    def collect(self, conversation_id: str) -> list[Line]:
        """What was said to the customer and not collected before: for clients without a push."""
        with self._database.write() as session:
            conversation = locked(session, conversation_id)
            query = (
                select(Message)
                .where(
                    Message.conversation_id == conversation_id,
                    Message.sender != "customer",
                    Message.id > conversation.collected_id,
                )
                .order_by(Message.id)
            )
            found = lines(session, query)
            if found:
                conversation.collected_id = found[-1]["id"]
            return found


def _button(session: Session, conversation_id: str, key: str) -> Any:
    query = select(Button).where(Button.id == key, Button.conversation_id == conversation_id)
    return session.execute(query).scalar_one_or_none()
