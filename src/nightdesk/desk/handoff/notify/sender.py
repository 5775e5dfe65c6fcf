"""Sends what is kept for each place. A place that is down holds up no other, and no customer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

import httpx
from starlette.concurrency import run_in_threadpool

from nightdesk import clock, logs
from nightdesk.desk.ending import end
from nightdesk.desk.handoff.notices import Box, Taken
from nightdesk.desk.handoff.notify.message import compose
from nightdesk.desk.handoff.notify.target import NotTakenError, Target
from nightdesk.desk.options import Options

log = logs.get(__name__)


class NoticeSender:
    """One task for each of ``targets``. One per process; any number of desks share the work.

    ``languages``, ``zone``: the shop's, for what the messages say. ``client`` is closed at the end.
    """

    def __init__(
        self,
        box: Box,
        targets: Sequence[Target],
        client: httpx.AsyncClient,
        languages: Sequence[str],
        zone: tzinfo,
        options: Options,
    ) -> None:
        self._box = box
        self._targets = targets
        self._client = client
        self._languages = languages
        self._zone = zone
        self._options = options
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._serve(target)) for target in self._targets]

    async def stop(self) -> None:
        await end(self._tasks)
        await self._client.aclose()

    async def _serve(self, target: Target) -> None:
        while True:
            try:
                if await self.send_next(target):
                    continue
            except Exception:
                # The database does not answer: what was taken is due again when its lease ends.
                log.exception("notices_failed", target=target.name)
            await asyncio.sleep(self._options.sweep)

    async def send_next(self, target: Target) -> bool:
        """Send the next message to ``target``. False when there is none to send now."""
        taken = await run_in_threadpool(self._box.take, target.name, target.limits, target.gathers)
        if not taken:
            return False
        kept = [(item.key, item.facts) for item in taken]
        try:
            await target.send(compose(kept, self._languages, self._zone))
        except NotTakenError as error:
            await self._failed(target, taken, error.reason, error.pause)
        except Exception as error:
            await self._failed(target, taken, type(error).__name__, None)
        else:
            await run_in_threadpool(self._box.sent, target.name, taken)
            log.info("notices_sent", target=target.name, count=len(taken))
        return True

    async def _failed(
        self, target: Target, taken: Sequence[Taken], reason: str, pause: float | None
    ) -> None:
        now = clock.now()

        def until(item: Taken) -> datetime | None:
            if (now - item.kept_at).total_seconds() > self._options.notice_life:
                return None
            first, longest = self._options.notice_backoff
            wait = min(longest, first * 2 ** min(item.attempt - 1, 20))
            return now + timedelta(seconds=max(wait, pause or 0.0))

        log.warning(
            "notices_not_taken",
            target=target.name,
            count=len(taken),
            attempt=taken[0].attempt,
            reason=reason,
        )
        await run_in_threadpool(self._box.failed, taken, reason, until)
        if pause:
            until_then = now + timedelta(seconds=pause)
            await run_in_threadpool(self._box.hold, target.name, until_then)
