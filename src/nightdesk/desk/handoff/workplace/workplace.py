"""Where the people on duty work, when it is not the console: what the desk asks of such a system.

The desk is the record: it pushes what was said, and fetches what people wrote there. A webhook only
says where to look, so one that is lost, repeated or late changes nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import httpx

TIMEOUT_S = 15.0
_LONGEST_REASON = 200


class OutOfReachError(Exception):
    """The system did not do what it was asked, or nobody knows whether it did."""


class ForgedError(Exception):
    """A webhook that the system did not send."""


class Status(Enum):
    """Where a case stands there."""

    OPEN = "open"
    RESOLVED = "resolved"
    BOT = "bot"
    """The people there gave it back to the bot."""


@dataclass(frozen=True)
class Case:
    """A conversation that needs a person.

    ``key`` names it in both systems; ``opening`` is the summary and the transcript so far;
    ``priority`` is a ticket's.
    """

    key: str
    conversation_id: str
    title: str
    customer: str
    opening: str
    priority: str


@dataclass(frozen=True)
class Opened:
    """A case there; ``last_id`` is that of the opening, after which people write."""

    external_id: str
    last_id: int


@dataclass(frozen=True)
class Person:
    """Somebody who works there."""

    id: str
    name: str


@dataclass(frozen=True)
class Said:
    """What a person wrote. ``internal``: for colleagues. ``left_out``: files that stay there."""

    id: int
    person: Person
    text: str
    internal: bool = False
    left_out: bool = False


@dataclass(frozen=True)
class Seen:
    """A case as it stands: ``lines`` are of people, oldest first; ``last_id`` is of anything."""

    status: Status
    lines: tuple[Said, ...]
    last_id: int
    assignee: Person | None = None


class Workplace(ABC):
    """One such system. All calls raise OutOfReachError.

    ``again``: an earlier attempt may have been carried out; look before doing it a second time.
    ``after``: the id of what was put there last, after which to look.
    """

    name: str

    @abstractmethod
    async def open(self, case: Case, again: bool) -> Opened:
        """Make the case there."""

    @abstractmethod
    async def say(self, external_id: str, text: str, key: str, after: int, again: bool) -> int:
        """Put the customer's words there; their id."""

    @abstractmethod
    async def note(self, external_id: str, text: str, key: str, after: int, again: bool) -> int:
        """Put there what only colleagues see; its id."""

    @abstractmethod
    async def look(self, external_id: str, after: int) -> Seen:
        """The case, with what came after the id ``after``."""

    @abstractmethod
    async def resolve(self, external_id: str) -> None:
        """End the case there; harmless when it has ended."""

    @abstractmethod
    def subject(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """The case that a webhook is about, None when it is about none.

        Raises:
            ForgedError: the signature is missing or wrong.
        """


class Client:
    """JSON over HTTP with one system; its ``token`` appears in no error."""

    def __init__(
        self, client: httpx.AsyncClient, base: str, headers: Mapping[str, str], token: str
    ) -> None:
        self._client = client
        self._base = base
        self._headers = dict(headers)
        self._token = token

    async def object(
        self, method: str, path: str, body: Any = None, **params: Any
    ) -> dict[str, Any]:
        """The answer, which must be an object. Raises OutOfReachError, RefusedError."""
        answer = await self.call(method, path, body, **params)
        if not isinstance(answer, dict):
            raise OutOfReachError(f"{method} {path}: no such answer is documented")
        return answer

    async def rows(self, path: str, field: str = "", **params: Any) -> list[dict[str, Any]]:
        """A list of objects, or the one in ``field`` of the answer. Raises the same."""
        answer = await self.call("GET", path, **params)
        found = answer.get(field) if field and isinstance(answer, dict) else answer
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise OutOfReachError(f"GET {path}: no such answer is documented")
        return found

    async def made(self, path: str, body: Any) -> int:
        """The id of what is made by a POST of ``body``. Raises the same."""
        answer = await self.object("POST", path, body)
        if not isinstance(answer.get("id"), int):
            raise OutOfReachError(f"POST {path}: no such answer is documented")
        return int(answer["id"])

    async def call(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        """The answer, whatever it is. Raises OutOfReachError, RefusedError."""
        try:
            response = await self._client.request(
                method,
                self._base + path,
                json=body,
                params=params or None,
                headers=self._headers,
                timeout=TIMEOUT_S,
            )
            if 400 <= response.status_code < 500 and response.status_code not in (401, 403, 429):
                raise RefusedError(f"{method} {path}: status {response.status_code}")
            response.raise_for_status()
            return response.json() if response.content.strip() else None
        except httpx.HTTPStatusError:
            raise OutOfReachError(f"{method} {path}: status {response.status_code}") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            told = f"{method} {path}: {type(error).__name__} {error}".replace(self._token, "***")
            raise OutOfReachError(told[:_LONGEST_REASON]) from None


class RefusedError(OutOfReachError):
    """It is there, and does not want what it was asked (4xx)."""
