"""How a complaint or another ticket of this customer is getting on."""

from __future__ import annotations

import re

from actions.backends.client import Refused
from actions.backends.tickets import Ticket
from actions.clerk.action import ClerkAction
from actions.clerk.conversation import Conversation
from actions.promises import promise

_WHEN_ANSWERED = re.compile(
    r"(?:什么时候|什麼時候|啥时候|啥前儿?|多会儿|几时|幾時|多久|几点|幾點|多长时间|哪天|何时).{0,10}"
    r"(?:[回找联處处]|信儿|给我?个?信|答覆|反馈|打给|打電話|打电话|答复|解决|结果|消息|说法|有人)"
    r"|(?:有没有|有冇|有)(?:人|个人)?(?:回|管|处理|联系).{0,6}[吗么?？]"
    r"|\b(?:when|how (?:long|soon))\b.{0,30}\b(?:call|hear|back|contact|reply|answer|someone|fix)",
    re.I,
)
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
            conversation.say(
                f"ticket_status_{ticket.status}",
                ticket_no=ticket.ticket_no,
                promise=promise(conversation),
            )
            if ticket.comment:
                conversation.say("ticket_comment", comment=ticket.comment)


def tell_when_answered(conversation: Conversation) -> bool:
    """By when somebody with a ticket here will hear of it, if they ask that (``啥时候回我``);
    whether they did."""
    turn = conversation.turn
    if turn.tapped or turn.any("order_no", "product") or not _WHEN_ANSWERED.search(turn.text):
        return False
    if not conversation.services.tickets.of_conversation(conversation.id):
        return False
    QueryTicket().respond(conversation)
    return True


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
