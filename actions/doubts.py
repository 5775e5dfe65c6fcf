"""Messages taken for something that they show no sign of: what the shop itself knows decides."""

from __future__ import annotations

from actions.advice import (
    advise_if_clear,
    asks_to_go_on,
    is_about_the_last_one,
    warn_of_certain_danger,
    warn_of_danger,
)
from actions.answers import answer_for_sure
from actions.clerk.conversation import Conversation
from actions.clerk.requests import looks_like_question
from actions.clerk.turn import Turn

SURE = 0.9
"""The confidence from which an intent is believed without a sign of it."""
SHORTEST = 6
"""A shorter message says too little to be anything else."""
_AFTER = frozenset(
    {"track_order", "modify_order", "cancel_order", "return_exchange", "request_invoice"}
    | {"query_ticket", "query_appointment", "cancel_appointment", "reschedule_appointment"}
    | {"greet", "repeat", "stop"}
)
"""Intents that mean something that was made before, or nothing by themselves."""
_SIGNS = ("order_no", "appointment_no", "ticket_no", "phone", "email", "address")
_NO_DANGER = frozenset(
    {"affirm", "deny", "inform", "thank", "goodbye", "rate_service"}
    | {"ask_faq", "report_fault", "nlu_fallback"}
    | {"place_order", "book_appointment", "ask_price", "ask_stock", "complain", "request_human"}
)
"""Intents of short answers, those whose actions look for dangers, and those of who wants something
with the name of a part in it (``一个方向盘套``)."""


def set_right(conversation: Conversation) -> bool:
    """Warns of a danger that the words describe beyond doubt, and answers what the shop knows in
    place of an intent that nothing speaks for; whether there was either."""
    turn, state = conversation.turn, conversation.state
    if turn.tapped or turn.unreadable or state.task is not None or len(turn.text) < SHORTEST:
        return False
    if (asks_to_go_on(conversation) or _asks(turn)) and is_about_the_last_one(conversation):
        return True
    heard = turn.intent not in _NO_DANGER and not turn.any("product", "service")
    if heard and warn_of_certain_danger(conversation):
        return True
    made = state.orders or state.latest or state.complaint or turn.any(*_SIGNS)
    if turn.intent not in _AFTER or turn.confidence >= SURE or made:
        return False
    return (
        warn_of_danger(conversation)
        or advise_if_clear(conversation)
        or answer_for_sure(conversation)
    )


def _asks(turn: Turn) -> bool:
    """Whether what was hardly taken for a yes, a no or a matter of an order asks something."""
    doubted = turn.confidence < SURE and turn.intent in ("affirm", "deny", *_AFTER)
    return doubted and looks_like_question(turn.text)
