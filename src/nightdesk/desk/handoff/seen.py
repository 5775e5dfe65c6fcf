"""Who has the conversation, as the customer is shown it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.desk.handoff import changes, waiting
from nightdesk.desk.handoff.states import State


def by_customer(session: Session, conversation_id: str) -> dict[str, Any]:
    """``status``; with a person their name (``agent``); for who waits ``position`` (1: the next)
    and ``wait_minutes``, where that is known."""
    owned = changes.owned(session, conversation_id)
    seen: dict[str, Any] = {"status": owned.state.value}
    if owned.state is State.HUMAN:
        seen["agent"] = owned.agent
    elif owned.state is State.WAITING:
        due = owned.due_at or owned.since or clock.now()
        ahead = waiting.ahead_of(session, owned.priority, due, conversation_id)
        seen["position"] = ahead + 1
        if (minutes := waiting.expected_minutes(session, ahead)) is not None:
            seen["wait_minutes"] = minutes
    return seen
