"""Somebody complains: acknowledged first, kept as a ticket, with a phone to call back."""

from __future__ import annotations

from actions.after_sales.task import AfterSalesTask
from actions.answers import complains_of_answer
from actions.clerk.action import ClerkAction
from actions.clerk.choosing import without
from actions.clerk.conversation import Conversation
from actions.clerk.tasks import Task, open_task
from actions.handoff import (
    comment,
    give_phone,
    open_ticket,
    order_named,
    take_phone,
    words_of,
)
from actions.orders.contact_words import ENDS
from actions.promises import promise
from nightdesk.language import tone
from nightdesk.language.person import parse_person

PHONE = "complaint_phone"
"""The one question after a complaint: where to call back."""
_GOES_ON = ("inform", "nlu_fallback", "complain")


class Complain(ClerkAction):
    """Acknowledges, opens one complaint ticket a conversation, and adds to it what is said later;
    then asks once for a phone to call back."""

    action = "action_complain"

    def respond(self, conversation: Conversation) -> None:
        urgency = priority(conversation)
        if urgency == "normal" and complains_of_answer(conversation):
            return
        if conversation.state.complaint:
            add_to_complaint(conversation, words_of(conversation), urgency)
        else:
            take_phone(conversation)
            conversation.state.complaint = open_ticket(
                conversation, "complaint", urgency, words_of(conversation), "complaint_opened"
            )
        if isinstance(open_task(conversation), AfterSalesTask):
            conversation.state.close()  # who is angry is not asked for a number again
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
            if note_phone(conversation):
                self.state.close()
            return True
        if turn.intent == "deny":
            self.state.close()
            conversation.say("talk_not_that")
            return True
        if turn.intent in _GOES_ON and not turn.tapped:
            add_to_complaint(conversation, turn.text, priority(conversation))
            return True
        return False

    def is_given(self) -> bool:
        return self.question == PHONE and self.turn.any("phone")

    def advance(self) -> None:
        """The question is not asked twice."""

    def ask_again(self) -> None:
        self.state.close()


def note_phone(conversation: Conversation) -> bool:
    """Writes the phone of the turn, and what was said with it, to the complaint; whether the phone
    was good."""
    for person in conversation.turn.all("person")[-1:]:
        conversation.state.customer.name = parse_person(person.text) or person.text
    if not take_phone(conversation):
        wrong = conversation.turn.all("phone")[-1].text
        conversation.say("complaint_phone_wrong", phone=wrong)
        return False
    words = f"回电：{conversation.state.customer.phone}"
    if without(conversation.turn, "phone", "person").strip(ENDS):
        words = f"{words}　{conversation.turn.text}"
    add_to_complaint(conversation, words, "", "complaint_phone_noted")
    give_phone(conversation, conversation.state.complaint)
    return True


def escalates(conversation: Conversation) -> bool:
    """Whether the words are the profile's for trouble, or somebody is in danger."""
    text = conversation.turn.text.lower()
    keywords = conversation.services.profile.escalation.keywords
    return tone.in_danger(text) or any(word.lower() in text for word in keywords)


def priority(conversation: Conversation) -> str:
    """``urgent`` for danger, ``high`` for the profile's keywords or an angry tone."""
    text = conversation.turn.text
    if tone.in_danger(text):
        return "urgent"
    return "high" if escalates(conversation) or tone.anger(text) > 1 else "normal"


def add_to_complaint(
    conversation: Conversation, words: str, urgency: str, said: str = "complaint_added"
) -> None:
    """Writes ``words`` to the complaint of this conversation; raises its priority for danger."""
    number = conversation.state.complaint
    if order_no := order_named(conversation):
        words = words if order_no in words else f"{words} {order_no}"
    comment(conversation, number, words)
    conversation.note(ticket_no=number)
    if urgency == "urgent":
        key = conversation.key("urgent", number)
        conversation.services.tickets.raise_priority(number, urgency, key)
    conversation.say(said, ticket_no=number, promise=promise(conversation))


def _ask_for_phone(conversation: Conversation) -> None:
    """Where to call back, unless it is known or was asked before."""
    state = conversation.state
    if state.customer.phone or state.complaint_phone_asked:
        return
    state.begin(ComplaintTask.kind)
    state.complaint_phone_asked = True
    conversation.ask(PHONE)
