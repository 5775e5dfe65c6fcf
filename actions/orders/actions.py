"""Actions of orders."""

from __future__ import annotations

from actions.clerk.action import ClerkAction
from actions.clerk.conversation import Conversation
from actions.clerk.tasks import open_task
from actions.orders.guessing import guessed_goods
from actions.orders.references import pointed_at
from actions.orders.task import OrderTask

PICK = 24
"""The longest message that is only a pick."""


class PlaceOrder(ClerkAction):
    """The customer wants to buy: begins an order, unless one is open and takes the wish itself."""

    action = "action_place_order"

    def respond(self, conversation: Conversation) -> None:
        take_order(conversation)


def is_order(conversation: Conversation) -> bool:
    """Whether a message of bare details is an order: a product, and how many of it or for whom;
    or one that was shown just now, picked by its place."""
    turn = conversation.turn
    if turn.intent in ("inform", "affirm") and picks_shown(conversation):
        return True
    if turn.any("phone", "address") and not turn.any("product", "service", "time", "order_no"):
        return bool(pointed_at(conversation) or guessed_goods(conversation))
    named = turn.any("product") or (turn.any("quantity") and len(conversation.state.shown) == 1)
    return named and turn.any("quantity", "address", "phone")


def picks_shown(conversation: Conversation) -> bool:
    """Whether the words are no more than a pick among the products shown (``就第二个吧``)."""
    turn = conversation.turn
    return not turn.tapped and len(turn.text) <= PICK and bool(pointed_at(conversation))


def take_order(conversation: Conversation) -> None:
    """Takes the turn into the order that is open, or into a new one."""
    task = open_task(conversation)
    if not isinstance(task, OrderTask):
        task = OrderTask(conversation, conversation.state.begin(OrderTask.kind))
    task.answered()
    task.advance()


def is_being_taken(conversation: Conversation) -> bool:
    """Whether an order is open that is not placed yet."""
    task = conversation.state.task
    return task is not None and task["kind"] == OrderTask.kind
