"""The tickets contract."""

from __future__ import annotations

from typing import Any

from actions.backends.client import Client, required


class Tickets:
    """The tickets backend. Every method may raise ``Refused`` or ``Unavailable``."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def open(self, ticket: dict[str, Any], key: str) -> str:
        """Opens ``ticket`` (the body of ``POST /tickets``) once for ``key``; its number."""
        return str(required(self._client.write("POST", "/tickets", ticket, key), "ticket_no", str))
