"""A resolved ticket's outcome, told to the customer in the conversation that it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from nightdesk.database import Database
from nightdesk.desk import text, words
from nightdesk.desk.model import Message
from nightdesk.desk.records import NoConversationError
from nightdesk.desk.transcript import add_line, locked


def tell(database: Database, ticket: Mapping[str, Any]) -> bool:
    """Whether the customer was told now: not of a ticket that is open or says nothing, of none
    of this desk's conversations, nor the same outcome again. Blocks.

    ``ticket``: as the tickets contract shows it.
    """
    said = text.clean(str(ticket.get("outcome") or ""))
    if ticket.get("status") not in ("resolved", "closed") or not said:
        return False
    number = str(ticket["ticket_no"])
    key = "outcome:" + hashlib.sha256(f"{number}\n{said}".encode()).hexdigest()[:40]
    try:
        with database.write() as session:
            conversation = locked(session, str(ticket.get("conversation_id") or ""))
            known = select(Message.id).where(
                Message.conversation_id == conversation.id, Message.client_message_id == key
            )
            if session.execute(known).first():
                return False
            sentence = words.say(
                "ticket_outcome", conversation.language or "zh", ticket_no=number, outcome=said
            )
            add_line(session, conversation.id, "system", text=sentence, client_message_id=key)
            return True
    except NoConversationError:
        return False
