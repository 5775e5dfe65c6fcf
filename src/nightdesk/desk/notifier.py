"""Wakes whoever waits for news of a conversation, within this process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

ALL = ""
"""Listened to instead of a conversation: any of them."""


class Change:
    """Set when something was written; waiting clears it."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        self._event.set()

    def clear(self) -> None:
        self._event.clear()

    def is_set(self) -> bool:
        return self._event.is_set()

    async def wait(self, seconds: float) -> None:
        """Until the next change, or ``seconds``."""
        try:
            await asyncio.wait_for(self._event.wait(), max(seconds, 0))
        except asyncio.TimeoutError:
            return
        self._event.clear()


class Notifier:
    """Any number of listeners for each conversation, and for ``ALL``. For one event loop."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Change]] = {}

    def notify(self, conversation_id: str) -> None:
        for listened in (conversation_id, ALL):
            for change in self._listeners.get(listened, ()):
                change.set()

    def listeners(self, conversation_id: str) -> int:
        return len(self._listeners.get(conversation_id, ()))

    @contextmanager
    def listen(self, conversation_id: str) -> Iterator[Change]:
        """Changes from this moment on; look into the database after entering."""
        change = Change()
        listeners = self._listeners.setdefault(conversation_id, set())
        listeners.add(change)
        try:
            yield change
        finally:
            listeners.discard(change)
            if not listeners:
                self._listeners.pop(conversation_id, None)
