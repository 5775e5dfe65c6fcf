"""Calls a person when ``decide`` says so: into the queue while somebody is there, else for a
call-back. Works within the transaction that stores the customer's words, or the bot's answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from nightdesk import clock, logs
from nightdesk.desk import words
from nightdesk.desk.handoff import changes, duty, signals
from nightdesk.desk.handoff.changes import Owned
from nightdesk.desk.handoff.decide import Decision, Priority, Signals, decide
from nightdesk.desk.handoff.model import Evaluation, Ownership, Transition
from nightdesk.desk.handoff.notices import Notice, Notices
from nightdesk.desk.handoff.states import State
from nightdesk.desk.handoff.tickets import keep_ticket
from nightdesk.desk.model import Button, Message
from nightdesk.desk.records import Reply
from nightdesk.desk.transcript import add_replies
from nightdesk.merchant.profile import Profile

log = logs.get(__name__)

CALL_A_PERSON = "/request_human"
_GRAVITY = [priority.value for priority in Priority]


class Escalation:
    """The desk's ``Judge``."""

    def __init__(self, profile: Profile, notices: Notices) -> None:
        self._profile = profile
        self._notices = notices

    def staffed(self, session: Session) -> bool:
        """Whether somebody of the shop's people is there now."""
        return duty.staffed(session, self._profile, clock.now())

    def before(self, session: Session, conversation: Any, message_id: int, text: str) -> None:
        """Danger and the profile's words call a person before anything is understood."""
        shop = self._profile.escalation
        seen = signals.of_words(text, shop)
        decision = decide(seen, shop)
        if seen.in_danger:
            sentence = changes.say(conversation, "safety_now")
            changes.tell(session, conversation, sentence, in_reply_to=message_id)
        if decision is not None:
            _record(session, conversation.id, message_id, seen, decision)
            self._call(session, conversation, message_id, decision)

    def after(
        self,
        session: Session,
        conversation: Any,
        message_id: int,
        facts: dict[str, Any],
        replies: Sequence[Reply],
    ) -> None:
        """The answer is stored: how the conversation goes may call a person now."""
        owned = changes.owned(session, conversation.id)
        if owned.state not in (State.BOT, State.WAITING):
            return
        shop = self._profile.escalation
        said, turns = signals.read(session, conversation.id, _begun(session, conversation.id))
        before = signals.of_words(said[-1] if said else "", shop)
        seen = signals.of_conversation(said, turns, before, clock.now())
        decision = decide(seen, shop)
        _record(session, conversation.id, message_id, seen, decision)
        if decision is not None:
            self._call(session, conversation, message_id, decision)
        self._see_to_ticket(session, conversation, message_id, facts)

    def _call(
        self, session: Session, conversation: Any, message_id: int, decision: Decision
    ) -> None:
        """Wants a person; one that is wanted already is wanted sooner for a graver reason."""
        owned = changes.owned(session, conversation.id)
        known = owned.state is State.WAITING or owned.callback
        if known and not _graver(decision, owned):
            return
        now, profile, kind = clock.now(), self._profile, "waiting"
        wanted: dict[str, Any] = {
            "reason": decision.reason.value,
            "priority": decision.priority.value,
        }
        if owned.state is State.WAITING:
            row: Any = session.get(Ownership, conversation.id)
            row.reason, row.priority = wanted["reason"], wanted["priority"]
            session.flush()
        elif self.staffed(session):
            due = now + timedelta(minutes=profile.escalation.wait_minutes)
            changes.escalate(session, conversation, due_at=due, in_reply_to=message_id, **wanted)
        else:
            kind, due_at = "callback", profile.next_opening(now)
            changes.expect_callback(session, conversation, due_at=due_at, **wanted)
        self._notices.keep(session, Notice(kind, conversation.id, at=now, **wanted))
        log.info("person_wanted", conversation_id=conversation.id, kind=kind, **wanted)

    def _see_to_ticket(
        self,
        session: Session,
        conversation: Any,
        message_id: int,
        facts: dict[str, Any],
    ) -> None:
        """Every wish for a person has a ticket: the bot's own, or one of the desk's."""
        owned = changes.owned(session, conversation.id)
        if not (owned.state is State.WAITING or owned.callback) or owned.ticket_no:
            return
        row: Any = session.get(Ownership, conversation.id)
        if facts.get("ticket_no"):
            row.ticket_no = str(facts["ticket_no"])[:64]
        elif facts.get("ticket_kind"):
            return  # the action's own ticket is in the outbox
        elif owned.state is State.WAITING or owned.priority == Priority.URGENT.value:
            keep_ticket(session, conversation, owned, self._profile.languages[0])
        elif not _offered(session, conversation.id):
            self._offer(session, conversation, message_id, owned.due_at)

    def _offer(
        self, session: Session, conversation: Any, message_id: int, due: datetime | None
    ) -> None:
        language = conversation.language or "zh"
        zone = self._profile.zone
        when = f"{due.astimezone(zone):%m-%d %H:%M}" if due else ""
        sentence = "callback_offer" if when else "callback_offer_some_time"
        button = (words.say("callback_button", language), CALL_A_PERSON)
        reply = Reply(words.say(sentence, language, when=when), buttons=(button,))
        add_replies(session, conversation.id, message_id, [reply])


def _record(
    session: Session,
    conversation_id: str,
    message_id: int,
    seen: Signals,
    decision: Decision | None,
) -> None:
    session.add(
        Evaluation(
            conversation_id=conversation_id,
            message_id=message_id,
            at=clock.now(),
            signals={
                name: str(value) if name == "order_total" and value is not None else value
                for name, value in asdict(seen).items()
                if value
            },
            reason=decision.reason.value if decision else None,
            priority=decision.priority.value if decision else None,
        )
    )


def _begun(session: Session, conversation_id: str) -> int:
    """The last message before the bot got the conversation (back): what was earlier is settled."""
    back = (
        select(func.max(Transition.at))
        .where(
            Transition.conversation_id == conversation_id,
            Transition.to_state == State.BOT.value,
        )
        .scalar_subquery()
    )
    query = select(func.max(Message.id)).where(
        Message.conversation_id == conversation_id, Message.at <= back
    )
    return session.execute(query).scalar_one() or 0


def _graver(decision: Decision, owned: Owned) -> bool:
    known = _GRAVITY.index(owned.priority) if owned.priority in _GRAVITY else -1
    return _GRAVITY.index(decision.priority.value) > known


def _offered(session: Session, conversation_id: str) -> bool:
    """Whether the customer has been shown the way to a person, by the bot or by the desk."""
    query = select(Button.id).where(
        Button.conversation_id == conversation_id, Button.payload == CALL_A_PERSON
    )
    return session.execute(query.limit(1)).first() is not None
