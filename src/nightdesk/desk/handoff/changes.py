"""The owner of a conversation, and how it changes: within the transaction of who changes it.

Every change holds the conversation's lock, is refused when it was decided on an older version, is
recorded, takes what waits for Rasa out of its hands, and is told to the customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from nightdesk import clock, logs
from nightdesk.desk import words
from nightdesk.desk.handoff import errands, waiting
from nightdesk.desk.handoff.model import Agent, Ownership, Transition
from nightdesk.desk.handoff.states import Cause, ImpossibleError, State, after
from nightdesk.desk.model import Delivery
from nightdesk.desk.records import PENDING, TAKEN, Reply
from nightdesk.desk.transcript import add_line

log = logs.get(__name__)

HAND_BACK = '/repeat{"entry": "handed_back"}'
"""The desk's own word to Rasa: ask the open question again."""
DONE = '/stop{"entry": "done"}'
"""The same when a person has done what was open: it is put away."""
CALL_BACK = '/request_human{"entry": "callback"}'
"""Nobody came: ask how and when to call back."""


@dataclass(frozen=True)
class Owned:
    """Who has the conversation; ``agent`` is the person's name. Times are aware."""

    conversation_id: str
    state: State = State.BOT
    version: int = 0
    agent_id: str | None = None
    agent: str | None = None
    reason: str | None = None
    priority: str | None = None
    since: datetime | None = None
    due_at: datetime | None = None
    ticket_no: str | None = None
    callback: bool = False

    @property
    def has_person(self) -> bool:
        """Whether what the customer writes is for a person. While they wait, the bot serves on:
        nobody may come, and much can be done meanwhile."""
        return self.state is State.HUMAN


class StaleError(Exception):
    """The owner has changed since; ``owned`` is the present one."""

    def __init__(self, owned: Owned) -> None:
        super().__init__(f"version {owned.version} of {owned.conversation_id}")
        self.owned = owned


class NotOwnerError(Exception):
    """Somebody else has the conversation; ``owned`` says who."""

    def __init__(self, owned: Owned) -> None:
        super().__init__(f"{owned.conversation_id} is with {owned.agent_id}")
        self.owned = owned


