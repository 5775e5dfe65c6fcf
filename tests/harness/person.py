"""One of the shop's people, who works through the console's API as its page does."""

from __future__ import annotations

import uuid
from typing import Any

import httpx

API = "/console/api"
PASSWORD = "夜里也开门的店真不错"


class Person:
    """A signed-in browser of ``login``. What the desk refuses raises httpx.HTTPStatusError."""

    def __init__(self, desk_url: str, login: str, password: str) -> None:
        self._http = httpx.Client(
            base_url=f"{desk_url}{API}", timeout=60, trust_env=False, headers={"Origin": desk_url}
        )
        self.me = self._post("/session", login=login, password=password)["agent"]

    def hire(self, login: str, name: str, role: str = "agent") -> dict[str, Any]:
        """A new account with the password PASSWORD; only an admin may."""
        return self._post("/agents", login=login, name=name, role=role, password=PASSWORD)

    def queue(self) -> dict[str, Any]:
        return self._get("/queue")

    def look(self, conversation: str) -> dict[str, Any]:
        """All that the page shows of it."""
        return self._get(f"/conversations/{conversation}")

    def item(self, conversation: str) -> dict[str, Any]:
        """Its owner, and what the queue says of it."""
        return dict(self.look(conversation)["item"])

    def claim(self, conversation: str, version: int | None = None) -> dict[str, Any]:
        """Take it, by default as it is now."""
        return self._change(conversation, "claim", version)

    def transfer(self, conversation: str, to: str) -> dict[str, Any]:
        return self._change(conversation, "transfer", to=to)

    def hand_back(self, conversation: str, recap: str = "") -> dict[str, Any]:
        return self._change(conversation, "hand-back", recap=recap)

    def close_conversation(self, conversation: str) -> dict[str, Any]:
        return self._change(conversation, "close")

    def write(self, conversation: str, text: str, key: str | None = None) -> dict[str, Any]:
        """To the customer; the same ``key`` again is the same line."""
        body = {"text": text, "client_message_id": key or uuid.uuid4().hex}
        return self._post(f"/conversations/{conversation}/messages", **body)

    def close(self) -> None:
        self._http.close()

    def _change(
        self, conversation: str, change: str, version: int | None = None, **more: Any
    ) -> dict[str, Any]:
        known = self.item(conversation)["version"] if version is None else version
        return self._post(f"/conversations/{conversation}/{change}", version=known, **more)

    def _get(self, path: str) -> dict[str, Any]:
        return dict(self._http.get(path).raise_for_status().json())

    def _post(self, path: str, **body: Any) -> dict[str, Any]:
        return dict(self._http.post(path, json=body).raise_for_status().json())
