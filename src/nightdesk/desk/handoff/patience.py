"""Nobody is left waiting: who is not served in time goes back to the bot, with a call-back."""

from __future__ import annotations

import asyncio

from starlette.concurrency import run_in_threadpool

from nightdesk import clock, logs
from nightdesk.desk.courier import Courier
from nightdesk.desk.handoff import duty
from nightdesk.desk.handoff.ownership import Owners
from nightdesk.desk.notifier import Notifier
from nightdesk.desk.options import Options
from nightdesk.merchant.profile import Profile

log = logs.get(__name__)


class Patience:
    """One per process; however many look at once, each customer is given back once."""

    def __init__(
        self,
        owners: Owners,
        courier: Courier,
        notifier: Notifier,
        profile: Profile,
        options: Options,
    ) -> None:
        self._owners = owners
        self._courier = courier
        self._notifier = notifier
        self._profile = profile
        self._options = options
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await self._look()
            except Exception:
                log.exception("waiting_not_seen_to")
            await asyncio.sleep(self._options.sweep)

    async def _look(self) -> None:
        limit = self._profile.escalation.wait_minutes * 60
        due = duty.next_duty(self._profile, clock.now())
        for conversation_id in await run_in_threadpool(self._owners.unserved, limit, due):
            log.warning("not_served_in_time", conversation_id=conversation_id)
            self._notifier.notify(conversation_id)
            self._courier.kick(conversation_id)