def owned(session: Session, conversation_id: str) -> Owned:
    """The owner; the bot where nothing is recorded."""
    query = (
        select(Ownership, Agent.name)
        .outerjoin(Agent, Agent.id == Ownership.agent_id)
        .where(Ownership.conversation_id == conversation_id)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return Owned(conversation_id)
    row, name = found
    return Owned(
        conversation_id=conversation_id,
        state=State(row.state),
        version=row.version,
        agent_id=row.agent_id,
        agent=name,
        reason=row.reason,
        priority=row.priority,
        since=row.since,
        due_at=row.due_at,
        ticket_no=row.ticket_no,
        callback=row.callback,
    )


def change(
    session: Session,
    conversation: Any,
    cause: Cause,
    *,
    version: int | None = None,
    by: str | None = None,
    details: dict[str, Any] | None = None,
    **columns: Any,
) -> Owned:
    """Carry out ``cause`` on a locked ``conversation`` and record it; the new owner.

    ``version``: of the owner on which it was decided. ``by``: the person who does it.

    Raises:
        StaleError: the owner is of another version by now.
        ImpossibleError: it cannot follow the present state.
    """
    before = owned(session, conversation.id)
    if version is not None and version != before.version:
        raise StaleError(before)
    state, now = after(before.state, cause), clock.now()
    if before.since is None:
        session.add(Ownership(conversation_id=conversation.id, state=state.value, since=now))
        session.flush()
    changed: Any = session.execute(
        update(Ownership)
        .where(
            Ownership.conversation_id == conversation.id,
            Ownership.version == before.version,
        )
        .values(state=state.value, version=before.version + 1, since=now, **columns)
    )
    if changed.rowcount != 1:
        raise StaleError(owned(session, conversation.id))
    seconds = {"seconds": (now - before.since).total_seconds()} if before.since else {}
    session.add(
        Transition(
            conversation_id=conversation.id,
            from_state=before.state.value,
            to_state=state.value,
            cause=cause.value,
            agent_id=by,
            version=before.version + 1,
            at=now,
            details={"owner": before.agent_id, **seconds, **(details or {})},
        )
    )
    present = owned(session, conversation.id)
    errands.keep(session, conversation.id, cause, present.version, by, present.agent_id)
    if present.has_person:
        _take_from_rasa(session, conversation.id)
    log.info("owner_changed", conversation_id=conversation.id, cause=cause.value, state=state.value)
    return present


def _take_from_rasa(session: Session, conversation_id: str) -> None:
    """What still waits for Rasa is the person's now; an answer under way finds it gone."""
    session.execute(
        update(Delivery)
        .where(Delivery.conversation_id == conversation_id, Delivery.state == PENDING)
        .values(state=TAKEN)
        .execution_options(synchronize_session=False)
    )


def escalate(
    session: Session,
    conversation: Any,
    *,
    reason: str,
    priority: str,
    due_at: datetime | None = None,
    in_reply_to: int | None = None,
    details: dict[str, Any] | None = None,
) -> Owned:
    """Let the customer wait for a person, and say so. Raises ImpossibleError: the bot has it not.

    ``in_reply_to``: the message that led to it.
    """
    ahead = waiting.ahead_of(session, priority, due_at or clock.now())
    present = change(
        session,
        conversation,
        Cause.ESCALATED,
        details={"reason": reason, "priority": priority, "ahead": ahead, **(details or {})},
        agent_id=None,
        reason=reason,
        priority=priority,
        due_at=due_at,
        ticket_no=None,
        callback=False,
    )
    minutes = waiting.expected_minutes(session, ahead)
    sentence = say(conversation, "handoff_next" if not ahead else "handoff_wait", ahead=ahead)
    if minutes is not None:
        sentence += say(conversation, "handoff_about", minutes=minutes)
    tell(session, conversation, sentence, in_reply_to=in_reply_to)
    return present


def expect_callback(
    session: Session,
    conversation: Any,
    *,
    reason: str,
    priority: str,
    due_at: datetime | None,
    ticket_no: str | None = None,
) -> Owned:
    """Put a conversation that stays the bot's into the queue: somebody is to call back.

    Raises ImpossibleError: the bot has it not.
    """
    present = owned(session, conversation.id)
    if present.state is not State.BOT:
        raise ImpossibleError(f"a call-back cannot be kept while it is {present.state.value}")
    row: Any = session.get(Ownership, conversation.id)
    if row is None:
        row = Ownership(conversation_id=conversation.id, state=State.BOT.value, version=0)
        row.since = clock.now()
        session.add(row)
    row.callback = True
    row.reason, row.priority, row.due_at = reason, priority, due_at
    row.ticket_no = ticket_no or row.ticket_no
    session.flush()
    return owned(session, conversation.id)


def unserved(session: Session, conversation: Any, due_at: datetime | None) -> Owned:
    """Nobody came in time: back to the bot, who asks for a call-back due at ``due_at``."""
    present = change(session, conversation, Cause.UNSERVED, callback=True, due_at=due_at)
    message = tell(session, conversation, say(conversation, "handoff_unserved"))
    ask_bot(session, conversation, message, CALL_BACK)
    return present


def record_dropped(
    session: Session, conversation_id: str, message_id: int, replies: list[Reply]
) -> None:
    """Keep with the last change of the owner what the bot would have said after it."""
    query = (
        select(Transition)
        .where(Transition.conversation_id == conversation_id)
        .order_by(Transition.id.desc())
        .limit(1)
    )
    last = session.execute(query).scalar_one_or_none()
    if last is not None:
        said = {"message_id": message_id, "texts": [reply.text for reply in replies if reply.text]}
        last.details = {**last.details, "dropped": [*last.details.get("dropped", ()), said]}


def ask_bot(session: Session, conversation: Any, message: Any, payload: str) -> None:
    """Send ``payload`` to Rasa as the desk's own word; its answer follows ``message``.

    No apology is made for it, and no ticket opened: no customer waits for an answer.
    """
    now = clock.now()
    session.add(
        Delivery(
            message_id=message.id,
            conversation_id=conversation.id,
            state=PENDING,
            sent=payload,
            language=conversation.language or "zh",
            received_at=now,
            next_at=now,
            attempts=0,
            wrong_answers=0,
            promised_at=now,
        )
    )


def say(conversation: Any, sentence: str, **values: object) -> str:
    """One of the desk's sentences in the language of ``conversation``."""
    return words.say(sentence, conversation.language or "zh", **values)


def tell(session: Session, conversation: Any, text: str, in_reply_to: int | None = None) -> Any:
    """Add a line of the desk's to the transcript."""
    return add_line(session, conversation.id, "system", text=text, in_reply_to=in_reply_to)
