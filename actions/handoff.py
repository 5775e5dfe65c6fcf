"""A person is wanted: a ticket for the people on duty; a call-back when nobody is there."""

from __future__ import annotations

import re
from typing import Any

from actions.backends.client import BackendError
from actions.backends.tickets import CUSTOMER
from actions.clerk.action import ClerkAction
from actions.clerk.conversation import Conversation
from actions.clerk.tasks import Task
from actions.promises import promise, staffed
from actions.tickets import tell_when_answered
from nightdesk import logs
from nightdesk.language.phone import parse_phone

log = logs.get(__name__)

DESCRIPTION = 2000
HOW, WHEN = "callback_how", "callback_when"
"""The questions of a call-back: which number (and when), and only when."""
MOST_ASKED = 2
NOBODY_CAME = "callback"
"""What the desk says to the bot when nobody has taken over in time."""
_ANY_TIME = re.compile(r"随时|隨時|都行|都可以|都得|几点都|幾點都|\bany ?time\b|\bwhenever\b", re.I)
_HERE = re.compile(
    r"不用(?:打|电话|回电)|不留|别打|发这里|发到这里|这里说|打字|唔使打"
    r"|\bno calls?\b|\b(?:reply|answer) here\b"
    r"|\bdon'?t call\b",
    re.I,
)

_OPENED = {"handoff": "handoff_opened", "callback": "handoff_callback"}


class RequestHuman(ClerkAction):
    """Opens one ticket a conversation for the wish for a person: a hand-off while somebody is
    there, else a call-back, for which it asks how and when."""

    action = "action_request_human"
    interrupts = True

    def respond(self, conversation: Conversation) -> None:
        if tell_when_answered(conversation):
            return
        conversation.note(wants_person=True)
        take_phone(conversation)
        state = conversation.state
        entry = conversation.turn.first("entry")
        nobody_came = entry is not None and entry.value == NOBODY_CAME
        if not state.person_ticket:
            kind = "handoff" if staffed(conversation) and not nobody_came else "callback"
            state.person_ticket = open_ticket(
                conversation, kind, "high", words_of(conversation), _OPENED[kind]
            )
            if kind == "callback" and state.person_ticket:
                _ask_how(conversation)
        elif nobody_came:
            conversation.note(ticket_no=state.person_ticket)
            _ask_how(conversation)
        else:
            self._add(conversation)
        try:
            conversation.services.knowledge.person_needed(conversation.key("person"))
        except BackendError as error:
            log.warning("person_not_noted", error=str(error))

    def _add(self, conversation: Conversation) -> None:
        """The wish is said again: what is new goes to the ticket that is there."""
        number = conversation.state.person_ticket
        if words := words_of(conversation):
            comment(conversation, number, words)
        conversation.note(ticket_no=number)
        conversation.say("handoff_known", ticket_no=number, promise=promise(conversation))


class CallbackTask(Task):
    """``data``: ``ticket_no``; ``when``, in the customer's words, once it was said. Nothing of it
    has to be answered: the ticket stands, and the outcome comes to the chat too."""

    kind = "callback"

    def answered(self) -> bool:
        turn = self.turn
        if turn.intent == "deny" or _HERE.search(turn.text):
            self.state.close()
            self.conversation.say("callback_here")
            return True
        phones, when = turn.any("phone"), _when(self.conversation)
        if when:
            self.data["when"] = when
        if phones and not take_phone(self.conversation):
            wrong = turn.all("phone")[-1].text
            self.conversation.say("complaint_phone_wrong", phone=wrong)
            self.conversation.asked = True
            return True
        if phones:
            self.data["phone"] = self.state.customer.phone
        agreed = turn.intent == "affirm" and bool(self.state.customer.phone)
        if agreed:
            self.data["phone"] = self.state.customer.phone
            self.data.setdefault("when", "")
        return bool(phones or when or agreed)

    def is_given(self) -> bool:
        return self.question == HOW and self.turn.any("phone")

    def advance(self) -> None:
        if self.conversation.asked:
            return
        phone = self.data.get("phone") or self.state.customer.phone
        if not phone:
            self.conversation.ask(HOW)
        elif "when" not in self.data and self.question != WHEN:
            self.conversation.ask(WHEN, phone=phone)
        else:
            self._keep(phone)

    def _keep(self, phone: str) -> None:
        number, when = self.data["ticket_no"], self.data.get("when", "")
        words = self.conversation.wording("ticket_callback_comment", phone=phone, when=when or "-")
        comment(self.conversation, number, words)
        self.state.close()
        self.conversation.note(callback={"phone": phone, "when": when})
        said = "callback_noted_any_time" if not when or _ANY_TIME.search(when) else "callback_noted"
        self.conversation.say(said, phone=phone, when=when)

    def ask_again(self) -> None:
        """Something else was answered: the question is put once more, and then left."""
        question = self.state.question
        if question is None or question.asked >= MOST_ASKED:
            self.state.close()
            return
        self.conversation.ask(question.name, phone=self.state.customer.phone)


