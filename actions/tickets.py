"""How a complaint or another ticket of this customer is getting on."""

from __future__ import annotations

import re

from actions.backends.client import Refused
from actions.backends.tickets import Ticket
from actions.clerk.action import ClerkAction
from actions.clerk.conversation import Conversation

_TAIL = re.compile(r"(?<!\d)(\d{4})(?!\d)")
SHOWN = 3


class QueryTicket(ClerkAction):
    """The tickets of this conversation; another one to who knows its number and phone."""

    action = "action_query_ticket"

    def respond(self, conversation: Conversation) -> None:
        tickets = _named(conversation) or conversation.services.tickets.of_conversation(
            conversation.id
        )
        if not tickets:
            conversation.say("ticket_not_found")
            conversation.offer((conversation.wording("button_human"), "/request_human"))
        for ticket in tickets[:SHOWN]:
            conversation.say(f"ticket_status_{ticket.status}", ticket_no=ticket.ticket_no)
            if ticket.comment:
                conversation.say("ticket_comment", comment=ticket.comment)


def _named(conversation: Conversation) -> list[Ticket]:
    """The ticket whose number was said, if it is this customer's."""
    entity = conversation.turn.first("ticket_no")
    if entity is None:
        return []
    try:
        ticket = conversation.services.tickets.find(str(entity.value or entity.text))
    except Refused:
        return []
    rest = conversation.turn.text.replace(entity.text, " ")
    tails = {match[1] for match in _TAIL.finditer(rest)}
    tails |= {entity.text[-4:] for entity in conversation.turn.all("phone")}
    own = ticket.conversation_id == conversation.id
    return [ticket] if own or (ticket.phone and ticket.phone[-4:] in tails) else []
