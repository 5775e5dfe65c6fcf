"""A cart as it is said to the customer, and as it is sent to the orders backend."""

from __future__ import annotations

from typing import Any

from actions.clerk.conversation import Conversation
from actions.orders.cart import Cart, Item


def items_of(conversation: Conversation, cart: Cart) -> str:
    """One line an item: name, car, quantity with unit, amount."""
    language = conversation.language
    return "\n".join(
        conversation.wording(
            "order_item",
            product=item.product.name(language),
            model=_model(item, language),
            quantity=item.quantity,
            unit=item.product.unit(language),
            amount=conversation.price(item.amount),
        )
        for item in cart.items
    )


def _model(item: Item, language: str) -> str:
    if not item.model:
        return ""
    return f"（{item.model}）" if language == "zh" else f" ({item.model})"


def body_of(conversation: Conversation, cart: Cart, note: str) -> dict[str, Any]:
    """The body of ``POST /orders``; ``note``: the customer's word to the seller."""
    customer = conversation.state.customer
    remarks = [f"{item.product.name_zh}: {item.model}" for item in cart.items if item.model]
    return {
        "customer": {"name": customer.name, "phone": customer.phone},
        "address": customer.address,
        "items": cart.lines(),
        "note": "; ".join([note, *remarks] if note else remarks) or None,
        "channel": "chat",
        "conversation_id": conversation.id,
    }
