"""The shop's backends, asked with the service token; one that is down takes no other with it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx

from nightdesk import logs
from nightdesk.backends.service import ServiceError

WRITE_TIMEOUT_S = 15.0
UNAVAILABLE = {"error": "unavailable"}
_OF_CONVERSATION = {
    "orders": ("orders", "/orders"),
    "appointments": ("scheduling", "/appointments"),
    "tickets": ("tickets", "/tickets"),
}

log = logs.get(__name__)


class Backends:
    """Clients of the four contracts. ``urls``: the base URL of each service; ``timeout``: seconds
    until one that was asked for something counts as down."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        urls: Mapping[str, str],
        token: str,
        timeout: float = 4.0,
    ) -> None:
        self._timeout = timeout
        self._client = client
        self._urls = urls
        self._headers = {"Authorization": f"Bearer {token}"}

    async def ask(
        self,
        service: str,
        method: str,
        path: str,
        *,
        params: Any = None,
        body: Any = None,
        key: str | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """The status and the JSON of an answer, the backend's own refusals included.

        Raises:
            ServiceError: 503 ``unavailable``: it is down, broken, or refuses this desk.
        """
        headers = {**self._headers, **({"Idempotency-Key": key} if key else {})}
        try:
            answer = await self._client.request(
                method,
                self._urls[service] + path,
                params=params,
                json=body,
                headers=headers,
                timeout=self._timeout if method == "GET" else WRITE_TIMEOUT_S,
            )
            content = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            log.warning("backend_unreachable", service=service, error=repr(error))
            raise _unavailable(service) from error
        status = answer.status_code
        if status >= 500 or status in (401, 403) or not isinstance(content, dict):
            log.warning("backend_failed", service=service, status=status)
            raise _unavailable(service)
        return status, content

    async def of_conversation(self, conversation_id: str) -> dict[str, Any]:
        """``orders``, ``appointments`` and ``tickets``, each a list or ``UNAVAILABLE``."""

        async def part(name: str, service: str, path: str) -> Any:
            try:
                params = {"conversation_id": conversation_id}
                status, content = await self.ask(service, "GET", path, params=params)
                found = content.get(name) if status == 200 else None
            except ServiceError:
                found = None
            return found if isinstance(found, list) else UNAVAILABLE

        parts = (part(name, *where) for name, where in _OF_CONVERSATION.items())
        return dict(zip(_OF_CONVERSATION, await asyncio.gather(*parts), strict=True))

    async def suggestions(self, words: str, language: str, limit: int = 5) -> list[dict[str, Any]]:
        """What the knowledge base says to ``words``, best first. No question of a customer is
        recorded by it."""
        params = {"q": words[:1000], "limit": limit, "lang": language}
        status, found = await self.ask("knowledge", "GET", "/knowledge/search", params=params)
        if status != 200:
            return []
        return [
            {
                "id": hit.get("id"),
                "question": hit.get("question"),
                "answer": hit.get("answer"),
                "score": hit.get("score"),
                "answerable": bool(found.get("answerable")) and place == 0,
            }
            for place, hit in enumerate(found.get("hits") or ())
        ]


def _unavailable(service: str) -> ServiceError:
    return ServiceError(503, "unavailable", f"The backend of {service} does not answer.")
