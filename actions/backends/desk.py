"""The desk's own door for the actions: writes that it keeps and sends when the backend is back."""

from __future__ import annotations

from typing import Any

from actions.backends.client import Client


class Desk:
    """The desk's outbox and its ratings. Both may raise ``Refused`` or ``Unavailable``."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def keep(self, service: str, path: str, body: dict[str, Any], key: str) -> None:
        """Hands the desk a ``POST`` that failed; it goes on trying and tells the customer.

        ``service`` is ``orders``, ``scheduling`` or ``tickets``; ``body`` names the conversation.
        """
        write = {"service": service, "path": path, "body": body}
        self._client.write("POST", "/internal/outbox", write, key)

    def rate(self, conversation_id: str, score: int, reason: str, key: str) -> None:
        """Stores the conversation's rating, 0 to 10; a later one, or its reason, replaces it."""
        rating = {"conversation_id": conversation_id, "score": score, "reason": reason}
        self._client.write("POST", "/internal/ratings", rating, key)