def _ask_how(conversation: Conversation) -> None:
    phone = conversation.state.customer.phone
    conversation.state.begin(CallbackTask.kind, ticket_no=conversation.state.person_ticket)
    conversation.ask(WHEN if phone else HOW, phone=phone)


def _when(conversation: Conversation) -> str:
    """When to call, in the customer's words."""
    time = conversation.turn.first("time")
    if time is not None:
        return time.text
    any_time = _ANY_TIME.search(conversation.turn.text)
    return any_time[0] if any_time else ""


def comment(conversation: Conversation, number: str, words: str) -> None:
    """Writes ``words`` to the ticket ``number`` in the customer's name."""
    author = f"{CUSTOMER} {conversation.state.customer.name}".strip()
    turn = conversation.turn
    key = conversation.key("comment", number, turn.message_id or turn.text)
    conversation.services.tickets.comment(number, author, words[:DESCRIPTION] or "…", key)


def give_phone(conversation: Conversation, number: str) -> None:
    """Writes the customer's phone to the ticket ``number``; it stands in a comment as well."""
    customer = conversation.state.customer
    key = conversation.key("phone", number, customer.phone)
    try:
        conversation.services.tickets.give_phone(number, customer.name, customer.phone, key)
    except BackendError as error:
        log.warning("phone_not_on_ticket", ticket_no=number, error=str(error))


def open_ticket(
    conversation: Conversation, kind: str, urgency: str, words: str, acknowledgement: str
) -> str:
    """Opens a ticket, once for a message, and says its number and when someone will be there.

    Returns its number; nothing when the desk keeps it until the tickets are back.
    """
    turn = conversation.turn
    ticket: dict[str, Any] = {
        "kind": kind,
        "priority": urgency,
        "subject": conversation.wording(f"ticket_{kind}"),
        "description": words[:DESCRIPTION],
        "customer": _customer(conversation),
        "conversation_id": conversation.id,
    }
    if order_no := order_named(conversation):
        ticket["order_no"] = order_no
    key = conversation.key("ticket", kind, turn.message_id or turn.text)
    try:
        number = conversation.services.tickets.open(ticket, key)
    except BackendError:
        conversation.services.desk.keep("tickets", "/tickets", ticket, key)
        conversation.note(ticket_kind=kind)
        conversation.say("handoff_kept", hotline=conversation.services.profile.hotline)
        return ""
    conversation.note(ticket_no=number, ticket_kind=kind)
    conversation.say(acknowledgement, ticket_no=number, promise=promise(conversation))
    return number


def words_of(conversation: Conversation) -> str:
    return "" if conversation.turn.tapped else conversation.turn.text


def take_phone(conversation: Conversation) -> bool:
    """Takes a phone from the turn; whether there was a good one."""
    for entity in conversation.turn.all("phone")[-1:]:
        phone = parse_phone(entity.text)
        if phone.valid:
            number = phone.e164.removeprefix("+86") or phone.digits
            conversation.state.customer.phone = number
            return True
    return False


def order_named(conversation: Conversation) -> str:
    """The order that was named, or the only one of this conversation."""
    named = conversation.turn.first("order_no")
    if named is not None:
        return str(named.value or named.text)[:64]
    orders = conversation.state.orders
    return orders[0] if len(orders) == 1 else ""


def _customer(conversation: Conversation) -> dict[str, str] | None:
    customer = conversation.state.customer
    known = {"name": customer.name, "phone": customer.phone}
    return {field: value for field, value in known.items() if value} or None
