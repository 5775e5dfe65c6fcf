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

_SUBJECT = {"zh": "客户要找人工", "en": "A customer asks for a person"}


def keep_ticket(session: Session, conversation: Any, owned: Owned, language: str = "zh") -> None:
    """Keep a ticket for who wants a person, once for each time that one is wanted, in the shop's
    ``language`` (zh or en)."""
    ticket = {
        "kind": "handoff" if owned.state is State.WAITING else "callback",
        "priority": owned.priority or "normal",
        "subject": _SUBJECT.get(language, _SUBJECT["zh"]),
        "description": "\n".join(summarise(session, conversation.id, language))[:4000],
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
