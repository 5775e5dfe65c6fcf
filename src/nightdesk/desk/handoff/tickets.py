"""The ticket of a hand-off, opened through the desk's outbox."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from nightdesk import clock
from nightdesk.desk.handoff.changes import Owned
from nightdesk.desk.handoff.states import State
from nightdesk.desk.handoff.summary import summarise
from nightdesk.desk.model import Kept
from nightdesk.desk.outbox import WAITING


def keep_ticket(session: Session, conversation: Any, owned: Owned) -> None:
    """Keep a ticket for who wants a person, once for each time that one is wanted."""
    key = f"handoff-{conversation.id}-{owned.version}"
    if session.get(Kept, key) is not None:
        return
    session.add(
        Kept(
            key=key,
            conversation_id=conversation.id,
            service="tickets",
            path="/tickets",
            body={
                "kind": "handoff" if owned.state is State.WAITING else "callback",
                "priority": owned.priority or "normal",
                "subject": "客户需要同事接手 · A customer needs a person",
                "description": "\n".join(summarise(session, conversation.id, "zh"))[:4000],
                "conversation_id": conversation.id,
            },
            state=WAITING,
            kept_at=clock.now(),
            next_at=clock.now(),
            attempts=0,
        )
    )
