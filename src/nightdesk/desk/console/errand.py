"""The tickets of a hand-off go with the conversation: to who takes it, and resolved with it."""

from __future__ import annotations

from typing import Any

from nightdesk import logs
from nightdesk.backends.service import ServiceError
from nightdesk.desk.console.accounts import Person
from nightdesk.desk.console.backends import Backends
from nightdesk.desk.console.shop import escaped

_KINDS = ("handoff", "callback")
_OPEN = ("open", "in_progress")

log = logs.get(__name__)


class Errand:
    """Run after the answer, and never in its way: a tickets backend that is down is only logged."""

    def __init__(self, backends: Backends) -> None:
        self._backends = backends

    async def taken(self, conversation_id: str, by: Person) -> None:
        """``by`` has the conversation: its open tickets are theirs."""
        change = {"status": "in_progress", "assignee": by.login, "by": by.name}
        await self._change_all(conversation_id, change)

    async def over(self, conversation_id: str, by: Person) -> None:
        """A person has served the customer: nothing is open any more."""
        await self._change_all(conversation_id, {"status": "resolved", "by": by.name})

    async def _change_all(self, conversation_id: str, change: dict[str, Any]) -> None:
        params = [("conversation_id", conversation_id), *(("status", one) for one in _OPEN)]
        try:
            _status, found = await self._backends.ask("tickets", "GET", "/tickets", params=params)
            for ticket in found.get("tickets") or ():
                if ticket.get("kind") in _KINDS:
                    path = f"/tickets/{escaped(str(ticket['ticket_no']))}"
                    await self._backends.ask("tickets", "PATCH", path, body=change)
        except (ServiceError, AttributeError, KeyError, TypeError) as error:
            log.warning("handoff_ticket_left", conversation_id=conversation_id, error=repr(error))
