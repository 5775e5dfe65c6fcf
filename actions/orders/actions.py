"""Actions of orders."""

from __future__ import annotations

from actions.clerk.action import ClerkAction
from actions.clerk.conversation import Conversation
from actions.clerk.tasks import open_task
from actions.clerk.turn import Turn
from actions.orders.task import OrderTask


class PlaceOrder(ClerkAction):
    """The customer wants to buy: begins an order, unless one is open and takes the wish itself."""

    action = "action_place_order"

    def respond(self, conversation: Conversation) -> None:
        take_order(conversation)


def is_order(turn: Turn) -> bool:
    """Whether a message of bare details is an order: a product, and how many of it or for whom."""
    return turn.any("product") and turn.any("quantity", "address", "phone")


def take_order(conversation: Conversation) -> None:
    """Takes the turn into the order that is open, or into a new one."""
    task = open_task(conversation)
    if not isinstance(task, OrderTask):
        task = OrderTask(conversation, conversation.state.begin(OrderTask.kind))
    task.answered()
    task.advance()


class ModifyOrder(ClerkAction):
    """The customer wants an order changed. One that is being taken takes the change itself."""

    action = "action_modify_order"

    def respond(self, conversation: Conversation) -> None:
        if conversation.state.task and conversation.state.task["kind"] == OrderTask.kind:
            conversation.say("order_change")
            conversation.asked = True
            return
        conversation.say("order_placed_changes")
        conversation.offer((conversation.wording("button_human"), "/request_human"))


class CancelOrder(ClerkAction):
    """The customer calls the order off. One that is not placed yet is simply dropped."""

    action = "action_cancel_order"
    interrupts = True

    def respond(self, conversation: Conversation) -> None:
        if conversation.state.task and conversation.state.task["kind"] == OrderTask.kind:
            conversation.state.close()
            conversation.say("order_dropped")
            return
        conversation.say("order_placed_changes")
        conversation.offer((conversation.wording("button_human"), "/request_human"))
