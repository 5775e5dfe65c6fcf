"""Not understood: what the shop itself knows decides, then the likely meanings, then a person."""

from __future__ import annotations

import re

from actions.advice import advise_if_clear, is_about_the_last_one, warn_of_danger
from actions.after_sales.invoices import is_invoice
from actions.after_sales.task import serve
from actions.after_sales.wanting import accuses, take_back
from actions.answers import answer_for_sure, complains_of_answer, look_up
from actions.appointments.actions import (
    is_appointment,
    moved,
    take_appointment,
    tell_own,
    wants_to_come,
)
from actions.backends.client import BackendError
from actions.clerk.action import ClerkAction
from actions.clerk.asides import scolds
from actions.clerk.conversation import Conversation
from actions.clerk.requests import looks_like_question
from actions.complaints import Complain, escalates
from actions.faults import ReportFault
from actions.knowledge import offer_questions
from actions.orders.actions import is_order, picks_shown, resumed, take_order, tell_total
from actions.orders.wishes import SURELY
from actions.products.actions import (
    PERHAPS,
    AskPrice,
    AskRecommendation,
    answer_about_products,
    tell_described,
)
from actions.products.advised import asks_for_the_one
from actions.products.reading import asks_for_a_thing, asks_for_named
from actions.products.said import tell_detail
from actions.tickets import tell_when_answered
from nightdesk.language.described import shared

CHOICES = 3
"""How many likely meanings are offered when a message is unclear."""
_LAUGHS = re.compile(r"哈哈|呵呵|嘻嘻|嘿嘿|233|\b(?:lol|haha|lmao)|😂|🤣|😄", re.I)


class Fallback(ClerkAction):
    """Not understood: offers the likely meanings; after too many such turns, a person."""

    action = "action_fallback"
    understood = False

    def respond(self, conversation: Conversation) -> None:
        state, turn = conversation.state, conversation.turn
        try:
            understood = _understood_after_all(conversation)
        except BackendError:
            understood = False  # what was only a second look is no reason to report a failure
        if understood:
            state.failed_turns = 0
            return
        state.failed_turns += 1
        if turn.owner == "waiting" and not turn.unreadable:
            conversation.say("talk_kept_for_person")
        elif turn.intent == "out_of_scope":
            conversation.say("talk_out_of_scope")
        elif turn.unreadable:
            conversation.say("talk_unreadable")
        elif scolds(turn.text):
            conversation.say("talk_scolded")
            conversation.offer((conversation.wording("button_human"), "/request_human"))
        elif _LAUGHS.search(turn.text):
            state.failed_turns -= 1
            conversation.say("talk_laugh")
        elif state.task is not None:
            conversation.say("talk_unclear_aside")
        else:
            meanings = [
                (conversation.wording(f"meaning_{intent}"), f"/{intent}")
                for intent in turn.candidates
                if conversation.has_wording(f"meaning_{intent}")
            ]
            conversation.say("talk_unclear" if meanings else "talk_unreadable")
            conversation.offer(*meanings[:CHOICES])
        if state.failed_turns >= conversation.services.profile.escalation.failed_turns:
            conversation.say("talk_offer_help")
            conversation.offer((conversation.wording("button_human"), "/request_human"))


def _understood_after_all(conversation: Conversation) -> bool:
    """Whether the shop's own data makes sense of the words: a pick among what was shown, products
    to compare, a question that the knowledge base answers for sure, words that mean trouble."""
    turn = conversation.turn
    if turn.unreadable or turn.tapped:
        return False
    if complains_of_answer(conversation) or resumed(conversation) or tell_total(conversation):
        return True
    if tell_when_answered(conversation) or take_back(conversation):
        return True
    if moved(conversation) or tell_own(conversation):
        return True
    blames = turn.likely == "complain" and accuses(turn.text)
    if turn.intent == "nlu_fallback" and (blames or escalates(conversation)):
        Complain().respond(conversation)
        return True
    if conversation.state.task is None and wants_to_come(conversation):
        take_appointment(conversation)
        return True
    if conversation.state.task is None and (is_order(conversation) or picks_shown(conversation)):
        take_order(conversation)
        return True
    if conversation.state.task is None and is_appointment(conversation):
        take_appointment(conversation)
        return True
    if conversation.state.task is None and is_invoice(turn):
        serve(conversation, "invoice")
        return True
    if answer_about_products(conversation):
        return True
    if is_about_the_last_one(conversation):
        return True
    if turn.intent == "out_of_scope" and _asks_of_the_shop(conversation):
        return answer_for_sure(conversation)
    if conversation.state.task is None and asks_for_named(turn):
        AskPrice().respond(conversation)
        return True
    return turn.intent == "nlu_fallback" and _looked_up(conversation)


def _asks_of_the_shop(conversation: Conversation) -> bool:
    """Whether a question that seems no business of the shop has the words of an entry."""
    text = conversation.turn.text
    entries, sure = look_up(conversation, text)
    return sure and shared(text, f"{entries[0].question} {entries[0].answer}") >= 1


def _looked_up(conversation: Conversation) -> bool:
    """Whether the fault table, the knowledge base or the catalogue know what the words may be."""
    if warn_of_danger(conversation) or answer_for_sure(conversation):
        return True
    if looks_like_question(conversation.turn.text) and tell_detail(conversation):
        return True
    if conversation.state.task is not None or _LAUGHS.search(conversation.turn.text):
        return False
    if _as_likely(conversation) or advise_if_clear(conversation):
        return True
    named = conversation.turn.any("product")
    least = PERHAPS if asks_for_a_thing(conversation.turn.text) else SURELY
    if not named and tell_described(conversation, least):
        return True
    return offer_questions(conversation)


def _as_likely(conversation: Conversation) -> bool:
    """Takes an unclear message for what it most likely is, when it has what belongs to that."""
    turn = conversation.turn
    if turn.any("order_no"):
        serve(conversation, "track")
    elif turn.likely == "book_appointment" and turn.any("time", "service", "branch"):
        take_appointment(conversation)
    elif turn.likely in ("place_order", "modify_order") and turn.any("product"):
        take_order(conversation)
    elif turn.likely == "report_fault":
        ReportFault().respond(conversation)
    elif turn.likely in ("ask_price", "ask_stock") and turn.any("product", "service"):
        AskPrice().respond(conversation)
    elif (turn.likely == "ask_recommendation" and turn.any("product")) or asks_for_the_one(turn):
        AskRecommendation().respond(conversation)
    else:
        return False
    return True
