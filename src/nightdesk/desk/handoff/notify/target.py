"""Where notices go: what every place has in common, and what may go wrong with one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import httpx

from nightdesk.desk.handoff.notify.message import Message
from nightdesk.desk.limits import Rate

TIMEOUT_S = 10.0
_LONGEST_REASON = 200


class NotTakenError(Exception):
    """The place did not take the message.

    ``pause``: seconds for which it wants to be left alone; None when it does not say.
    """

    def __init__(self, reason: str, pause: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.pause = pause


class Target(ABC):
    """A place that people look at.

    ``name``: stands in the database. ``limits``: how often it may be written to. ``gathers``:
    several notices that wait may go in one message.
    """

    name: str
    limits: tuple[Rate, ...] = ()
    gathers = True

    @abstractmethod
    async def send(self, message: Message) -> None:
        """Hand ``message`` over.

        Raises:
            NotTakenError: it was not taken, or nobody knows whether it was.
        """


def clear(text: str, *secrets: str) -> str:
    """``text``, cut, with no secret left in it."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text[:_LONGEST_REASON]


async def post(
    client: httpx.AsyncClient, url: str, body: bytes, headers: dict[str, str], *secrets: str
) -> httpx.Response:
    """A POST of JSON; ``secrets`` and ``url`` appear in no error.

    Raises:
        NotTakenError: no answer, or one that is not 2xx.
    """
    try:
        response = await client.post(
            url,
            content=body,
            headers={"Content-Type": "application/json; charset=utf-8", **headers},
            timeout=TIMEOUT_S,
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = clear(f"{type(error).__name__}: {error}".rstrip(": "), url, *secrets)
        raise NotTakenError(reason) from None
    if not response.is_success:
        raise NotTakenError(f"status {response.status_code}", pause_of(response))
    return response


def pause_of(response: httpx.Response) -> float | None:
    """The seconds that a refusal asks for: ``Retry-After`` (RFC 9110, 10.2.3), or Feishu's own."""
    for header in ("retry-after", "x-ogw-ratelimit-reset"):
        text = response.headers.get(header, "")
        if text.isdecimal():
            return float(text)
        try:
            until = parsedate_to_datetime(text)
        except (TypeError, ValueError):
            continue
        if until.tzinfo is None:
            until = until.replace(tzinfo=timezone.utc)
        return max(0.0, (until - datetime.now(timezone.utc)).total_seconds())
    return None
