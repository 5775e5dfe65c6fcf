"""Opens a ticket for a message that no machine could answer."""

from __future__ import annotations

import httpx

from nightdesk.desk.records import Given


class NoTicketError(Exception):
    """The tickets backend did not open a ticket."""


class Tickets:
    """A client of the tickets contract."""

    def __init__(self, client: httpx.AsyncClient, url: str, token: str, timeout: float) -> None:
        self._client = client
        self._url = url
        self._token = token
        self._timeout = timeout

    async def open(self, given: Given) -> str:
        """The ticket's number; the same one however often it is asked for.

        Raises:
            NoTicketError: the backend is down or refused.
        """
        body = {
            "kind": "system",
            "priority": "high",
            "subject": "顾客的消息未能自动处理 · A customer's message could not be answered",
            "description": f"{given.received_at.isoformat(timespec='seconds')}\n{given.text}",
            "conversation_id": given.conversation_id,
        }
        try:
            response = await self._client.post(
                f"{self._url}/tickets",
                json=body,
                headers={"Authorization": f"Bearer {self._token}", "Idempotency-Key": given.key},
                timeout=self._timeout,
            )
            response.raise_for_status()
            return str(response.json()["ticket_no"])
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
            raise NoTicketError(repr(error)) from error
