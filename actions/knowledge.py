"""Frequent questions, answered from the shop's live knowledge base; nothing is made up."""

from __future__ import annotations

from actions.advice import is_about_the_last_one, warn_of_danger
from actions.after_sales.wanting import take_back
from actions.answers import (
    LIKELY,
    NOT_HELPED,
    answer_for_sure,
    look_up,
    make_good,
    say_answers,
    tap,
)
from actions.appointments.actions import tell_own
from actions.backends.client import Refused
from actions.backends.knowledge import Entry
from actions.branches import tell_branches
from actions.clerk.action import ClerkAction
from actions.clerk.conversation import Conversation
from actions.orders.actions import is_order, take_order
from actions.orders.wishes import SURELY
from actions.products.actions import answer_about_products, tell_described
from actions.products.said import tell_detail
from actions.products.services import tell_length
from actions.tickets import tell_when_answered
from nightdesk.language.described import shared

CHOICES = 3
ALONE, AHEAD = 0.4, 1.6
"""The same for one that shares words with the question, and how far ahead it must be."""
OFFER_FROM, OPTION = 0.25, 0.15
"""The score from which the best entry is offered as what may be meant, and others beside it."""


class AskFaq(ClerkAction):
    """The answers, verbatim; or the nearest questions to choose from; or that it is not known."""

    action = "action_ask_faq"

    def respond(self, conversation: Conversation) -> None:
        turn = conversation.turn
        chosen = turn.first("entry")
        if chosen is not None:
            _take_choice(conversation, str(chosen.value))
            return
        if turn.tapped:
            conversation.say("knowledge_what")
            return
        if conversation.state.task is None and turn.any("phone") and is_order(conversation):
            take_order(conversation)
            return
        if take_back(conversation) or tell_own(conversation):
            return
        if tell_when_answered(conversation) or tell_length(conversation):
            return
        if answer_about_products(conversation) or tell_detail(conversation):
            return
        if is_about_the_last_one(conversation):
            return
        warned = warn_of_danger(conversation)
        if answer_for_sure(conversation) or warned:
            return
        if _is_of_a_branch(conversation) and tell_branches(conversation, asked=False):
            return
        if not tell_described(conversation, SURELY) and not offer_questions(conversation):
            conversation.say("knowledge_unknown")
            conversation.offer((conversation.wording("button_human"), "/request_human"))


def _is_of_a_branch(conversation: Conversation) -> bool:
    """Whether a place is named and no entry is likely: its branch is what is asked about."""
    entries, _sure = look_up(conversation, conversation.turn.text)
    likely = bool(entries) and entries[0].score >= ALONE
    return conversation.turn.any("branch", "location") and not likely


def offer_questions(conversation: Conversation) -> bool:
    """Offers the entries that the words may ask for; whether there were any. One that stands alone
    is answered under its question, so that the customer sees what was understood."""
    entries, _answerable = look_up(conversation, conversation.turn.text)
    likely = [entry for entry in entries if entry.score >= OPTION][:CHOICES]
    if not likely or likely[0].score < OFFER_FROM:
        return False
    if _stands_alone(conversation.turn.text, likely):
        say_answers(conversation, likely[0])
        conversation.lines[-1] = conversation.wording(
            "knowledge_if_asked", question=likely[0].question, answer=conversation.lines[-1]
        )
        others = likely[1:]
        conversation.offer_when_idle(*((entry.question, tap(entry.id)) for entry in others))
        return True
    listed = "\n".join(f"· {entry.question}" for entry in likely)
    conversation.say("knowledge_did_you_mean", questions=listed)
    conversation.offer(*((entry.question, tap(entry.id)) for entry in likely))
    conversation.offer((conversation.wording("button_human"), "/request_human"))
    return True


def _stands_alone(text: str, likely: list[Entry]) -> bool:
    """Whether the first of ``likely`` is likely enough, or far ahead of the next and shares words
    with ``text``."""
    best = likely[0]
    if best.score >= LIKELY:
        return True
    ahead = len(likely) < 2 or best.score >= AHEAD * likely[1].score
    return best.score >= ALONE and ahead and shared(text, f"{best.question} {best.answer}") >= 1


def _take_choice(conversation: Conversation, choice: str) -> None:
    """The entry of a tapped button is meant; or, after it was said, it did not help."""
    if choice.startswith(NOT_HELPED):
        make_good(conversation, choice.removeprefix(NOT_HELPED))
    else:
        _answer_chosen(conversation, choice)


def _answer_chosen(conversation: Conversation, entry_id: str) -> None:
    """What the tapped entry says now; it may have been withdrawn meanwhile."""
    try:
        entry = conversation.services.knowledge.answer(entry_id, conversation.language)
    except Refused:
        conversation.say("knowledge_unknown")
        conversation.offer((conversation.wording("button_human"), "/request_human"))
    else:
        say_answers(conversation, entry)
