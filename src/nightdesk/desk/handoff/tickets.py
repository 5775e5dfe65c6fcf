"""The ticket of a hand-off, opened through the desk's outbox."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.desk import outbox
from nightdesk.desk.handoff.changes import Owned
from nightdesk.desk.handoff.states import State
from nightdesk.desk.handoff.summary import summarise
from nightdesk.desk.outbox import Write


def keep_ticket(session: Session, conversation: Any, owned: Owned) -> None:
    """Keep a ticket for who wants a person, once for each time that one is wanted."""
    ticket = {
        "kind": "handoff" if owned.state is State.WAITING else "callback",
        "priority": owned.priority or "normal",
        "subject": "客户需要同事接手 · A customer needs a person",
        "description": "\n".join(summarise(session, conversation.id, "zh"))[:4000],
        "conversation_id": conversation.id,
    }
    outbox.keep(
        session,
        Write(
            key=f"handoff-{conversation.id}-{owned.version}",
            conversation_id=conversation.id,
            service="tickets",
            path="/tickets",
            body=ticket,
            kept_at=clock.now(),
        ),
    )
