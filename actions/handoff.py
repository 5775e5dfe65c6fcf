"""A person is wanted: the wish is kept as a ticket that the people on duty see."""

from __future__ import annotations

from typing import Any

from actions.backends.client import BackendError
from actions.clerk.action import ClerkAction
from actions.clerk.conversation import Conversation
from nightdesk import clock


class RequestHuman(ClerkAction):
    """Opens one hand-off ticket a conversation, and says when someone will be there."""

    action = "action_request_human"
    interrupts = True
    kind = "handoff"
    priority = "high"
    acknowledgement = "handoff_opened"

    def respond(self, conversation: Conversation) -> None:
        text = conversation.turn.text
        ticket: dict[str, Any] = {
            "kind": self.kind,
            "priority": self.priority,
            "subject": conversation.wording(f"ticket_{self.kind}"),
            "description": "" if conversation.turn.tapped else text[:2000],
            "customer": _customer(conversation),
            "conversation_id": conversation.id,
        }
        key = conversation.key("ticket", self.kind, conversation.turn.message_id or text)
        try:
            number = conversation.services.tickets.open(ticket, key)
        except BackendError:
            self._keep(conversation, ticket, key)
            return
        conversation.say(self.acknowledgement, ticket_no=number, promise=_promise(conversation))

    @staticmethod
    def _keep(conversation: Conversation, ticket: dict[str, Any], key: str) -> None:
        conversation.services.desk.keep("tickets", "/tickets", ticket, key)
        conversation.say("handoff_kept", hotline=conversation.services.profile.hotline)


class Complain(RequestHuman):
    """Acknowledges, and opens a complaint ticket."""

    action = "action_complain"
    interrupts = False
    kind = "complaint"
    acknowledgement = "complaint_opened"


class Refer(RequestHuman):
    """What the assistant cannot do by itself yet: taken down for a person to call back."""

    action = "action_refer"
    interrupts = False
    kind = "callback"
    priority = "normal"
    acknowledgement = "handoff_referred"


def _customer(conversation: Conversation) -> dict[str, str] | None:
    customer = conversation.state.customer
    known = {"name": customer.name, "phone": customer.phone}
    return {field: value for field, value in known.items() if value} or None


def _promise(conversation: Conversation) -> str:
    """When someone will be there, in words."""
    profile = conversation.services.profile
    now = clock.now(profile.zone)
    if profile.on_duty(now):
        return conversation.wording("handoff_soon")
    opening = profile.next_duty(now)
    if opening is None:
        return conversation.wording("handoff_as_soon_as_possible")
    day = (opening.date() - now.date()).days
    name = {0: "today", 1: "tomorrow"}.get(day, "later")
    return conversation.wording(f"handoff_{name}", time=f"{opening:%H:%M}", date=f"{opening:%m-%d}")
