"""A person is wanted, or somebody complains: kept as a ticket that the people on duty see."""

from __future__ import annotations

import re
from typing import Any

from actions.answers import complains_of_answer
from actions.backends.client import BackendError
from actions.clerk.action import ClerkAction
from actions.clerk.conversation import Conversation
from actions.clerk.tasks import Task
from nightdesk import clock, logs
from nightdesk.language.phone import parse_phone

log = logs.get(__name__)

DESCRIPTION = 2000
PHONE = "complaint_phone"
"""The one question after a complaint: where to call back."""

_DANGER = re.compile(
    r"起火|着火|自燃|冒烟|冒煙|烧起来|着咗火|火烧车|爆炸|触电|受伤|伤了|流血|出血|住院|骨折|车祸"
    r"|\bfire\b|\bsmok|\binjur|\bhurt\b|\bbleed|\bexplo|\baccident\b|\bcrash",
    re.I,
)
_ANGER = re.compile(
    r"骗子|骗人|垃圾|坑人|坑爹|黑店|气死|火大|忍不了|受够|再也不|太过分|离谱|什么态度|畀人呃|呃人|丢雷"
    r"|[!！]{2,}|[?？]{3,}|\bscam|\bfraud|\bfurious|\bdisgust|\bunacceptable|\bridiculous|\bworst\b"
    r"|\bnever again\b|\brefund me now\b",
    re.I,
)


class RequestHuman(ClerkAction):
    """Opens one hand-off ticket a conversation, and says when someone will be there."""

    action = "action_request_human"
    interrupts = True

    def respond(self, conversation: Conversation) -> None:
        open_ticket(conversation, "handoff", "high", _words(conversation), "handoff_opened")
        try:
            conversation.services.knowledge.person_needed(conversation.key("person"))
        except BackendError as error:
            log.warning("person_not_noted", error=str(error))


class Complain(ClerkAction):
    """Acknowledges, opens one complaint ticket a conversation, and adds to it what is said later;
    then asks once for a phone to call back."""

    action = "action_complain"

    def respond(self, conversation: Conversation) -> None:
        urgency = priority(conversation)
        if urgency == "normal" and complains_of_answer(conversation):
            return
        if conversation.state.complaint:
            add_to_complaint(conversation, _words(conversation), urgency)
        else:
            _take_phone(conversation)
            conversation.state.complaint = open_ticket(
                conversation, "complaint", urgency, _words(conversation), "complaint_opened"
            )
        if urgency == "urgent":
            hotline = conversation.services.profile.hotline
            conversation.say("complaint_urgent", hotline=hotline)
        if conversation.state.complaint and conversation.state.task is None:
            _ask_for_phone(conversation)


class ComplaintTask(Task):
    """A complaint that is recorded; a phone to call back, or more words, may follow."""

    kind = "complaint"

    def answered(self) -> bool:
        turn, conversation = self.turn, self.conversation
        if turn.any("phone"):
            if _take_phone(conversation):
                phone = self.state.customer.phone
                add_to_complaint(conversation, f"回电：{phone}", "", "complaint_phone_noted")
                self.state.close()
            else:
                conversation.say("complaint_phone_wrong", phone=turn.all("phone")[-1].text)
            return True
        if turn.intent == "deny":
            self.state.close()
            conversation.say("talk_not_that")
            return True
        if turn.intent in ("inform", "nlu_fallback") and not turn.tapped:
            add_to_complaint(conversation, turn.text, "")
            return True
        return False

    def advance(self) -> None:
        """The question is not asked twice."""

    def ask_again(self) -> None:
        self.state.close()


def escalates(conversation: Conversation) -> bool:
    """Whether the words are the profile's for trouble, or somebody is in danger."""
    text = conversation.turn.text.lower()
    keywords = conversation.services.profile.escalation.keywords
    return bool(_DANGER.search(text)) or any(word.lower() in text for word in keywords)


def priority(conversation: Conversation) -> str:
    """``urgent`` for danger, ``high`` for the profile's keywords or an angry tone."""
    text = conversation.turn.text
    if _DANGER.search(text):
        return "urgent"
    return "high" if escalates(conversation) or _ANGER.search(text) else "normal"


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
    if order_no := _order_no(conversation):
        ticket["order_no"] = order_no
    key = conversation.key("ticket", kind, turn.message_id or turn.text)
    try:
        number = conversation.services.tickets.open(ticket, key)
    except BackendError:
        conversation.services.desk.keep("tickets", "/tickets", ticket, key)
        conversation.say("handoff_kept", hotline=conversation.services.profile.hotline)
        return ""
    conversation.say(acknowledgement, ticket_no=number, promise=promise(conversation))
    return number


def add_to_complaint(
    conversation: Conversation, words: str, urgency: str, said: str = "complaint_added"
) -> None:
    """Writes ``words`` to the complaint of this conversation; raises its priority for danger."""
    number, turn = conversation.state.complaint, conversation.turn
    tickets = conversation.services.tickets
    author = conversation.state.customer.name or conversation.wording("ticket_author")
    key = conversation.key("comment", number, turn.message_id or turn.text)
    if order_no := _order_no(conversation):
        words = words if order_no in words else f"{words} {order_no}"
    tickets.comment(number, author, words[:DESCRIPTION] or "…", key)
    if urgency == "urgent":
        tickets.raise_priority(number, urgency, conversation.key("urgent", number))
    conversation.say(said, ticket_no=number, promise=promise(conversation))


def _words(conversation: Conversation) -> str:
    return "" if conversation.turn.tapped else conversation.turn.text


def _ask_for_phone(conversation: Conversation) -> None:
    """Where to call back, unless it is known or was asked before."""
    state = conversation.state
    if state.customer.phone or state.complaint_phone_asked:
        return
    state.begin(ComplaintTask.kind)
    state.complaint_phone_asked = True
    conversation.ask(PHONE)


def _take_phone(conversation: Conversation) -> bool:
    """Takes a phone from the turn; whether there was a good one."""
    for entity in conversation.turn.all("phone")[-1:]:
        phone = parse_phone(entity.text)
        if phone.valid:
            number = phone.e164.removeprefix("+86") or phone.digits
            conversation.state.customer.phone = number
            return True
    return False


def _order_no(conversation: Conversation) -> str:
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


def promise(conversation: Conversation) -> str:
    """When someone will be there, in words."""
    profile = conversation.services.profile
    now = clock.now(profile.zone)
    if profile.on_duty(now):
        return conversation.wording("handoff_soon")
    opening = profile.next_duty(now)
    if opening is None:
        return conversation.wording("handoff_as_soon_as_possible")
    day = (opening.date() - now.date()).days
    name = {0: "today", 1: "tomorrow"}.get(day, "later")
    return conversation.wording(f"handoff_{name}", time=f"{opening:%H:%M}", date=f"{opening:%m-%d}")
