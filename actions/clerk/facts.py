"""What the desk is told of a turn: what was understood, what was done, and what stays open.

Goes to the desk as a message of its own that no customer sees (``{"turn": …}``): by it people are
called in time, and see what the assistant has understood.
"""

from __future__ import annotations

from typing import Any

from actions.clerk.state import State
from actions.clerk.turn import Turn

MOST_ENTITIES = 30
RANKED = 3


def facts_of(action: str, turn: Turn, state: State, noted: dict[str, Any]) -> dict[str, Any]:
    """The facts of a turn that ``action`` has answered; ``noted``: what it added itself."""
    return {
        **understood(action, turn),
        "understood": state.failed_turns == 0,
        "task": state.task,
        "aside": [task["kind"] for task in state.aside],
        "question": state.question.name if state.question else None,
        "asked": state.question.asked if state.question else 0,
        "cart": _cart(state.task),
        "orders": list(state.orders),
        "customer": {
            "name": state.customer.name,
            "phone": state.customer.phone,
            "address": state.customer.address,
        },
        **noted,
    }


def understood(action: str, turn: Turn) -> dict[str, Any]:
    """How the message was taken."""
    return {
        "action": action,
        "intent": turn.intent,
        "confidence": round(turn.confidence, 3),
        "language": turn.language,
        "entities": [
            {"entity": entity.kind, "text": entity.text, "value": str(entity.value)}
            for entity in turn.entities[:MOST_ENTITIES]
        ],
        "ranking": list(turn.candidates[:RANKED]),
    }


def _cart(task: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The lines of the order that is being taken."""
    if not task or task["kind"] != "order":
        return []
    return [
        {
            "sku": item["product"]["sku"],
            "name": item["product"]["name_zh"],
            "quantity": item["quantity"],
            "price": item["product"]["price"],
        }
        for item in task.get("items", ())
    ]
