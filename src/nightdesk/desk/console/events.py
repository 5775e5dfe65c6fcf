"""Pushes what changes to the open consoles, whichever desk process it was written by.

One look at the database serves all consoles of a process: at once after this process's own writes,
else every ``poll`` seconds. Each looks some seconds back, for PostgreSQL may commit a line after
one with a higher id; what was seen is not sent again.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from sse_starlette import ServerSentEvent
from starlette.concurrency import run_in_threadpool

from nightdesk import logs
from nightdesk.desk.console.news import Event, News
from nightdesk.desk.console.sessions import SEEN_EVERY, Sessions, SignedIn
from nightdesk.desk.ending import end
from nightdesk.desk.notifier import ALL, Change, Notifier

MOST_BEHIND = 1000
MOST_STREAMS = 10
_PAUSE = 0.1
"""Seconds; what is written within them is looked at together."""

log = logs.get(__name__)


@dataclass(eq=False)
class Subscriber:
    """One open console."""

    signed: SignedIn
    waiting: asyncio.Queue[Event | None]

    def give(self, event: Event | None) -> None:
        """None ends the stream, as does falling too far behind: the page then asks again."""
        if self.waiting.full():
            while not self.waiting.empty():
                self.waiting.get_nowait()
            event = None
        self.waiting.put_nowait(event)


class Feed:
    """The open consoles of one process. For one event loop."""

    def __init__(self, news: News, sessions: Sessions, notifier: Notifier, poll: float) -> None:
        self._news = news
        self._sessions = sessions
        self._notifier = notifier
        self._poll = poll
        self._subscribers: set[Subscriber] = set()
        self._change: Change | None = None
        self._task: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._seen_at = 0.0

    def wake(self) -> None:
        """Something changed that belongs to no conversation."""
        if self._change is not None:
            self._change.set()

    def streams(self, signed: SignedIn) -> int:
        """How many consoles of this session are open here."""
        return sum(one.signed.id == signed.id for one in self._subscribers)

    async def stop(self) -> None:
        if self._task is not None:
            await end([self._task])

    async def stream(self, signed: SignedIn, last: int | None) -> AsyncIterator[ServerSentEvent]:
        """What happens from now on, after the lines that were missed since the id ``last``."""
        subscriber = Subscriber(signed, asyncio.Queue(MOST_BEHIND))
        self._subscribers.add(subscriber)
        try:
            await self._start()
            async for event, newest in self._events(subscriber, last):
                shown = event.shown_to(signed.person.id)
                data = json.dumps(shown.data, ensure_ascii=False)
                number = str(newest) if event.line_id else None
                yield ServerSentEvent(data, event=shown.name, id=number)
        finally:
            self._subscribers.discard(subscriber)

    async def _events(
        self, subscriber: Subscriber, last: int | None
    ) -> AsyncIterator[tuple[Event, int]]:
        """Each event, with the highest id of a line so far."""
        newest, sent = last or 0, set[int]()
        if last is not None:
            missed = await run_in_threadpool(self._news.missed, last, MOST_BEHIND)
            for event in [Event("reset", {})] if missed is None else missed:
                sent.add(event.line_id)
                newest = max(newest, event.line_id)
                yield event, newest
        for event in self._news.standing():
            yield event, newest
        while (now := await subscriber.waiting.get()) is not None:
            if not now.line_id or now.line_id not in sent:
                newest = max(newest, now.line_id)
                yield now, newest

    async def _start(self) -> None:
        async with self._starting:
            if self._task is None or self._task.done():
                await run_in_threadpool(self._news.begin)
                self._seen_at = time.monotonic()
                self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        with self._notifier.listen(ALL) as change:
            self._change = change
            while self._subscribers:
                try:
                    await self._look()
                except Exception:
                    log.exception("console_feed_failed")
                    await asyncio.sleep(self._poll)
                await change.wait(self._poll)
                await asyncio.sleep(_PAUSE)

    async def _look(self) -> None:
        here = list(self._subscribers)
        if time.monotonic() - self._seen_at >= SEEN_EVERY.total_seconds():
            self._seen_at = time.monotonic()
            people = {one.signed.person.id for one in here}
            await run_in_threadpool(self._sessions.seen, people)
        valid = await run_in_threadpool(self._sessions.valid, {one.signed.id for one in here})
        events = await run_in_threadpool(self._news.look)
        for subscriber in here:
            if subscriber.signed.id not in valid:
                subscriber.give(None)
                continue
            for event in events:
                subscriber.give(event)
