"""The tickets contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from actions.backends.client import Client, Unavailable, required

CUSTOMER = "客户"
"""With this the author of a customer's own comment begins."""
STATUSES = ("open", "in_progress", "resolved", "closed")


@dataclass(frozen=True)
class Ticket:
    """A ticket; ``comment``: what its people say to the customer: the outcome once it is resolved,
    until then their newest comment that is not internal."""

    ticket_no: str
    status: str
    conversation_id: str
    phone: str = ""
    comment: str = ""


def _ticket(body: Any) -> Ticket:
    status = required(body, "status", str)
    if status not in STATUSES:
        raise Unavailable(f"a ticket has no status {status}")
    customer = body.get("customer")
    comments = [one for one in body.get("comments") or () if _for_the_customer(one)]
    outcome = str(body.get("outcome") or "") if status in ("resolved", "closed") else ""
    return Ticket(
        ticket_no=required(body, "ticket_no", str),
        status=status,
        conversation_id=str(body.get("conversation_id") or ""),
        phone=str(customer.get("phone") or "") if isinstance(customer, dict) else "",
        comment=outcome or (str(comments[-1].get("text") or "") if comments else ""),
    )


def _for_the_customer(comment: dict[str, Any]) -> bool:
    """Whether a comment is a colleague's word for the customer, not the customer's own."""
    return not comment.get("internal") and not str(comment.get("author")).startswith(CUSTOMER)


class Tickets:
    """The tickets backend. Every method may raise ``Refused`` or ``Unavailable``."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def open(self, ticket: dict[str, Any], key: str) -> str:
        """Opens ``ticket`` (the body of ``POST /tickets``) once for ``key``; its number."""
        return str(required(self._client.write("POST", "/tickets", ticket, key), "ticket_no", str))

    def comment(self, ticket_no: str, author: str, text: str, key: str) -> None:
        """Adds a comment that the customer may read."""
        path = f"/tickets/{quote(ticket_no, safe='')}/comments"
        answer = self._client.write("POST", path, {"author": author, "text": text}, key)
        required(answer, "text", str)

    def raise_priority(self, ticket_no: str, priority: str, key: str) -> None:
        path = f"/tickets/{quote(ticket_no, safe='')}"
        required(self._client.write("PATCH", path, {"priority": priority}, key), "ticket_no", str)

    def give_phone(self, ticket_no: str, name: str, phone: str, key: str) -> None:
        """Notes whom to call back."""
        path = f"/tickets/{quote(ticket_no, safe='')}"
        contact = {"name": name or None, "phone": phone}
        body = self._client.write("PATCH", path, {"customer": contact}, key)
        required(body, "ticket_no", str)

    def find(self, ticket_no: str) -> Ticket:
        """The ticket; ``Refused`` 404 when there is none."""
        return _ticket(self._client.get(f"/tickets/{quote(ticket_no, safe='')}"))

    def of_conversation(self, conversation_id: str) -> list[Ticket]:
        """The tickets opened in a conversation, with their comments."""
        body = self._client.get("/tickets", conversation_id=conversation_id)
        found = body if isinstance(body, list) else required(body, "tickets", list)
        return [self.find(required(one, "ticket_no", str)) for one in found[:3]]
