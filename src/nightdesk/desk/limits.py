"""How often and how much: a sliding window of events, and a bound on the size of a body.

Counts are this process's own; behind several desk processes the bound is as many times higher.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nightdesk.backends.service import error_response
from nightdesk.desk import words

_SWEEP_ABOVE = 10_000


@dataclass(frozen=True)
class Rate:
    """``count`` events in any ``seconds``."""

    count: int
    seconds: float

    @classmethod
    def parse(cls, text: str) -> Rate:
        """``"60/60"`` → sixty a minute. Raises ValueError on anything else."""
        count, _, seconds = text.partition("/")
        rate = cls(int(count), float(seconds))
        if rate.count < 1 or rate.seconds <= 0:
            raise ValueError(f"a rate is COUNT/SECONDS, both above zero, not {text!r}")
        return rate


class Window:
    """Admits ``rate`` events for each key."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._events: dict[str, deque[float]] = {}

    def refuse_for(self, key: str) -> float:
        """Seconds that ``key`` must wait, or 0.0: then this event is admitted and counted."""
        now = self._clock()
        if len(self._events) > _SWEEP_ABOVE:
            self._forget(now)
        events = self._events.setdefault(key, deque())
        while events and events[0] <= now - self._rate.seconds:
            events.popleft()
        if len(events) >= self._rate.count:
            return events[0] + self._rate.seconds - now
        events.append(now)
        return 0.0

    def _forget(self, now: float) -> None:
        past = now - self._rate.seconds
        self._events = {key: times for key, times in self._events.items() if times[-1] > past}


class BodyLimit:
    """Answers 413 to a body above ``largest`` bytes, announced or not, under ``prefixes``."""

    def __init__(self, app: ASGIApp, largest: int, prefixes: tuple[str, ...]) -> None:
        self._app = app
        self._largest = largest
        self._prefixes = prefixes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._prefixes):
            return await self._app(scope, receive, send)
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        announced = headers.get("content-length", "0")
        body: list[Message] | None = None
        if not announced.isdigit() or int(announced) <= self._largest:
            body = await self._read(receive)
        if body is None:
            language = words.language_of_header(headers.get("accept-language", ""))
            sentence = words.say("body_too_large", language)
            return await error_response(413, "too_large", sentence)(scope, receive, send)
        parts = iter(body)

        async def replay() -> Message:
            return next(parts, None) or await receive()

        await self._app(scope, replay, send)

    async def _read(self, receive: Receive) -> list[Message] | None:
        """The body's messages, or None when it is too large."""
        parts: list[Message] = []
        size = 0
        while True:
            part = await receive()
            parts.append(part)
            size += len(part.get("body", b""))
            if size > self._largest:
                return None
            if not part.get("more_body"):
                return parts
