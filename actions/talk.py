"""Small talk, and what keeps a conversation going: yes, no, stop, repeat."""

from __future__ import annotations

import re
from abc import abstractmethod

from actions.after_sales.invoices import is_invoice
from actions.after_sales.task import serve
from actions.answers import answer_for_sure, complains_of_answer
from actions.appointments.actions import is_appointment, moved, take_appointment
from actions.clerk.action import ClerkAction
from actions.clerk.conversation import Conversation
from actions.clerk.requests import looks_like_question
from actions.clerk.tasks import open_task
from actions.complaints import note_phone
from actions.orders.actions import (
    change_instead,
    is_order,
    picks_shown,
    resumed,
    take_details_first,
    take_order,
)
from actions.orders.reading import says_how_many
from actions.products.actions import AskPrice, answer_about_products
from actions.products.said import tell_detail
from actions.ratings import ask_for_rating

HANDED_BACK, DONE_BY_PERSON = "handed_back", "done"
"""What the desk says to the bot when a person gives a conversation back."""
_REFUSES = re.compile(
    r"(?:先|就|还是)[不唔弗]|[不唔弗](?:买|要|拿|订)(?:了|啦|咯|$|[\s，,])"
    r"|\b(?:won't|not|don't) (?:buy|take|order|want)\b",
    re.I,
)
"""Nothing is picked by who wants nothing."""


class Saying(ClerkAction):
    """An action that only says one thing."""

    @property
    @abstractmethod
    def response(self) -> str:
        """The name of the response."""

    def respond(self, conversation: Conversation) -> None:
        shop = conversation.services.profile.name(conversation.language)
        conversation.say(self.response, shop=shop)


class Greet(Saying):
    action = "action_greet"
    response = "talk_greet"

    def respond(self, conversation: Conversation) -> None:
        super().respond(conversation)
        conversation.offer(
            (conversation.wording("button_order"), "/place_order"),
            (conversation.wording("button_capabilities"), "/ask_capabilities"),
            (conversation.wording("button_human"), "/request_human"),
        )


class Goodbye(Saying):
    action = "action_goodbye"
    response = "talk_goodbye"

    def respond(self, conversation: Conversation) -> None:
        super().respond(conversation)
        ask_for_rating(conversation)


class Thank(Saying):
    action = "action_thank"
    response = "talk_thank"

    def respond(self, conversation: Conversation) -> None:
        super().respond(conversation)
        ask_for_rating(conversation)


class BotChallenge(Saying):
    action = "action_bot_challenge"
    response = "talk_bot_challenge"


class AskCapabilities(Saying):
    action = "action_ask_capabilities"
    response = "talk_capabilities"


class Stop(ClerkAction):
    """Drops what is going on."""

    action = "action_stop"
    interrupts = True

    def respond(self, conversation: Conversation) -> None:
        entry = conversation.turn.first("entry")
        if entry is not None and entry.value == DONE_BY_PERSON:
            conversation.state.close()
            conversation.say("handoff_done")
            return
        if change_instead(conversation):
            return
        refuses = _REFUSES.search(conversation.turn.text)
        if conversation.state.task is None and not refuses and picks_shown(conversation):
            take_order(conversation)  # 算了太贵 拿便宜的吧
            return
        dropped = conversation.state.task is not None
        conversation.state.drop()
        conversation.say("talk_stopped" if dropped else "talk_nothing_to_stop")


class Repeat(ClerkAction):
    """Says the last reply again, its buttons with it."""

    action = "action_repeat"
    interrupts = True

    def respond(self, conversation: Conversation) -> None:
        if says_how_many(conversation.turn) and change_instead(conversation):
            return  # sorry, one only
        entry = conversation.turn.first("entry")
        if entry is not None and entry.value == HANDED_BACK:
            _go_on(conversation)
            return
        if moved(conversation):
            return
        said = conversation.state.said
        if not said:
            conversation.say(
                "talk_greet", shop=conversation.services.profile.name(conversation.language)
            )
            return
        conversation.lines.append(said["text"])
        conversation.offer(*((one["title"], one["payload"]) for one in said.get("buttons", ())))
        conversation.asked = True


def _go_on(conversation: Conversation) -> None:
    """A person has given the conversation back: the open question again, or what else there is."""
    task = open_task(conversation)
    if task is not None:
        if conversation.state.question is not None:
            conversation.state.question.asked = 0  # how often it was asked before is over
        conversation.say("handoff_going_on")
        task.ask_again()
    else:
        conversation.say("handoff_what_else")


class Continue(ClerkAction):
    """Yes, no, or details: what the open task asked for. Without one, asks what is wanted."""

    action = "action_continue"

    def respond(self, conversation: Conversation) -> None:
        if complains_of_answer(conversation) or resumed(conversation):
            return
        if conversation.turn.any("car_model") and answer_about_products(conversation):
            return
        if conversation.state.task is None and is_order(conversation):
            take_order(conversation)
        elif moved(conversation):
            return
        elif conversation.state.task is None and is_appointment(conversation):
            take_appointment(conversation)
        elif conversation.state.task is None and is_invoice(conversation.turn):
            serve(conversation, "invoice")
        elif conversation.state.complaint and conversation.turn.any("phone"):
            note_phone(conversation)
        elif conversation.state.task is None and conversation.turn.any("order_no"):
            serve(conversation, "track")
        elif conversation.state.task is None and take_details_first(conversation):
            return
        elif conversation.state.task is None and conversation.turn.any("product"):
            AskPrice().respond(conversation)  # 香薰, and nothing else
        elif conversation.state.question is not None:
            if conversation.turn.intent == "deny":
                conversation.say("talk_not_that")
        elif not _is_question_after_all(conversation):
            conversation.say(f"talk_{_kind(conversation)}_without_question")


def _is_question_after_all(conversation: Conversation) -> bool:
    """Answers what was taken for a detail and asks something; whether it did."""
    turn = conversation.turn
    if turn.tapped or not looks_like_question(turn.text):
        return False
    return tell_detail(conversation) or answer_for_sure(conversation)


def _kind(conversation: Conversation) -> str:
    intent = conversation.turn.intent
    return intent if intent in ("affirm", "deny") else "inform"
