"""Actions of after-sales."""

from __future__ import annotations

from actions.after_sales.task import serve
from actions.after_sales.wanting import accuses, gives_back
from actions.answers import answer_for_sure
from actions.appointments.actions import means_appointment, serve_appointment
from actions.clerk.action import ClerkAction
from actions.clerk.conversation import Conversation
from actions.clerk.requests import looks_like_question
from actions.complaints import Complain
from actions.orders.actions import change_instead, is_being_taken, resumed, take_order
from actions.orders.references import wants_the_same
from actions.tickets import tell_when_answered


class TrackOrder(ClerkAction):
    """Where an order is."""

    action = "action_track_order"

    def respond(self, conversation: Conversation) -> None:
        if not tell_when_answered(conversation):
            serve(conversation, "track")


class CancelOrder(ClerkAction):
    """The order is called off: one that is being taken is dropped, a placed one cancelled. Of an
    order of several products, what is named goes and the rest stays."""

    action = "action_cancel_order"
    interrupts = True

    def respond(self, conversation: Conversation) -> None:
        turn = conversation.turn
        being_taken = is_being_taken(conversation) and not turn.any("order_no")
        if change_instead(conversation):
            return
        if being_taken:
            conversation.state.drop()
            conversation.say("order_dropped")
        elif means_appointment(conversation):
            serve_appointment(conversation, "cancel")
        else:
            serve(conversation, "cancel")


class ModifyOrder(ClerkAction):
    """An order is changed. One that is being taken has taken the change itself."""

    action = "action_modify_order"

    def respond(self, conversation: Conversation) -> None:
        if resumed(conversation):
            return
        if is_being_taken(conversation):
            conversation.ask("order_change")
        elif wants_the_same(conversation.turn.text) or _is_a_first_order(conversation):
            take_order(conversation)
        elif means_appointment(conversation):
            serve_appointment(conversation, "move")
        else:
            serve(conversation, "change")


def _is_a_first_order(conversation: Conversation) -> bool:
    """Whether goods are named by who has ordered nothing here and names no order: there is
    nothing to change yet."""
    turn = conversation.turn
    if not turn.any("product") or turn.any("order_no"):
        return False
    return not conversation.services.orders.of_conversation(conversation.id)


class ReturnExchange(ClerkAction):
    """Goods go back, or are exchanged."""

    action = "action_return_exchange"

    def respond(self, conversation: Conversation) -> None:
        if change_instead(conversation):
            return
        turn, text = conversation.turn, conversation.turn.text
        named = turn.any("order_no")
        if accuses(text) and not conversation.state.orders and not named:
            Complain().respond(conversation)
            return
        asks = looks_like_question(text) and not (turn.tapped or named or gives_back(conversation))
        if asks and answer_for_sure(conversation):
            return
        serve(conversation, "return")


class RequestInvoice(ClerkAction):
    """An invoice is wanted."""

    action = "action_request_invoice"

    def respond(self, conversation: Conversation) -> None:
        serve(conversation, "invoice")
