"""What waits for an answer, in the database: claimed, answered, put off, given up.

A conversation is served by the one process that holds its lease, oldest message first. Every change
of a message's state is a compare-and-set, so a process that lost its lease changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.database import Database
from nightdesk.desk import words
from nightdesk.desk.handoff import changes
from nightdesk.desk.handoff.judge import Judge
from nightdesk.desk.handoff.model import Turn
from nightdesk.desk.model import Conversation, Delivery, Message
from nightdesk.desk.records import (
    ANSWERED,
    GIVEN_UP,
    PENDING,
    TAKEN,
    TICKET,
    Answer,
    Given,
    NotYet,
    Work,
)
from nightdesk.desk.transcript import add_line, add_replies, locked

_QUOTED = 30


class Queue:
    """The deliveries, as the desk named ``owner`` sees them; a lease lasts ``lease`` seconds.

    A desk that is started again under its old name need not wait for its own leases to end.
    """

    def __init__(self, database: Database, owner: str, lease: float, judge: Judge) -> None:
        self._database = database
        self._judge = judge
        self._owner = owner
        self._lease = timedelta(seconds=lease)

    def claim(self, conversation_id: str) -> Work | NotYet | None:
        """The conversation's oldest waiting message, with the lease; None when nothing waits.

        The attempt is counted before it is made, so that whoever comes after a crash knows that
        Rasa may have had the message.
        """
        with self._database.write() as session:
            conversation = locked(session, conversation_id)
            now = clock.now()
            if conversation.lease_owner not in (None, self._owner) and (
                conversation.lease_until > now
            ):
                return NotYet(conversation.lease_until, busy=True)
            oldest = (
                select(Delivery)
                .where(Delivery.conversation_id == conversation_id, Delivery.state == PENDING)
                .order_by(Delivery.message_id)
                .limit(1)
            )
            delivery = session.execute(oldest).scalar_one_or_none()
            if delivery is None or delivery.next_at > now:
                conversation.lease_owner = conversation.lease_until = None
                return None if delivery is None else NotYet(delivery.next_at)
            conversation.lease_owner = self._owner
            conversation.lease_until = now + self._lease
            delivery.attempts += 1
            message: Any = session.get(Message, delivery.message_id)
            return Work(
                message_id=delivery.message_id,
                conversation_id=conversation_id,
                channel=conversation.channel,
                sent=delivery.sent,
                language=delivery.language,
                received_at=delivery.received_at,
                promised=delivery.promised_at is not None,
                earlier_attempts=delivery.attempts - 1,
                wrong_answers=delivery.wrong_answers,
                owner=changes.owned(session, conversation_id).state,
                staffed=self._judge.staffed(session),
                from_customer=message.sender == "customer",
            )

    def renew(self, conversation_id: str) -> None:
        """Keep the lease for another while, if it is still this process's."""
        with self._database.write() as session:
            session.execute(
                update(Conversation)
                .where(Conversation.id == conversation_id, Conversation.lease_owner == self._owner)
                .values(lease_until=clock.now() + self._lease)
            )

    def release_all(self) -> None:
        """End every lease of this desk: its own, or those of a process that died in its place."""
        with self._database.write() as session:
            session.execute(
                update(Conversation)
                .where(Conversation.lease_owner == self._owner)
                .values(lease_owner=None, lease_until=None)
            )

    def answer(self, work: Work, answer: Answer) -> bool:
        """Keep Rasa's answer. False when it is not shown: another process was first, or a person
        has taken the conversation; then what the bot would have said is kept with that change.
        """
        with self._database.write() as session:
            conversation = locked(session, work.conversation_id)
            delivery: Any = session.get(Delivery, work.message_id)
            answered = _move(session, work.message_id, PENDING, state=ANSWERED)
            if not answered and delivery.state != TAKEN:
                return False
            if answer.facts:
                _keep_facts(session, work, answer.facts)
            if not answered:
                changes.record_dropped(session, conversation.id, work.message_id, answer.replies)
                return False
            add_replies(session, work.conversation_id, work.message_id, answer.replies)
            if work.from_customer:
                self._judge.after(
                    session, conversation, work.message_id, answer.facts, answer.replies
                )
            return True

    def put_off(self, work: Work, until: datetime, wrong: bool) -> None:
        """Try again at ``until``. ``wrong``: Rasa was there and gave no proper answer."""
        with self._database.write() as session:
            locked(session, work.conversation_id)
            counted = work.wrong_answers + (1 if wrong else 0)
            _move(session, work.message_id, PENDING, next_at=until, wrong_answers=counted)

    def give_up(self, work: Work) -> None:
        """Leave the message to a person: a ticket is due, and the next message is free to go.

        The desk's own word to Rasa is dropped: there is no customer's message to be dealt with.
        """
        state = TICKET if work.from_customer else GIVEN_UP
        with self._database.write() as session:
            conversation = locked(session, work.conversation_id)
            moved = _move(
                session, work.message_id, PENDING, state=state, next_at=clock.now(), attempts=0
            )
            if moved and work.from_customer:
                facts = {"backend_failed": True, "ticket_kind": "system"}
                _keep_facts(session, work, facts)
                self._judge.after(session, conversation, work.message_id, facts, ())

    def promise(self, conversation_id: str, message_id: int) -> bool:
        """Tell the customer, once, that the answer will come late. False when it is not so."""
        with self._database.write() as session:
            locked(session, conversation_id)
            delivery: Any = session.get(Delivery, message_id)
            if delivery.promised_at is not None or delivery.state not in (PENDING, TICKET):
                return False
            delivery.promised_at = clock.now()
            sentence = words.say("promise", delivery.language)
            add_line(session, conversation_id, "system", text=sentence, in_reply_to=message_id)
            return True

    def waiting(self) -> list[str]:
        """Conversations in which something is due and that no other process serves."""
        now = clock.now()
        due = (
            select(Delivery.conversation_id)
            .join(Conversation, Conversation.id == Delivery.conversation_id)
            .where(
                Delivery.state == PENDING,
                Delivery.next_at <= now,
                or_(
                    Conversation.lease_owner.is_(None),
                    Conversation.lease_owner == self._owner,
                    Conversation.lease_until <= now,
                ),
            )
        )
        with self._database.read() as session:
            return list(session.execute(due.distinct()).scalars())

    def unpromised(self, patience: float) -> list[tuple[str, int]]:
        """(conversation, message) of messages older than ``patience`` seconds, with no word yet."""
        overdue = select(Delivery.conversation_id, Delivery.message_id).where(
            Delivery.state.in_((PENDING, TICKET)),
            Delivery.promised_at.is_(None),
            Delivery.received_at < clock.now() - timedelta(seconds=patience),
        )
        with self._database.read() as session:
            return [tuple(row) for row in session.execute(overdue)]

    def tickets_due(self) -> list[Given]:
        """Messages given up for which no ticket could be opened yet."""
        due = (
            select(Delivery, Message.text)
            .join(Message, Message.id == Delivery.message_id)
            .where(Delivery.state == TICKET, Delivery.next_at <= clock.now())
            .order_by(Delivery.message_id)
        )
        with self._database.read() as session:
            return [
                Given(
                    message_id=delivery.message_id,
                    conversation_id=delivery.conversation_id,
                    text=text,
                    language=delivery.language,
                    received_at=delivery.received_at,
                    attempts=delivery.attempts,
                )
                for delivery, text in session.execute(due)
            ]

    def ticket_opened(self, given: Given, ticket_no: str) -> bool:
        """Tell the customer the ticket's number, once."""
        text = given.text if len(given.text) <= _QUOTED else given.text[: _QUOTED - 1] + "…"
        with self._database.write() as session:
            locked(session, given.conversation_id)
            if not _move(session, given.message_id, TICKET, state=GIVEN_UP, ticket_no=ticket_no):
                return False
            sentence = words.say("given_up", given.language, text=text, ticket_no=ticket_no)
            add_line(
                session,
                given.conversation_id,
                "system",
                text=sentence,
                in_reply_to=given.message_id,
            )
            return True

    def ticket_put_off(self, given: Given, until: datetime) -> None:
        """Try to open the ticket again at ``until``."""
        with self._database.write() as session:
            _move(session, given.message_id, TICKET, next_at=until, attempts=given.attempts + 1)


def _move(session: Session, message_id: int, state_is: str, **values: Any) -> bool:
    changed: Any = session.execute(
        update(Delivery)
        .where(Delivery.message_id == message_id, Delivery.state == state_is)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)


def _keep_facts(session: Session, work: Work, facts: dict[str, Any]) -> None:
    """What the bot understood and where it stood, for who judges and for who takes over."""
    session.merge(
        Turn(message_id=work.message_id, conversation_id=work.conversation_id, facts=facts)
    )
